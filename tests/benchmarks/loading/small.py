"""A version that fits into every test run: some seconds of each side, and from them the ratios at 1,000 pipelines.

The limits are for 1,000 pipelines, of which over a third is what the first one costs anyway: importing Airflow's
operators and Snowflake's connector. With few pipelines that part hides all the rest, and a slow-down of what each
pipeline costs would not show. So a process loads one pipeline, and then, with everything imported, a hundred others:
that gives both parts, and their sum for 1,000.

What is stable on a busy machine: CPU time, not the clock; the least of several processes, as what disturbs (another
process in the same cache or on the same core) only ever adds; sides that take turns, so that a slow minute meets all
of them; and ratios of one run, as machines differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tests.benchmarks.loading.limits import Ratio, Term, ratios
from tests.benchmarks.loading.pipelines import KINDS
from tests.benchmarks.loading.sides import BY_HAND, CACHED, DAG_FACTORY, OURS
from tests.benchmarks.loading.workshop import Workshop

SIDES = (OURS, CACHED, BY_HAND, DAG_FACTORY)
FEW, MANY = 100, 1000
TOLERANCE = 1.25
"""A limit is broken when a ratio is over it by a quarter: so much may be noise, more is not."""

Values = dict[tuple[str, Term], float]


def measured(workshop: Workshop, repeats: int = 3, kinds: Iterable[str] = tuple(KINDS)) -> list[Ratio]:
    """Measure, and return the ratios with their limits.

    Args:
        workshop: an empty one.
        repeats: processes of each side, of which the best one counts.
        kinds: the targets.
    """
    values: Values = {}
    for kind in kinds:
        for count in (1, FEW):
            workshop.write(SIDES, count, kind)
        workshop.write([OURS], MANY, kind)
        values |= _loads(workshop, kind, repeats)
        values |= _starts(workshop, kind, repeats)
    return ratios(values)


def _loads(workshop: Workshop, kind: str, repeats: int) -> Values:
    first: dict[str, list[float]] = defaultdict(list)
    each: dict[str, list[float]] = defaultdict(list)
    for repeat in range(repeats + 1):
        for side in SIDES:
            one, few = workshop.probe(side, kind, "load", 1, FEW)
            if repeat:  # the first round compiles bytecode, and writes the cache
                first[side.name].append(one["cpu_seconds"])
                each[side.name].append(few["cpu_seconds"] / FEW)
    return {(kind, ("load", name, MANY)): min(first[name]) + (MANY - 1) * min(each[name]) for name in first}


def _starts(workshop: Workshop, kind: str, repeats: int) -> Values:
    ours, more, theirs = [], [], []
    for _ in range(repeats):
        only, again, one_of_many = workshop.probe(OURS, kind, "start", 1, 1, MANY)
        ours.append(only["cpu_seconds"])
        more.append(one_of_many["cpu_seconds"] - again["cpu_seconds"])
        theirs.append(workshop.probe(DAG_FACTORY, kind, "start", 1)[0]["cpu_seconds"])
    return {
        (kind, ("start", "ours", 1)): min(ours),
        (kind, ("start", "ours", MANY)): min(ours) + min(more),
        (kind, ("start", "dag_factory", 1)): min(theirs),
    }
