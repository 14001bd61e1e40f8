"""How dear ours may be, beside the other sides or beside itself: each a ratio of two figures of one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.benchmarks.loading.measure import Figures

Term = tuple[str, str, int]
"""A figure: `load` or `start`, the side, the number of pipelines."""


@dataclass(frozen=True)
class Limit:
    """A ratio, and the most that it may be.

    Attributes:
        words: what it says.
        above: the figure above the line.
        below: the figure below it.
        most: the limit, by kind of pipelines.
    """

    words: str
    above: Term
    below: Term
    most: Mapping[str, float]


def _both(most: float) -> dict[str, float]:
    return {"snowpark": most, "kubernetes": most}


LIMITS = (
    Limit(
        "1,000 pipelines without a cache, beside hand-written Python",
        ("load", "ours", 1000),
        ("load", "hand_written", 1000),
        {"snowpark": 1.5, "kubernetes": 1.3},
    ),
    Limit(
        "1,000 pipelines with the cache, beside hand-written Python",
        ("load", "cached", 1000),
        ("load", "hand_written", 1000),
        {"snowpark": 1.2, "kubernetes": 1.15},
    ),
    Limit(
        "1,000 pipelines, beside plain dag-factory",
        ("load", "ours", 1000),
        ("load", "dag_factory", 1000),
        _both(1 / 2.5),
    ),
    Limit(
        "the start of a task, one of 1,000 pipelines, beside the only one",
        ("start", "ours", 1000),
        ("start", "ours", 1),
        _both(1.05),
    ),
    Limit(
        "the start of a task, one of 5,000 pipelines, beside the only one",
        ("start", "ours", 5000),
        ("start", "ours", 1),
        _both(1.1),
    ),
    Limit(
        "the start of a task, one pipeline, beside plain dag-factory",
        ("start", "ours", 1),
        ("start", "dag_factory", 1),
        _both(1.5),
    ),
    Limit("5,000 pipelines, beside 1,000", ("load", "ours", 5000), ("load", "ours", 1000), _both(5.5)),
)


@dataclass(frozen=True)
class Ratio:
    """A limit, and what was measured."""

    words: str
    kind: str
    measured: float
    most: float

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.measured <= self.most


def ratios(values: Mapping[tuple[str, Term], float]) -> list[Ratio]:
    """The ratios of which both figures are there.

    Args:
        values: the figures by kind and term.
    """
    return [
        Ratio(limit.words, kind, values[kind, limit.above] / values[kind, limit.below], most)
        for limit in LIMITS
        for kind, most in limit.most.items()
        if (kind, limit.above) in values and (kind, limit.below) in values
    ]


def medians(figures: Iterable[Figures]) -> dict[tuple[str, Term], float]:
    """The medians of what was measured, as `ratios` takes them."""
    return {
        (one.kind, (name, one.side, one.count)): median
        for one in figures
        for name in ("load", "start")
        if (median := one.median(name)) is not None
    }
