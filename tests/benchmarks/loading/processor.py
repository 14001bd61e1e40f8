"""The whole parse in Airflow's own dag-processor: loader, serialisation, and the rows of its database."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from include.constants import ROOT
from tests.benchmarks.loading.sides import Side
from tests.benchmarks.loading.workshop import Workshop


class Processor:
    """A dag-processor with its own database (SQLite) for each parse, and Airflow's default timeouts."""

    def __init__(self, workshop: Workshop) -> None:
        """Make an empty database once; each parse has a copy."""
        self._workshop = workshop
        self._airflow = workshop.python.with_name("airflow")
        self._empty = workshop.folder / "empty.db"
        nothing = workshop.folder / "nothing"
        nothing.mkdir()
        self._base = {**workshop.common(), **_settings(self._empty, nothing)}
        subprocess.run([self._airflow, "db", "migrate"], env=self._base, check=True, capture_output=True)
        (nothing / "nothing.py").write_text('"""No dag for airflow."""\n')
        self._without_dags = self._run(self._base, workshop.folder / "nothing.log")

    def parse(self, side: Side, kind: str, count: int) -> dict[str, float]:
        """Parse all of a side's DAGs once.

        Returns:
            `active`: the number of DAGs that are active after it; `errors`: of import errors; `cpu_seconds` of the
            processor and its children, beyond one that has nothing to parse; `seconds` from its start to its end.
        """
        dags = self._workshop.loader(side, count, kind).parent
        database = dags.parent / "airflow.db"
        shutil.copy(self._empty, database)
        environment = {**self._workshop.environment(side, kind, count), **_settings(database, dags)}
        cpu, seconds = self._run(environment, dags.parent / "dag-processor.log")
        with closing(sqlite3.connect(database)) as connection:
            ((active,),) = connection.execute("select count(*) from dag where not is_stale")
            ((errors,),) = connection.execute("select count(*) from import_error")
        return {"active": active, "errors": errors, "cpu_seconds": cpu - self._without_dags[0], "seconds": seconds}

    def _run(self, environment: dict[str, str], log: Path) -> tuple[float, float]:
        """Run it for one parse of each file; returns CPU seconds, children included, and seconds."""
        started = time.monotonic()
        with log.open("w") as output:
            command = [self._airflow, "dag-processor", "--num-runs", "1"]
            process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"airflow dag-processor ended with {process.returncode}: {log.read_text()[-3000:]}")
        return used.ru_utime + used.ru_stime, time.monotonic() - started


def _settings(database: Path, dags: Path) -> dict[str, str]:
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{database}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
    }
