"""Rewrite the nodes of Snowflake's tree as DuckDB's."""
