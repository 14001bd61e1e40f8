"""The embedded Snowflake: a server process of its own on fakesnow and DuckDB, for work without an account."""
