select * from T;
SELECT * FROM "DB"."SC"."T" AS "T";

select T.* from T;
SELECT "T".* FROM "DB"."SC"."T" AS "T";

select * exclude S from LOWER, PASSING as P (S);
SELECT * EXCLUDE ("S") FROM "DB"."SC"."LOWER" AS "LOWER", "TEMP"."MAIN"."DB.SC.PASSING" AS "P"("S");

select * exclude A rename B as C from L join R using (K);
SELECT * EXCLUDE ("A") RENAME ("B" AS "C") FROM "DB"."SC"."L" AS "L" JOIN "DB"."SC"."R" AS "R" USING ("K");

select * replace (A + 1 as A) from L;
SELECT * REPLACE ("A" + 1 AS "A") FROM "DB"."SC"."L" AS "L";

select * ilike '%a%' from L;
SELECT * SIMILAR TO '(?s)^.*[A\a].*$' FROM "DB"."SC"."L" AS "L";

select array_construct(*) from L;
SELECT JSON_ARRAY("K", "A") AS "ARRAY_CONSTRUCT(*)" FROM "DB"."SC"."L" AS "L";

select object_construct(*) from L;
SELECT _FS_OBJECT_CONSTRUCT(['K', 'A'], [TO_JSON("K"), TO_JSON("A")], FALSE) AS "OBJECT_CONSTRUCT(*)" FROM "DB"."SC"."L" AS "L";

select object_construct(L.* exclude K) from L;
SELECT _FS_OBJECT_CONSTRUCT(['A'], [TO_JSON("A")], FALSE) AS "OBJECT_CONSTRUCT(L.* EXCLUDE K)" FROM "DB"."SC"."L" AS "L";

select {*} from L;
SELECT _FS_OBJECT_CONSTRUCT(['K', 'A'], [TO_JSON("K"), TO_JSON("A")], FALSE) AS "{*}" FROM "DB"."SC"."L" AS "L";

select coalesce(*) from L;
SELECT COALESCE("K", "A") AS "COALESCE(*)" FROM "DB"."SC"."L" AS "L";

select hash(*) from L;
SELECT HASH(_SF_HASH_KEY("K"), _SF_HASH_KEY("A")) AS "HASH(*)" FROM "DB"."SC"."L" AS "L";

select count(L.*) from L;
SELECT COUNT(CASE WHEN ((NOT ("K" IS NULL)) AND (NOT ("A" IS NULL))) THEN 1 END) AS "COUNT(L.*)" FROM "DB"."SC"."L" AS "L";
