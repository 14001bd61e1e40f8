"""The other side of a task: opens the Snowpark session, calls the function, returns its JSON.

Runs in the Snowpark interpreter, in a pod, and (`batch`, `models`) inside Snowflake; never in Airflow's own.
"""
