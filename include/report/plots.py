"""The plots of a report, each with its numbers as a table and with words for those who do not see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from include.report import words
from include.report.svg import COLOURS, Margins, drawn
from include.report.targets import title

BARS = 24
"""Bars that a plot has at most: the longest ones."""
ROWS = 60
"""Rows that a plot's table has at most."""
ANY_PART = ("task", "earlier tries")
"""Parts of a cost that stand for all others: of what measured nothing, and of tries that are not counted."""
LABEL = 26
"""Characters of a bar's name."""
LETTER = 6.6
"""Units that a letter of it is wide, on the average."""
PALETTE = tuple(COLOURS[name] for name in ("c1", "c2", "c3", "c4", "c5"))
PHASES = {
    "queued_seconds": "queued",
    "startup_seconds": "start-up",
    "work_seconds": "work",
    "teardown_seconds": "teardown",
    "rest": "not told apart",
}


@dataclass(frozen=True)
class Plot:
    """A plot.

    Attributes:
        name: of letters, another one for each plot of a page.
        title: what it is called.
        description: what it shows, in words.
        svg: the drawing.
        columns: the heads of its table.
        rows: its numbers, as text.
        note: what is not in it, or None.
    """

    name: str
    title: str
    description: str
    svg: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str | None = None


@dataclass(frozen=True)
class _Bar:
    label: str
    values: Mapping[str, float]
    mark: float | None = None

    @property
    def length(self) -> float:
        return max(sum(self.values.values()), self.mark or 0)


def plots_of(report: Mapping[str, Any]) -> list[Plot]:
    """Draw the plots of a report.

    Args:
        report: the report.

    Returns:
        Those for which it has numbers.
    """
    found = [
        _time(report),
        _memory(report),
        _moved(report),
        _cost(report),
        *_errors(report),
        *_differences(report),
        _trend(report),
    ]
    return [plot for plot in found if plot is not None]


def name_of(step: Mapping[str, Any], side_by_side: bool) -> str:
    """Return what a task is called beside the others.

    Args:
        step: its row of the report.
        side_by_side: whether each target has its own tasks.

    Returns:
        Such as `predict, Snowpark`; of a mapped task with the number of its instances.
    """
    name = f"{step['step']}, {title(step['target'])}" if side_by_side and step["target"] else step["task_id"]
    return f"{name} ({step['instances']:,} instances)" if step["instances"] else str(name)


def _time(report: Mapping[str, Any]) -> Plot | None:
    bars, rows = [], []
    for step, name in _named(report):
        if step["seconds"] is None:
            continue
        phases = {phase: step[phase] for phase in PHASES if phase != "rest"}
        inside = sum(value or 0 for phase, value in phases.items() if phase != "queued_seconds")
        known = {phase: value for phase, value in phases.items() if value}
        rest = step["seconds"] - inside
        bars.append(_Bar(name, {**known, **({"rest": rest} if rest > 0.005 else {})}))
        rows.append([name, *(words.seconds(value) for value in phases.values()), words.seconds(step["seconds"])])
    heads = ["Task", "Queued", "Start-up", "Work", "Teardown", "From start to end"]
    says = "Bars of the seconds that each task took, split into queued, start-up, work and teardown."
    return _bars("time", "Time by task and phase", says, bars, PHASES, words.seconds, heads, rows)


def _memory(report: Mapping[str, Any]) -> Plot | None:
    bars, rows = [], []
    for step, name in _named(report):
        if step["memory_bytes"] is None:
            continue
        bars.append(_Bar(name, {"used": step["memory_bytes"]}, step["memory_limit"]))
        limit = step["memory_limit"]
        share = words.UNKNOWN if not limit else f"{step['memory_bytes'] / limit:.0%}"
        rows.append(
            [name, words.size(step["memory_bytes"]), "no limit known" if limit is None else words.size(limit), share]
        )
    heads = ["Task", "Most memory used", "Limit of the pod", "Share of the limit"]
    says = "Bars of the most memory that each task's function used; a line marks the limit of its pod."
    return _bars("memory", "Memory against limit", says, bars, {"used": "most used"}, words.size, heads, rows)


def _moved(report: Mapping[str, Any]) -> Plot | None:
    bars, rows = [], []
    for step, name in _named(report):
        moved = {key: step[key] for key in ("bytes_read", "bytes_written")}
        if all(value is None for value in moved.values()):
            continue
        bars.append(_Bar(name, {key: value for key, value in moved.items() if value}))
        rows.append(
            [
                name,
                words.count(step["rows_read"]),
                words.size(step["bytes_read"]),
                words.count(step["rows_written"]),
                words.size(step["bytes_written"]),
            ]
        )
    heads = ["Task", "Rows read", "Bytes read", "Rows written (temporary tables too)", "Bytes written"]
    says = "Bars of the bytes that each task read from Snowflake and wrote to it."
    keys = {"bytes_read": "read", "bytes_written": "written"}
    return _bars("moved", "Data moved", says, bars, keys, words.size, heads, rows)


def _cost(report: Mapping[str, Any]) -> Plot | None:
    currency = report["currency"]
    if report["cost"]["amount"] is None:
        return None
    owners: dict[str, str | None] = {title(name): name for name in report["targets"]}
    if report["shared"]["tasks"]:
        others = "for all targets" if report["side_by_side"] else "other tasks"
        owners[others if owners else "run"] = None
    found = {None: report["shared"], **report["targets"]}
    sums = {name: found[of]["cost"] for name, of in owners.items()}
    parts = dict.fromkeys(part for cost in sums.values() for part in cost["by_part"])
    bars = [
        _Bar(name, {part: value for part, value in cost["by_part"].items() if value}) for name, cost in sums.items()
    ]
    rows = [
        [
            name,
            *(_part(report, owners[name], part, cost["by_part"].get(part)) for part in parts),
            words.money(cost["amount"], currency, cost["complete"]),
        ]
        for name, cost in sums.items()
    ]
    heads = ["Tasks of", *(part.capitalize() for part in parts), "Sum"]
    says = f"Bars of what each target's tasks cost in {currency}: warehouse, pods, and the interpreter on the worker."

    def shown(value: float) -> str:
        return words.money(value, currency)

    return _bars("cost", "Cost by target", says, bars, {part: part for part in parts}, shown, heads, rows, sort=False)


def _part(report: Mapping[str, Any], target: str | None, part: str, amount: float | None) -> str:
    """Say what a part of a target's tasks cost: it may have none, such as pods, or not all of it is known."""
    parts = [one for step in report["tasks"] if step["target"] == target for one in step["cost"]["parts"]]
    unknown = any(one["amount"] is None and one["name"] in (part, *ANY_PART) for one in parts)
    return "none" if amount is None and not unknown else words.money(amount, report["currency"], not unknown)


def _errors(report: Mapping[str, Any]) -> Iterator[Plot]:
    for number, (step, by_target) in enumerate(report["errors"].items()):
        if number == 4:
            return
        unit = next((found["unit"] for found in by_target.values() if found["unit"]), "")
        yield _histogram(
            f"errors{number}",
            f"Errors of the predictions: {step}",
            f"How many predictions are wrong by how much{f', in {unit}' if unit else ''}, by target.",
            {title(target) if target in report["targets"] else target: found for target, found in by_target.items()},
            f"error{f', {unit}' if unit else ''}",
            "predictions",
        )


def _differences(report: Mapping[str, Any]) -> Iterator[Plot]:
    tables = report["comparison"]["tables"] if report["comparison"] else []
    with_histogram = [table for table in tables if table["differences"]]
    for number, table in enumerate(with_histogram[:3]):
        column = table["differences"]["column"] or "the values"
        of = " and ".join(str(name) for name in table["tables"].values())
        yield _histogram(
            f"differences{number}",
            f"Differences in {column}",
            f"How many rows of {of} differ in {column} by how much.",
            {"rows": table["differences"]},
            "difference",
            "rows",
        )


def _trend(report: Mapping[str, Any]) -> Plot | None:
    points = [point for point in report["trend"] if point["seconds"] is not None]
    if len(points) < 2:
        return None
    lines = {title(name): [point["targets"].get(name) for point in points] for name in report["targets"]}
    lines = {name: values for name, values in lines.items() if any(value is not None for value in values)}
    lines["whole run"] = [point["seconds"] for point in points]

    def draw(axes: Axes) -> None:
        for colour, (name, values) in zip(PALETTE, lines.items(), strict=False):
            known = [(place, value) for place, value in enumerate(values) if value is not None]
            axes.plot(*zip(*known, strict=True), color=colour, marker="o", markersize=4, linewidth=1.8, label=name)
        wrong = [place for place, point in enumerate(points) if point["equal"] is False or point["state"] == "failed"]
        if wrong:
            seconds = [points[place]["seconds"] for place in wrong]
            axes.plot(
                wrong,
                seconds,
                color=COLOURS["bad"],
                marker="x",
                markersize=9,
                linestyle="none",
                label="different or failed",
            )
        axes.set_ylim(bottom=0)
        axes.set_ylabel("seconds")
        axes.set_xlabel("runs, the latest at the right")
        axes.set_xticks([])
        axes.grid(axis="y")
        _legend(axes, len(lines) + bool(wrong))

    heads = ["Run", "Started", "State", "Equal", *lines]
    equal = {True: "equal", False: "different", None: "not compared"}
    rows = [
        [
            point["run_id"],
            (point["started"] or "")[:19].replace("T", " "),
            point["state"],
            equal[point["equal"]],
            *(words.seconds(values[place]) for values in lines.values()),
        ]
        for place, point in enumerate(points)
    ]
    heading, says = "Trend over runs", "Lines of the seconds that the latest runs took, by target and as a whole."
    return Plot(
        "trend",
        heading,
        says,
        drawn("trend", 230, _beside(len(lines) + 1), draw, heading, says),
        heads,
        rows[::-1][:ROWS],
    )


def _bars(
    name: str,
    heading: str,
    says: str,
    bars: list[_Bar],
    keys: Mapping[str, str],
    shown: Callable[[float], str],
    heads: list[str],
    rows: list[list[str]],
    *,
    sort: bool = True,
) -> Plot | None:
    if not any(bar.length for bar in bars):
        return None
    # The longest ones where not all have room, in the order of the run.
    longest = sorted(bars, key=lambda bar: bar.length)[-BARS:] if sort else bars[:BARS]
    kept = [bar for bar in bars if any(bar is one for one in longest)]
    there = [key for key in keys if any(key in bar.values for bar in kept)]

    def draw(axes: Axes) -> None:
        places = range(len(kept))
        begins = [0.0] * len(kept)
        for key in there:
            lengths = [bar.values.get(key, 0.0) for bar in kept]
            colour = PALETTE[list(keys).index(key) % len(PALETTE)]
            axes.barh(
                places,
                lengths,
                left=begins,
                height=0.7,
                color=colour,
                edgecolor=COLOURS["paper"],
                linewidth=0.8,
                label=keys[key],
            )
            begins = [begin + length for begin, length in zip(begins, lengths, strict=True)]
        marked = [(place, bar.mark) for place, bar in enumerate(kept) if bar.mark]
        for number, (place, mark) in enumerate(marked):
            axes.vlines(
                mark,
                place - 0.45,
                place + 0.45,
                color=COLOURS["bad"],
                linewidth=2.4,
                label="limit" if number == 0 else "_",
            )
        axes.set_yticks(list(places), [_short(bar.label) for bar in kept])
        axes.set_ylim(len(kept) - 0.4, -0.6)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, shown)))
        axes.grid(axis="x")
        if len(there) + bool(marked) > 1:
            _legend(axes, len(there) + bool(marked))

    notes = []
    if len(kept) < len(bars):
        notes.append(f"The plot has the {len(kept):,} longest of {len(bars):,} bars.")
    if len(rows) > ROWS:
        notes.append(f"The table has the first {ROWS:,} of {len(rows):,} rows; all are in report.json.")
    margins = Margins(
        left=14 + LETTER * max(len(_short(bar.label)) for bar in kept), bottom=26, top=_top(len(there) + 1)
    )
    height = margins.bottom + margins.top + 26 * len(kept)
    svg = drawn(name, height, margins, draw, heading, f"{says} The longest: {_longest(kept, shown)}.")
    return Plot(name, heading, says, svg, heads, rows[:ROWS], " ".join(notes) or None)


def _histogram(
    name: str, heading: str, says: str, histograms: Mapping[str, Mapping[str, Any]], across: str, up: str
) -> Plot:
    def draw(axes: Axes) -> None:
        for number, (label, histogram) in enumerate(histograms.items()):
            colour, style = PALETTE[number % len(PALETTE)], ("-", "--", ":", "-.")[number % 4]
            axes.stairs(
                histogram["counts"], histogram["edges"], color=colour, linewidth=1.8, linestyle=style, label=label
            )
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        if clipped:
            _name_outer_bars(axes, edges)
        else:
            axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        if len(histograms) > 1:
            _legend(axes, len(histograms))

    edges = next(iter(histograms.values()))["edges"]
    same = all(histogram["edges"] == edges for histogram in histograms.values())
    clipped = same and all(_clipped(histogram) for histogram in histograms.values())
    if clipped:
        says = f"{says} The outer bars: {_or_less(edges)}, {_or_more(edges)}."
    rows = []
    if same:
        for place in range(len(edges) - 1):
            counts = [words.count(histogram["counts"][place]) for histogram in histograms.values()]
            rows.append([*_ends(edges, place, clipped), *counts])
        heads = ["From", "To", *(label.capitalize() for label in histograms)]
    else:
        for label, histogram in histograms.items():
            for place, counted in enumerate(histogram["counts"]):
                ends = _ends(histogram["edges"], place, _clipped(histogram))
                rows.append([label, *ends, words.count(counted)])
        heads = ["Of", "From", "To", up.capitalize()]
    note = f"The table has the first {ROWS:,} of {len(rows):,} rows." if len(rows) > ROWS else None
    return Plot(
        name, heading, says, drawn(name, 230, _beside(len(histograms)), draw, heading, says), heads, rows[:ROWS], note
    )


def _clipped(histogram: Mapping[str, Any]) -> bool:
    """Return whether the outer bars, which are two at least, also count what lies beyond them."""
    return bool(histogram.get("clipped")) and len(histogram["counts"]) > 1


def _or_less(edges: Sequence[float]) -> str:
    return f"{words.figure(edges[1])} or less"


def _or_more(edges: Sequence[float]) -> str:
    return f"{words.figure(edges[-2])} or more"


def _ends(edges: Sequence[float], place: int, clipped: bool) -> list[str]:
    """Return where a bar begins and ends, in words."""
    if clipped and place == 0:
        return [_or_less(edges), ""]
    if clipped and place == len(edges) - 2:
        return [_or_more(edges), ""]
    return [words.figure(edges[place]), words.figure(edges[place + 1])]


def _name_outer_bars(axes: Axes, edges: Sequence[float]) -> None:
    """Put the outer bars' names at the axis, and numbers where they do not run into them."""
    begin, end = edges[0], edges[-1]
    free = (end - begin) / 4
    inner = [tick for tick in MaxNLocator(5).tick_values(begin, end) if begin + free <= tick <= end - free]
    ticks = [(begin + edges[1]) / 2, *inner, (edges[-2] + end) / 2]
    axes.set_xticks(ticks, [_or_less(edges), *(f"{tick:,.12g}" for tick in inner), _or_more(edges)])
    axes.get_xticklabels()[-1].set_horizontalalignment("right")  # to its other side the plot ends


def _named(report: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str]]:
    """Return the tasks that ran, those of one step together."""
    steps = [step for step in report["tasks"] if step["ran"]]
    order = list(dict.fromkeys(step["step"] for step in steps))
    targets = [None, *report["targets"]]
    together = sorted(
        steps,
        key=lambda step: (order.index(step["step"]), targets.index(step["target"]) if step["target"] in targets else 0),
    )
    return [(step, name_of(step, report["side_by_side"])) for step in together]


def _beside(entries: int) -> Margins:
    """Return the margins of a plot with numbers and words at both axes."""
    return Margins(left=66, bottom=44, top=_top(entries))


def _top(entries: int) -> float:
    """Return the room for a legend of so many entries, three in a row."""
    return 8 + 17 * ((entries + 2) // 3)


def _legend(axes: Axes, entries: int) -> None:
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=min(entries, 3),
        borderaxespad=0.2,
        columnspacing=1,
        handlelength=1.2,
    )


def _short(label: str) -> str:
    one_line = " ".join(label.split())
    return one_line if len(one_line) <= LABEL else f"{one_line[: LABEL - 9]}…{one_line[-8:]}"


def _tick(value: float, shown: Callable[[float], str]) -> str:
    return "0" if value == 0 else re.sub(r"\.0*(?= )|(\.\d*?)0+(?= )", r"\1", shown(value))


def _longest(bars: list[_Bar], shown: Callable[[float], str]) -> str:
    longest = sorted(bars, key=lambda bar: -sum(bar.values.values()))[:3]
    return "; ".join(f"{bar.label}, {shown(sum(bar.values.values()))}" for bar in longest)
