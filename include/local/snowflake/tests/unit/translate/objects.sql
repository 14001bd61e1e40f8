create or replace table MADE (A number(5,2) not null default 1, S varchar(3), V variant, TS timestamp_ltz(3), F float4, I int identity);
CREATE SEQUENCE "DB"."SC"."_FS_SEQ_MADE_0_I_6_…" START WITH 1 INCREMENT BY 1;
CREATE OR REPLACE TABLE "DB"."SC"."MADE" ("A" DECIMAL(5, 2) NOT NULL DEFAULT 1, "S" TEXT(3), "V" JSON, "TS" TIMESTAMPTZ, "F" DOUBLE, "I" BIGINT DEFAULT NEXTVAL('"DB"."SC"."_FS_SEQ_MADE_0_I_6_…"'));

create or replace temporary table MADE_TEMPORARY as select A, 'x'::varchar(3) as S from T;
CREATE OR REPLACE TEMPORARY TABLE "TEMP"."MAIN"."DB.SC.MADE_TEMPORARY" AS SELECT "A", CAST('x' AS TEXT) AS "S" FROM "DB"."SC"."T" AS "T";

create or replace table MADE_AS (A number(5,1)) as select B from T;
CREATE OR REPLACE TABLE "DB"."SC"."MADE_AS" AS SELECT CAST("_C0" AS DECIMAL(5, 1)) AS "A", * EXCLUDE ("_C0") FROM (SELECT "B" FROM "DB"."SC"."T" AS "T") AS "_Q"("_C0");

create or replace view MADE_VIEW (X, "y") as select A, S from T;
CREATE OR REPLACE VIEW "DB"."SC"."MADE_VIEW" ("X", "\y") AS SELECT "X", "\y" FROM (SELECT "A", "S" FROM "DB"."SC"."T" AS "T") AS "_view"("X", "\y");

create or replace table MADE_LIKE like N;
create table "DB"."SC"."MADE_LIKE" ("A" DECIMAL(5,2) not null, "S" VARCHAR, "I" BIGINT default nextval('"DB"."SC"."_FS_SEQ_N_0_I_3_…"'));

create or replace table MADE_CLONE clone N;
create table "DB"."SC"."MADE_CLONE" ("A" DECIMAL(5,2) not null, "S" VARCHAR, "I" BIGINT default nextval('"DB"."SC"."_FS_SEQ_N_0_I_3_…"'));
insert into "DB"."SC"."MADE_CLONE" select * from "DB"."SC"."N";

create or replace sequence MADE_SEQUENCE start 5 increment 2;
CREATE OR REPLACE SEQUENCE "DB"."SC"."MADE_SEQUENCE" START WITH 5 INCREMENT BY 2;

create or replace table MADE_KEYED (A int primary key, B int references L (K), unique (B));
CREATE OR REPLACE TABLE "DB"."SC"."MADE_KEYED" ("A" BIGINT NOT NULL, "B" BIGINT);

comment on table L is 'kept';
comment on TABLE "DB"."SC"."L" is 'kept';

alter table ALTERED add column B int;
ALTER TABLE "DB"."SC"."ALTERED" ADD COLUMN "B" BIGINT;

alter table ALTERED rename column A to "a";
alter table "DB"."SC"."ALTERED" rename column "A" to "\a";

drop table DROPPED;
drop TABLE "DB"."SC"."DROPPED";
