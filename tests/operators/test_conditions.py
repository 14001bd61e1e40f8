"""`run_if` decides before anything else of a task is looked at, says what decided, and fails in one line."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from airflow.sdk import DAG, BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from include.constants import RESULT_OF
from include.operators.conditions import RunIf
from include.operators.outputs import result_of
from include.operators.templates import NativeTemplates


class Operator(NativeTemplates, BaseOperator):
    template_fields = ("value",)

    def __init__(self, *, value: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value = value


class _Server:
    next_method: str | None = None


class _Instance:
    """Of a task instance what a condition looks at."""

    def __init__(self, next_method: str | None = None) -> None:
        self._ti_context_from_server = _Server()
        self._ti_context_from_server.next_method = next_method


def _context(**names: Any) -> dict[str, Any]:
    return {"ti": _Instance(), **names}


def _render(condition: bool | str, value: Any = None, **names: Any) -> Operator:
    with DAG("sample", schedule=None):
        operator = Operator(task_id="task", value=value, pre_execute=RunIf(condition))
    operator.render_template_fields(_context(task=operator, **names))
    return operator


@pytest.mark.parametrize(
    ("condition", "runs"),
    [
        (False, False),
        ("{{ params.days > 3 }}", True),
        ("{{ params.days > 5 }}", False),
        *((f"{{{{ '{text}' }}}}", True) for text in ("true", "True", "1", "yes", "ON")),
        *((f"{{{{ '{text}' }}}}", False) for text in ("false", "False ", "0", "no", "off", "")),
        ("{{ [] }}", False),
        ("{{ none }}", False),
        ("{{ [0] }}", True),
        ("{{ params.nothing | default(false) }}", False),
    ],
)
def test_a_value_counts_as_what_it_says(condition: bool | str, runs: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    if runs:
        _render(condition, params={"days": 5})
        assert any(message.startswith("runs: run_if") for message in caplog.messages)
    else:
        with pytest.raises(AirflowSkipException, match="skipped: run_if"):
            _render(condition, params={"days": 5})


def test_a_skipped_task_needs_nothing_of_its_other_templates() -> None:
    with pytest.raises(AirflowSkipException, match=re.escape("skipped: run_if {{ params.days > 5 }} is False")):
        _render("{{ params.days > 5 }}", "{{ params.not_there.at_all }}", params={"days": 5})
    with pytest.raises(AirflowFailException, match="A template cannot be filled"):
        _render("{{ params.days > 3 }}", "{{ params.not_there.at_all }}", params={"days": 5})


def test_a_task_that_runs_is_not_asked_again() -> None:
    operator = _render("{{ params.days > 3 }}", params={"days": 5})
    assert operator._pre_execute_hook is None


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("{{ params.mode }}", "run_if {{ params.mode }} is 'maybe', a text that says neither true nor false"),
        ("{{ params.days > '3' }}", "run_if {{ params.days > '3' }} cannot be told: TypeError"),
        ("{{ params.gone }}", "names something that is not there"),
        ("{{ params.days // 0 }}", "cannot be told: ZeroDivisionError"),
        ("{{ params.days | no_such_filter }}", "cannot be told: TemplateAssertionError"),
    ],
)
def test_what_cannot_be_told_fails_in_one_line_and_at_once(condition: str, words: str) -> None:
    with pytest.raises(AirflowFailException) as raised:
        _render(condition, params={"days": 5, "mode": "maybe"})
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_task_that_goes_on_after_a_deferral_is_not_skipped() -> None:
    RunIf(False)({"ti": _Instance(next_method="trigger_reentry")})


def test_the_log_has_the_result_as_the_pipeline_writes_it() -> None:
    class Instance(_Instance):
        task: Any

        def xcom_pull(self, **_: Any) -> Any:
            return {"rows": 0}

    with DAG("sample", schedule=None, user_defined_macros={RESULT_OF.rpartition(".")[2]: result_of}) as dag:
        Operator(task_id="snowpark.load")
        condition = RunIf("{{ result_of(ti, 'snowpark.load', 'rows') > 0 }}")
        operator = Operator(task_id="task", pre_execute=condition)
    instance = Instance()
    instance.task = operator
    assert operator.dag is dag
    with pytest.raises(AirflowSkipException, match=re.escape("skipped: run_if {{ outputs.load.rows > 0 }} is False")):
        operator.render_template_fields({"ti": instance, "task": operator})


def test_an_instance_of_a_mapped_task_decides_for_itself() -> None:
    with DAG("sample", schedule=None):
        mapped: Any = Operator.partial(task_id="task", pre_execute=RunIf("{{ task.value != 'b' }}")).expand(
            value=["a", "b"]
        )
    for value, runs in (("a", True), ("b", False)):
        instance = mapped.unmap({"value": value})
        context = _context(task=instance)
        arguments = (instance, instance.template_fields, context, instance.get_template_env(), set())
        if runs:
            instance._do_render_template_fields(*arguments)
        else:
            with pytest.raises(AirflowSkipException):
                instance._do_render_template_fields(*arguments)
