select substr(S, 2, 3), left(S, 1), right(S, 2) from T;
SELECT SUBSTRING("S", CASE WHEN 2 = 0 THEN 1 ELSE 2 END, CASE WHEN 3 < 0 THEN 0 ELSE 3 END) AS "SUBSTR(S, 2, 3)", CASE WHEN 1 < 0 THEN '' ELSE LEFT("S", 1) END AS "LEFT(S, 1)", CASE WHEN 2 < 0 THEN '' ELSE RIGHT("S", 2) END AS "RIGHT(S, 2)" FROM "DB"."SC"."T" AS "T";

select ltrim(S, 'x'), rtrim(S), trim(S, '-') from T;
SELECT _SF_LTRIM("S", 'x') AS "LTRIM(S, 'X')", _SF_RTRIM("S") AS "RTRIM(S)", _SF_TRIM("S", '-') AS "TRIM(S, '-')" FROM "DB"."SC"."T" AS "T";

select split_part(S, '.', 2), split(S, ',') from T;
SELECT CASE WHEN '.' = '' THEN (CASE WHEN (CASE WHEN 2 = 0 THEN 1 ELSE 2 END) = 1 OR (CASE WHEN 2 = 0 THEN 1 ELSE 2 END) = -1 THEN "S" ELSE '' END) ELSE SPLIT_PART("S", '.', (CASE WHEN 2 = 0 THEN 1 ELSE 2 END)) END AS "SPLIT_PART(S, '.', 2)", TO_JSON(CASE WHEN ',' IS NULL THEN NULL WHEN ',' = '' THEN ["S"] ELSE STR_SPLIT("S", ',') END) AS "SPLIT(S, ',')" FROM "DB"."SC"."T" AS "T";

select initcap(S), reverse(S), repeat(S, 2) from T;
SELECT _SF_INITCAP("S") AS "INITCAP(S)", REVERSE("S") AS "REVERSE(S)", REPEAT("S", 2) AS "REPEAT(S, 2)" FROM "DB"."SC"."T" AS "T";

select charindex('a', S), position('a', S, 2), contains(S, 'a'), startswith(S, 'a') from T;
SELECT _SF_CHARINDEX('a', "S") AS "CHARINDEX('A', S)", CASE WHEN STRPOS(SUBSTRING("S", CASE WHEN 2 <= 0 THEN 1 ELSE 2 END), 'a') = 0 THEN 0 ELSE STRPOS(SUBSTRING("S", CASE WHEN 2 <= 0 THEN 1 ELSE 2 END), 'a') + CASE WHEN 2 <= 0 THEN 1 ELSE 2 END - 1 END AS "POSITION('A', S, 2)", _SF_CONTAINS("S", 'a') AS "CONTAINS(S, 'A')", _SF_STARTSWITH("S", 'a') AS "STARTSWITH(S, 'A')" FROM "DB"."SC"."T" AS "T";

select lpad(S, 5, '*'), concat_ws('-', S, A) from T;
SELECT _SF_LPAD("S", 5, '*') AS "LPAD(S, 5, '*')", CASE WHEN '-' IS NULL OR "S" IS NULL OR _SF_VARCHAR("A") IS NULL THEN NULL ELSE CONCAT_WS('-', "S", _SF_VARCHAR("A")) END AS "CONCAT_WS('-', S, A)" FROM "DB"."SC"."T" AS "T";

select S like 'a%' escape '\\', S ilike 'A_' from T;
SELECT "S" LIKE 'a%' ESCAPE '\' AS "S LIKE 'A%' ESCAPE '\\'", "S" ILIKE 'A_' AS "S ILIKE 'A_'" FROM "DB"."SC"."T" AS "T";

select S like any ('a%', 'b%') from T;
SELECT "S" LIKE 'a%' OR "S" LIKE 'b%' AS "S LIKE ANY ('A%', 'B%')" FROM "DB"."SC"."T" AS "T";

select replace(S, 'a'), translate(S, 'ab', 'xy') from T;
SELECT REPLACE("S", 'a', '') AS "REPLACE(S, 'A')", TRANSLATE("S", 'ab', 'xy') AS "TRANSLATE(S, 'AB', 'XY')" FROM "DB"."SC"."T" AS "T";

select md5(S), sha2(S), hash(S) from T;
SELECT _SF_MD5("S") AS "MD5(S)", _SF_SHA2("S") AS "SHA2(S)", HASH(_SF_HASH_KEY("S")) AS "HASH(S)" FROM "DB"."SC"."T" AS "T";

select editdistance(S, 'abc'), jarowinkler_similarity(S, 'abc') from T;
SELECT _SF_EDITDISTANCE("S", 'abc') AS "EDITDISTANCE(S, 'ABC')", _SF_JAROWINKLER_SIMILARITY("S", 'abc') AS "JAROWINKLER_SIMILARITY(S, 'ABC')" FROM "DB"."SC"."T" AS "T";

select ascii(S), chr(65), insert(S, 1, 2, 'x') from T;
SELECT _SF_ASCII("S") AS "ASCII(S)", _SF_CHR(65) AS "CHR(65)", SUBSTRING("S", 1, 1 - 1) || 'x' || SUBSTRING("S", 1 + 2) AS "INSERT(S, 1, 2, 'X')" FROM "DB"."SC"."T" AS "T";
