"""A string that is one expression keeps the type of what it names."""

from __future__ import annotations

import json
import math
from typing import Any

import jinja2
import pytest
from airflow.sdk import BaseOperator

from include.operators.templates import NativeTemplates
from include.runtime.values import decoded


class Operator(NativeTemplates, BaseOperator):
    pass


CONTEXT = {"params": {"rows": 10, "until": None, "tags": ["a", "b"], "share": 0.5, "name": "Ann"}}


@pytest.mark.parametrize(
    ("written", "rendered"),
    [
        ("{{ params.rows }}", 10),
        ("  {{ params.until }}  ", None),
        ("{{ params.tags }}", ["a", "b"]),
        ("{{ params.share * 2 }}", 1.0),
        ("{{ params.name | upper }}", "ANN"),
        ("rows: {{ params.rows }}", "rows: 10"),
        ("{{ params.rows }}{{ params.rows }}", "1010"),
        ({"deep": ["{{ params.rows }}"]}, {"deep": [10]}),
        ("no template", "no template"),
        (7, 7),
    ],
)
def test_types_are_kept(written: Any, rendered: Any) -> None:
    operator = Operator(task_id="task")
    assert operator.render_template(written, CONTEXT, operator.get_template_env()) == rendered


def test_a_name_that_is_not_there_is_an_error_at_once() -> None:
    operator = Operator(task_id="task")
    with pytest.raises(jinja2.UndefinedError, match="nobody"):
        operator.render_template("{{ params.nobody }}", CONTEXT, operator.get_template_env())


def test_what_airflow_keeps_of_rendered_fields_is_json() -> None:
    class WithArguments(Operator):
        template_fields = ("op_kwargs",)
        op_kwargs: Any = None

    operator = WithArguments(task_id="task")
    operator.op_kwargs = {"share": "{{ params.nothing }}", "fixed": [float("inf")], "rows": "{{ params.rows }}"}
    context: Any = {"params": {"nothing": float("nan"), "rows": 10}}
    operator.render_template_fields(context, operator.get_template_env())
    json.dumps(operator.op_kwargs, allow_nan=False)
    got = decoded(operator.op_kwargs)
    assert math.isnan(got.pop("share"))
    assert got == {"fixed": [math.inf], "rows": 10}
