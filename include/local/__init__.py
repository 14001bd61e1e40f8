"""Stand-ins that a laptop or CI needs: the embedded Snowflake, the local cluster, and the commands of the Makefile."""
