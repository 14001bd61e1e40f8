"""Keeps trained models in the open: a table with a row for each, from which a run chooses the one that predicts."""

from __future__ import annotations

import difflib
import json
import logging
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from include.tasks.model_files import is_staged

if TYPE_CHECKING:
    from snowflake.snowpark import Session

log = logging.getLogger(__name__)

LATEST = "latest"
BEST = "best:"
COLUMNS = {
    "MODEL_ID": "VARCHAR",
    "PIPELINE": "VARCHAR",
    "TARGET": "VARCHAR",
    "DAG_ID": "VARCHAR",
    "RUN_ID": "VARCHAR",
    "TRAINED_AT": "TIMESTAMP_TZ",
    "CODE_VERSION": "VARCHAR",
    "PARAMS": "VARIANT",
    "METRICS": "VARIANT",
    "FILE": "VARCHAR",
}
"""Of the table of models."""
SHOWN = 5
"""Models that a message lists, the latest ones."""

_KEY = ("MODEL_ID", "PIPELINE", "TARGET", "DAG_ID", "RUN_ID")
_NOT_THERE, _ALREADY_THERE = 2003, 2002
"""Snowflake's error codes: for what does not exist, or may not be seen; and for what does."""


def register(
    session: Session,
    models: str,
    pipeline: str,
    trained: Mapping[str, Any],
    metrics: Mapping[str, Any],
    target: str,
    dag_id: str,
    run_id: str,
) -> dict[str, Any]:
    """Put a trained model into the table of models, as one row for this run and target.

    A row that is there stays as it is: a second try of a task changes nothing, and no other run's row either. It is one
    statement, so that runs at the same time keep each their row.

    Args:
        session: an open session.
        models: the table, made if it is missing: `COLUMNS`.
        pipeline: whose model it is.
        trained: what `train` returned: `model` (stage path), `model_id`, and, where it says them, `params` and
            `code_version`. No other params of the run are kept: whoever reads the table would see them.
        metrics: its figures, by name. What is no finite number (NaN) is kept as null, and no `best:` finds it.
        target: where it was trained.
        dag_id: the run's DAG.
        run_id: the run.

    Returns:
        `{"model_id", "table", "registered": whether the row is new}`.
    """
    row = {
        "MODEL_ID": trained["model_id"],
        "PIPELINE": pipeline,
        "TARGET": target,
        "DAG_ID": dag_id,
        "RUN_ID": run_id,
        "CODE_VERSION": trained.get("code_version"),
        "PARAMS": _json(trained.get("params") or {}),
        "METRICS": _json(metrics),
        "FILE": trained["model"],
    }
    given = ", ".join(f"{'PARSE_JSON(?)' if COLUMNS[name] == 'VARIANT' else '?'} AS {name}" for name in row)
    merge = (
        f"MERGE INTO {models} AS KEPT USING (SELECT {given}) AS MADE"
        f" ON {' AND '.join(f'KEPT.{name} = MADE.{name}' for name in _KEY)}"
        f" WHEN NOT MATCHED THEN INSERT ({', '.join(row)}, TRAINED_AT)"
        f" VALUES ({', '.join(f'MADE.{name}' for name in row)}, CURRENT_TIMESTAMP())"
    )
    (done,) = _in_table(session, models, merge, list(row.values()))
    log.info("%s is in %s%s", row["MODEL_ID"], models, "" if done[0] else ", from an earlier try of this run")
    return {"model_id": row["MODEL_ID"], "table": models, "registered": bool(done[0])}


def choose(
    session: Session,
    models: str,
    pipeline: str,
    model_id: str = LATEST,
    trained: Mapping[str, Any] | None = None,
    better: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Choose the model that predicts.

    Args:
        session: an open session.
        models: the table that `register` fills.
        pipeline: whose models are looked at; on whichever target they were trained.
        model_id: `latest`, for the one that this run trained, else the newest of the table; a model's id; or
            `best:mae`, the one with the best figure of that name, of equal ones the newest.
        trained: what `train` returned in this run; None if it was skipped.
        better: for each figure that `best:` may name whether `lower` or `higher` is better.

    Returns:
        `{"model": stage path, "model_id", "params": those of its training, "by": what chose it, in words}`.

    Raises:
        ValueError: there is no such model, it is another pipeline's, or its file is gone; no figure is so called, or
            no model has it.
    """
    # Of an id, blanks around it are no part; with a `latest` that is not quite that, nothing was trained.
    asked = model_id if model_id.strip() == LATEST else model_id.strip()
    if asked == LATEST and trained:
        by = "trained in this run"
        log.info("%s: %s", trained["model_id"], by)
        return {"model": trained["model"], "model_id": trained["model_id"], "params": trained.get("params"), "by": by}
    kept = _kept(session, models, pipeline)
    if asked == LATEST:
        found, by = (kept[0] if kept else None), "the newest"
    elif asked.startswith(BEST):
        found, by = _best(kept, asked.removeprefix(BEST).strip(), better or {}, models)
    else:
        found, by = next((one for one in kept if one["model_id"] == asked), None), "asked for by its id"
    if found is None:
        raise ValueError(_unknown(session, models, pipeline, asked, kept, better or {}))
    if not is_staged(session, found["model"]):
        raise ValueError(
            f"params.model_id: the file of the model {found['model_id']}, {found['model']}, is not on its stage any"
            f" more. Choose another, or train it again with `model_id: {LATEST}`: the same rows, params and code put"
            f" the same file there.\n{_shown(kept)}"
        )
    log.info("%s: %s; trained at %s by the run %s", found["model_id"], by, found["trained_at"], found["run_id"])
    return {"model": found["model"], "model_id": found["model_id"], "params": found["params"], "by": by}


def list_models(session: Session, models: str, pipeline: str, limit: int = 100) -> dict[str, Any]:
    """List a pipeline's models.

    Args:
        session: an open session.
        models: the table that `register` fills.
        pipeline: whose models.
        limit: how many, at most.

    Returns:
        `{"models": [{"model_id", "target", "dag_id", "run_id", "trained_at": ISO 8601, "code_version", "params",
        "metrics", "model": stage path}, …]}`, the newest first; empty if there is no table yet.
    """
    return {"models": _kept(session, models, pipeline)[:limit]}


def _in_table(session: Session, models: str, statement: str, params: list[Any]) -> list[Any]:
    """Run a statement on the table of models, which is made if it is not there.

    First the statement: CREATE TABLE IF NOT EXISTS wants the right to make tables even where there is nothing to make.
    """
    from snowflake.snowpark.exceptions import SnowparkSQLException

    try:
        return session.sql(statement, params=params).collect()
    except SnowparkSQLException as error:
        if error.sql_error_code != _NOT_THERE:
            raise
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    try:
        session.sql(f"CREATE TABLE IF NOT EXISTS {models} ({columns})").collect()
    except SnowparkSQLException as error:
        if error.sql_error_code != _ALREADY_THERE:  # another run has made it meanwhile
            raise
    return session.sql(statement, params=params).collect()


def _kept(session: Session, models: str, pipeline: str) -> list[dict[str, Any]]:
    """All rows of a pipeline, the newest first."""
    from snowflake.snowpark.exceptions import SnowparkSQLException

    read = (
        f"SELECT {', '.join(COLUMNS)} FROM {models} WHERE PIPELINE = ? AND MODEL_ID IS NOT NULL AND FILE IS NOT NULL"
        " ORDER BY TRAINED_AT DESC NULLS LAST, MODEL_ID, TARGET"
    )
    try:
        rows = session.sql(read, params=[pipeline]).collect()
    except SnowparkSQLException as error:
        if error.sql_error_code == _NOT_THERE:
            return []
        raise
    return [
        {
            "model_id": row["MODEL_ID"],
            "target": row["TARGET"],
            "dag_id": row["DAG_ID"],
            "run_id": row["RUN_ID"],
            "trained_at": row["TRAINED_AT"] and row["TRAINED_AT"].isoformat(sep=" ", timespec="seconds"),
            "code_version": row["CODE_VERSION"],
            "params": json.loads(row["PARAMS"] or "null"),
            "metrics": json.loads(row["METRICS"] or "null"),
            "model": row["FILE"],
        }
        for row in rows
    ]


def _best(
    kept: list[dict[str, Any]], metric: str, better: Mapping[str, str], models: str
) -> tuple[dict[str, Any] | None, str]:
    """Return the model with the best figure, and words for it; None if there are no models at all."""
    if metric not in better:
        known = ", ".join(f"{BEST}{name}" for name in better) or "nothing: `better` of the task names no figure"
        raise ValueError(f"params.model_id: `{BEST}{metric}` names no figure of these models. Known: {known}.")
    if better[metric] not in ("lower", "higher"):
        raise ValueError(f"better.{metric}: {better[metric]!r} says not which is better. Write lower or higher.")
    measured = [(figure, one) for one in kept if (figure := _figure(one["metrics"], metric)) is not None]
    if kept and not measured:
        raise ValueError(
            f"params.model_id: no model has a figure `{metric}` that is a number, of {len(kept)} in {models}."
            f" Choose by another, or by id.\n{_shown(kept)}"
        )
    if left_out := len(kept) - len(measured):
        log.warning(
            "left out: %s of %s models, which have no figure `%s` that is a number", left_out, len(kept), metric
        )
    # Of equal ones min and max return the first, which is the newest.
    pick = min if better[metric] == "lower" else max
    figure, found = pick(measured, key=lambda one: one[0], default=(None, None))
    return found, f"its {metric} of {figure} is the best of {len(measured)}, {better[metric]} being better"


def _figure(metrics: Any, name: str) -> float | None:
    figure = metrics.get(name) if isinstance(metrics, dict) else None
    if not isinstance(figure, int | float) or isinstance(figure, bool) or not math.isfinite(figure):
        return None
    return float(figure)


def _unknown(
    session: Session, models: str, pipeline: str, asked: str, kept: list[dict[str, Any]], better: Mapping[str, str]
) -> str:
    """Say that there is no such model, and what the user may have meant."""
    if not kept and (asked == LATEST or asked.startswith(BEST)):
        return (
            f"params.model_id: `{asked}` finds no model of {pipeline} in {models}: none is there yet, or its role may"
            f" not read it. Train one with `model_id: {LATEST}`."
        )
    others = _pipelines(session, models, asked)
    if others:
        return (
            f"params.model_id: {asked} is a model of {' and '.join(others)}, and cannot predict for {pipeline}."
            f"\n{_shown(kept)}"
        )
    words = [LATEST, *(f"{BEST}{name}" for name in better)]
    names = {name.lower(): name for name in (*words, *(one["model_id"] for one in kept))}
    near = [name for name in names.values() if len(asked) > 3 and name.startswith(asked)] or [
        names[name] for name in difflib.get_close_matches(asked.lower(), names, n=1)
    ]
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"params.model_id: {pipeline} has no model {asked!r} in {models}.{meant}\n{_shown(kept)}"


def _pipelines(session: Session, models: str, model_id: str) -> list[str]:
    from snowflake.snowpark.exceptions import SnowparkSQLException

    read = f"SELECT DISTINCT PIPELINE FROM {models} WHERE MODEL_ID = ? ORDER BY 1"
    try:
        return [row[0] for row in session.sql(read, params=[model_id]).collect()]
    except SnowparkSQLException as error:
        if error.sql_error_code == _NOT_THERE:
            return []
        raise


def _shown(kept: list[dict[str, Any]]) -> str:
    """Lines of the latest models, each once."""
    latest: dict[str, dict[str, Any]] = {}
    for one in kept:
        latest.setdefault(one["model_id"], one)
    lines = [f"  {_line(one)}" for one in list(latest.values())[:SHOWN]]
    return "\n".join(
        ["The latest ones:", *lines] if lines else [f"None is there yet: train one with `model_id: {LATEST}`."]
    )


def _line(one: dict[str, Any]) -> str:
    figures = {name: _figure(one["metrics"], name) for name in one["metrics"] or {}}
    said = ", ".join(f"{name} {figure:.6g}" for name, figure in figures.items() if figure is not None)
    return f"{one['model_id']}  {one['trained_at'] or 'at no known time'}  {said}".rstrip()


def _json(value: Mapping[str, Any]) -> str:
    """Return a mapping as JSON that every reader takes: without NaN and infinity."""
    return json.dumps(_finite(value), default=str, sort_keys=True)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
