"""What runs around a function inside Snowflake, here: its result, and what it printed and logged."""

from __future__ import annotations

import json
import logging
import re
import sys
from types import ModuleType
from typing import Any

import pytest

from include.runtime import inside
from include.runtime.errors import NoSuchFunctionError, NotJsonError, WrongArgumentsError
from include.runtime.inside import run_inside, split_error

log = logging.getLogger("of.the.function")


def counts(session: Any, upto: int) -> dict[str, Any]:
    print("counting", session)
    log.info("up to %s", upto)
    return {"counted": list(range(upto))}


def fails(session: Any) -> None:
    print("half done")
    raise ValueError("no trips")


def fails_at_once(session: Any) -> None:
    raise ValueError("no trips")


def returns_a_set(session: Any) -> set[int]:
    return {1}


@pytest.fixture(autouse=True)
def _functions(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("functions_inside")
    for function in (counts, fails, fails_at_once, returns_a_set):
        setattr(module, function.__name__, function)
    monkeypatch.setitem(sys.modules, module.__name__, module)


def test_the_result_and_what_was_printed_and_logged_come_back() -> None:
    level = logging.getLogger().level
    answer = json.loads(run_inside("functions_inside.counts", "the session", json.dumps({"upto": 2})))
    printed, logged, used = answer["log"].splitlines()
    assert answer["result"] == {"counted": [0, 1]}
    assert (printed, logged) == ("counting the session", "INFO of.the.function: up to 2")
    assert re.fullmatch(r"INFO include\.runtime\.memory: (used at most [\d,]+ MB of memory, )?in 0\.\d s", used)
    assert logging.getLogger().level == level


def test_what_cannot_be_measured_fails_no_function_that_has_done_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: Any) -> Any:
        raise FileNotFoundError("/proc/7/task")

    for module, measure in ((inside.cpu, "seconds"), (inside.memory, "peak"), (inside.memory, "report")):
        monkeypatch.setattr(module, measure, gone)
    answer = json.loads(run_inside("functions_inside.counts", "s", json.dumps({"upto": 2})))
    assert answer["result"] == {"counted": [0, 1]}
    assert answer["measures"] == {"cpu_seconds": None, "memory_bytes": None}


def test_of_a_long_log_the_end_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "LOG_LIMIT", 10)
    monkeypatch.setattr(inside.memory, "report", lambda started: None)
    answer = json.loads(run_inside("functions_inside.counts", "s", json.dumps({"upto": 2})))
    assert answer["log"] == "… the first 30 characters are left out\nn: up to 2"


def test_an_error_has_the_log_as_a_note() -> None:
    with pytest.raises(ValueError, match="no trips") as caught:
        run_inside("functions_inside.fails", None, "{}")
    (note,) = caught.value.__notes__
    printed, reported = split_error(f"ValueError: no trips\n{note}")
    assert printed == "half done"
    assert str(reported).endswith("ValueError: no trips")


def test_an_error_without_a_log_has_no_note() -> None:
    with pytest.raises(ValueError, match="no trips") as caught:
        run_inside("functions_inside.fails_at_once", None, "{}")
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.parametrize(
    ("function", "op_kwargs", "raised"),
    [
        ("functions_inside.nobody", {}, NoSuchFunctionError),
        ("functions_inside.counts", {"until": 1}, WrongArgumentsError),
        ("functions_inside.returns_a_set", {}, NotJsonError),
    ],
)
def test_what_the_user_can_fix_is_a_task_error(
    function: str, op_kwargs: dict[str, Any], raised: type[Exception]
) -> None:
    with pytest.raises(raised):
        run_inside(function, None, json.dumps(op_kwargs))
