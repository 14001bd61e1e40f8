"""One contract for the embedded Snowflake and a real account; the page in docs/ is written from it."""
