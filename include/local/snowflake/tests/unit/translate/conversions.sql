select '6' - 3;
SELECT CAST('6' AS DECIMAL(38, 0)) - 3 AS "'6' - 3";

select S + 1 from T;
SELECT CAST("S" AS DECIMAL(18, 5)) + 1 AS "S + 1" FROM "DB"."SC"."T" AS "T";

-- A text beside a number is one; so in comparisons.
select A from T where S = 1;
SELECT "A" FROM "DB"."SC"."T" AS "T" WHERE CAST("S" AS DECIMAL(38, 12)) = 1;

select A from T where S > A and S in (1, 2);
SELECT "A" FROM "DB"."SC"."T" AS "T" WHERE (CAST("S" AS DECIMAL(38, 12)) > "A") AND (CAST("S" AS DECIMAL(38, 12)) IN (1, 2));

select A from T where D >= '2024-01-01' and TS < '2024-02-01';
SELECT "A" FROM "DB"."SC"."T" AS "T" WHERE ("D" >= '2024-01-01') AND ("TS" < '2024-02-01');

select A || S, D || '' from T;
SELECT _SF_VARCHAR("A") || "S" AS "A || S", _SF_VARCHAR("D") || '' AS "D || ''" FROM "DB"."SC"."T" AS "T";

select sum(S), avg(S) from T;
SELECT SUM(_SF_TO_DOUBLE("S")) AS "SUM(S)", AVG(_SF_TO_DOUBLE("S")) AS "AVG(S)" FROM "DB"."SC"."T" AS "T";

select left(A, 2), length(D) from T;
SELECT CASE WHEN 2 < 0 THEN '' ELSE LEFT(_SF_VARCHAR("A"), 2) END AS "LEFT(A, 2)", CASE TYPEOF(_SF_VARCHAR("D")) WHEN 'BLOB' THEN OCTET_LENGTH(CAST(_SF_VARCHAR("D") AS BLOB)) ELSE LENGTH(CAST(_SF_VARCHAR("D") AS TEXT)) END AS "LENGTH(D)" FROM "DB"."SC"."T" AS "T";

select year(S) from T;
SELECT YEAR(_SF_MOMENT("S")) AS "YEAR(S)" FROM "DB"."SC"."T" AS "T";

select coalesce(S, 1) from T;
SELECT COALESCE(CAST("S" AS DECIMAL(18, 5)), 1) AS "COALESCE(S, 1)" FROM "DB"."SC"."T" AS "T";

select case when A = 1 then S else 2 end from T;
SELECT CASE WHEN ("A" = 1) THEN CAST("S" AS DECIMAL(18, 5)) ELSE 2 END AS "CASE WHEN A = 1 THEN S ELSE 2 END" FROM "DB"."SC"."T" AS "T";

select S::date, S::timestamp_ntz, S::boolean, S::time from T;
SELECT _SF_TO_DATE("S") AS "S::DATE", _SF_TO_TIMESTAMP("S") AS "S::TIMESTAMP_NTZ", _SF_TO_BOOLEAN("S") AS "S::BOOLEAN", _SF_TO_TIME("S") AS "S::TIME" FROM "DB"."SC"."T" AS "T";

select to_boolean(A), A::varchar, F::varchar, TS::varchar from T;
SELECT _SF_TO_BOOLEAN("A") AS "TO_BOOLEAN(A)", _SF_VARCHAR("A") AS "A::VARCHAR", _SF_VARCHAR("F") AS "F::VARCHAR", _SF_VARCHAR("TS") AS "TS::VARCHAR" FROM "DB"."SC"."T" AS "T";

select to_binary('ff00'), to_char(to_binary('ff00'));
SELECT _SF_TO_BINARY('ff00') AS "TO_BINARY('FF00')", _SF_VARCHAR(_SF_TO_BINARY('ff00')) AS "TO_CHAR(TO_BINARY('FF00'))";

select try_to_date(S), to_date(S, 'DD.MM.YYYY') from T;
SELECT _SF_TRY_TO_DATE("S") AS "TRY_TO_DATE(S)", _SF_AS_DATE(STRPTIME(CAST("S" AS TEXT), LIST_VALUE('%d.%m.%Y'))) AS "TO_DATE(S, 'DD.MM.YYYY')" FROM "DB"."SC"."T" AS "T";

select S::varchar(2), S::char(3) from T;
SELECT _SF_SHORT_VARCHAR(_SF_VARCHAR("S"), 2) AS "S::VARCHAR(2)", _SF_SHORT_VARCHAR(_SF_VARCHAR("S"), 3) AS "S::CHAR(3)" FROM "DB"."SC"."T" AS "T";

select null::int, to_double('1.5');
SELECT CAST(NULL AS BIGINT) AS "NULL::INT", _SF_TO_DOUBLE('1.5') AS "TO_DOUBLE('1.5')";
