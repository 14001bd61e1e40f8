"""By hand: one Python module with a loop over data."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.loading.compiled import Compiled

LOADERS = Path(__file__).parents[1] / "loaders"


def shared_lines(compiled: Compiled) -> list[str]:
    """The lines of a Python module with what all pipelines share, and no one would write into each."""
    tasks = compiled.shared["tasks"]
    return [
        f"SEARCH_PATH = {compiled.shared['template_searchpath']!r}",
        f"PYTHON = {tasks['train'].get('python')!r}",
        f"KUBERNETES = {tasks['train'].get('kubernetes')!r}",
        f"OPERATORS = {sorted({task['operator'].rpartition('.')[2] for task in tasks.values()})!r}",
    ]


def write_side(folder: Path, count: int, compiled: Compiled) -> Iterable[Path]:
    """Write the module, and beside it the module of its data."""
    (folder / "dags").mkdir(parents=True)
    shutil.copy(LOADERS / f"hand_written_{compiled.kind}.py", folder / "dags" / "loader.py")
    (folder / "dags" / ".airflowignore").write_text("pipelines_data.py\n")
    rows = (f"    {_row(number, compiled)!r}," for number in range(count))
    data = folder / "dags" / "pipelines_data.py"
    data.write_text("\n".join([*shared_lines(compiled), "PIPELINES = [", *rows, "]"]) + "\n")
    yield data


def _row(number: int, compiled: Compiled) -> dict[str, str]:
    config = compiled.config(number)
    return {
        "dag_id": f"p{number:05d}",
        "description": config["description"],
        "schedule": config["schedule"],
        "stage": config["params"]["stage"],
        "features": config["params"]["features"],
        "trips": f"TRIPS_{number}",
        "predictions": config["tasks"]["predict"]["batch_output"]["table"],
        "view": f"V_{number}",
    }
