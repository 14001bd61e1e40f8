"""airflow-blueprint: a YAML file of steps for each DAG, over classes in Python."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks.loading.compiled import Compiled
from tests.benchmarks.loading.sides.dag_factory import dumped
from tests.benchmarks.loading.sides.hand_written import LOADERS, shared_lines


def write_side(folder: Path, count: int, compiled: Compiled) -> Iterable[Path]:
    """Write the files, and the classes that they name."""
    dags = folder / "dags"
    dags.mkdir(parents=True)
    shutil.copy(LOADERS / "blueprint_yaml.py", dags / "loader.py")
    shutil.copy(LOADERS / "blueprint_templates.py", dags / "templates.py")
    (dags / "pipelines_data.py").write_text("\n".join([*shared_lines(compiled), "TRIGGER = {}"]) + "\n")
    (dags / ".airflowignore").write_text("pipelines_data.py\ntemplates.py\n")
    for number in range(count):
        path = dags / f"p{number:05d}.dag.yaml"
        path.write_text(dumped(_steps(f"p{number:05d}", compiled.config(number))))
        yield path


def _steps(dag_id: str, config: dict[str, Any]) -> dict[str, Any]:
    return {
        "dag_id": dag_id,
        "description": config["description"],
        "schedule": config["schedule"],
        "trigger": config["params"],
        "steps": {task_id: _step(task) for task_id, task in config["tasks"].items()},
    }


def _step(task: dict[str, Any]) -> dict[str, Any]:
    after = {"depends_on": task["dependencies"]} if "dependencies" in task else {}
    if "sql" in task:
        return {"blueprint": "statement", **after, "sql": task["sql"]}
    if "op_kwargs" in task:
        return {"blueprint": "function", **after, "function": task["function"], "op_kwargs": task["op_kwargs"]}
    own = {"input": task["batch_input"], "output": task["batch_output"], "model": task["model"]}
    return {"blueprint": "batch", **after, "function": task["function"], **own}
