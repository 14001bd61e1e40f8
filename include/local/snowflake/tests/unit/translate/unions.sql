select A from T union select 1.5;
SELECT "A" FROM "DB"."SC"."T" AS "T" UNION SELECT 1.5 AS "1.5";

select A, S from T union all select K, 'x' from L order by 1 limit 2;
SELECT "A", "S" FROM "DB"."SC"."T" AS "T" UNION ALL SELECT "K", 'x' AS "'X'" FROM "DB"."SC"."L" AS "L" ORDER BY 1 LIMIT 2;

select A from T except select K from L;
SELECT "A" FROM "DB"."SC"."T" AS "T" EXCEPT SELECT "K" FROM "DB"."SC"."L" AS "L";

select A from T minus select K from L;
SELECT "A" FROM "DB"."SC"."T" AS "T" EXCEPT SELECT "K" FROM "DB"."SC"."L" AS "L";

select A from T order by A nulls first limit 3 offset 1;
SELECT "A" FROM "DB"."SC"."T" AS "T" ORDER BY "A" NULLS FIRST LIMIT 3 OFFSET 1;

select top 3 A from T;
SELECT "A" FROM "DB"."SC"."T" AS "T" LIMIT 3;

select A from T order by A fetch first 2 rows only;
SELECT "A" FROM "DB"."SC"."T" AS "T" ORDER BY "A" LIMIT 2;

select distinct on_ from (select A as on_ from T);
SELECT DISTINCT "ON_" FROM (SELECT "A" AS "ON_" FROM "DB"."SC"."T" AS "T");

values (1, 'a'), (2, null);
VALUES (1, 'a'), (2, NULL);
