"""The page: differences first, nothing of a user's own text becomes markup, small whatever the run."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import pytest

from include.report.document import report_of
from include.report.page import MOST_BYTES, html
from include.report.runs import Run, RunTotals, TaskTry
from tests.report.airflow_database import at
from tests.report.reading import Page
from tests.report.runs_for_tests import (
    EARLIER,
    EQUAL,
    MISSING_TABLE,
    ONE_COLUMN,
    ONE_ROW,
    PRICES,
    alone,
    different,
    equal_table,
    in_warehouse,
    measured,
    pod,
    ran,
    side_by_side,
)

HOSTILE = """</script><script>alert(1)</script><img src=x onerror=alert(2)>"'&{{ 7*7 }}$x^2$\x00\x0b\ud800 ü 漢 ]]>"""
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "section",
        "footer",
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
        "li",
    ),
    *(
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "strong",
        "code",
        "figure",
        "figcaption",
        "script",
    ),
    *("svg", "desc", "g", "path", "defs", "use", "text", "clippath", "rect"),
}
"""What a page is made of."""


def page_of(run: Run, earlier: list[RunTotals] = EARLIER, prices: dict[str, Any] = PRICES) -> str:
    return html(report_of(run, prices, earlier))


@pytest.mark.parametrize(
    ("comparison", "first", "then"),
    [
        (
            ONE_ROW,
            "Different: P_SNOWPARK: 1 of 1,973 rows differs in PREDICTED_SECONDS (by 3.2 at most).",
            "1 row differs, matched by TRIP_ID.",
        ),
        (
            ONE_COLUMN,
            "Different: P_KUBERNETES has no column PREDICTED_SECONDS.",
            "Columns only in P_SNOWPARK: PREDICTED_SECONDS.",
        ),
        (MISSING_TABLE, "Different: P_KUBERNETES is missing.", "The table P_KUBERNETES of Kubernetes is missing."),
        (
            different("", only={"snowpark": 2, "kubernetes": 0}, differing=None, key=None),
            "Different: P_SNOWPARK.",
            "2 rows are only in P_SNOWPARK.",
        ),
    ],
)
def test_a_difference_is_the_first_thing_on_the_page_in_red(comparison: dict[str, Any], first: str, then: str) -> None:
    found = page_of(side_by_side(comparison, "failed"))
    page = Page(found)
    assert page.text[:3] == ["taxi_trip_duration_side_by_side", "Verdict", first]
    assert re.search(r'<section class="verdict difference".*?<li class="difference">', found, re.DOTALL)
    assert "li.difference, li.failure { color: var(--bad);" in found
    assert then in page.text
    results = [row["Result"] for row in page.rows("Tables that were compared")]
    assert results == ["different", "equal"]


def test_a_row_that_differs_is_shown_with_both_values() -> None:
    page = Page(page_of(side_by_side(ONE_ROW, "failed")))
    assert page.rows("Examples") == [
        {"Row": '{"TRIP_ID": 17}', "Column": "PREDICTED_SECONDS", "Snowpark": "845.1", "Kubernetes": "848.3"}
    ]
    (column,) = page.rows("Differences by column")
    heads = ("Rows that differ", "Within the tolerance", "Tolerance", "Largest difference")
    assert [column[head] for head in heads] == ["1", "4", "1e-06", "3.2000"]
    assert len(page.rows("Differences in PREDICTED_SECONDS")) == 3


def test_a_tolerance_that_decided_is_shown() -> None:
    columns = [
        {"name": "SCORE", "differing": 0, "within_tolerance": 12, "tolerance": {"relative": 1e-9}, "largest": 2e-10}
    ]
    tables = [equal_table(exact=False, columns=columns)]
    page = Page(page_of(side_by_side({**EQUAL, "tables": tables})))
    assert page.rows("Where a tolerance decided") == [
        {
            "Table": "P_SNOWPARK",
            "Column": "SCORE",
            "Rows within it": "12",
            "Tolerance": '{"relative": 1e-09}',
            "Largest difference": "2e-10",
        }
    ]
    assert page.rows("Tables that were compared")[0]["Result"] == "equal within the tolerances"


def hostile() -> Run:
    """A run in which everything that people or programs can name is called so as to break the page."""
    tables = {"snowpark": HOSTILE, "kubernetes": f"{HOSTILE}2"}
    comparison = {
        "equal": False,
        "words": HOSTILE,
        "tables": [
            {
                "task": HOSTILE,
                "tables": tables,
                "equal": False,
                "exact": False,
                "missing": [HOSTILE, "snowpark"],
                "rows": {HOSTILE: 3},
                "columns_only": {"snowpark": [HOSTILE], HOSTILE: [HOSTILE]},
                "key": [HOSTILE],
                "types": [{"name": HOSTILE, "snowpark": HOSTILE}],
                "only": {HOSTILE: 1},
                "differing": 2,
                "columns": [{"name": HOSTILE, "differing": 1, "tolerance": HOSTILE, "largest": float("nan")}],
                "examples": [
                    {"key": {HOSTILE: HOSTILE}, "column": HOSTILE, "snowpark": HOSTILE},
                    {"only": HOSTILE, "row": HOSTILE},
                ],
                "differences": {"column": HOSTILE, "edges": [0, 1], "counts": [1]},
            }
        ],
        "models": [{"task": HOSTILE, "models": {"snowpark": HOSTILE}, "same": None, "by": HOSTILE}],
    }
    words: dict[str, Any] = dict.fromkeys(("run_as", "warehouse", "warehouse_size", "version"), HOSTILE)
    result = {
        "metrics": {HOSTILE: {HOSTILE: 1}},
        "errors": {"edges": [0, 1], "counts": [1], "unit": HOSTILE},
        "model": HOSTILE,
    }
    task = ran(
        f"snowpark.{HOSTILE}",
        0,
        3,
        result=result,
        state=HOSTILE,
        target="snowpark",
        memory_bytes=5,
        bytes_read=7,
        pod={"node": HOSTILE, "image": HOSTILE},
        warehouse_seconds=1,
        **words,
    )
    mapped = ran("kubernetes.m", 0, 3, index=0, label=HOSTILE, result=result, target="kubernetes", work_seconds=1)
    compared = dataclasses.replace(ran("compare", 5, 1), result=comparison)
    return Run(HOSTILE, HOSTILE, HOSTILE, HOSTILE, at(0), at(0), at(9), HOSTILE, (task, mapped, compared))


def test_nothing_that_anybody_named_becomes_markup() -> None:
    prices = {"currency": HOSTILE, "credit": {"price": 1, "source": HOSTILE}, "credits_per_hour": {HOSTILE: 1}}
    earlier = [RunTotals(HOSTILE, HOSTILE, at(0), 9, {"snowpark": 1}, None)] * 3
    found = page_of(hostile(), earlier, prices)
    page = Page(found)
    assert set(page.elements) <= ELEMENTS
    assert page.elements.count("script") == 1
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert not [value for name, value in page.attributes if name == "href" and not value.startswith("#")]
    assert "49" not in page.text  # templates within are no templates
    assert json.loads(page.data["report"])["comparison"]["words"].startswith("</script><script>alert(1)")
    found.encode("utf-8")


@pytest.mark.parametrize(
    "value",
    [
        None,
        0,
        1.5,
        "text",
        [],
        [1],
        {"equal": "yes"},
        {"equal": True, "tables": 3},
        {"equal": False, "tables": [None, "x", {}]},
    ],
)
def test_another_task_that_is_called_compare_does_no_harm(value: Any) -> None:
    page_of(dataclasses.replace(side_by_side(), tasks=(*side_by_side().tasks[:-1], ran("compare", 5, 1, result=value))))


@pytest.mark.parametrize("junk", [None, "text", -1, float("nan"), float("inf"), [], {}, True, 10**400])
def test_measures_that_are_none_are_not_known(junk: Any) -> None:
    keys = measured()
    task = dataclasses.replace(
        ran("one", 0, 3), measures=dict.fromkeys(keys, junk), result={"metrics": junk, "errors": junk}
    )
    report = report_of(alone((task,)), PRICES)
    (step,) = report["tasks"]
    assert [step[key] for key in ("work_seconds", "cpu_seconds", "memory_bytes", "bytes_read", "warehouse_size")][
        :-1
    ] == [None] * 4
    assert report["cost"]["complete"] is False
    html(json.loads(json.dumps(report, allow_nan=False)))


@pytest.mark.parametrize(
    "run",
    [
        Run("empty", "r", "success", started=at(0), ended=at(1)),
        Run("not_started", "r", "queued"),
        alone((ran("extract", 0, 3, operator="BashOperator"), ran("report", 4, 6, operator="EmailOperator"))),
        alone((TaskTry("one", -1, "none", 0, None, None), TaskTry("two", -1, "running", 1, None, None, started=at(0)))),
        alone((ran("one", 0, 0.0, work_seconds=0.0, memory_bytes=0, **in_warehouse(0.0)),)),
    ],
    ids=["no tasks", "not started", "no measures", "none has ended", "all is nothing"],
)
def test_a_run_of_which_little_is_known_has_a_page(run: Run) -> None:
    page = Page(page_of(run, [], {}))
    assert page.text[:2] == [run.dag_id, "Verdict"]
    assert "nan" not in " ".join(page.text).lower().split()


def test_the_sums_of_a_run_of_one_target_have_its_other_tasks_too() -> None:
    load = ran("load", 0, 4, operator="SnowflakeSQLOperator", run_as="sql", rows_written=10_000, **in_warehouse(3600))
    train = ran("train", 5, 20, target="snowpark", run_as="udf", **in_warehouse(1800))
    page = Page(page_of(alone((load, train))))
    sums = {row[""]: (row["Snowpark"], row["Other tasks"]) for row in page.rows("Sums over the tasks")}
    assert (sums["Tasks"], sums["Cost"]) == (("1", "1"), ("1.00 USD", "2.00 USD"))
    costs = {row["Tasks of"]: row["Sum"] for row in page.rows("Cost by target: the numbers")}
    assert costs == {"Snowpark": "1.00 USD", "other tasks": "2.00 USD"}

    page = Page(page_of(alone((train,))))
    assert set(page.rows("Sums over the tasks")[0]) == {"", "Snowpark"}
    assert [row["Tasks of"] for row in page.rows("Cost by target: the numbers")] == ["Snowpark"]


def test_a_target_without_pods_paid_for_none_of_them() -> None:
    in_pod = ran("kubernetes.train", 0, 9, target="kubernetes", run_as="pod", cpu_seconds=9, memory_bytes=9, pod=pod())
    in_udf = ran("snowpark.train", 0, 9, target="snowpark", run_as="udf", **in_warehouse(3600))
    unmeasured = ran("snowpark.predict", 9, 9)

    def paid_for_pods(*tasks: TaskTry) -> str:
        run = dataclasses.replace(side_by_side(), tasks=tasks)
        rows = {row["Tasks of"]: row["Pod"] for row in Page(page_of(run)).rows("Cost by target: the numbers")}
        return rows["Snowpark"]

    assert paid_for_pods(in_pod, in_udf) == "none"
    assert paid_for_pods(in_pod, in_udf, unmeasured) == "not known"


@pytest.mark.parametrize("clipped", [True, False, None, "yes"])
def test_outer_bars_that_count_all_beyond_are_called_so(clipped: Any) -> None:
    errors = {"edges": [-900, -840, 0, 840, 900], "counts": [7, 1, 2, 9], "unit": "seconds", "clipped": clipped}
    found = page_of(alone((ran("evaluate", 0, 3, result={"errors": errors}),)))
    rows = [
        (row["From"], row["To"], row["Snowpark"]) for row in Page(found).rows("Errors of the predictions: evaluate")
    ]
    inner = [("-840", "0", "1"), ("0", "840", "2")]
    if clipped is True:
        assert rows == [("-840 or less", "", "7"), *inner, ("840 or more", "", "9")]
    else:
        assert rows == [("-900", "-840", "7"), *inner, ("840", "900", "9")]
    (drawing,) = re.findall(r"<svg[^>]*errors0-title.*?</svg>", found, re.DOTALL)
    for name in ("-840 or less", "840 or more"):
        assert len(re.findall(rf"<text[^>]*>{name}</text>", drawing)) == (clipped is True)
        assert (name in re.sub(r"<text.*?</text>", "", drawing)) == (clipped is True)  # in its description


@pytest.mark.parametrize(("edges", "counts"), [([0, 1], [3]), ([-1, 0, 1], [1, 2]), ([1e-9, 2e-9, 3e-9], [1, 2])])
def test_few_bars_that_are_clipped_have_a_page(edges: list[float], counts: list[int]) -> None:
    result = {"errors": {"edges": edges, "counts": counts, "clipped": True}}
    rows = Page(page_of(alone((ran("evaluate", 0, 3, result=result),)))).rows("Errors of the predictions: evaluate")
    assert len(rows) == len(counts)
    assert ("or less" in rows[0]["From"]) == (len(counts) > 1)


def test_how_long_a_task_was_queued_before_it_was_deferred_is_not_known() -> None:
    task = dataclasses.replace(ran("train", 5, 20, work_seconds=3.0), queued=at(12))
    (step,) = report_of(alone((task,)), PRICES)["tasks"]
    assert (step["queued_seconds"], "queued_seconds" in step["lacking"]) == (None, True)
    (row,) = Page(page_of(alone((task,)))).rows("Time by task and phase")
    assert row["Queued"] == "not known"
    (step,) = report_of(alone((dataclasses.replace(task, queued=at(5)),)), PRICES)["tasks"]
    assert step["queued_seconds"] == 0


def test_a_model_is_named_by_a_task_that_need_not_have_trained_it() -> None:
    models = [{"task": "choose_model", "models": {"snowpark": "a", "kubernetes": "b"}, "same": True, "by": "metrics"}]
    (row,) = Page(page_of(side_by_side({**EQUAL, "models": models}))).rows("Models that were compared")
    assert row["Named by"] == "choose_model"


def test_a_run_without_measures_says_that_they_are_not_known_and_nothing_is_free() -> None:
    page = Page(page_of(alone((ran("extract", 0, 3, operator="BashOperator"),))))
    (row,) = page.rows("Cost by task")
    assert (row["Cost"], row["How it is computed"]) == ("not known", "not known: the task measured nothing")
    (task,) = page.rows("Every task")
    assert (task["Took"], task["CPU time"], task["Memory"], task["Statements"]) == (
        "3.0 s",
        "not known",
        "not known",
        "not known",
    )


def test_a_huge_run_is_under_a_megabyte_and_says_what_it_leaves_out() -> None:
    tasks = tuple(
        ran(
            f"{target}.task_{number}_{'with_a_long_name_' * 6}",
            number,
            2,
            index=index,
            label="x" * 200,
            target=target,
            run_as="session",
            cpu_seconds=1.0,
            memory_bytes=10**8,
            startup_seconds=1.0,
            work_seconds=0.5,
            version="v" * 300,
            result={"metrics": {f"m{index}": {"mae": index}}, "model": "m" * 5000},
            bytes_read=5,
            **in_warehouse(1.0),
        )
        for target in ("snowpark", "kubernetes")
        for number in range(60)
        for index in range(200 if number < 2 else 1)
    )
    comparison = {
        **EQUAL,
        "tables": [equal_table(tables={"snowpark": "T" * 250, "kubernetes": "U" * 250}) for _ in range(400)],
    }
    run = dataclasses.replace(side_by_side(comparison), tasks=(*tasks, ran("compare", 0, 1, result=comparison)))
    found = page_of(run, [RunTotals(f"r{n}", "success", at(n), n, {"snowpark": n}, True) for n in range(20)])
    assert len(found.encode()) < MOST_BYTES
    page = Page(found)
    assert "report.json" in found
    assert any("200 instances" in text for text in page.text)
    assert [row for row in page.rows("Tables that were compared") if row["Result"] == "equal"]


def test_the_page_needs_no_network_and_is_the_same_each_time() -> None:
    found = page_of(side_by_side(ONE_ROW, "failed"))
    assert found == page_of(side_by_side(ONE_ROW, "failed"))
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)|url\((?!#)|@import""", found)
    assert "default-src 'none'" in found


def test_every_plot_has_words_a_table_and_ids_of_its_own() -> None:
    found = page_of(side_by_side(ONE_ROW, "failed"))
    plots = re.findall(r"<svg.*?</svg>", found, re.DOTALL)
    titles = [re.search(r"<title[^>]*>(.*?)</title>", plot) for plot in plots]
    assert [title and title[1] for title in titles] == [
        "Time by task and phase",
        "Memory against limit",
        "Data moved",
        "Cost by target",
        "Errors of the predictions: evaluate",
        "Differences in PREDICTED_SECONDS",
        "Trend over runs",
    ]
    tables = Page(found).tables
    for plot, title in zip(plots, titles, strict=True):
        assert 'role="img"' in plot
        assert re.search(r"<desc[^>]*>[^<]{20,}</desc>", plot)
        assert "<text" in plot
        assert not re.search(r"#[0-9a-f]{6}", plot)
        assert title
        assert f"{title[1]}: the numbers" in tables
    ids = re.findall(r'\bid="([^"]+)"', found)
    assert len(ids) == len(set(ids))
