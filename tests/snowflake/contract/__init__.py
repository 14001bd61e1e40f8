"""One contract for the embedded Snowflake and a real account; the page include/local/snowflake/README.md is written from it."""
