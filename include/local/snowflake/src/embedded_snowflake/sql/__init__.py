"""Translate Snowflake's SQL to DuckDB's: parse, resolve, rewrite."""
