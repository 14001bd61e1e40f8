"""Measures all sides in one run, taking turns, so that a slow moment of the machine meets all of them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.loading.sides import CACHED, Side
from tests.benchmarks.loading.workshop import Workshop

Say = Callable[[str], None]


@dataclass
class Figures:
    """What was measured of one side with so many pipelines of a kind.

    Attributes:
        kind: the target.
        count: of pipelines.
        side: its name.
        load: CPU seconds to load all DAGs, beyond `import airflow.sdk`, one for each process.
        start: the same at the start of one task.
        peak_mb: the most memory of each process that loads all, in MB of 2**20 bytes.
        serialized_kb: of a DAG, as Airflow stores it, in KB of 1,000 bytes.
        processor: of a parse in the real dag-processor.
    """

    kind: str
    count: int
    side: str
    load: list[float] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    serialized_kb: float = 0.0
    processor: dict[str, float] = field(default_factory=dict)

    def median(self, name: str) -> float | None:
        """The median of one of the lists; None if nothing was measured."""
        values: list[float] = getattr(self, name)
        return statistics.median(values) if values else None


class UnequalDagsError(Exception):
    """The sides do not give the same DAGs, so that comparing what they cost would say nothing."""


def check_equal(workshop: Workshop, sides: Iterable[Side], kind: str, count: int) -> dict[str, dict[str, Any]]:
    """Load each side once, and hold all DAGs of all sides against each other.

    Bytecode is compiled then, and a cache is written.

    Returns:
        The figures of `forms`, by the side's name.

    Raises:
        UnequalDagsError: says which sides and DAGs.
    """
    forms = {}
    for side in sides:
        if side == CACHED:  # the first load writes the cache, the second one reads it
            workshop.probe(side, kind, "load", count)
        (forms[side.name],) = workshop.probe(side, kind, "forms", count)
    first = next(iter(forms))
    for name, found in forms.items():
        ours, theirs = forms[first]["digests"], found["digests"]
        unequal = sorted(dag_id for dag_id in ours.keys() | theirs.keys() if ours.get(dag_id) != theirs.get(dag_id))
        if unequal or len(theirs) != count:
            raise UnequalDagsError(
                f"{count} pipelines of {kind}: {len(theirs)} DAGs of {name}; unequal to {first}: {unequal[:5]}"
            )
    return forms


def measure(workshop: Workshop, sides: list[Side], kind: str, count: int, repeats: int, say: Say) -> list[Figures]:
    """Measure all sides with so many pipelines of a kind.

    Args:
        workshop: has their projects.
        sides: the sides.
        kind: the target.
        count: of pipelines.
        repeats: processes for each figure; one at a task start of a side that builds all DAGs there, too.
        say: is told the progress.

    Returns:
        The figures of each side.
    """
    forms = check_equal(workshop, sides, kind, count)
    if not any(_cache(workshop, kind, count).rglob("*")):
        sides = [side for side in sides if side != CACHED]
    figures = {side.name: Figures(kind, count, side.name) for side in sides}
    for name, one in figures.items():
        one.serialized_kb = forms[name]["serialized_bytes"] / count / 1000
    for repeat in range(repeats):
        say(f"{kind}, {count:,} pipelines: {repeat + 1} of {repeats}")
        for side in sides:
            (loaded,) = workshop.probe(side, kind, "load", count)
            figures[side.name].load.append(loaded["cpu_seconds"])
            figures[side.name].peak_mb.append(loaded["peak_mb"])
        for side in sides:
            if side.finds_one or count <= 100 or repeat == 0:
                (started,) = workshop.probe(side, kind, "start", count)
                figures[side.name].start.append(started["cpu_seconds"])
    return list(figures.values())


def _cache(workshop: Workshop, kind: str, count: int) -> Path:
    return Path(workshop.environment(CACHED, kind, count)["SNOWPOD_CACHE"])


def as_json(figures: Iterable[Figures]) -> list[dict[str, Any]]:
    """The figures for programs."""
    return [asdict(one) for one in figures]
