select dateadd(month, 1, D), dateadd(hour, 1, D), dateadd(day, 1, TS) from T;
SELECT CAST(("D" + INTERVAL 1 MONTH) AS DATE) AS "DATEADD(MONTH, 1, D)", "D" + INTERVAL 1 HOUR AS "DATEADD(HOUR, 1, D)", "TS" + INTERVAL 1 DAY AS "DATEADD(DAY, 1, TS)" FROM "DB"."SC"."T" AS "T";

select dateadd(day, 1.5, D), dateadd(day, A, S) from T;
SELECT CAST(("D" + INTERVAL (_SF_TO_INTEGER(ROUND(CAST(1.5 AS DOUBLE)))) DAY) AS DATE) AS "DATEADD(DAY, 1.5, D)", _SF_MOMENT("S") + INTERVAL (_SF_TO_INTEGER(ROUND(CAST("A" AS DOUBLE)))) DAY AS "DATEADD(DAY, A, S)" FROM "DB"."SC"."T" AS "T";

select datediff(day, D, TS), timestampdiff(hour, D, TS), TS - interval '1 day' from T;
SELECT DATE_DIFF('DAY', "D", "TS") AS "DATEDIFF(DAY, D, TS)", DATE_DIFF('HOUR', "D", "TS") AS "TIMESTAMPDIFF(HOUR, D, TS)", "TS" + INTERVAL (-1) DAY AS "TS - INTERVAL '1 DAY'" FROM "DB"."SC"."T" AS "T";

select D - 1, D + 1, D - D from T;
SELECT "D" - 1 AS "D - 1", "D" + 1 AS "D + 1", "D" - "D" AS "D - D" FROM "DB"."SC"."T" AS "T";

select date_trunc('week', D), trunc(D, 'month'), date_trunc('hour', TS) from T;
SELECT CAST(DATE_TRUNC('WEEK', "D") AS DATE) AS "DATE_TRUNC('WEEK', D)", CAST(DATE_TRUNC('MONTH', "D") AS DATE) AS "TRUNC(D, 'MONTH')", DATE_TRUNC('HOUR', "TS") AS "DATE_TRUNC('HOUR', TS)" FROM "DB"."SC"."T" AS "T";

select date_part(epoch_second, TS), extract(year from D), dayofweek(D), weekiso(D) from T;
SELECT _SF_TO_INTEGER(FLOOR(EPOCH("TS"))) AS "DATE_PART(EPOCH_SECOND, TS)", EXTRACT(YEAR FROM "D") AS "EXTRACT(YEAR FROM D)", DAYOFWEEK("D") AS "DAYOFWEEK(D)", _SF_WEEKISO("D") AS "WEEKISO(D)" FROM "DB"."SC"."T" AS "T";

select last_day(D), next_day(D, 'fr'), add_months(D, 1), months_between(D, D) from T;
SELECT LAST_DAY("D") AS "LAST_DAY(D)", _SF_NEXT_DAY("D", 'fr') AS "NEXT_DAY(D, 'FR')", CAST((CAST(("D" + INTERVAL (CAST(1 AS BIGINT)) MONTH) AS DATE) + INTERVAL (_SF_MONTH_END_GAP("D", CAST(1 AS BIGINT))) DAY) AS DATE) AS "ADD_MONTHS(D, 1)", _SF_MONTHS_BETWEEN("D", "D") AS "MONTHS_BETWEEN(D, D)" FROM "DB"."SC"."T" AS "T";

select to_char(TS, 'YYYY-MM-DD HH24:MI:SS.FF3'), to_timestamp(S, 'DD/MM/YY HH12:MI AM') from T;
SELECT (STRFTIME(_SF_WRITTEN("TS"), '%Y-%m-%d %H:%M:%S.') || _SF_FRACTION("TS", 3)) AS "TO_CHAR(TS, 'YYYY-MM-DD HH24:MI:SS.FF3')", _SF_AS_TIMESTAMP(STRPTIME(CAST("S" AS TEXT), LIST_VALUE('%d/%m/%y %I:%M %p'))) AS "TO_TIMESTAMP(S, 'DD/MM/YY HH12:MI AM')" FROM "DB"."SC"."T" AS "T";

select convert_timezone('America/New_York', 'UTC', TS) from T;
SELECT TIMEZONE('UTC', TIMEZONE('America/New_York', _SF_UNZONED("TS"))) AS "CONVERT_TIMEZONE('AMERICA/NEW_YORK', 'UTC', TS)" FROM "DB"."SC"."T" AS "T";

select convert_timezone('Asia/Tokyo', TS::timestamp_tz) from T;
SELECT CAST(_SF_TO_TIMESTAMP_LTZ("TS") AS TIMESTAMPTZ) AS "CONVERT_TIMEZONE('ASIA/TOKYO', TS::TIMESTAMP_TZ)" FROM "DB"."SC"."T" AS "T";

select dayname(D), monthname(D), time_slice(D, 1, 'WEEK') from T;
SELECT _SF_DAYNAME("D") AS "DAYNAME(D)", _SF_MONTHNAME("D") AS "MONTHNAME(D)", CAST(TIME_BUCKET(INTERVAL 1 WEEK, "D") AS DATE) AS "TIME_SLICE(D, 1, 'WEEK')" FROM "DB"."SC"."T" AS "T";

select date_from_parts(2024, 1, 31), timestamp_from_parts(2024, 1, 31, 10, 11, 12);
SELECT _SF_DATE_FROM_PARTS(2024, 1, 31) AS "DATE_FROM_PARTS(2024, 1, 31)", _SF_TIMESTAMP_FROM_PARTS(2024, 1, 31, 10, 11, 12) AS "TIMESTAMP_FROM_PARTS(2024, 1, 31, 10, 11, 12)";

select to_timestamp_ntz(0), to_timestamp(A, 3) from T;
SELECT _SF_TO_TIMESTAMP(0) AS "TO_TIMESTAMP_NTZ(0)", _SF_TO_TIMESTAMP("A", 3) AS "TO_TIMESTAMP(A, 3)" FROM "DB"."SC"."T" AS "T";
