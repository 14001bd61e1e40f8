-- Without a frame LAST_VALUE sees the whole partition.
select last_value(A) over (partition by S order by A), first_value(A) over (order by A) from T;
SELECT LAST_VALUE("A") OVER (PARTITION BY "S" ORDER BY "A" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "LAST_VALUE(A) OVER (PARTITION BY S ORDER BY A)", FIRST_VALUE("A") OVER (ORDER BY "A" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "FIRST_VALUE(A) OVER (ORDER BY A)" FROM "DB"."SC"."T" AS "T";

select row_number() over (order by A) as N from T qualify N = 1;
SELECT ROW_NUMBER() OVER (ORDER BY "A") AS "N" FROM "DB"."SC"."T" AS "T" QUALIFY "N" = 1;

select lag(A, 1, 0) over (order by A), lead(A) ignore nulls over (order by A) from T;
SELECT LAG("A", 1, 0) OVER (ORDER BY "A") AS "LAG(A, 1, 0) OVER (ORDER BY A)", LEAD("A" IGNORE NULLS) OVER (ORDER BY "A") AS "LEAD(A) IGNORE NULLS OVER (ORDER BY A)" FROM "DB"."SC"."T" AS "T";

select ratio_to_report(A) over (partition by S), ntile(4) over (order by A) from T;
SELECT (CASE WHEN (ABS(_SF_RATIO("A", NULLIF(SUM("A") OVER (PARTITION BY "S"), 0))) < CAST(CAST(1000000000 AS INT128) AS DOUBLE)) THEN CAST(ROUND(CAST(_SF_RATIO("A", NULLIF(SUM("A") OVER (PARTITION BY "S"), 0)) AS DOUBLE), 6) AS DECIMAL(38, 6)) ELSE CAST((CAST(_SF_ROUNDED_QUOTIENT((CAST("A" AS INT128) * CAST(1000000 AS INT128)), CAST(NULLIF(SUM("A") OVER (PARTITION BY "S"), 0) AS INT128)) AS DECIMAL(38, 0)) * 0.000001) AS DECIMAL(38, 6)) END) AS "RATIO_TO_REPORT(A) OVER (PARTITION BY S)", NTILE(4) OVER (ORDER BY "A") AS "NTILE(4) OVER (ORDER BY A)" FROM "DB"."SC"."T" AS "T";

select sum(A) over (order by D range between interval '1 day' preceding and current row) from T;
SELECT SUM("A") OVER (ORDER BY "D" range BETWEEN INTERVAL '1' DAY preceding AND CURRENT ROW) AS "SUM(A) OVER (ORDER BY D RANGE BETWEEN INTERVAL '1 DAY' PRECEDING AND CURRENT ROW)" FROM "DB"."SC"."T" AS "T";

select conditional_true_event(A > 1) over (order by A), width_bucket(A, 0, 10, 5) from T;
SELECT COUNT(CASE WHEN ("A" > 1) THEN 1 END) OVER (ORDER BY "A" ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS "CONDITIONAL_TRUE_EVENT(A > 1) OVER (ORDER BY A)", _SF_WIDTH_BUCKET("A", 0, 10, 5) AS "WIDTH_BUCKET(A, 0, 10, 5)" FROM "DB"."SC"."T" AS "T";

select count(distinct A) over (partition by S) from T;
SELECT COUNT(DISTINCT "A") OVER (PARTITION BY "S") AS "COUNT(DISTINCT A) OVER (PARTITION BY S)" FROM "DB"."SC"."T" AS "T";
