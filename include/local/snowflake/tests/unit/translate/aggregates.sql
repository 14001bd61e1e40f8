select listagg(S, ',') within group (order by A) from T;
SELECT COALESCE(LISTAGG("S", ',' ORDER BY "A"), CAST('' AS TEXT)) AS "LISTAGG(S, ',') WITHIN GROUP (ORDER BY A)" FROM "DB"."SC"."T" AS "T";

select array_agg(A) within group (order by B), object_agg(S, V) from T;
SELECT TO_JSON(ARRAY_AGG("A" ORDER BY "B") FILTER(WHERE "A" IS NOT NULL)) AS "ARRAY_AGG(A) WITHIN GROUP (ORDER BY B)", COALESCE(_SF_TO_VARIANT(TO_JSON(MAP(LIST("S") FILTER(WHERE (NOT ("S" IS NULL)) AND (NOT ("V" IS NULL))), LIST("V") FILTER(WHERE (NOT ("S" IS NULL)) AND (NOT ("V" IS NULL)))))), CAST('{}' AS JSON)) AS "OBJECT_AGG(S, V)" FROM "DB"."SC"."T" AS "T";

select median(A), percentile_cont(0.5) within group (order by B), percentile_disc(0.5) within group (order by A) from T;
SELECT MEDIAN(CAST("A" AS DECIMAL(38, 3))) AS "MEDIAN(A)", QUANTILE_CONT(CAST("B" AS DECIMAL(38, 5)), 0.5) AS "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY B)", QUANTILE_DISC("A", 0.5 ORDER BY "A") AS "PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY A)" FROM "DB"."SC"."T" AS "T";

select count(distinct A, B), count_if(A > 1), approx_count_distinct(A) from T;
SELECT COUNT(DISTINCT CASE WHEN "A" IS NULL THEN NULL WHEN "B" IS NULL THEN NULL ELSE ("A", "B") END) AS "COUNT(DISTINCT A, B)", COUNT_IF((("A" > 1)) IS TRUE) AS "COUNT_IF(A > 1)", COUNT(DISTINCT "A") AS "APPROX_COUNT_DISTINCT(A)" FROM "DB"."SC"."T" AS "T";

select max_by(S, A), min_by(S, A, 2), mode(A), any_value(S) from T;
SELECT ARG_MAX("S", "A") AS "MAX_BY(S, A)", _SF_TO_VARIANT(ARG_MIN("S", "A", 2)) AS "MIN_BY(S, A, 2)", MODE("A") AS "MODE(A)", ANY_VALUE("S") AS "ANY_VALUE(S)" FROM "DB"."SC"."T" AS "T";

select stddev(B), variance(B), var_pop(F), kurtosis(A), skew(A), corr(A, F) from T;
SELECT SQRT(ROUND(VARIANCE("B"), 6)) AS "STDDEV(B)", CAST(ROUND(CAST(VARIANCE("B") AS DOUBLE), 6) AS DECIMAL(38, 6)) AS "VARIANCE(B)", VAR_POP("F") AS "VAR_POP(F)", CAST(ROUND(CAST(KURTOSIS("A") AS DOUBLE), 12) AS DECIMAL(38, 12)) AS "KURTOSIS(A)", SKEWNESS("A") AS "SKEW(A)", CASE WHEN ISNAN(CORR("A", "F")) THEN NULL ELSE CORR("A", "F") END AS "CORR(A, F)" FROM "DB"."SC"."T" AS "T";

select booland_agg(A > 1), bitor_agg(A), hash_agg(A) from T;
SELECT BOOL_AND(CAST(("A" > 1) AS BOOLEAN)) AS "BOOLAND_AGG(A > 1)", BIT_OR("A") AS "BITOR_AGG(A)", _SF_TO_INTEGER((COALESCE(SUM(HASH(_SF_HASH_KEY("A"))), 0) % 9223372036854775807)) AS "HASH_AGG(A)" FROM "DB"."SC"."T" AS "T";

select S, sum(A) from T group by rollup (S);
SELECT "S", SUM("A") AS "SUM(A)" FROM "DB"."SC"."T" AS "T" GROUP BY ROLLUP ("S");

select grouping(S), sum(B) from T group by grouping sets ((S), ());
SELECT GROUPING("S") AS "GROUPING(S)", SUM("B") AS "SUM(B)" FROM "DB"."SC"."T" AS "T" GROUP BY GROUPING SETS (("S"), ());

select S, sum(A) from T group by S having sum(A) > 1;
SELECT "S", SUM("A") AS "SUM(A)" FROM "DB"."SC"."T" AS "T" GROUP BY "S" HAVING SUM("A") > 1;

select approx_percentile(A, 0.5), hll(A), approx_top_k(A, 2) from T;
SELECT _SF_APPROX_PERCENTILE("A", 0.5) AS "APPROX_PERCENTILE(A, 0.5)", COUNT(DISTINCT "A") AS "HLL(A)", _SF_APPROX_TOP_K("A", 2) AS "APPROX_TOP_K(A, 2)" FROM "DB"."SC"."T" AS "T";
