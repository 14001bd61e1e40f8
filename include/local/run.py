"""`make run`: runs one DAG in a laptop's Airflow, shows how it goes, and writes down how it went.

    python -m include.local.run [DAG id] [--conf JSON]

In the Airflow that `make up` started if one runs, else by itself. The whole log of a run is `.local/runs/<DAG
id>/<run>.log`; beside it are `report.html`, to look at and to share, and what programs want to know: `report.json` and
`latest.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from include.constants import ROOT
from include.factory import layers
from include.factory.check import check
from include.factory.commands.plan import plan_of, targets_of
from include.factory.commands.report import as_text
from include.factory.config import Config
from include.factory.diagnostics import hint_by_name
from include.factory.project import Project
from include.factory.results import Checked, Result
from include.local import airflow, alone, beside, conf, places, pods, ready, report, snowflake_server, up
from include.local.api import ApiError
from include.local.leash import Leash
from include.local.log import most_memory, of_task, task_error
from include.local.memory import Watch
from include.local.metadata import run_id_of, run_state, task_runs
from include.local.summary import Used, as_table, summarize
from include.report.runs import TaskTry

DEFAULT_DAG = "taxi_trip_duration_side_by_side"
WITHOUT_CLUSTER = "taxi_trip_duration_snowpark"
LAST_LINES = 25
"""Lines of the log that are shown when a run does not even start."""
POLL_SECONDS = 0.3
INTERRUPTED = 128 + signal.SIGINT
_SHOWN = ("running", "success", "failed", "up_for_retry", "skipped", "upstream_failed")


def main(arguments: list[str]) -> int:
    """Run a DAG.

    Args:
        arguments: the command line, without the program's name.

    Returns:
        The exit code: 0 after a successful run, 1 after a failed one, 2 when it could not start, 130 when it was
            interrupted.
    """
    parser = argparse.ArgumentParser(prog="make run", description="Run one DAG and sum it up.")
    parser.add_argument("dag", nargs="?", help=f"DAG id (default: {DEFAULT_DAG}; without a cluster {WITHOUT_CLUSTER})")
    parser.add_argument("--conf", default="", help="params of the run, as a JSON object")
    options = parser.parse_args(arguments)
    dag_id = options.dag or DEFAULT_DAG
    result = check(Project(ROOT))
    plan = plan_of(result)
    if any(layer.diagnostics for layer in result.layers) or dag_id not in plan:
        print(_why_not(dag_id, result, plan), file=sys.stderr)
        return 2
    try:
        params = conf.read(options.conf, plan[dag_id])
    except conf.ConfError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        url = up.url()
    except up.UpError as error:
        print(error, file=sys.stderr)
        return 2
    lacking = ready.missing(plan[dag_id], os.environ, places.HOME) + ([] if url else ready.other_runs(plan[dag_id]))
    if lacking:
        print("\n".join(lacking), file=sys.stderr)
        return 2
    server = snowflake_server.provide()
    if server is None:
        return 2
    try:
        if pods.has_pods(plan[dag_id]) and not pods.provide(server.ca_bundle, server.port):
            if options.dag:
                return 2
            dag_id = WITHOUT_CLUSTER
            print(f"cluster: none, so the target snowpark runs alone: {dag_id}", flush=True)
    except subprocess.CalledProcessError:
        print(
            "The cluster does not work; the reason is above. CLUSTER=none runs the target snowpark alone.",
            file=sys.stderr,
        )
        return 2
    settings = airflow.environment()
    airflow.prepare_database(settings)
    (file,) = [checked for checked in result.files if dag_id in checked.configs]
    if file.warnings:
        print(as_text(file.warnings, result.texts), file=sys.stderr)
    targets, prices = targets_of(plan[dag_id]), layers.section("prices", *result.settings.layers)
    return _Run(dag_id, params, settings, file.path, targets, prices, Watch(server.pid)).by(url)


def _why_not(dag_id: str, result: Result, plan: dict[str, Config]) -> str:
    """Why there is no such DAG: the mistakes of the layers, or of the file that should have it; not those of others."""
    layers = [layer for layer in result.layers if layer.diagnostics]
    suspects = layers or [checked for checked in result.files if checked.diagnostics and _may_have(checked, dag_id)]
    reported = [as_text(checked.diagnostics, result.texts) for checked in suspects]
    if not suspects:
        reported.append(f"There is no DAG {dag_id}. {hint_by_name(dag_id, plan, 'DAGs')}")
        if result.diagnostics:
            reported.append("If its config has mistakes, `make validate` says which.")
    return "\n\n".join(reported)


def _may_have(checked: Checked, dag_id: str) -> bool:
    name = checked.path.stem
    return (
        dag_id == name or dag_id.startswith(f"{name}_") or any(dag_id.startswith(word) for word in _names(checked.text))
    )


def _names(text: str) -> list[str]:
    lines = [
        line.partition(":")[2].partition("#")[0].strip(" \"'")
        for line in text.splitlines()
        if line.strip("\"'").startswith("pipeline")
    ]
    return [name for name in lines if name]


class _Run:
    """One run of a DAG.

    Args:
        dag_id: the DAG.
        params: its params.
        settings: the environment of `include.local.airflow`.
        file: the DAG's config.
        targets: the target of each task that one decides about, by its id.
        prices: what the report counts costs by.
        watch: looks at the memory of the embedded Snowflake.
    """

    def __init__(
        self,
        dag_id: str,
        params: dict[str, Any],
        settings: dict[str, str],
        file: Path,
        targets: dict[str, str],
        prices: dict[str, Any],
        watch: Watch,
    ) -> None:
        self._dag_id = dag_id
        self._params = params
        self._settings = settings
        self._file = file
        self._targets = targets
        self._prices = prices
        self._watch = watch
        self._moment = datetime.now(UTC)
        self._started = time.monotonic()
        self._folder = places.RUNS / dag_id
        self._folder.mkdir(parents=True, exist_ok=True)
        self._log = self._folder / f"{self._moment:%Y%m%dT%H%M%S}.log"

    def by(self, url: str | None) -> int:
        """Run it in the Airflow at a URL, or alone; return the exit code."""
        for word in (signal.SIGINT, signal.SIGTERM):  # whatever the shell made of them
            signal.signal(word, signal.default_int_handler)
        with self._log.open("w") as log:
            try:
                if url is None:
                    print(f"airflow: {self._dag_id}, log in {os.path.relpath(self._log)}", flush=True)
                    leash = alone.start(self._dag_id, self._moment, self._params, self._settings, log)
                    interrupted = self._hold(leash, leash.ended)
                else:
                    run_id = beside.trigger(url, self._dag_id, self._moment, self._params)
                    print(
                        f"airflow: {self._dag_id}, in the Airflow of `make up`:"
                        f" {url}/dags/{self._dag_id}/runs/{run_id}",
                        flush=True,
                    )
                    leash = beside.hold(url, self._dag_id, run_id, self._settings, log)
                    interrupted = self._hold(
                        leash, lambda: run_state(places.HOME, self._dag_id, run_id) in ("success", "failed")
                    )
            except ApiError as error:
                print(error, file=sys.stderr)
                return 2
        found = run_id_of(places.HOME, self._dag_id, self._moment)
        if found is None:
            return INTERRUPTED if interrupted else self._did_not_start()
        code = self._sum_up(found, by_itself=url is None)
        return INTERRUPTED if interrupted else code

    def _hold(self, leash: Leash, ended: Callable[[], bool]) -> bool:
        """Show the run until it ends; say whether it was interrupted, with all that it had started ended."""
        try:
            with leash:
                self._show_progress(ended)
                leash.done()
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr, flush=True)
            return True
        return False

    def _show_progress(self, ended: Callable[[], bool]) -> None:
        """Print a line whenever a task changes its state, until the run ends."""
        seen: dict[str, tuple[str, int]] = {}
        last = False
        while not last:
            last = ended()
            self._watch.look()
            run_id = run_id_of(places.HOME, self._dag_id, self._moment)
            for task in task_runs(places.HOME, self._dag_id, run_id) if run_id else []:
                if task.state in _SHOWN and seen.get(task.name) != (task.state, task.try_number):
                    seconds = f" {task.seconds:6.1f} s" if task.seconds is not None and task.state != "running" else ""
                    print(f"  {task.state:15} {task.shown}{seconds}", flush=True)
                    seen[task.name] = (task.state, task.try_number)
            time.sleep(0 if last else POLL_SECONDS)

    def _sum_up(self, run_id: str, *, by_itself: bool) -> int:
        tasks = task_runs(places.HOME, self._dag_id, run_id)
        state = run_state(places.HOME, self._dag_id, run_id)
        if by_itself:
            text = self._log.read_text(errors="replace")
            logs = {task.name: of_task(text, task.task_id, task.map_index) for task in tasks}
        else:
            logs = {task.name: beside.log_of(places.HOME, self._dag_id, run_id, task) for task in tasks}
            text = "".join(f"[{name}]\n{logged}\n" for name, logged in logs.items() if logged)
            self._log.write_text(text)
        memory = {task.name: most for task in tasks if (most := _memory(task, logs[task.name])) is not None}
        peak = self._watch.peak
        used = Used(self._targets, memory, None if peak is None else round(peak / 10**6))
        seconds = time.monotonic() - self._started
        summary = summarize(self._dag_id, run_id, state, self._moment, seconds, tasks, used)
        for name in (f"{self._log.stem}.json", "latest.json"):
            (self._folder / name).write_text(json.dumps(summary, indent=2) + "\n")
        print(as_table(summary), flush=True)
        for task in tasks:
            if task.state == "failed":
                error = task_error(text, task.task_id, task.map_index) if by_itself else _last_lines(logs[task.name])
                print(f"\n{task.shown} failed:\n{error}", file=sys.stderr, flush=True)
        self._report(run_id)
        return 0 if state == "success" else 1

    def _report(self, run_id: str) -> None:
        try:
            verdict = report.write(places.HOME, self._folder, self._dag_id, run_id, self._prices)
        except Exception as error:  # the run is over, and what came of it stays so
            print(f"The report could not be written: {type(error).__name__}: {error}", file=sys.stderr)
            return
        print(f"\n{verdict}\nreport: {os.path.relpath(self._folder / report.PAGE)}", flush=True)

    def _did_not_start(self) -> int:
        print(f"{self._dag_id} did not start; the whole log is {os.path.relpath(self._log)}.", file=sys.stderr)
        command = [sys.executable, "-m", "include.factory", "validate", str(self._file)]
        refused = subprocess.run(command, cwd=ROOT, env=self._settings, stdout=subprocess.PIPE, text=True, check=False)
        print(
            refused.stdout if refused.returncode else _last_lines(self._log.read_text(errors="replace")),
            file=sys.stderr,
        )
        return 2


def _memory(task: TaskTry, logged: str) -> int | None:
    """Return the megabytes that a task's function used at most, by its measures, or else by its log."""
    measured = (task.measures or {}).get("memory_bytes")
    return round(measured / 10**6) if isinstance(measured, int | float) else most_memory(logged)


def _last_lines(text: str) -> str:
    return "\n".join(text.splitlines()[-LAST_LINES:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
