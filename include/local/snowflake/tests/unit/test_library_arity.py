from __future__ import annotations

import pytest

from embedded_snowflake.library.arity import ARITY, wrong_number
from embedded_snowflake.library.macros import LIBRARY
from embedded_snowflake.library.unsupported import is_known, is_known_table


@pytest.mark.parametrize(
    ("name", "given", "message", "code"),
    [
        ("LEFT", 1, "not enough arguments for function [CALL], expected 2, got 1", 938),
        ("LEFT", 3, "too many arguments for function [CALL] expected 2, got 3", 939),
        ("ROUND", 4, "too many arguments for function [CALL] expected 3, got 4", 939),
    ],
)
def test_a_wrong_number_of_arguments(name: str, given: int, message: str, code: int) -> None:
    error = wrong_number(name, "CALL", given)
    assert error is not None
    assert message in error.message
    assert error.code == code


def test_a_right_number_or_a_function_of_any() -> None:
    assert wrong_number("LEFT", "CALL", 2) is None
    assert all(wrong_number("ROUND", "CALL", given) is None for given in (1, 2, 3))
    assert wrong_number("COALESCE", "CALL", 9) is None


def test_macros_take_what_their_functions_take() -> None:
    for name, overloads in LIBRARY.items():
        counts = {len(parameters.split(",")) if parameters else 0 for parameters, _ in overloads}
        assert len(counts) == len(overloads), name
        least, most = ARITY.get(name, (0, 99))
        assert counts <= set(range(least, most + 1)), name


def test_what_snowflake_has_and_is_not_here() -> None:
    assert is_known("st_area")
    assert is_known("PARSE_XML")
    assert not is_known("NO_SUCH_FUNCTION")
    assert is_known_table("TASK_HISTORY")
    assert is_known_table("VALIDATE")
    assert not is_known_table("NO_SUCH_FUNCTION")
