"""From Snowflake's syntax tree to DuckDB's SQL, step by step."""
