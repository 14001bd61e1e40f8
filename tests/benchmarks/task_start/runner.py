"""Runs tasks one after another as an executor's worker does, and prints what each took, as JSON lines.

Each task has a process of Airflow's own (its supervisor's fork, its task runner); only the API server is a stand-in
that answers from memory. Runs in the folder of a project, by the interpreter of Airflow.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import uuid
from pathlib import Path

import httpx
import sitecustomize
from airflow.sdk.api.client import Client
from airflow.sdk.api.datamodels._generated import BundleInfo
from airflow.sdk.execution_time import supervisor, task_runner

try:
    from airflow.executors.workloads.task import TaskInstanceDTO
except ImportError:
    from airflow.executors.workloads import TaskInstance as TaskInstanceDTO

MOMENT = "2026-01-01T00:00:00Z"


def answer(request: httpx.Request) -> httpx.Response:
    """Stand in for the API server."""
    path = request.url.path
    if path.endswith("/run"):
        _, dag_id, run_id = NOW
        run = {"dag_id": dag_id, "run_id": run_id, "logical_date": MOMENT, "start_date": MOMENT, "run_after": MOMENT}
        run |= {"data_interval_start": MOMENT, "data_interval_end": MOMENT, "end_date": None, "partition_key": None}
        run |= {"run_type": "manual", "consumed_asset_events": [], "conf": {}, "state": "running"}
        return httpx.Response(200, json={"dag_run": run, "max_tries": 0, "should_retry": False})
    if request.method == "GET":
        return httpx.Response(404, json={"detail": {"reason": "not_found", "message": "there is none"}})
    if path.endswith("/state"):
        STATES.append(json.loads(request.content or b"{}").get("state"))
    if path.endswith("/return_value"):
        RESULTS.append(json.loads(request.content))
    return httpx.Response(200, json={"text": "done", "message": "done"})


NOW: tuple[str, str, str] = ("", "", "")
STATES: list[str] = []
RESULTS: list[object] = []


def run(dag_file: str, dag_id: str, task_id: str, log: Path) -> dict[str, object]:
    """Run one task; give seconds, CPU seconds of all its processes, state, result and its marks."""
    global NOW
    marks = Path(os.environ["MARKS"])
    inside = Path(os.environ["MARKED_FOLDER"], "pod.jsonl")
    for file in (marks, inside):
        file.unlink(missing_ok=True)
    inside.touch()
    inside.chmod(0o666)
    NOW = (task_id, dag_id, f"manual__{uuid.uuid4().hex[:8]}")
    names = {"id": uuid.uuid4(), "task_id": task_id, "dag_id": dag_id, "run_id": NOW[2], "try_number": 1}
    instance = TaskInstanceDTO(
        **names, dag_version_id=uuid.uuid4(), map_index=-1, pool_slots=1, priority_weight=1, queue="default"
    )
    client = Client(base_url=None, token="", dry_run=True, transport=httpx.MockTransport(answer))
    STATES.clear()
    RESULTS.clear()
    used, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    code = supervisor.supervise_task(
        ti=instance,
        bundle_info=BundleInfo(name="dags-folder"),
        dag_rel_path=dag_file,
        token="",
        client=client,
        log_path=str(log),
    )
    ended, after = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [json.loads(line) for file in (marks, inside) for line in file.read_text().splitlines()]
    return {
        "code": code,
        "state": STATES[-1:] or None,
        "result": RESULTS[-1:] or None,
        "seconds": ended - begun,
        "cpu": after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime,
        "marks": sorted(([name, moment - begun, about] for name, moment, about in lines), key=lambda line: line[1]),
    }


def main() -> None:
    """Read tasks (file, DAG, task, log) from standard input, a JSON line each."""
    for attribute in ("parse", "_execute_task", "finalize"):
        sitecustomize.around(task_runner, attribute, attribute.strip("_"))
    for line in sys.stdin:
        dag_file, dag_id, task_id, log = json.loads(line)
        print("RAN " + json.dumps(run(dag_file, dag_id, task_id, Path(log))), flush=True)


if __name__ == "__main__":
    main()
