"""Thousands of pipelines in a real dag-processor with Airflow's own settings: how long until all are active.

    .venv/bin/python -m tests.benchmarks.many_pipelines [pipelines] [loaders] [snowpark | kubernetes]

Of the pipelines 20 are broken, and must be an import error each. Makes a project and a metadata database (SQLite) of
its own in a temporary folder. Two processes parse at a time, as Airflow has it; on a busy machine the times are that
much longer.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from include.constants import ROOT
from include.factory.loaders import loader_of

BROKEN = 20
EDITS = 3
LIMIT = 1200
"""Seconds after which it gives up."""
AIRFLOW = (sys.executable, "-m", "airflow")
PIPELINE = """\
pipeline: {name}
description: {description}
target: {target}
dag:
  schedule: "0 {hour} * * *"
  start_date: 2024-01-01
params:
  source: include/data/taxi
  stage: STAGE_{number}
  features: FEATURES_{number}
tasks:
  create_stage:
    sql: CREATE STAGE IF NOT EXISTS {{{{ params.stage }}}}
  stage_files:
    python_callable: include.tasks.taxi.stage_files
    op_kwargs: {{source: "{{{{ params.source }}}}", stage: "{{{{ params.stage }}}}"}}
    dependencies: [create_stage]
  load:
    {sql}: COPY INTO TRIPS_{number} FROM @{{{{ params.stage }}}}
    dependencies: [stage_files]
  train:
    python_callable: include.tasks.taxi.train
    op_kwargs:
      features: "{{{{ params.features }}}}"
      stage: "{{{{ params.stage }}}}"
      model: linear
      train_until: ""
    dependencies: [load]
  predict:
    batch_callable: include.tasks.taxi.predict_duration
    input:
      table: "{{{{ params.features }}}}"
      columns: [PICKUP_LOCATION_ID, DROPOFF_LOCATION_ID, TRIP_DISTANCE, PICKUP_HOUR]
    output: {{table: "PREDICTIONS_{number}", column: PREDICTED_SECONDS}}
    model: "{{{{ outputs.train.model }}}}"
  publish:
    sql: CREATE OR REPLACE VIEW V_{number} AS SELECT * FROM PREDICTIONS_{number}
    dependencies: [predict]
"""


@dataclass
class Project:
    """A project with many pipelines, and an Airflow's home."""

    home: Path
    pipelines: int
    loaders: int
    target: str

    @property
    def root(self) -> Path:
        return self.home / "project"

    def file(self, number: int) -> Path:
        """Where a pipeline is: a hundred to a folder."""
        return self.root / "configs" / f"team_{number // 100:02}" / f"pipeline_{number:04}.yaml"

    def write(self) -> None:
        """Write all of it."""
        (self.root / "dags").mkdir(parents=True)
        shutil.copy(ROOT / "dags" / "snowpod.py", self.root / "dags")
        for name in ("include", "schemas"):
            (self.root / name).symlink_to(ROOT / name)
        shutil.copytree(ROOT / "configs" / "environments", self.root / "configs" / "environments")
        shutil.copy(ROOT / "configs" / "defaults.yaml", self.root / "configs")
        with (self.root / "configs" / "defaults.yaml").open("a") as defaults:
            defaults.write(f"\nloaders: {self.loaders}\n")
        for number in range(self.pipelines):
            self.write_pipeline(number, f"Pipeline number {number}.", number < BROKEN)
        command = [sys.executable, "-m", "include.factory", "--root", str(self.root), "loaders"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    def write_pipeline(self, number: int, description: str, broken: bool = False) -> None:
        """Write one."""
        path = self.file(number)
        path.parent.mkdir(exist_ok=True)
        text = PIPELINE.format(
            name=path.stem,
            description=description,
            target=self.target,
            hour=number % 24,
            number=number,
            sql="sqll" if broken else "sql",
        )
        path.write_text(text, encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """Airflow's own settings, save where it is."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SNOWPOD"))},
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.root / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home / 'airflow.db'}",
            "SNOWPOD_ENVIRONMENT": "local",
        }

    def rows(self, query: str) -> list[tuple[str, ...]]:
        """Ask the metadata database."""
        with closing(sqlite3.connect(f"file:{self.home}/airflow.db?mode=ro", uri=True, timeout=60)) as connection:
            return connection.execute(query).fetchall()


@dataclass
class Watch:
    """Looks at a dag-processor and its database."""

    project: Project
    process: subprocess.Popen[bytes]
    memory: dict[int, int] = field(default_factory=dict)
    """Most bytes that each process had, those included that it shares with the one it was forked from."""
    cpu: dict[int, float] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)
    """Files with an import error at any moment: at each look at the folder Airflow forgets them for a while."""

    def until(self, done: Callable[[], bool]) -> float:
        """Wait.

        Returns:
            The seconds that it took.
        """
        started = time.monotonic()
        while time.monotonic() - started < LIMIT:
            self._look()
            if done():
                return time.monotonic() - started
            time.sleep(0.5)
        print((self.project.home / "log").read_text()[-3000:], file=sys.stderr)
        raise TimeoutError

    def _look(self) -> None:
        for process in self._processes():
            try:
                times = process.cpu_times()
                self.memory[process.pid] = max(self.memory.get(process.pid, 0), process.memory_info().rss)
                self.cpu[process.pid] = times.user + times.system
            except psutil.Error:  # ended meanwhile
                continue
        self.errors |= {name for (name,) in self.project.rows("select filename from import_error")}
        self.stale |= {dag_id for (dag_id,) in self.project.rows("select dag_id from dag where is_stale")}

    def _processes(self) -> Iterator[psutil.Process]:
        manager = psutil.Process(self.process.pid)
        yield manager
        yield from manager.children(recursive=True)


def main() -> None:
    """Run, and print the figures."""
    defaults = ("5000", "4", "snowpark")
    pipelines, loaders, target = (*sys.argv[1:], *defaults[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as home:
        project = Project(Path(home), int(pipelines), int(loaders), target)
        project.write()
        subprocess.run([*AIRFLOW, "db", "migrate"], env=project.environment, check=True, capture_output=True)
        with (Path(home) / "log").open("w") as log:
            process = subprocess.Popen(
                [*AIRFLOW, "dag-processor"], env=project.environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            measure(Watch(project, process))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def measure(watch: Watch) -> None:
    """Print how long it takes until all are active, what that costs, and how long an edit takes."""
    project = watch.project
    good = project.pipelines - BROKEN
    print(f"{project.pipelines} pipelines ({project.target}), {project.loaders} loaders")

    def all_there() -> bool:
        active = int(project.rows("select count(*) from dag where not is_stale")[0][0])
        return active == good and len([name for name in watch.errors if name.startswith("configs/")]) == BROKEN

    print(f"all active, and {BROKEN} import errors: {watch.until(all_there):.0f} s")
    print(
        f"CPU of it: {watch.cpu[watch.process.pid]:.0f} s the manager, {sum(watch.cpu.values()):.0f} s with the loaders"
    )
    began = dict(watch.cpu)
    edits = time_edits(watch)
    print(f"edits are active after: {', '.join(f'{one:.0f}' for one in edits)} s")
    print(f"CPU meanwhile: {sum(watch.cpu.values()) - sum(began.values()):.0f} s in {max(edits):.0f} s")
    manager = watch.memory.pop(watch.process.pid)
    print(
        f"memory: {manager / 2**20:.0f} MB the manager, {max(watch.memory.values()) / 2**20:.0f} MB the largest loader"
    )
    others = sorted(name for name in watch.errors if not name.startswith("configs/"))
    print(f"other import errors: {', '.join(others) or 'none'}")
    print(f"stale at any moment: {len(watch.stale)}")
    moved = {
        dag_id: path
        for dag_id, path in project.rows("select dag_id, relative_fileloc from dag")
        if path.removeprefix("snowpod").removeprefix("_").removesuffix(".py") != _number(project, dag_id)
    }
    print(f"not with their own loader: {len(moved)}")


def time_edits(watch: Watch) -> list[float]:
    """Edit some files, and return the seconds until Airflow has each."""
    project = watch.project
    left = {BROKEN + (turn + 1) * (project.pipelines - BROKEN) // (EDITS + 1) for turn in range(EDITS)}
    for number in left:
        project.write_pipeline(number, "edited")
    started = time.monotonic()
    took: list[float] = []

    def seen() -> bool:
        there = {int(dag_id[-4:]) for (dag_id,) in project.rows("select dag_id from dag where description = 'edited'")}
        took.extend([time.monotonic() - started] * len(left & there))
        left.difference_update(there)
        return not left

    watch.until(seen)
    return took


def _number(project: Project, dag_id: str) -> str:
    file = project.file(int(dag_id.rpartition("_")[2])).relative_to(project.root / "configs").as_posix()
    number = loader_of(file, range(1, project.loaders + 1))
    return "" if number == 1 else str(number)


if __name__ == "__main__":
    main()
