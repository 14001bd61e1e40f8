"""The pools that tasks name: a task of a pool that is not there waits for ever."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

from include.doctor.findings import Finding, State
from include.doctor.subject import Subject

SUBJECT = "pools"
DEFAULT = "default_pool"
SECONDS = 25
"""For a database that does not answer: the process that asks it would outlive the doctor."""


def look(subject: Subject) -> Iterator[Finding]:
    """Ask Airflow which pools there are.

    Args:
        subject: the environment.

    Yields:
        Each pool that a task names.
    """
    named = {pool: dags for pool, dags in subject.pools.items() if pool != DEFAULT}
    if not named:
        return
    words = [sys.executable, "-m", "airflow", "pools", "list", "--output", "json"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=SECONDS)
        there = {pool["pool"]: str(pool.get("slots")) for pool in json.loads(done.stdout[done.stdout.index("[") :])}
    except (ValueError, subprocess.TimeoutExpired):
        for pool in named:
            yield Finding(SUBJECT, pool, State.UNKNOWN, "Airflow's database cannot be asked from here")
        return
    for pool, dags in named.items():
        if there.get(pool, "0") != "0":
            yield Finding(SUBJECT, pool, State.OK)
            continue
        mend = f'airflow pools set {pool} 4 "what it guards"'
        why = f"tasks of {', '.join(dags[:3])} would wait for it" + (", as it has no slots" if pool in there else "")
        yield Finding(SUBJECT, pool, State.MISSING, why, mend)
