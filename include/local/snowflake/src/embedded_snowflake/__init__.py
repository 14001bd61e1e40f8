"""The embedded Snowflake: a server process of its own on fakesnow and DuckDB, for work without an account.

A statement's way, from the top: `server` (the protocol over TLS, log-ins), `statements` (one file per kind of
statement) or `python` (functions and procedures, and the workers that run them), `sources` (what a FROM may name beside
tables), `sql` (from Snowflake's syntax tree to DuckDB's SQL), `state` (databases, sessions, stages, history, grants),
`library` (Snowflake's functions as DuckDB macros). No import runs back up; the import contracts in pyproject.toml keep
it so.
"""
