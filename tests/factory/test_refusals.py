"""What only building finds is told at the place of the part that fails, every part at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from include.factory.build import build
from include.factory.refusals import refusals
from include.factory.results import Checked

Check = Callable[[str], Checked]
RAISES = "{operator: tests.factory.operators_for_tests.Raises, at: start}"
PARTS = {
    "pipeline: sample\ntasks:\n  fine: {sql: select 1}\n  bad: " + RAISES + "\n  worse: " + RAISES + "\n": [
        "4:3",
        "5:3",
    ],
    "pipeline: sample\ntasks:\n  bad: "
    + RAISES
    + "\nvariants:\n  both: {target: [snowpark, kubernetes]}\n  one: {target: snowpark}\n": ["3:3"],
    "pipeline: sample\ndag:\n  start_date: 2024-01-01\n  schedule: {__type__: datetime.timedelta, days: 9999999999}\n"
    "tasks:\n  fine: {sql: select 1}\n": ["4:3"],
    'pipeline: sample\ntasks:\n  fine:\n    sql: select 1\n    outlets: ["s3://b/k", "x y\\u00e9://"]\n': [],
}


@pytest.mark.parametrize("text", PARTS)
def test_the_place_is_that_of_the_part(text: str, check_text: Check) -> None:
    checked = check_text(text)
    assert checked.diagnostics == ()
    problems = []
    for dag_id, config in checked.configs.items():
        try:
            build(dag_id, config)
        except Exception as problem:
            problems.append(problem)
    assert bool(problems) == bool(PARTS[text])
    if problems:
        found = refusals(checked, problems[0])
        assert [f"{one.position.line}:{one.position.column}" for one in found if one.position] == PARTS[text]
        assert {one.code for one in found} == {"refused"}


def test_what_no_part_explains_is_told_of_the_whole(check_text: Check) -> None:
    (found,) = refusals(check_text("pipeline: sample\ntasks:\n  fine: {sql: select 1}\n"), RuntimeError("together"))
    assert found.position is not None
    assert (found.position.line, found.message) == (1, "Airflow refuses it: RuntimeError: together")
