"""The models of several targets side by side: by what they predicted, and by their metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def models_beside(told: Sequence[Mapping[str, Any]], tables: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what can be said of models.

    Args:
        told: For each the task that gives it as `task`, that task's results by target as `models`, the task that
            predicts with it as `used_by`, and by task and target what measures it as `metrics`.
        tables: The entries of the tables compared.

    Returns:
        For each its `task`, the `models` by target (an id, else a file), `same`, and in words `by` what that was told:
        by the predictions, where they were compared, else by the ids; and the `metrics` by task and target.
    """
    found = []
    for one in told:
        models = {target: _named(given) for target, given in one["models"].items()}
        if not any(models.values()):
            continue
        predicted = [table for table in tables if table["task"] == one["used_by"]]
        same = all(table["equal"] for table in predicted) if predicted else len(set(models.values())) == 1
        if predicted:
            loosely = same and not all(table["exact"] for table in predicted)
            how = "equal within the tolerance" if loosely else "equal" if same else "different"
            by = f"predictions of {one['used_by']}: {how}"
        else:
            by = "the same model" if same else "other models"
        metrics = {task: dict(values) for task, values in (one.get("metrics") or {}).items() if any(values.values())}
        for task, values in metrics.items():
            first, *others = values.values()
            by += f"; metrics of {task}: {'equal' if all(other == first for other in others) else 'different'}"
        found.append({"task": one["task"], "models": models, "same": same, "by": by, "metrics": metrics})
    return found


def _named(given: Any) -> str | None:
    """Return a model's id, else its file; None for what names neither."""
    if isinstance(given, Mapping):
        given = given.get("model_id") or given.get("model")
    return given if isinstance(given, str) else None
