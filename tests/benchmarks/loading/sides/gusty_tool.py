"""gusty: a folder for each DAG, with a YAML file for each task and one for the DAG."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks.loading.compiled import Compiled
from tests.benchmarks.loading.sides.dag_factory import dumped
from tests.benchmarks.loading.sides.hand_written import LOADERS, shared_lines

_IN_THE_LOADER = ("user_defined_macros", "template_searchpath", "tasks", "default_args", "start_date")
_FUNCTION = "python_callable"


def write_side(folder: Path, count: int, compiled: Compiled) -> Iterable[Path]:
    """Write the folders. What all DAGs share is each one's own too: gusty has no defaults in YAML."""
    (folder / "dags").mkdir(parents=True)
    (folder / "configs").mkdir()
    shutil.copy(LOADERS / "gusty_folders.py", folder / "dags" / "loader.py")
    (folder / "dags" / "pipelines_data.py").write_text("\n".join(shared_lines(compiled)) + "\n")
    (folder / "dags" / ".airflowignore").write_text("pipelines_data.py\n")
    for number in range(count):
        config = compiled.config(number)
        dag = folder / "configs" / f"p{number:05d}"
        dag.mkdir()
        (dag / "METADATA.yml").write_text(_metadata(config))
        for task_id, task in config["tasks"].items():
            (dag / f"{task_id}.yml").write_text(_task(task))
        yield dag


def _metadata(config: dict[str, Any]) -> str:
    own = {key: value for key, value in config.items() if key not in _IN_THE_LOADER}
    defaults = {key: value for key, value in config["default_args"].items() if key != "retry_delay"}
    seconds = config["default_args"]["retry_delay"]["seconds"]
    year, month, day = (int(part) for part in config["start_date"].split("-"))
    return dumped({**own, "default_args": defaults}) + (
        f"  retry_delay: !timedelta\n    seconds: {seconds}\nstart_date: !datetime [{year}, {month}, {day}]\n"
    )


def _task(task: dict[str, Any]) -> str:
    text = dumped({key: value for key, value in task.items() if key != _FUNCTION})
    return text + (f"{_FUNCTION}: !runtime\n" if _FUNCTION in task else "")
