"""Models side by side: by their predictions where these were compared, else by what they are called."""

from __future__ import annotations

from typing import Any

import pytest

from include.tasks.compare.models import models_beside


def beside(here: Any, there: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"task": "train", "used_by": "predict", "models": {"snowpark": here, "kubernetes": there}, **more}]


def predicted(equal: bool, exact: bool = True) -> list[dict[str, Any]]:
    return [{"task": "predict", "equal": equal, "exact": exact}, {"task": "other", "equal": False, "exact": True}]


@pytest.mark.parametrize(
    ("tables", "same", "by"),
    [
        (predicted(True), True, "predictions of predict: equal"),
        (predicted(True, exact=False), True, "predictions of predict: equal within the tolerance"),
        (predicted(False), False, "predictions of predict: different"),
        ([], False, "other models"),
    ],
)
def test_predictions_say_whether_models_are_the_same(tables: Any, same: bool, by: str) -> None:
    (found,) = models_beside(beside({"model_id": "a1", "model": "@s/a1"}, {"model": "@s/b2"}), tables)
    assert found["models"] == {"snowpark": "a1", "kubernetes": "@s/b2"}
    assert (found["same"], found["by"]) == (same, by)


def test_metrics_stand_side_by_side() -> None:
    metrics = {"evaluate": {"snowpark": {"mae": 1.0}, "kubernetes": {"mae": 1.5}}, "skipped": {"snowpark": None}}
    (found,) = models_beside(beside("a", "a", metrics=metrics), predicted(True))
    assert found["metrics"] == {"evaluate": {"snowpark": {"mae": 1.0}, "kubernetes": {"mae": 1.5}}}
    assert found["by"] == "predictions of predict: equal; metrics of evaluate: different"


def test_no_model_is_no_entry() -> None:
    assert models_beside(beside(None, None), predicted(True)) == []
    assert models_beside(beside([{"model": "a"}], {"rows": 1}), []) == []
