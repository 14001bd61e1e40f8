"""The ways to say the same DAGs. Each writes a project with one file in `dags/` for Airflow to parse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from include.factory.loaders import FIRST
from tests.benchmarks.loading.compiled import Compiled
from tests.benchmarks.loading.sides import blueprint_tool, dag_factory, gusty_tool, hand_written, ours


@dataclass(frozen=True)
class Side:
    """One way, and the settings that it is measured with.

    Attributes:
        name: what the results call it.
        title: what a reader calls it.
        project: the folder of its project; sides may share one.
        write: writes so many pipelines there; returns the paths as they are written.
        variables: environment variables; `{home}` in them stands for a folder of the project's own.
        needs: the package that it needs beside the project's own requirements.
        loader: the file in `dags/` that Airflow parses.
        finds_one: whether a task start makes it build only the DAG asked for.
    """

    name: str
    title: str
    project: str
    write: Callable[[Path, int, Compiled], Iterable[Path]]
    variables: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""
    loader: str = "loader.py"
    finds_one: bool = True


OURS = Side("ours", "ours, no cache", "ours", ours.write_side, {"SNOWPOD_CACHE": "off"}, loader=FIRST)
CACHED = Side("cached", "ours, cached", "ours", ours.write_side, {"SNOWPOD_CACHE": "{home}/cache"}, loader=FIRST)
BY_HAND = Side("hand_written", "hand-written Python", "hand_written", hand_written.write_side)
DAG_FACTORY = Side("dag_factory", "plain dag-factory", "dag_factory", dag_factory.write_side, finds_one=False)
GUSTY = Side("gusty", "gusty", "gusty", gusty_tool.write_side, needs="gusty")
BLUEPRINT = Side(
    "blueprint", "airflow-blueprint", "blueprint", blueprint_tool.write_side, needs="blueprint", finds_one=False
)
SPLIT = Side("split", "ours, 4 loaders", "split", ours.write_split, {"SNOWPOD_CACHE": "off"}, loader=FIRST)
"""For the dag-processor, which parses several files at a time."""
SIDES = (OURS, CACHED, BY_HAND, DAG_FACTORY, GUSTY, BLUEPRINT)
