select current_database(), current_schema(), current_user(), current_role();
SELECT 'DB' AS "CURRENT_DATABASE()", 'SC' AS "CURRENT_SCHEMA()", 'SOMEBODY' AS "CURRENT_USER()", 'SYSADMIN' AS "CURRENT_ROLE()";

select getvariable('NONE'), last_query_id(), current_warehouse();
SELECT CAST(NULL AS TEXT) AS "GETVARIABLE('NONE')", CAST(NULL AS TEXT) AS "LAST_QUERY_ID()", CAST(NULL AS TEXT) AS "CURRENT_WAREHOUSE()";

execute immediate 'select A from T';
SELECT "A" FROM "DB"."SC"."T" AS "T";
