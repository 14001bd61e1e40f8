-- A projection without an alias is named by its own text.
select A + 1, upper(S) from T;
SELECT "A" + 1 AS "A + 1", UPPER("S") AS "UPPER(S)" FROM "DB"."SC"."T" AS "T";

-- Unquoted names are upper case; letters of lower case have stand-ins, for DuckDB knows no case in names.
select "year", "Year", year as y from LOWER;
SELECT "\y\e\a\r", "Y\e\a\r", "YEAR" AS "Y" FROM "DB"."SC"."LOWER" AS "LOWER";

select t."year" from lower as t;
SELECT "T"."\y\e\a\r" FROM "DB"."SC"."LOWER" AS "T";

-- A temporary table lies in DuckDB's own temp database, under its full name.
select A from PASSING;
SELECT "A" FROM "TEMP"."MAIN"."DB.SC.PASSING" AS "PASSING";

select A from DB.SC.T as X;
SELECT "A" FROM "DB"."SC"."T" AS "X";

-- The current schema is written out.
with T as (select 1 as A) select A from T;
WITH "T" AS (SELECT 1 AS "A") SELECT "A" FROM "T";

with Q as (select A from T) select * from Q;
WITH "Q" AS (SELECT "A" FROM "DB"."SC"."T" AS "T") SELECT * FROM "Q";

select identifier('A') from identifier('DB.SC.T');
SELECT A AS "IDENTIFIER('A')" FROM "DB"."SC"."T" AS "T";

select A as B, B + 1 as C from T;
SELECT "A" AS "B", "B" + 1 AS "C" FROM "DB"."SC"."T" AS "T";

-- An alias in the same SELECT.
select A * 2 as X, X + 1 as Y from T where X > 4 group by all;
SELECT "A" * 2 AS "X", "X" + 1 AS "Y" FROM "DB"."SC"."T" AS "T" WHERE "X" > 4 GROUP BY ALL;

select "year" as YEAR from LOWER order by YEAR;
SELECT "\y\e\a\r" AS "YEAR" FROM "DB"."SC"."LOWER" AS "LOWER" ORDER BY "YEAR";

-- Words that DuckDB reserves are names as any other.
select 1 as AT, 2 as SHOW;
SELECT 1 AS "AT", 2 AS "SHOW";
