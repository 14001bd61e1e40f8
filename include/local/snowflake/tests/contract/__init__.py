"""One contract for the embedded Snowflake and a real account.

The page CONTRACT.md is written from it.
"""
