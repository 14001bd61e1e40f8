"""Mapped tasks: what they are mapped over, and how an instance gets its values."""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import nullcontext
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from include.operators.mapping import MappedItems
from include.operators.outputs import result_of
from include.operators.snowpark import SnowparkOperator
from include.operators.sql import SnowflakeSQLOperator
from include.runtime.values import decoded

CONTEXT: dict[str, Any] = {
    "params": {"months": [1, 2], "name": "may", "none": [], "day": dt.date(2013, 1, 31), "rows": [{"a": 1}, {"a": 2}]}
}


def run(operator: MappedItems, context: Any) -> list[Any]:
    operator.render_template_fields(context, operator.get_template_env())
    return operator.execute(context)


def items(over: Any, shape: Any = "combinations", encode: bool = True) -> list[Any]:
    operator = MappedItems(task_id="t_items", mapped_task="t", over=over, shape=shape, encode=encode)
    return run(operator, CONTEXT)


@pytest.mark.parametrize(
    ("over", "shape", "found"),
    [
        ({"m": "{{ params.months }}"}, "combinations", [{"m": 1}, {"m": 2}]),
        ({"m": "{{ params.months }}", "n": ["x", "{{ params.name }}"]}, "combinations",
         [{"m": 1, "n": "x"}, {"m": 1, "n": "may"}, {"m": 2, "n": "x"}, {"m": 2, "n": "may"}]),
        ({"m": "{{ params.rows | map(attribute='a') }}"}, "combinations", [{"m": 1}, {"m": 2}]),
        ({"m": "{{ params.rows[0].items() }}"}, "combinations", [{"m": ["a", 1]}]),
        ("{{ params.rows[0].keys() }}", "values", ["a"]),
        ({"m": "{{ range(2) }}"}, "combinations", [{"m": 0}, {"m": 1}]),
        ("{{ params.rows }}", "rows", [{"a": 1}, {"a": 2}]),
        ("{{ params.months }}", "values", [1, 2]),
        ({"m": "{{ params.none }}", "n": [1, 2]}, "combinations", []),
    ],
)  # fmt: skip
def test_the_list(over: Any, shape: str, found: list[Any]) -> None:
    assert items(over, shape) == found


def test_values_that_are_no_json_are_encoded_for_our_operators_only() -> None:
    (item,) = items({"day": ["{{ params.day }}"]})
    assert item != {"day": dt.date(2013, 1, 31)}
    assert decoded(item) == {"day": dt.date(2013, 1, 31)}
    assert items(["{{ params.day }}"], "values", encode=False) == [dt.date(2013, 1, 31)]


def test_combinations_are_counted_before_they_are_made() -> None:
    with pytest.raises(AirflowFailException, match="over 1,000,000,000,000 items"):
        items(dict.fromkeys("abc", "{{ range(10000) }}"))


def test_mapped_over_the_result_of_a_skipped_task_is_skipped() -> None:
    asked = "result_of(ti, 'load')"
    instance = SimpleNamespace(
        dag_id="dag",
        run_id="run",
        task=SimpleNamespace(dag=SimpleNamespace(get_task=lambda name: SimpleNamespace(is_mapped=False))),
        xcom_pull=lambda **asked_for: None,
        get_task_states=lambda **asked_for: {"run": {"load": "skipped"}},
    )
    context = {"ti": instance, "result_of": result_of}
    for expression in (asked, f"{asked} | map('first')", f"{asked}.rows"):
        operator = MappedItems(task_id="t_items", mapped_task="t", over=f"{{{{ {expression} }}}}", shape="values")
        with pytest.raises(AirflowSkipException, match="`load` was skipped"):
            run(operator, context)
    operator = MappedItems(task_id="t_items", mapped_task="t", over=f"{{{{ {asked} | default([7]) }}}}", shape="values")
    assert run(operator, context) == [7]


def test_mapped_over_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert items({"m": "{{ params.none }}"}) == []
    assert "t is mapped over nothing: it is skipped" in caplog.text


@pytest.mark.parametrize(
    ("over", "shape", "words"),
    [
        ({"m": "{{ params.name }}"}, "combinations", "expand.m gave 'may', a str, and must give a list"),
        ({"m": "{{ params.rows[0] }}"}, "combinations", "{'a': 1}, a dict, and must give a list: its `.items"),
        ("{{ params.months }}", "rows", r"expand_kwargs\[0\] gave 1, a int, and must give a mapping"),
        ({"m": "{{ range(2000) }}"}, "combinations", "would be mapped over 2,000 items; Airflow maps over 1,024"),
        ({"m": ["{{ params }}", "{{ cycler }}"]}, "combinations", r"item 1.m is a type, which cannot be passed"),
        ({"m": "{{ params.nothing }}"}, "combinations", "names something that is not there"),
    ],
)  # fmt: skip
def test_what_cannot_be_mapped_over(over: Any, shape: str, words: str) -> None:
    with pytest.raises(AirflowFailException, match=words):
        items(over, shape)


class _Instance:
    """The first instance of a mapped task."""

    map_index = 0
    dag_run = SimpleNamespace(conf={})


def unmapped(operator: Any) -> Any:
    """Return the instance of a mapped operator, rendered as Airflow's task runner does it."""
    operator.dag.params = {name: value for name, value in CONTEXT["params"].items() if name != "day"}
    context = {
        **CONTEXT,
        "ti": _Instance(),
        "dag": operator.dag,
        "dag_run": _Instance.dag_run,
        "day": CONTEXT["params"]["day"],
    }
    operator.render_template_fields(context, operator.get_template_env())
    return context["task"]


def test_an_instance_of_a_function_gets_its_values_as_arguments_and_in_templates() -> None:
    with DAG("d"):
        operator = SnowparkOperator.partial(
            task_id="t", function="f", python="p", op_kwargs={"a": "{{ mapped.m + 1 }}", "b": "{{ params.name }}"}
        ).expand(mapped=[{"m": "{{ params.months[1] }}", "d": "{{ day }}"}])
    instance = unmapped(operator)

    request = instance.request(None)

    assert decoded(request.op_kwargs) == {"a": 3, "b": "may", "m": 2, "d": dt.date(2013, 1, 31)}


def test_an_instance_of_sql_gets_its_values_as_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    with DAG("d"):
        operator = SnowflakeSQLOperator.partial(
            task_id="t", conn_id="c", sql="insert into t_{{ mapped.m }} values (%(m)s, %(x)s)", parameters={"x": 1}
        ).expand(mapped=[{"m": "{{ params.months[1] }}"}])
    instance = unmapped(operator)
    ran: list[Any] = []
    monkeypatch.setattr("include.operators.sql.connection_parameters", lambda name, **_: {})
    monkeypatch.setattr("include.operators.sql.query_tag", lambda context: {})
    monkeypatch.setattr("include.operators.sql.measured", lambda *given: nullcontext())
    monkeypatch.setattr(
        SnowflakeSQLOperator, "get_db_hook", lambda self: type("Hook", (), {"run": _run(ran), "descriptions": [None]})()
    )
    instance.execute(CONTEXT)
    assert ran == [("insert into t_2 values (%(m)s, %(x)s)", {"x": 1, "m": 2})]


def test_what_another_task_gave_is_no_template() -> None:
    """A result that holds braces reaches the function as it is."""
    operator = SnowparkOperator(task_id="t", function="f", python="p", mapped={"m": "{{ 1 + 1 }}", "n": Decimal("1.5")})
    context: Any = dict(CONTEXT)
    seen = {id(operator.mapped)}
    operator._do_render_template_fields(operator, operator.template_fields, context, operator.get_template_env(), seen)
    assert context["mapped"]["m"] == "{{ 1 + 1 }}"
    assert decoded(operator.request(None).op_kwargs) == {"m": "{{ 1 + 1 }}", "n": Decimal("1.5")}


def _run(ran: list[Any]) -> Any:
    def run(self: Any, sql: str, parameters: Any = None, **others: Any) -> None:
        ran.append((sql, parameters))

    return run
