"""`make run`: runs one DAG in a laptop's Airflow, shows how it goes, and writes down how it went.

    python -m include.local.run [DAG id] [--conf JSON]

The whole log of a run is `.local/runs/<DAG id>/<run>.log`; what programs want to know is `latest.json` beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from include.factory.check import check
from include.factory.mistakes import cure_by_name
from include.factory.plan import plan_of
from include.factory.project import Project
from include.local import airflow, places, pods, warehouse
from include.local.log import task_error
from include.local.metadata import TaskRun, run_id_of, task_runs
from include.local.summary import as_table, summarize

DEFAULT_DAG = "taxi_trip_duration_side_by_side"
WITHOUT_CLUSTER = "taxi_trip_duration_snowpark"
LAST_LINES = 25
"""Lines of the log that are shown when a run does not even start."""
POLL_SECONDS = 0.3


def main(arguments: list[str]) -> int:
    """Runs a DAG.

    Args:
        arguments: the command line, without the program's name.

    Returns:
        The exit code: 0 after a successful run, 1 after a failed one, 2 when it could not start.
    """
    parser = argparse.ArgumentParser(prog="make run", description="Run one DAG and sum it up.")
    parser.add_argument("dag", nargs="?", help=f"DAG id (default: {DEFAULT_DAG}; without a cluster {WITHOUT_CLUSTER})")
    parser.add_argument("--conf", default="", help="params of the run, as a JSON object")
    options = parser.parse_args(arguments)
    try:
        conf = json.loads(options.conf or "{}")
        if not isinstance(conf, dict):
            raise ValueError("it is no object")
    except ValueError as error:
        print(
            f'CONF: {options.conf} is not usable ({error}). Write a JSON object in single quotes: CONF=\'{{"source": "…"}}\'',
            file=sys.stderr,
        )
        return 2
    dag_id = options.dag or DEFAULT_DAG
    plan = plan_of(check(Project(places.ROOT)))
    if dag_id not in plan:
        cure = cure_by_name(dag_id, plan, "DAGs")
        print(f"There is no DAG {dag_id}. {cure} If its config has mistakes, `make validate` says which.", file=sys.stderr)
        return 2
    server = warehouse.provide()
    if server is None:
        return 2
    try:
        if pods.has_pods(plan[dag_id]) and not pods.provide(server.ca_bundle, server.port):
            if options.dag:
                return 2
            dag_id = WITHOUT_CLUSTER
            print(f"cluster: none, so the target snowpark runs alone: {dag_id}", flush=True)
    except subprocess.CalledProcessError:
        print("The cluster does not work; the reason is above. CLUSTER=none runs the target snowpark alone.", file=sys.stderr)
        return 2
    settings = airflow.environment()
    airflow.prepare_database(settings)
    return _run(dag_id, conf, settings)


def _run(dag_id: str, conf: dict[str, Any], settings: dict[str, str]) -> int:
    folder = places.RUNS / dag_id
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC)
    log_path = folder / f"{moment:%Y%m%dT%H%M%S}.log"
    command = [airflow.airflow(), "dags", "test", dag_id, moment.isoformat(), "--conf", json.dumps(conf)]
    print(f"airflow: {dag_id}, log in {os.path.relpath(log_path)}", flush=True)
    started = time.monotonic()
    with log_path.open("w") as log:
        process = subprocess.Popen(command, cwd=places.ROOT, env=settings, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            _show_progress(process, dag_id, moment)
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()
    run_id = run_id_of(places.HOME, dag_id, moment)
    if run_id is None:
        print(f"{dag_id} did not start; the whole log is {os.path.relpath(log_path)}.", file=sys.stderr)
        refused = subprocess.call([sys.executable, "-m", "include.factory", "validate", "--build"], cwd=places.ROOT, env=settings, stdout=2)
        if not refused:
            print(_last_lines(log_path), file=sys.stderr)
        return 2
    summary = summarize(dag_id, run_id, moment, time.monotonic() - started, task_runs(places.HOME, dag_id, run_id))
    for name in (f"{log_path.stem}.json", "latest.json"):
        (folder / name).write_text(json.dumps(summary, indent=2) + "\n")
    print(as_table(summary), flush=True)
    failed = [task["task_id"] for task in summary["tasks"] if task["state"] == "failed"]
    for task_id in failed:
        print(f"\n{task_id} failed:\n{task_error(log_path.read_text(errors='replace'), task_id)}", file=sys.stderr)
    return 0 if summary["state"] == "success" else 1


def _show_progress(process: subprocess.Popen[bytes], dag_id: str, moment: datetime) -> None:
    """Prints a line whenever a task changes its state, until the process ends."""
    seen: dict[str, TaskRun] = {}
    ended = False
    while not ended:
        ended = process.poll() is not None
        run_id = run_id_of(places.HOME, dag_id, moment)
        for task in task_runs(places.HOME, dag_id, run_id) if run_id else []:
            before = seen.get(task.task_id)
            if task.state in ("running", "success", "failed", "up_for_retry", "skipped", "upstream_failed") and (
                before is None or (before.state, before.try_number) != (task.state, task.try_number)
            ):
                seconds = f" {task.seconds:6.1f} s" if task.seconds is not None and task.state != "running" else ""
                print(f"  {task.state:15} {task.task_id}{seconds}", flush=True)
                seen[task.task_id] = task
        time.sleep(0 if ended else POLL_SECONDS)


def _last_lines(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-LAST_LINES:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
