-- The table's columns are those of the file's first line, of the types that the file's values have.
CREATE FILE FORMAT IF NOT EXISTS {{ params.stage }}_CSV TYPE = CSV PARSE_HEADER = TRUE NULL_IF = ('NA');

CREATE OR REPLACE TABLE {{ params[mapped.table] }} USING TEMPLATE (
    SELECT ARRAY_AGG(OBJECT_CONSTRUCT(*)) WITHIN GROUP (ORDER BY ORDER_ID)
    FROM TABLE(INFER_SCHEMA(
        LOCATION => '@{{ params.stage }}/files/{{ mapped.table }}.csv',
        FILE_FORMAT => '{{ params.stage }}_CSV',
        IGNORE_CASE => TRUE
    ))
);

COPY INTO {{ params[mapped.table] }}
FROM @{{ params.stage }}/files/{{ mapped.table }}.csv
FILE_FORMAT = (FORMAT_NAME = '{{ params.stage }}_CSV')
MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE;

SELECT COUNT(*) AS LOADED FROM {{ params[mapped.table] }};
