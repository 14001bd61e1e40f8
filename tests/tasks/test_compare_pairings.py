"""Which tables are compared, by what tasks wrote and returned; no Snowflake is asked."""

from __future__ import annotations

from typing import Any

import pytest

from include.tasks.compare.names import as_stored, in_place, is_table_name, label
from include.tasks.compare.pairings import pairings


def paired(here: Any, there: Any, **more: Any) -> list[Any]:
    given = [{"task": "build", "tables": {"snowpark": here, "kubernetes": there}, **more}]
    return [(one.index, list(one.names.values()), one.problem) for one in pairings(given, '"PUBLIC"')]


def test_names_and_results_tell_tables() -> None:
    assert paired("A", "B") == [(None, ["A", "B"], None)]
    assert paired({"table": "A", "rows": 1}, {"table": "B"}) == [(None, ["A", "B"], None)]
    assert paired(["A", {"table": "B"}], ["C", "D"]) == [(0, ["A", "C"], None), (1, ["B", "D"], None)]


@pytest.mark.parametrize(
    "one", [None, {"rows": 1}, {"table": None}, [], {"table": 7}, "SAME", "same", {"table": '"SAME"'}]
)
def test_what_tells_no_table_of_its_own_is_not_compared(one: Any) -> None:
    assert paired(one, one) == []


def test_a_table_on_one_target_alone_is_a_difference() -> None:
    assert paired({"table": "A"}, {"rows": 1}) == [
        (None, ["A", ""], "it returned a table's name on snowpark, and none on kubernetes")
    ]
    ((_, _, problem),) = paired(["A", "B"], ["C"])
    assert problem == "the targets wrote different numbers of tables, 2 on snowpark and 1 on kubernetes"


def test_what_is_no_name_never_reaches_snowflake() -> None:
    ((_, _, problem),) = paired("A", "B; DROP TABLE C")
    assert problem == "`B; DROP TABLE C` is no table's name"


def test_three_targets_are_the_first_beside_each_other() -> None:
    given = [{"task": "t", "tables": {"toy": "A", "snowpark": "B", "kubernetes": "C"}}]
    assert [one.names for one in pairings(given, "S")] == [
        {"toy": "A", "snowpark": "B"},
        {"toy": "A", "kubernetes": "C"},
    ]


def test_a_table_is_compared_once_as_the_task_says_that_says_anything() -> None:
    tables = {"snowpark": "A", "kubernetes": "B"}
    given = [
        {"task": "first", "tables": tables},
        {"task": "then", "tables": {"snowpark": "a", "kubernetes": "b"}, "asked": {"key": ["ID"]}},
        {"task": "last", "tables": tables, "asked": {"tolerance": {"X": 1}}},
    ]
    assert [(one.task, one.asked.key) for one in pairings(given, "S")] == [("then", ["ID"])]


@pytest.mark.parametrize("wrong", ["small", -1, float("nan"), {"relative": float("inf")}, True])
def test_a_tolerance_that_is_none_is_told(wrong: Any) -> None:
    ((_, _, problem),) = paired("A", "B", asked={"tolerance": {"X": wrong}})
    assert str(problem).startswith("`tolerance` of X: ")


@pytest.mark.parametrize(
    ("name", "place", "whole"),
    [
        ("T", {}, "T"),
        ("T", {"schema": "S"}, "S.T"),
        ("T", {"database": "D"}, 'D."PUBLIC".T'),
        ("S.T", {"schema": "R", "database": "D"}, "D.S.T"),
        ("E.S.T", {"schema": "R", "database": "D"}, "E.S.T"),
        ("E..T", {"schema": "R", "database": "D"}, "E..T"),
        ('"a.b"', {"schema": "my schema"}, '"my schema"."a.b"'),
    ],
)
def test_a_table_is_where_its_task_works(name: str, place: dict[str, str], whole: str) -> None:
    assert in_place(name, place, '"PUBLIC"') == whole
    assert is_table_name(whole)


@pytest.mark.parametrize("wrong", ["", " ", "A B", "A.", "1A", "@S", "A-B", '"A', "A.B.C.D", "F(1)", "A'"])
def test_what_is_no_table_name(wrong: str) -> None:
    assert not is_table_name(wrong)


def test_names_are_read_as_snowflake_reads_them() -> None:
    assert as_stored('s."low".t') == 'S."low".T'
    assert label({"snowpark": "P_snowpark", "kubernetes": "P_KUBERNETES"}) == "P"
    assert label({"snowpark": "snowpark_P", "kubernetes": "kubernetes_P"}) == "P"
    assert label({"snowpark": "P_snowpark_1", "kubernetes": "P_kubernetes_1"}) == "P_1"
    assert label({"snowpark": "A", "kubernetes": "B"}) == "A and B"
