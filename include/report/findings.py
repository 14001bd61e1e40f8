"""Takes what tasks found out from their results: the comparison, metrics, error distributions, models.

Results are what anybody's function returned, so everything is checked on its way into the report.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from include.constants import COMPARE
from include.report.runs import Run, TaskTry, equality_of
from include.report.targets import Targets
from include.report.values import items, mapping, number, shown, text

T = TypeVar("T")
ALL = "run"
"""What stands in place of a target for a task that is no target's."""
SHOWN_TABLES = 100
SHOWN_COLUMNS = 50
SHOWN_EXAMPLES = 5
SHOWN_METRICS = 100
MOST_BINS = 200


def comparison_of(run: Run) -> dict[str, Any] | None:
    """Return what the targets' comparison said.

    Args:
        run: the run.

    Returns:
        `equal` (None: there was no table to compare), `words`, `tables`, `empty` (none of them has a row), `models`
        and `left_out` (tables that are not shown), or None if no comparison has ended. Tables that differ come first.
    """
    result = next((mapping(task.result) for task in run.tasks if task.task_id == COMPARE), {})
    if not isinstance(result.get("equal"), bool):
        return None
    equal = equality_of(result)
    tables = [_table(mapping(table)) for table in items(result.get("tables"))]
    tables.sort(key=lambda table: table["equal"])
    return {
        "equal": equal,
        "words": text(result.get("words")),
        "tables": tables[:SHOWN_TABLES],
        "empty": bool(tables) and all(table["rows"] and not any(table["rows"].values()) for table in tables),
        "left_out": max(len(tables) - SHOWN_TABLES, 0),
        "models": [_model(mapping(model)) for model in items(result.get("models"))[:SHOWN_TABLES]],
    }


def metrics_of(run: Run, targets: Targets) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Return the metrics in results, side by side.

    Args:
        run: the run.
        targets: its targets.

    Returns:
        By step, model and name the figure of each target (`ALL` for a task that is no target's).
    """
    found: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    left = SHOWN_METRICS
    for task, result in _results(run):
        for model, name, value in _numbers(result.get("metrics")):
            if left > 0:
                of_model = found.setdefault(_step(task, targets), {}).setdefault(model, {})
                of_model.setdefault(name, {})[targets.of_task(task) or ALL] = value
                left -= 1
    return {
        step: {
            model: {name: _in_order(by_target, targets) for name, by_target in named.items()}
            for model, named in models.items()
        }
        for step, models in found.items()
    }


def errors_of(run: Run, targets: Targets) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the error distributions in results.

    Args:
        run: the run.
        targets: its targets.

    Returns:
        By step and target (or `ALL`) `edges`, `counts`, `unit` and `clipped` (the outer bars count what is beyond too).
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for task, result in _results(run):
        histogram = histogram_of(result.get("errors"))
        if histogram is not None and len(found) < SHOWN_TABLES:
            given = mapping(result.get("errors"))
            more = {"unit": text(given.get("unit")), "clipped": given.get("clipped") is True}
            of_step = found.setdefault(_step(task, targets), {})
            of_step[targets.of_task(task) or ALL] = {**histogram, **more}
    return {step: _in_order(by_target, targets) for step, by_target in found.items()}


def models_of(run: Run, targets: Targets) -> list[dict[str, Any]]:
    """Return the models that tasks trained or chose.

    Args:
        run: the run.
        targets: its targets.

    Returns:
        `step`, `target` and `model` of each task whose result names one.
    """
    return [
        {"step": _step(task, targets), "target": targets.of_task(task), "model": model}
        for task, result in _results(run)
        if (model := text(result.get("model")) or text(result.get("model_id")))
    ][:SHOWN_TABLES]


def histogram_of(value: Any) -> dict[str, list[float]] | None:
    """Return a histogram that is one.

    Args:
        value: anything.

    Returns:
        `edges`, rising, one more than `counts`; or None.
    """
    edges = [number(edge) for edge in items(mapping(value).get("edges"))]
    counts = [number(count) for count in items(mapping(value).get("counts"))]
    known = [edge for edge in edges if edge is not None]
    counted = [count for count in counts if count is not None and count >= 0]
    whole = len(known) == len(edges) and len(counted) == len(counts) and 0 < len(counts) <= MOST_BINS
    if not whole or len(edges) != len(counts) + 1 or any(b <= a for a, b in itertools.pairwise(known)):
        return None
    return {"edges": known, "counts": counted}


def _results(run: Run) -> Iterator[tuple[TaskTry, Mapping[str, Any]]]:
    for task in run.tasks:
        if isinstance(task.result, Mapping) and task.task_id != COMPARE:
            yield task, task.result


def _in_order(by_target: Mapping[str, T], targets: Targets) -> dict[str, T]:
    """Put what is known by target into the targets' order, whichever ended first."""
    return {name: by_target[name] for name in (*targets.names, ALL) if name in by_target}


def _step(task: TaskTry, targets: Targets) -> str:
    step = targets.step(task.task_id)
    return step if task.map_index < 0 else f"{step}[{text(task.label) or task.map_index}]"


def _numbers(metrics: Any) -> Iterator[tuple[str, str, float]]:
    """Return models' figures by name; figures without a model are under an empty one."""
    for model, measured in mapping(metrics).items():
        of_model = measured.items() if isinstance(measured, Mapping) else [(model, measured)]
        for name, value in of_model:
            if (found := number(value)) is not None:
                named = model if isinstance(measured, Mapping) else ""
                yield text(str(named)) or "", text(str(name)) or "", found


def _table(table: Mapping[str, Any]) -> dict[str, Any]:
    only = mapping(table.get("columns_only"))
    columns = [mapping(column) for column in items(table.get("columns"))]
    key = [str(one) for one in items(table.get("key"))[:SHOWN_COLUMNS]]
    return {
        "task": text(table.get("task")) or "",
        "map_index": number(table.get("map_index")),
        "tables": {str(target): text(str(name)) for target, name in mapping(table.get("tables")).items()},
        "equal": table.get("equal") is True,
        "exact": table.get("exact") is not False,
        "missing": [str(target) for target in items(table.get("missing"))],
        "rows": {str(target): number(rows) for target, rows in mapping(table.get("rows")).items()},
        "columns_only": {str(target): shown(items(names)) for target, names in only.items() if items(names)},
        "types": [shown(mapping(one)) for one in items(table.get("types"))[:SHOWN_COLUMNS]],
        "key": key or None,
        "only": {str(target): number(rows) for target, rows in mapping(table.get("only")).items()},
        "differing": number(table.get("differing")),
        "columns": [_column(column) for column in columns[:SHOWN_COLUMNS]],
        "examples": [shown(mapping(one)) for one in items(table.get("examples"))[:SHOWN_EXAMPLES]],
        "differences": _differences(table.get("differences")),
    }


def _column(column: Mapping[str, Any]) -> dict[str, Any]:
    figures = {key: number(column.get(key)) for key in ("differing", "within_tolerance", "largest", "mean")}
    return {"name": text(str(column.get("name"))) or "", "tolerance": shown(column.get("tolerance")), **figures}


def _differences(value: Any) -> dict[str, Any] | None:
    histogram = histogram_of(value)
    return None if histogram is None else {"column": text(mapping(value).get("column")), **histogram}


def _model(model: Mapping[str, Any]) -> dict[str, Any]:
    named = {str(target): text(str(one)) for target, one in mapping(model.get("models")).items()}
    same = model.get("same")
    return {
        "task": text(model.get("task")) or "",
        "models": named,
        "same": same if isinstance(same, bool) else None,
        "by": text(model.get("by")),
    }
