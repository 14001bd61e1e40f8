from __future__ import annotations

import pytest

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.library import regexps


def test_one_occurrence_is_replaced_or_all() -> None:
    assert regexps.replace("abc abd", "ab(.)", r"<\1>", 1, 0, "c") == "<c> <d>"
    assert regexps.replace("abc abd", "ab(.)", r"<\1>", 1, 2, "c") == "abc <d>"
    assert regexps.replace("abc abd", "ab", "x", 2, 0, "c") == "abc xd"
    assert regexps.replace("abc", "a(z)?", r"[\1]", 1, 0, "c") == "[]bc"
    assert regexps.replace("abc", "", "x", 1, 0, "c") == "abc"


def test_matches_are_counted_from_a_position() -> None:
    assert regexps.count("abc ABC", "ab.", 1, "i") == 2
    assert regexps.count("abc ABC", "ab.", 2, "i") == 1
    assert regexps.count("abc ABC", "ab.", 1, "c") == 1
    assert regexps.count("abc", "", 1, "c") == 0


def test_a_place_is_counted_from_one() -> None:
    assert regexps.instr("abc abd", "ab(.)", 1, 2, 0, "c", 1) == 5
    assert regexps.instr("abc abd", "ab(.)", 1, 2, 1, "c", 1) == 8
    assert regexps.instr("abc abd", "ab(.)", 1, 2, 0, "e", 1) == 7
    assert regexps.instr("abc abd", "ab(.)", 3, 1, 0, "c", 1) == 5
    assert regexps.instr("abc abd", "ab(.)", 1, 3, 0, "c", 1) == 0


def test_parts_are_matches_or_groups() -> None:
    assert regexps.parts("abc abd", "ab(.)", 1, "c", 0) == ["abc", "abd"]
    assert regexps.parts("abc abd", "ab(.)", 2, "e", 1) == ["d"]
    assert regexps.parts("ab", "a(z)?", 1, "e", 1) == [""]


@pytest.mark.parametrize(
    ("pattern", "parameters", "found"),
    [
        ("B", "i", 2),
        ("B", "ic", 0),
        ("B", "ci", 2),
        ("^b", "c", 0),
        ("^b", "m", 1),
        ("a.b", "c", 0),
        ("a.b", "s", 1),
        ("É", "i", 1),
        (r"\w", "c", 3),
    ],
)
def test_parameters(pattern: str, parameters: str, found: int) -> None:
    assert regexps.count("a\nb bé", pattern, 1, parameters) == found


def test_a_pattern_that_is_none_is_an_error() -> None:
    with pytest.raises(SnowflakeError, match=r"Invalid regular expression: '\(a'") as caught:
        regexps.count("a", "(a", 1, "c")
    assert caught.value.code == 100048
