select regexp_replace(S, 'a(.)', '<\\1>') from T;
SELECT REGEXP_REPLACE("S", 'a(.)', '<\1>', 'g') AS "REGEXP_REPLACE(S, 'A(.)', '<\\1>')" FROM "DB"."SC"."T" AS "T";

select regexp_replace(S, 'a', 'b', 1, 2) from T;
SELECT _NATIVE_REGEXP_PART_REPLACE("S", 'a', 'b', CAST(1 AS BIGINT), CAST(2 AS BIGINT), 'c') AS "REGEXP_REPLACE(S, 'A', 'B', 1, 2)" FROM "DB"."SC"."T" AS "T";

select regexp_substr(S, 'a(.)', 1, 1, 'e', 1) from T;
SELECT LIST_EXTRACT(REGEXP_EXTRACT_ALL("S", 'a(.)', 1, 'c'), 1) AS "REGEXP_SUBSTR(S, 'A(.)', 1, 1, 'E', 1)" FROM "DB"."SC"."T" AS "T";

select regexp_like(S, 'a.*'), S rlike 'a.*', S regexp 'a' from T;
SELECT REGEXP_FULL_MATCH("S", 'a.*') AS "REGEXP_LIKE(S, 'A.*')", REGEXP_FULL_MATCH("S", 'a.*') AS "S RLIKE 'A.*'", REGEXP_FULL_MATCH("S", 'a') AS "S REGEXP 'A'" FROM "DB"."SC"."T" AS "T";

select regexp_count(S, 'a', 2, 'i'), regexp_instr(S, 'a') from T;
SELECT _NATIVE_REGEXP_PART_COUNT("S", 'a', CAST(2 AS BIGINT), 'i') AS "REGEXP_COUNT(S, 'A', 2, 'I')", _NATIVE_REGEXP_PLACE("S", 'a', CAST(1 AS BIGINT), CAST(1 AS BIGINT), CAST(0 AS BIGINT), 'c', CAST(1 AS BIGINT)) AS "REGEXP_INSTR(S, 'A')" FROM "DB"."SC"."T" AS "T";
