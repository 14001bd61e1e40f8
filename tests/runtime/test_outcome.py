"""What comes back from a function: JSON, or an error that helps."""

from __future__ import annotations

from datetime import date

import pytest

from include.runtime.errors import NoSuchFunctionError, NotJsonError, TaskMistake
from include.runtime.functions import load_function
from include.runtime.outcome import checked, failure


def test_json_comes_back_as_json_gives_it() -> None:
    assert checked("f", {"rows": (1, 2), "none": None}) == {"rows": [1, 2], "none": None}


@pytest.mark.parametrize("value", [date(2019, 1, 1), {1, 2}, float("nan"), object()])
def test_anything_else_is_refused_with_what_to_return(value: object) -> None:
    with pytest.raises(NotJsonError, match=r"include\.tasks\.f returned something that is not JSON.*write data to a table"):
        checked("include.tasks.f", value)


def test_a_mistake_has_no_traceback() -> None:
    assert failure(TaskMistake("mend it")) == "mend it"


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
