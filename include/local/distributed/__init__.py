"""Airflow as in production, on one machine: PostgreSQL, Redis, Celery workers, and each of Airflow's parts a process.

    python -m include.local.distributed up|down|status

All listen on loopback. What one of them needs to know of the others is in `settings.py`; `supervisor.py` starts again
what ends, as a container's restart policy does.
"""
