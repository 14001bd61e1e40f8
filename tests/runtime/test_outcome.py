"""What comes back from a function: JSON, or an error that helps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from include.runtime.errors import ExitedError, NoSuchFunctionError, NotJsonError, TaskError, WrongArgumentsError
from include.runtime.functions import call_function, load_function
from include.runtime.outcome import checked, failure


def test_json_comes_back_as_json_gives_it() -> None:
    assert checked("f", {"rows": (1, 2), "none": None}) == {"rows": [1, 2], "none": None}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2019, 1, 1), r"the result is a datetime\.date\. Return its \.isoformat\(\)"),
        ({"a": [{1, 2}]}, r"the result\['a'\]\[0\] is a set\. Return sorted"),
        ([float("nan")], r"the result\[0\] is nan\. Return None, or text"),
        (range(3).__iter__(), r"is a range_iterator\. Return list"),
        (Decimal("1.5"), r"is a decimal\.Decimal\. Return str"),
        (b"\x00", r"is a bytes\. Return its \.hex"),
        ({(1, 2): 3}, r"a key of the result is a tuple\. Return text as keys"),
        (object(), r"the result is a object\. Return plain values\. JSON has .* data goes to a table or a stage"),
    ],
)
def test_anything_else_is_refused_with_what_to_return(value: object, words: str) -> None:
    with pytest.raises(NotJsonError, match=r"include\.tasks\.f returned something that is not JSON: .*" + words):
        checked("include.tasks.f", value)


def test_a_diagnostic_has_no_traceback() -> None:
    assert failure(TaskError("fix it")) == "fix it"


def test_an_error_has_the_functions_own_traceback_and_ends_with_the_error() -> None:
    def task() -> None:
        raise ValueError("no trips")

    with pytest.raises(ValueError, match="no trips") as raised:
        task()
    text = failure(raised.value)
    assert text.splitlines()[-1] == "ValueError: no trips"
    assert "in task" in text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("include.tasks.nowhere.train", "there is no module include.tasks.nowhere"),
        ("nowhere.train", "there is no module nowhere"),
        ("include.tasks.taxi.fly", "has no function fly"),
        ("include.tasks.taxi.COLUMNS", "has no function COLUMNS"),
    ],
)
def test_a_function_that_is_not_there(path: str, words: str) -> None:
    with pytest.raises(NoSuchFunctionError, match=words):
        load_function(path)


def test_a_function_that_is_there() -> None:
    assert load_function("include.tasks.compare.compare_tables").__name__ == "compare_tables"


def test_wrong_arguments_are_no_error_of_the_function() -> None:
    with pytest.raises(
        WrongArgumentsError, match=r"compare_tables cannot be called with the task's op_kwargs \(table\): .*'outputs'"
    ):
        call_function("include.tasks.compare.compare_tables", None, {"table": "A"})


def test_an_exit_is_told() -> None:
    with pytest.raises(ExitedError, match=r"sys\.exit called sys\.exit\(\)\. Return a result") as raised:
        call_function("sys.exit", None, {})
    assert not raised.value.final
