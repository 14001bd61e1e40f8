-- Columns of USING come first, and once.
select * from L join R using (K);
SELECT "K", * EXCLUDE ("K") FROM "DB"."SC"."L" AS "L" JOIN "DB"."SC"."R" AS "R" USING ("K");

select * from L left join R using (K);
SELECT "K", * EXCLUDE ("K") FROM "DB"."SC"."L" AS "L" LEFT JOIN "DB"."SC"."R" AS "R" USING ("K");

select L.K, R.K from L join R using (K);
SELECT "L"."K", "R"."K" FROM "DB"."SC"."L" AS "L" JOIN "DB"."SC"."R" AS "R" USING ("K");

select * from L natural join R;
SELECT * FROM "DB"."SC"."L" AS "L" NATURAL JOIN "DB"."SC"."R" AS "R";

select * from L full outer join R on L.K = R.K;
SELECT * FROM "DB"."SC"."L" AS "L" FULL OUTER JOIN "DB"."SC"."R" AS "R" ON "L"."K" = "R"."K";

select 1 from L cross join R;
SELECT 1 AS "1" FROM "DB"."SC"."L" AS "L" CROSS JOIN "DB"."SC"."R" AS "R";

-- A join without a condition.
select 1 from L join R;
SELECT 1 AS "1" FROM "DB"."SC"."L" AS "L", "DB"."SC"."R" AS "R";

select * from L asof join R match_condition (L.A >= R.B) on L.K = R.K;
SELECT * FROM "DB"."SC"."L" AS "L" ASOF LEFT JOIN "DB"."SC"."R" AS "R" ON ("L"."K" = "R"."K") AND ("L"."A" >= "R"."B");

select * from L, lateral (select B from R where R.K = L.K);
SELECT * FROM "DB"."SC"."L" AS "L", LATERAL (SELECT "B" FROM "DB"."SC"."R" AS "R" WHERE "R"."K" = "L"."K");
