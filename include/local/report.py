"""Writes the report of a run beside its log: a page to look at and to share, and JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from include.local.metadata import reading
from include.report.document import report_of
from include.report.runs import latest_runs, read_run

PAGE, DATA = "report.html", "report.json"


def write(home: Path, folder: Path, dag_id: str, run_id: str, prices: Mapping[str, Any]) -> str:
    """Write the report of a run.

    Args:
        home: Airflow's home folder.
        folder: where `PAGE` and `DATA` go.
        dag_id: the DAG.
        run_id: the run.
        prices: the merged section `prices` of the project's layers.

    Returns:
        The verdict, in words.
    """
    # Matplotlib takes a second to import, which the start of a run need not wait for.
    from include.report.page import html

    with reading(home) as connection:
        run = read_run(connection, dag_id, run_id)
        earlier = latest_runs(connection, dag_id)
    report = report_of(run, prices, earlier)
    (folder / DATA).write_text(json.dumps(report, indent=2, allow_nan=False) + "\n")
    (folder / PAGE).write_text(html(report))
    return str(report["verdict"])
