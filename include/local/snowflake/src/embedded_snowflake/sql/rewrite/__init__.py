"""From Snowflake's tree to DuckDB's, node to node."""
