"""A batch_callable over 2,000,000 rows in both targets: memory of the pod, rows a second of both.

    .venv/bin/python -m benchmarks.batch_rows [rows]

Needs what `make test` installs, and a cluster; works in a laptop of its own.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import tempfile
from pathlib import Path

from include.local import pods
from tests.laptop import ROOT, laptop_in
from tests.project import make_project

DAG = "batch_rows_side_by_side"
ROWS = 2_000_000
MEMORY_LIMIT_MB = 600


def main(rows: int) -> int:
    """Runs the benchmark and prints what it measured.

    Args:
        rows: of the table.

    Returns:
        The exit code: 0; 1 if the run failed, the targets differ, or the pod needed more than `MEMORY_LIMIT_MB`.
    """
    with tempfile.TemporaryDirectory(prefix="batch-rows-") as name, laptop_in(Path(name)) as laptop:
        project = make_project(Path(name, "project"), ROOT / "benchmarks" / "project")
        laptop = dataclasses.replace(laptop, root=project)
        if not pods.provide(laptop.local / "snowflake" / "ca-bundle.pem", laptop.parameters["port"]):
            return 1
        done = laptop.run(DAG, {"rows": rows})
        print(done.output)
        if done.code:
            return 1
        tasks = {task["task_id"]: task for task in laptop.latest(DAG)["tasks"]}
        told = re.findall(r"([\d,]+) rows a second; at most ([\d,]+) MB of memory", laptop.log(DAG))
        pod_rate, memory = (int(number.replace(",", "")) for number in told[-1])
    print(f"{rows:,} rows; the predictions of both targets are equal: {tasks['compare']['result']['equal']}")
    print(
        f"pod: {pod_rate:,} rows a second while it streams, at most {memory:,} MB of memory (its control group's peak)"
    )
    for target in ("kubernetes", "snowpark"):
        seconds = tasks[f"{target}.predict"]["seconds"]
        print(f"{target}: {seconds:.1f} s from the task's start to its end, {rows / seconds:,.0f} rows a second")
    return 0 if memory < MEMORY_LIMIT_MB else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
