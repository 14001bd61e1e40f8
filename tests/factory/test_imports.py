"""What a parse and the start of a task must not import: most of their time would go into it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.factory.conftest import HERE, PROJECT

PIPELINE = """\
pipeline: sample
target: {target}
dag: {{schedule: "0 3 * * *", start_date: 2026-01-01}}
params: {{table: T, rows: {{default: 3, type: integer}}}}
tasks:
  connection: {{operator: include.operators.CheckSnowflakeConnection}}
  create: {{sql: "create table {{{{ params.table }}}} (A int)", dependencies: [connection]}}
  load: {{python_callable: include.tasks.sample.load, op_kwargs: {{table: T}}, dependencies: [create]}}
  score:
    batch_callable: include.tasks.sample.score
    input: {{table: "{{{{ outputs.load.table }}}}", columns: [A]}}
    output: {{table: S, column: B}}
  each: {{sql: select %(rows)s, expand: {{rows: "{{{{ outputs.load.rows }}}}"}}, run_if: "{{{{ params.rows > 1 }}}}"}}
"""
LOADS = """\
import json, os, sys
from pathlib import Path
import airflow.sdk.execution_time.task_runner  # there before any DAG is read
there = set(sys.modules)
for root, context in json.loads(sys.argv[1]):
    if os.fork() == 0:
        os.environ.update(context)
        from include.factory import register_dags
        dags = {}
        register_dags(dags, Path(root))
        print(json.dumps([[len(dag.tasks) for dag in dags.values()], sorted(sys.modules.keys() - there)]), flush=True)
        os._exit(0)
    os.wait()
"""
CLIENTS_OF_SNOWFLAKE = {"snowflake", "airflow.providers.snowflake", "pandas", "numpy", "pyarrow", "boto3", "botocore"}
CLIENTS_OF_KUBERNETES = {"kubernetes", "kubernetes_asyncio", "airflow.providers.cncf", "aiohttp", "requests"}
SCHEDULERS_SIDE = {
    "airflow.dag_processing",
    "airflow.models.dag",
    "airflow.serialization.serialized_objects",
    "airflow.timetables.assets",
}
WORDS = {"include.factory.accept", "include.factory.refusals", "include.factory.commands"}
"""Of a project without mistakes nothing is explained."""
A_TASK = {"_AIRFLOW_PARSING_CONTEXT_DAG_ID": "sample", "_AIRFLOW_PARSING_CONTEXT_TASK_ID": "create"}
FORBIDDEN = {
    ("snowpark", "parse"): CLIENTS_OF_SNOWFLAKE | CLIENTS_OF_KUBERNETES,
    ("snowpark", "task"): CLIENTS_OF_SNOWFLAKE | CLIENTS_OF_KUBERNETES | SCHEDULERS_SIDE | WORDS,
    ("kubernetes", "task"): CLIENTS_OF_SNOWFLAKE | SCHEDULERS_SIDE | WORDS,
}


def test_no_more_is_imported_than_is_used(tmp_path: Path) -> None:
    cases = []
    for target, process in FORBIDDEN:
        root = tmp_path / target
        shutil.copytree(PROJECT, root, dirs_exist_ok=True)
        (root / "configs" / "sample.yaml").write_text(PIPELINE.format(target=target), encoding="utf-8")
        cases.append((str(root), A_TASK if process == "task" else {}))
    environment = os.environ | {"PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, "-W", "ignore", "-c", LOADS, json.dumps(cases)]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    loads = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[[")]
    for (case, forbidden), (tasks, imported) in zip(FORBIDDEN.items(), loads, strict=True):
        assert tasks == [6], case
        needless = [name for name in imported if any(f"{name}.".startswith(f"{module}.") for module in forbidden)]
        assert needless == [], case
