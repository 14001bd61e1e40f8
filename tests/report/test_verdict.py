"""What the verdict says, and in which order."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from include.report.document import report_of
from include.report.runs import Run, TaskTry
from tests.report.airflow_database import at
from tests.report.runs_for_tests import (
    EQUAL,
    MISSING_TABLE,
    ONE_COLUMN,
    ONE_ROW,
    PRICES,
    alone,
    equal_table,
    in_warehouse,
    ran,
    side_by_side,
)


def said(run: Run, prices: dict[str, Any] = PRICES) -> list[tuple[str, str]]:
    return [(sentence["kind"], sentence["text"]) for sentence in report_of(run, prices)["sentences"]]


def words_of(run: Run, prices: dict[str, Any] = PRICES) -> str:
    return str(report_of(run, prices)["verdict"])


def pair(snowpark: float, kubernetes: float) -> Run:
    """A run whose one step took so many seconds."""
    one, other = (
        ran("snowpark.train", 0, snowpark),
        ran("kubernetes.train", 0, kubernetes, operator="SnowparkPodOperator"),
    )
    return dataclasses.replace(side_by_side(), tasks=(one, other))


def test_equal_targets_are_compared_in_speed_and_cost() -> None:
    assert words_of(side_by_side()) == (
        "Equal: 1 table, row by row; Snowpark faster for train (1.5 x) and evaluate (2.0 x); "
        "about as fast for predict; without start-up, Kubernetes faster for train (1.3 x) and evaluate (1.1 x); "
        "Kubernetes cheaper for train (13 x) and predict (7.6 x); Snowpark 1.1 x cheaper for evaluate."
    )


@pytest.mark.parametrize(
    ("comparison", "first"),
    [
        (ONE_ROW, "different: P_SNOWPARK: 1 of 1,973 rows differs in PREDICTED_SECONDS (by 3.2 at most)"),
        (ONE_COLUMN, "different: P_KUBERNETES has no column PREDICTED_SECONDS"),
        (MISSING_TABLE, "different: P_KUBERNETES is missing"),
        ({**MISSING_TABLE, "words": None}, "different: P_KUBERNETES is missing"),
        ({**ONE_ROW, "words": ""}, "different: P_SNOWPARK"),
        ({"equal": False}, "different: the comparison does not say where"),
    ],
)
def test_a_difference_comes_first_and_its_task_is_no_failure_beside(comparison: dict[str, Any], first: str) -> None:
    sentences = said(side_by_side(comparison, "failed"))
    assert sentences[0] == ("difference", first)
    assert "failure" not in dict(sentences)


def test_models_that_differ_are_a_difference_though_tables_are_equal() -> None:
    models = [{"task": "train", "models": {"snowpark": "a", "kubernetes": "b"}, "same": False, "by": "predictions"}]
    assert said(side_by_side({**EQUAL, "models": models}))[0] == ("difference", "models differ: train")


def test_a_tolerance_that_decided_is_said() -> None:
    tables = [equal_table(), equal_table(exact=False)]
    assert said(side_by_side({**EQUAL, "tables": tables}))[0][1] == "equal: 2 tables, 1 of them within their tolerances"


@pytest.mark.parametrize(
    ("words", "said_of_it"),
    [
        ("There was nothing to compare: no task returned a table.", "there was nothing to compare: no task returned a"),
        ("", "there was no table to compare"),
        (None, "there was no table to compare"),
    ],
)
def test_no_table_is_not_equal(words: str | None, said_of_it: str) -> None:
    run = side_by_side({"equal": True, "words": words, "tables": [], "models": []})
    report = report_of(run, PRICES)
    assert (report["equal"], report["comparison"]["equal"]) == (None, None)
    assert report["sentences"][0]["kind"] == "note"
    assert report["sentences"][0]["text"].startswith(f"not compared: {said_of_it}")


def test_tables_without_rows_are_said_to_be_empty() -> None:
    none, some = equal_table(rows={"snowpark": 0, "kubernetes": 0}), equal_table()
    assert said(side_by_side({**EQUAL, "tables": [none, none]}))[0] == (
        "note",
        "equal, but empty: 2 tables without a row",
    )
    assert said(side_by_side({**EQUAL, "tables": [none, some]}))[0] == ("good", "equal: 2 tables, row by row")


@pytest.mark.parametrize(("snowpark", "kubernetes"), [(10, 10.9), (10.9, 10), (10, 10), (0.2, 0.6), (0, 0)])
def test_times_that_hardly_differ_are_about_as_fast(snowpark: float, kubernetes: float) -> None:
    assert "about as fast for train" in words_of(pair(snowpark, kubernetes))


@pytest.mark.parametrize(
    ("snowpark", "kubernetes", "words"), [(10, 21, "Snowpark 2.1 x"), (480, 12, "Kubernetes 40 x")]
)
def test_times_that_differ_are_told_by_their_factor(snowpark: float, kubernetes: float, words: str) -> None:
    assert f"{words} faster for train" in words_of(pair(snowpark, kubernetes))


def test_what_ran_in_the_same_place_for_both_targets_is_not_compared() -> None:
    query = {"run_as": "sql", "work_seconds": 1.0}
    pinned = {"run_as": "session", "target": "snowpark", "work_seconds": 1.0}
    tasks = (
        *(ran(f"{group}.publish", 0, seconds, **query) for group, seconds in (("snowpark", 2), ("kubernetes", 9))),
        *(ran(f"{group}.register", 0, seconds, **pinned) for group, seconds in (("snowpark", 2), ("kubernetes", 9))),
    )
    text = words_of(dataclasses.replace(side_by_side(), tasks=(*side_by_side().tasks, *tasks)))
    assert "publish" not in text
    assert "register" not in text


def test_what_cost_nothing_is_cheaper_than_what_cost_something() -> None:
    def of(target: str, seconds: float) -> TaskTry:
        return ran(f"{target}.train", 0, 9, target=target, **in_warehouse(seconds, run_as=f"in {target}"))

    def compared(snowpark: float, kubernetes: float) -> str:
        tasks = (of("snowpark", snowpark), of("kubernetes", kubernetes))
        return words_of(dataclasses.replace(side_by_side(), tasks=tasks))

    assert "Snowpark cheaper for train (it cost nothing)" in compared(0, 9)
    assert "Kubernetes cheaper for train (it cost nothing)" in compared(9, 0)
    assert "cost about the same for train" in compared(0, 0)


def test_no_time_is_faster_than_some() -> None:
    assert "Snowpark faster for train (it took no time)" in words_of(pair(0, 20))


def test_what_failed_and_what_did_not_run_is_said_before_what_was_faster() -> None:
    failed = dataclasses.replace(
        pair(3, 9),
        state="failed",
        tasks=(
            ran("snowpark.train", 0, 3),
            ran("kubernetes.train", 0, 9, state="failed", operator="SnowparkPodOperator"),
            ran("snowpark.predict", 3, 2),
            TaskTry("kubernetes.predict", -1, "upstream_failed", 0, None, None, operator="SnowparkBatchPodOperator"),
            TaskTry("compare", -1, "upstream_failed", 0, None, None),
        ),
    )
    sentences = said(failed)
    assert sentences[:2] == [
        ("failure", "failed: kubernetes.train"),
        ("failure", "did not run, as a task before failed: kubernetes.predict and compare"),
    ]
    assert not any("faster" in text for _, text in sentences)


def test_a_task_that_was_tried_again_is_named_and_its_whole_cost_is_not_known() -> None:
    last = ran("train", 9, 4, tries=3, run_as="udf", target="snowpark", **in_warehouse(3600))
    earlier = tuple(ran("train", number, 2, state="failed", tries=number) for number in (1, 2))
    found = words_of(dataclasses.replace(alone((last,)), earlier=earlier))
    assert found == "Succeeded in 1 min 10 s; tried more than once: train; it cost at least 2.00 USD."


def test_instances_that_failed_are_counted() -> None:
    tasks = tuple(ran("load", 0, 1, index=number, state="failed" if number < 3 else "success") for number in range(200))
    assert said(alone(tasks, "failed"))[0] == ("failure", "failed: load (3 of 200)")


def test_a_task_that_one_target_lacks_is_named() -> None:
    run = dataclasses.replace(pair(3, 9), tasks=(*pair(3, 9).tasks, ran("snowpark.predict", 3, 2)))
    assert ("failure", "Kubernetes has no task predict") in said(run)


def test_a_run_of_one_target_has_a_verdict_too() -> None:
    one = ran(
        "train", 0, 20, run_as="udf", startup_seconds=6.0, work_seconds=13.0, target="snowpark", **in_warehouse(3600)
    )
    assert words_of(alone((ran("load", 0, 1), one))) == (
        "Succeeded in 1 min 10 s; the slowest task is train (20.0 s); starting tasks took 6.0 s of it; "
        "it cost at least 2.00 USD."
    )


def test_a_variant_with_tasks_pinned_to_another_target_is_a_run_of_one_target() -> None:
    pinned = ran("register_model", 30, 2, run_as="session", target="snowpark")
    one = ran("train", 0, 20, operator="SnowparkPodOperator", run_as="pod", target="kubernetes")
    found = words_of(alone((one, pinned)))
    assert found == "Succeeded in 1 min 10 s; the slowest task is train (20.0 s)."


def test_a_run_without_measures_has_a_verdict_too() -> None:
    plain = ran("extract", 0, 3, operator="BashOperator"), ran("report", 4, 6, operator="EmailOperator")
    assert words_of(alone(plain)) == "Succeeded in 1 min 10 s; the slowest task is report (6.0 s)."


@pytest.mark.parametrize("state", ["success", "failed", "running", "queued"])
def test_a_run_without_tasks_says_so(state: str) -> None:
    run = Run("empty", "r", state, started=at(0), ended=at(1))
    assert "o task ran" in words_of(run)


def test_nothing_is_said_of_costs_that_are_not_known() -> None:
    assert "no prices are set, so costs are not known" in words_of(side_by_side(), {})
    assert "which was cheaper is not known" in words_of(side_by_side(), {"credit": {"price": 2, "source": "x"}})


def test_a_cost_of_which_no_part_is_known_is_not_told() -> None:
    nothing, unknown = ran("load", 0, 1, run_as="sql", statements=0), ran("train", 2, 5, run_as="pod", statements=0)
    assert "cost" not in words_of(alone((nothing, unknown)))


def test_a_run_under_way_is_not_called_a_success() -> None:
    assert said(side_by_side(None, "running"))[0] == ("failure", "the run has not ended: it is running")
