"""The door: Snowflake's protocol over TLS, log-ins, and statements on their way."""
