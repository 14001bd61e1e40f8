"""Puts the report of a run together: `report.json`, and what the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from include.report.costs import Part, Prices, summed
from include.report.findings import comparison_of, errors_of, metrics_of, models_of
from include.report.runs import Run, RunTotals
from include.report.steps import ran_at_all, steps_of, sums, wall
from include.report.targets import Targets
from include.report.values import clean, shown, text
from include.report.verdict import in_one, verdict_of

VERSION = 1
"""Of the shape of report.json: a program that reads one looks at it."""


def report_of(run: Run, prices: Mapping[str, Any], earlier: Sequence[RunTotals] = ()) -> dict[str, Any]:
    """Return the report of a run, of plain JSON values.

    Args:
        run: the run.
        prices: the merged section `prices` of the project's layers; empty if none are set.
        earlier: runs of the same DAG for the trend; this one may be among them.

    Returns:
        `verdict` (one line of words), `sentences` (its parts, each with its `kind`), `equal` (None: not compared),
        `targets` (sums by target), `shared` (of the tasks that are all targets'), `cost` (of the run), `tasks`,
        `comparison`, `metrics`, `errors`, `models`, `prices` and `trend`. None is not known.
    """
    targets = Targets.of(run)
    priced = Prices.of(prices)
    steps = steps_of(run, targets, priced)
    comparison = comparison_of(run)
    report: dict[str, Any] = {
        "version": VERSION,
        "verdict": "",
        "sentences": [],
        "equal": None if comparison is None else comparison["equal"],
        "dag_id": run.dag_id,
        "run_id": text(run.run_id) or "",
        "state": run.state,
        "kind": text(run.kind),
        "description": text(run.description),
        "started": _moment(run.started),
        "ended": _moment(run.ended),
        "seconds": run.seconds,
        "currency": priced.currency,
        "side_by_side": targets.side_by_side,
        "targets": {name: _sums(run, targets, steps, name) for name in targets.names},
        "shared": _sums(run, targets, steps, None),
        "cost": _cost(steps),
        "tasks": [{**step, "started": _moment(step["started"])} for step in steps],
        "comparison": comparison,
        "metrics": metrics_of(run, targets),
        "errors": errors_of(run, targets),
        "models": models_of(run, targets),
        "prices": _plain_prices(prices),
        "trend": [_point(totals, targets) for totals in earlier],
    }
    sentences = verdict_of(report)
    report["sentences"] = [{"kind": sentence.kind, "text": sentence.text} for sentence in sentences]
    report["verdict"] = in_one(sentences)
    cleaned: dict[str, Any] = clean(report)
    return cleaned


def _sums(run: Run, targets: Targets, steps: list[dict[str, Any]], target: str | None) -> dict[str, Any]:
    own = [step for step in steps if step["target"] == target]
    ran = [task for task in run.tasks if ran_at_all(task) and targets.of_task(task) == target]
    return {
        "tasks": sum(step["instances"] or 1 for step in own),
        "failed": sum(step["states"].get("failed", 0) for step in own),
        "seconds": wall(ran) if ran else None,
        **sums(own),
        "cost": {key: value for key, value in _cost(own).items() if key != "parts"},
    }


def _cost(steps: list[dict[str, Any]]) -> dict[str, Any]:
    parts = [Part(part["name"], part["amount"], part["formula"]) for step in steps for part in step["cost"]["parts"]]
    by_name: dict[str, float] = {}
    for part in parts:
        if part.amount is not None:
            by_name[part.name] = by_name.get(part.name, 0.0) + part.amount
    whole = summed(parts)
    return {"amount": whole["amount"], "complete": whole["complete"], "by_part": by_name}


def _point(totals: RunTotals, targets: Targets) -> dict[str, Any]:
    return {
        "run_id": text(totals.run_id) or "",
        "state": totals.state,
        "started": _moment(totals.started),
        "seconds": totals.seconds,
        "equal": totals.equal,
        "targets": {name: totals.groups[name] for name in targets.names if name in totals.groups},
    }


def _plain_prices(prices: Mapping[str, Any]) -> dict[str, Any]:
    found = shown(prices)
    return found if isinstance(found, dict) else {}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
