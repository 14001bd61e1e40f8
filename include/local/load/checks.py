"""What may be wrong after a load: a run that failed, wrong numbers, a task that ran twice at once, what was left."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import psutil

from include.local import pods
from include.local.load.runs import SIDE_BY_SIDE, Run, Try

TARGETS = {SIDE_BY_SIDE: ("SNOWPARK", "KUBERNETES")}


def failures(states: Mapping[Run, str]) -> Iterator[str]:
    """Return a line for each run that did not succeed."""
    for run, state in states.items():
        if state != "success":
            yield f"{run.dag_id} {run.run_id}: {state}"


def wrong_numbers(runs: Sequence[Run], rows: Mapping[str, tuple[Any, ...]]) -> Iterator[str]:
    """Compare what the runs predicted: all had the same trips.

    Args:
        runs: runs that succeeded.
        rows: for each table of predictions its count and a hash of its content.

    Returns:
        A line for each table that is missing, is empty or differs from what most have.
    """
    tables = [(run, f"{run.prefix}_PREDICTIONS_{target}") for run in runs for target in targets_of(run)]
    seen = [rows[table] for _, table in tables if table in rows]
    usual = max(set(seen), key=seen.count) if seen else None
    for run, table in tables:
        if rows.get(table) != usual or not usual or not usual[0]:
            yield f"{run.dag_id} {run.run_id}: {table} has {rows.get(table)}, most have {usual}"


def targets_of(run: Run) -> tuple[str, ...]:
    """Return the targets of a run, as they stand in the names of its tables."""
    return TARGETS.get(run.dag_id, ("SNOWPARK",))


def at_the_same_time(run: Run, tries: Sequence[Try]) -> Iterator[str]:
    """Return a line for each task of which a try began before the one before it had ended."""
    by_task: dict[str, list[Try]] = defaultdict(list)
    for one in tries:
        by_task[one.task].append(one)
    for task, several in by_task.items():
        several.sort(key=lambda one: one.number)
        for earlier, later in pairwise(several):
            if later.started and (not earlier.ended or later.started < earlier.ended):
                yield f"{run.run_id}: {task} ran twice at once: try {later.number} began before {earlier.number} ended"


def left_in_cluster() -> Iterator[str]:
    """Return a line for each pod and Secret of tasks that is still in the cluster."""
    if not pods.STATE.kubeconfig.exists():
        return
    words = ["kubectl", f"--kubeconfig={pods.STATE.kubeconfig}", "--namespace=default", "get", "--output=name"]
    for kind, label in (("pods", "kubernetes_pod_operator=True"), ("secrets", "app.kubernetes.io/managed-by=snowpod")):
        told = subprocess.run([*words, kind, f"--selector={label}"], capture_output=True, text=True, check=False)
        if told.returncode:
            yield f"the cluster does not tell its {kind}: {told.stderr.strip()}"
        yield from (f"left in the cluster: {name}" for name in told.stdout.split())


def left_processes() -> Iterator[str]:
    """Return a line for each process of a task that still runs."""
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = " ".join(process.info["cmdline"] or ())
        if "include.runtime" in words or "run_in_runtime" in words:
            yield f"left running: {process.pid} {words[:100]}"


def left_in_snowflake(names: Sequence[str]) -> Iterator[str]:
    """Return a line for each procedure, function or stage of a task that is still in Snowflake.

    Args:
        names: those of all procedures, functions and temporary stages.
    """
    yield from (f"left in Snowflake: {name}" for name in names if name.upper().startswith("SNOWPARK_TEMP"))
