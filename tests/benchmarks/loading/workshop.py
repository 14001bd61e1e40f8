"""The folder that a benchmark works in: the projects of all sides, and fresh processes over them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.constants import ROOT
from tests.benchmarks.loading.compiled import Compiled
from tests.benchmarks.loading.sides import Side, ours

FERNET_KEY = "Zm9yIHRoZSBiZW5jaG1hcmsgb25seSwgMzIgYnl0ZXM="
"""A key as every Airflow has one; a cache may be keyed by it."""


@dataclass(frozen=True)
class Workshop:
    """Where the projects are, and what runs them.

    Attributes:
        folder: for projects, and an Airflow home.
        python: the interpreter of all sides.
    """

    folder: Path
    python: Path

    def write(self, sides: Iterable[Side], count: int, kind: str) -> None:
        """Write the projects of some sides with `count` pipelines of a kind."""
        root = self._root(count, kind)
        compiled = Compiled(ours.project(root / "ours"), kind)
        for project, write in {side.project: side.write for side in sides}.items():
            for _ in write(root / project, count, compiled):
                pass

    def loader(self, side: Side, count: int, kind: str) -> Path:
        """What Airflow parses."""
        return self._root(count, kind) / side.project / "dags" / side.loader

    def probe(self, side: Side, kind: str, what: str, *counts: int) -> list[dict[str, Any]]:
        """Load in a fresh process.

        Args:
            side: whose DAGs.
            kind: the target.
            what: as `probe.py` says.
            counts: the projects, by the number of their pipelines, loaded one after the other.

        Returns:
            What `probe.py` prints, for each.
        """
        loaders = [str(self.loader(side, count, kind)) for count in counts]
        environment = self.environment(side, kind, counts[-1])
        command = [str(self.python), "-m", "tests.benchmarks.loading.probe", what, *loaders]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{side.title}, {counts} pipelines of {kind}: {done.stderr[-3000:]}")
        figures: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
        return figures

    def environment(self, side: Side, kind: str, count: int) -> dict[str, str]:
        """The environment of a process of a side; nothing of the caller's settings is in it."""
        own = str(self._root(count, kind) / side.project)
        return {**self.common(), **{name: value.format(home=own) for name, value in side.variables.items()}}

    def common(self) -> dict[str, str]:
        """What is the same for all of them."""
        foreign = ("AIRFLOW", "_AIRFLOW", "SNOWPOD", "PYTHON")
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "0",
            "AIRFLOW_HOME": str(self.folder / "home"),
            "AIRFLOW__CORE__FERNET_KEY": FERNET_KEY,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY": "False",
        }

    def _root(self, count: int, kind: str) -> Path:
        return self.folder / kind / str(count)
