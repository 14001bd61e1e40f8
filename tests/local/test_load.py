"""What a load finds wrong: runs that failed, other numbers than most have, tries at the same time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from include.local.load import checks
from include.local.load.figures import summary
from include.local.load.runs import SIDE_BY_SIDE, SNOWPARK, Run, Try

RUNS = [Run(SNOWPARK, f"load_s{number}", f"LOAD_S{number}") for number in range(3)]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _try(number: int, started: float, ended: float | None, task: str = "train") -> Try:
    moments = (NOON, NOON + timedelta(seconds=started))
    return Try(task, number, "success", *moments, None if ended is None else NOON + timedelta(seconds=ended))


def test_each_run_that_did_not_succeed_is_told() -> None:
    states = dict(zip(RUNS, ("success", "failed", "running"), strict=True))

    assert [line.rpartition(": ")[2] for line in checks.failures(states)] == ["failed", "running"]


def test_predictions_that_are_not_those_of_most_runs_are_told() -> None:
    rows = {f"{run.prefix}_PREDICTIONS_SNOWPARK": (10, 77) for run in RUNS}
    assert list(checks.wrong_numbers(RUNS, rows)) == []

    rows["LOAD_S1_PREDICTIONS_SNOWPARK"] = (10, 78)
    del rows["LOAD_S2_PREDICTIONS_SNOWPARK"]
    more = [*RUNS, Run(SNOWPARK, "load_s3", "LOAD_S3")]
    rows["LOAD_S3_PREDICTIONS_SNOWPARK"] = (10, 77)
    assert [line.split()[1] for line in checks.wrong_numbers(more, rows)] == ["load_s1:", "load_s2:"]


def test_runs_without_predictions_are_wrong_though_they_are_all_alike() -> None:
    rows = {f"{run.prefix}_PREDICTIONS_SNOWPARK": (0, None) for run in RUNS}

    assert len(list(checks.wrong_numbers(RUNS, rows))) == 3


def test_both_targets_of_a_run_side_by_side_are_looked_at() -> None:
    run = Run(SIDE_BY_SIDE, "load_b0", "LOAD_B0")

    (line,) = checks.wrong_numbers([run], {"LOAD_B0_PREDICTIONS_SNOWPARK": (1, 2)})
    assert "LOAD_B0_PREDICTIONS_KUBERNETES" in line


def test_a_try_that_began_before_the_one_before_had_ended_is_told() -> None:
    after, before, unknown = [_try(1, 0, 5), _try(2, 6, 9)], [_try(1, 0, 5), _try(2, 4, 9)], [_try(1, 0, None)]

    assert list(checks.at_the_same_time(RUNS[0], after)) == []
    assert len(list(checks.at_the_same_time(RUNS[0], before))) == 1
    assert len(list(checks.at_the_same_time(RUNS[0], [*unknown, _try(2, 4, 9)]))) == 1
    assert list(checks.at_the_same_time(RUNS[0], [_try(1, 0, 5), _try(1, 2, 9, "evaluate")])) == []


def test_the_last_line_sums_up() -> None:
    line = summary(2, 60, [_try(1, 1, 5), _try(2, 3, 9)], {"scheduler": 190})

    assert line.startswith("load: 2 runs in 60 s, 2.0 a minute; 2 tries of tasks, 1 of them a second or later;")
    assert "2.0 s (median)" in line
    assert line.endswith("scheduler 190")
