-- What is written gets its column's type, and no more digits or characters than it has room for.
insert into T (A, S) values (1.5, 3);
INSERT INTO "DB"."SC"."T" ("A", "S") VALUES (1.5, _SF_VARCHAR(3));

insert into T (A) select B from T;
INSERT INTO "DB"."SC"."T" ("A") SELECT _SF_TO_INTEGER("_C0"), * EXCLUDE ("_C0") FROM (SELECT "B" FROM "DB"."SC"."T" AS "T") AS "_Q"("_C0");

insert into N (A, S) select F, S from T;
INSERT INTO "DB"."SC"."N" ("A", "S") SELECT CAST("_C0" AS DECIMAL(5, 2)), _SF_SHORT_VARCHAR("_C1", 3), * EXCLUDE ("_C0", "_C1") FROM (SELECT "F", "S" FROM "DB"."SC"."T" AS "T") AS "_Q"("_C0", "_C1");

insert into T (A) select default_ from (select 1 as default_);
INSERT INTO "DB"."SC"."T" ("A") SELECT _SF_TO_INTEGER("_C0"), * EXCLUDE ("_C0") FROM (SELECT "DEFAULT_" FROM (SELECT 1 AS "DEFAULT_")) AS "_Q"("_C0");

insert overwrite into L select K, B from R;
create or replace temp table _OVERWRITE_… as SELECT "_C0", "_C1", * EXCLUDE ("_C0", "_C1") FROM (SELECT "K", "B" FROM "DB"."SC"."R" AS "R") AS "_Q"("_C0", "_C1");
DELETE FROM "DB"."SC"."L" AS "L";
INSERT INTO "DB"."SC"."L" SELECT * FROM "TEMP"."MAIN"."_OVERWRITE_…";

insert all into L (K) values (X) into R (K) values (X) select 1 as X;
create temp table "_ROWS_…" as SELECT 1 AS "X";
INSERT INTO "DB"."SC"."L" ("K") SELECT _SF_TO_INTEGER("_C0"), * EXCLUDE ("_C0") FROM (SELECT "X" FROM "TEMP"."MAIN"."_ROWS_…") AS "_Q"("_C0");
INSERT INTO "DB"."SC"."R" ("K") SELECT _SF_TO_INTEGER("_C0"), * EXCLUDE ("_C0") FROM (SELECT "X" FROM "TEMP"."MAIN"."_ROWS_…") AS "_Q"("_C0");

insert into T (V) select parse_json('{"a": 1}');
INSERT INTO "DB"."SC"."T" ("V") SELECT "_C0", * EXCLUDE ("_C0") FROM (SELECT _SF_PARSE_JSON('{"a": 1}') AS "PARSE_JSON('{""A"": 1}')") AS "_Q"("_C0");

update T set A = B + 1 where S = 'x';
UPDATE "DB"."SC"."T" AS "T" SET "A" = _SF_TO_INTEGER(("B" + 1)) WHERE "S" = 'x';

update T set S = 'x', B = F where A in (select K from L);
UPDATE "DB"."SC"."T" AS "T" SET "S" = 'x', "B" = CAST("F" AS DECIMAL(10, 2)) WHERE "A" IN (SELECT "K" FROM "DB"."SC"."L" AS "L");

update L set A = R.B from R where L.K = R.K;
SELECT COUNT(*) FROM (SELECT 1 FROM "DB"."SC"."L" AS "L" CROSS JOIN "DB"."SC"."R" AS "R" WHERE "L"."K" = "R"."K" GROUP BY "L"."rowid" HAVING COUNT(*) > 1) AS "_joined";
UPDATE "DB"."SC"."L" AS "L" SET "A" = _SF_TO_INTEGER("R"."B") FROM "DB"."SC"."R" AS "R" WHERE "L"."K" = "R"."K";

update N set S = 'a' || S;
UPDATE "DB"."SC"."N" AS "N" SET "S" = _SF_SHORT_VARCHAR(_SF_VARCHAR(('a' || "S")), 3);

delete from T where S = 1;
DELETE FROM "DB"."SC"."T" AS "T" WHERE CAST("S" AS DECIMAL(38, 12)) = 1;

delete from L using R where L.K = R.K and R.B > 1;
DELETE FROM "DB"."SC"."L" AS "L" USING "DB"."SC"."R" AS "R" WHERE ("L"."K" = "R"."K") AND ("R"."B" > 1);

merge into L using R on L.K = R.K when matched and R.B > 1 then update set A = R.B when not matched then insert (K, A) values (R.K, R.B);
MERGE INTO "DB"."SC"."L" AS "L" USING "DB"."SC"."R" AS "R" ON "L"."K" = "R"."K" WHEN MATCHED AND "R"."B" > 1 THEN UPDATE SET "A" = _SF_TO_INTEGER("R"."B") WHEN NOT MATCHED THEN INSERT ("K", "A") VALUES (_SF_TO_INTEGER("R"."K"), _SF_TO_INTEGER("R"."B")) RETURNING merge_action;

merge into L using R on L.K = R.K when matched then delete;
MERGE INTO "DB"."SC"."L" AS "L" USING "DB"."SC"."R" AS "R" ON "L"."K" = "R"."K" WHEN MATCHED THEN delete RETURNING merge_action;

truncate table PASSING;
truncate "TEMP"."MAIN"."DB.SC.PASSING";
