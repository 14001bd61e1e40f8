"""One contract for the embedded Snowflake and a real account.

The page include/local/snowflake/README.md is written from it.
"""
