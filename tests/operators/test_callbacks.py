"""Callbacks with arguments: all are called, with rendered arguments, and one that fails keeps no other from it."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, BaseNotifier

from include.operators.callbacks import call_all

SAID: list[tuple[str, str]] = []


def say(context: Any, channel: str, text: str = "") -> None:
    SAID.append((channel, text))


def fail(context: Any) -> None:
    raise RuntimeError("out of order")


class Notifier(BaseNotifier):
    """Renders its own arguments."""

    template_fields = ("text",)

    def __init__(self, *, text: str) -> None:
        super().__init__()
        self.text = text

    def notify(self, context: Any) -> None:
        SAID.append(("notifier", self.text))


@pytest.fixture
def context() -> dict[str, Any]:
    with DAG("sample") as dag:
        task = EmptyOperator(task_id="first")
    SAID.clear()
    return {"dag": dag, "task": task, "run_id": "monday"}


def test_each_is_called_with_its_arguments_rendered(context: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    here = __name__
    call_all(
        context,
        [
            {"callback": f"{here}.say", "channel": "ops", "text": "{{ task.task_id }} of {{ run_id }} failed"},
            {"callback": f"{here}.fail"},
            {"callback": f"{here}.Notifier", "text": "{{ run_id }}"},
            {"callback": f"{here}.say", "channel": "plain"},
        ],
    )
    assert SAID == [("ops", "first of monday failed"), ("notifier", "monday"), ("plain", "")]
    assert f"The callback {here}.fail failed" in caplog.text


def test_of_a_run_the_dag_renders(context: dict[str, Any]) -> None:
    del context["task"]
    call_all(context, [{"callback": f"{__name__}.say", "channel": "{{ dag.dag_id }}"}])
    assert SAID == [("sample", "")]
