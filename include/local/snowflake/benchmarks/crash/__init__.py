"""Many clients of the embedded Snowflake while it is killed: what was acknowledged is there, once and whole.

`__main__` starts the server, its clients and kills it, and prints the outcome; `worker` is one of the client processes;
`rows` and `objects` have what a client does, each with the check that is made at the end.
"""
