-- The columns of each table are those of its file's first line, of the types that its values have.
CREATE OR REPLACE FILE FORMAT {{ params.stage }}_CSV TYPE = CSV PARSE_HEADER = TRUE NULL_IF = ('NA');
{% for table in ["flights", "weather", "planes"] %}
CREATE OR REPLACE TABLE {{ params[table] }} USING TEMPLATE (
  SELECT ARRAY_AGG(OBJECT_CONSTRUCT(*)) WITHIN GROUP (ORDER BY ORDER_ID)
  FROM TABLE(INFER_SCHEMA(
    LOCATION => '@{{ params.stage }}/files/{{ table }}.csv', FILE_FORMAT => '{{ params.stage }}_CSV', IGNORE_CASE => TRUE
  ))
);
COPY INTO {{ params[table] }} FROM @{{ params.stage }}/files/{{ table }}.csv
FILE_FORMAT = (FORMAT_NAME = '{{ params.stage }}_CSV') MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE;
{% endfor %}
