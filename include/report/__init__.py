"""Reports a run: what was equal, what took how long, what moved, what it cost; as a page, and as JSON for programs.

It reads a run from Airflow's metadata database and imports nothing of Airflow, so that commands, the UI and a person's
own program can use it.
"""
