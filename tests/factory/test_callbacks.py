"""Callbacks that a pipeline gives arguments with templates: called, they get what the templates stand for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from include.factory.build import build
from include.factory.check import Checker
from tests.factory.conftest import HERE


@pytest.mark.parametrize(
    ("event", "said"),
    [("on_retry_callback", "first of snowpark"), ("on_failure_callback", "first failed")],
    ids=["one", "list"],
)
def test_templates_in_arguments_are_filled(
    checker: Checker, event: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    checked = checker.pipeline(HERE / "right" / "callbacks_list.yaml")
    task: Any = build("sample", checked.configs["sample"]).get_task("first")
    callbacks = getattr(task, event)
    for callback in callbacks if isinstance(callbacks, list) else [callbacks]:
        callback({"task": task, "ti": SimpleNamespace(task_id="first")})
    assert [record.__dict__["task"] for record in caplog.records if "task" in record.__dict__] == [said]
