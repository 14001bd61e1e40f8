"""What the page of all pipelines shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from include.factory.targets import TARGETS
from include.report.runs import latest_runs
from include.ui.pipelines import Pipeline, Variant, pipelines
from include.ui.runs import ListedRun, runs_of

PAGE = 20
"""Pipelines on a page."""
TREND = 20
"""Runs that a trend shows at most."""


@dataclass(frozen=True)
class Row:
    """A DAG in one line.

    Attributes:
        variant: the DAG.
        runs: its latest runs, the latest first; the first one with what its targets took.
    """

    variant: Variant
    runs: tuple[ListedRun, ...]

    @property
    def latest(self) -> ListedRun | None:
        """Its latest run, if there is one."""
        return self.runs[0] if self.runs else None


@dataclass(frozen=True)
class Overview:
    """One page of the pipelines.

    Attributes:
        pipelines: those on this page.
        rows: the lines of each, by its name.
        found: how many there are on all pages.
        page: which page this is, from 1 on.
        pages: how many there are.
        words: what was looked for, or empty.
        any: whether there are pipelines at all, whatever was looked for.
    """

    pipelines: tuple[Pipeline, ...]
    rows: Mapping[str, tuple[Row, ...]]
    found: int
    page: int
    pages: int
    words: str
    any: bool


def overview(connection: Connection, readable: Collection[str], words: str, page: int) -> Overview:
    """Read one page of the pipelines.

    Args:
        connection: an open connection to Airflow's metadata database.
        readable: the ids of the DAGs that the user may read.
        words: what the pipelines must have in their names, descriptions or DAG ids; empty for all.
        page: which page, from 1 on; the nearest that there is.

    Returns:
        The page.
    """
    all_of_them = pipelines(connection, readable)
    found = [one for one in all_of_them if one.has(words)]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(page, 1), pages)
    shown = tuple(found[(page - 1) * PAGE : page * PAGE])
    rows = {one.name: tuple(row_of(connection, variant) for variant in one.variants) for one in shown}
    return Overview(shown, rows, len(found), page, pages, words, bool(all_of_them))


def row_of(connection: Connection, variant: Variant, limit: int = TREND, with_tasks: int = 1) -> Row:
    """Read a DAG's latest runs.

    Args:
        connection: an open connection to Airflow's metadata database.
        variant: the DAG.
        limit: how many runs at most.
        with_tasks: of how many of them what only their tasks know, too.

    Returns:
        Its line.
    """
    totals = {one.run_id: one for one in latest_runs(connection, variant.dag_id, with_tasks)}
    return Row(
        variant,
        tuple(
            replace(run, targets=_of_targets(known.groups), equal=known.equal)
            if (known := totals.get(run.run_id))
            else run
            for run in runs_of(connection, variant.dag_id, limit)
        ),
    )


def _of_targets(groups: Mapping[str, float]) -> dict[str, float]:
    """Leave out the groups that a pipeline makes itself."""
    return {name: seconds for name, seconds in groups.items() if name in TARGETS}
