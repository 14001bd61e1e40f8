"""Puts a load on the distributed Airflow, breaks its parts meanwhile, and checks every run afterwards.

    python -m include.local.load --runs 50 --side-by-side 20

`runs.py` starts runs and waits for them, `faults.py` breaks parts, `checks.py` looks for what is wrong afterwards,
`figures.py` sums up.
"""
