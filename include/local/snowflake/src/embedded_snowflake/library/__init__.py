"""Snowflake's functions as DuckDB macros."""
