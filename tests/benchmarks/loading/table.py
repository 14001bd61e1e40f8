"""The figures for people: tables in Markdown, which a terminal shows as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tests.benchmarks.loading.limits import Ratio
from tests.benchmarks.loading.measure import Figures
from tests.benchmarks.loading.pipelines import KINDS
from tests.benchmarks.loading.sides import BY_HAND, SIDES, SPLIT


def tables(figures: Sequence[Figures], missing: Iterable[str] = ()) -> str:
    """All figures.

    Args:
        figures: of all sides.
        missing: the titles of sides that were not measured.
    """
    parts = []
    for kind, words in KINDS.items():
        own = [one for one in figures if one.kind == kind]
        if own:
            parts += [f"### {words[0].upper()}{words[1:]}", *_of_kind(own)]
    if absent := list(missing):
        parts.append(f"Not measured, as not installed: {', '.join(absent)}.")
    return "\n\n".join(parts) + "\n"


def _of_kind(figures: Sequence[Figures]) -> list[str]:
    by_hand = {one.count: one for one in figures if one.side == BY_HAND.name}

    def seconds(name: str) -> Callable[[Figures], str]:
        def cell(one: Figures) -> str:
            value, beside = one.median(name), by_hand[one.count].median(name)
            return "" if value is None or not beside else f"{value:.2f} ({value / beside:.2f} x)"

        return cell

    def memory(one: Figures) -> str:
        peak = one.median("peak_mb")
        return "" if peak is None else f"{peak:.0f}"

    found = [
        _by_count("CPU seconds to load all DAGs", figures, seconds("load")),
        _by_count("CPU seconds to reach one DAG at the start of a task", figures, seconds("start")),
        _by_count("Peak memory in MB", figures, memory),
        _by_count(
            "A DAG as Airflow stores it, in KB",
            figures,
            lambda one: f"{one.serialized_kb:.1f}" if one.serialized_kb else "",
        ),
    ]
    if any(one.processor for one in figures):
        found.append(_by_count("The dag-processor: CPU seconds, seconds, active DAGs", figures, _processor))
    return found


def _processor(one: Figures) -> str:
    if not one.processor:
        return ""
    active = int(one.processor["active"])
    return f"{one.processor['cpu_seconds']:.1f}, {one.processor['seconds']:.0f}, " + (
        "all" if active == one.count else f"**{active:,}**"
    )


def _by_count(title: str, figures: Sequence[Figures], cell: Callable[[Figures], str]) -> str:
    counts = sorted({one.count for one in figures})
    cells = {(one.side, one.count): cell(one) for one in figures}
    rows = [
        [side.title, *(cells.get((side.name, count), "") for count in counts)]
        for side in (*SIDES, SPLIT)
        if any(cells.get((side.name, count)) for count in counts)
    ]
    return _markdown([title, *(f"{count:,}" for count in counts)], rows)


def verdicts(ratios: Iterable[Ratio]) -> str:
    """Each ratio and its limit."""
    rows = [
        [one.words, KINDS[one.kind], f"{one.measured:.2f}", f"{one.most:.2f}", "" if one.holds else "**over**"]
        for one in ratios
    ]
    return _markdown(["ratio", "tasks", "measured", "limit", ""], rows) + "\n" if rows else ""


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    written = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([written[0], rule, *written[1:]])
