"""The door: Snowflake's protocol over TLS, logins, and statements on their way."""
