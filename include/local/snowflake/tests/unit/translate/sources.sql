select seq4(), uniform(1, 10, random()) from table(generator(rowcount => 3));
SELECT "range" AS "SEQ4()", CAST(FLOOR(1 + (ABS(HASH(_SF_TO_INTEGER(((RANDOM() - 0.5) * 1.8446744073709549e19)))) % 1000000) / 1000000.0 * (10 - 1 + 1)) AS BIGINT) AS "UNIFORM(1, 10, RANDOM())" FROM RANGE(3);

select count(*) from table(generator(rowcount => 3)) where seq8() > 1;
SELECT COUNT(*) AS "COUNT(*)" FROM RANGE(3) WHERE "range" > 1;

select A from T sample (10);
SELECT "A" FROM "DB"."SC"."T" AS "T" TABLESAMPLE BERNOULLI (10 PERCENT);

select A from T sample (3 rows);
SELECT "A" FROM "DB"."SC"."T" AS "T" TABLESAMPLE RESERVOIR (3 ROWS);

select * from (select K, A from L) pivot (sum(A) for K in (1, 2));
SELECT * FROM (SELECT "K", "A" FROM "DB"."SC"."L" AS "L") PIVOT(SUM("A") FOR "K" IN (1, 2));

select * from (select K, A from L) pivot (sum(A) for K in (1 as ONE) default on null (0));
SELECT * FROM (SELECT * REPLACE (COALESCE("ONE", 0) AS "ONE") FROM (SELECT "K", "A" FROM "DB"."SC"."L" AS "L") PIVOT(SUM("A") FOR "K" IN (1 AS "ONE")));

select * from L unpivot (V for N in (K, A));
SELECT * FROM "DB"."SC"."L" AS "L" UNPIVOT("V" FOR "N" IN ("K", "A"));

select A from SEEN;
SELECT "A" FROM "DB"."SC"."SEEN" AS "SEEN";
