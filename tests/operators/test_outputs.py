"""Another task's result, or why it is missing, as templates see it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from include.operators.outputs import result_of

RESULTS: dict[str, Any] = {
    "train": {"model": "m", "score": {"mae": 1.5}},
    "none": None,
    "empty": [],
    "rows": [(1, "a")],
    "mapped": ["x", "y"],
}
MAPPED = {"mapped", "mapped_over_nothing", "mapped_and_failed"}
STATES = {**dict.fromkeys(RESULTS, "success"), "after": "skipped", "broken": "failed", "later": "upstream_failed"}
STATES |= {"mapped_over_nothing": "skipped", "mapped_and_failed": "failed"}


class Instance:
    """A running task whose run has `RESULTS` and `STATES`.

    What Airflow answers without a result is what 3.3.2 answers.
    """

    dag_id, run_id = "dag", "run"
    task = SimpleNamespace(dag=SimpleNamespace(get_task=lambda name: SimpleNamespace(is_mapped=name in MAPPED)))

    def xcom_pull(self, task_ids: str | list[str], map_indexes: int | None = None) -> Any:
        if isinstance(task_ids, list):
            return RESULTS.get(task_ids[0], [None])
        found = RESULTS.get(task_ids)
        return found if map_indexes == -1 or found is not None else []

    def get_task_states(self, dag_id: str, task_ids: list[str], run_ids: list[str]) -> dict[str, dict[str, str]]:
        return {run_ids[0]: {task_ids[0]: STATES[task_ids[0]]}}


def rendered(expression: str) -> Any:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    return environment.compile_expression(expression, undefined_to_none=False)(ti=Instance(), result_of=result_of)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("result_of(ti, 'train', 'model')", "m"),
        ("result_of(ti, 'train', 'score', 'mae')", 1.5),
        ("result_of(ti, 'rows')[0][1]", "a"),
        ("result_of(ti, 'none')", None),
        ("result_of(ti, 'empty')", []),
        ("result_of(ti, 'mapped')", ["x", "y"]),
        ("result_of(ti, 'mapped_over_nothing')", []),
        ("result_of(ti, 'after') | default('d')", "d"),
        ("result_of(ti, 'after', 'model') | default('d')", "d"),
        ("result_of(ti, 'after')[0].model | default('d')", "d"),
        ("result_of(ti, 'train', 'nope') | default('d')", "d"),
        ("result_of(ti, 'after') is defined", False),
    ],
)
def test_value(expression: str, value: Any) -> None:
    assert rendered(expression) == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("result_of(ti, 'after', 'model') ~ ''", r"`outputs\.after\.model` is not there: the task `after` was skipped"),
        ("result_of(ti, 'after')[0][0] ~ ''", r"`outputs\.after` is not there: the task `after` was skipped"),
        ("result_of(ti, 'broken') ~ ''", "the task `broken` failed"),
        ("result_of(ti, 'mapped_and_failed') ~ ''", "the task `mapped_and_failed` failed"),
        ("result_of(ti, 'later') ~ ''", "did not run, as a task before it failed"),
        ("result_of(ti, 'none', 'model') ~ ''", "the task `none` returned nothing"),
        ("result_of(ti, 'train', 'nope') ~ ''", "has no `nope`; it has only model, score"),
        ("result_of(ti, 'rows', 'model') ~ ''", "has no `model`; it is a list"),
    ],
)
def test_why_it_is_missing(expression: str, words: str) -> None:
    with pytest.raises(jinja2.UndefinedError, match=words):
        rendered(expression)
