select $1, $2 from values (1, 'a');
SELECT "COLUMN1" AS "$1", "COLUMN2" AS "$2" FROM (VALUES (1, 'a')) AS "_"("COLUMN1", "COLUMN2");

select column1 from values (1), (2);
SELECT "COLUMN1" FROM (VALUES (1), (2)) AS "_"("COLUMN1");

select $2 from (values (1, 2)) as X;
SELECT "COLUMN2" AS "$2" FROM (VALUES (1, 2)) AS "X"("COLUMN1", "COLUMN2");

select A, B from T order by all;
SELECT "A", "B" FROM "DB"."SC"."T" AS "T" ORDER BY ALL;

select A, count(*) from T group by 1 order by 2 desc;
SELECT "A", COUNT(*) AS "COUNT(*)" FROM "DB"."SC"."T" AS "T" GROUP BY 1 ORDER BY 2 DESC NULLS FIRST;
