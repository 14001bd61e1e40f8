"""The example's functions as far as they need no Snowflake to run SQL; the pipeline's tests show what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas
import pytest
from snowflake.snowpark import Session

from include.tasks import taxi
from include.tasks.taxi import COLUMNS, FEATURES, build_features, predict_duration, stage_files
from tests.scripted_snowflake import ScriptedSnowflake

FIRST, LAST = datetime(2019, 1, 1), datetime(2019, 1, 11)


class TestStageFiles:
    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        folder = tmp_path / "trips"
        folder.mkdir()
        return folder

    def test_the_files_replace_those_of_an_earlier_run(
        self, scripted: ScriptedSnowflake, session: Session, source: Path
    ) -> None:
        for name in ("b.csv", "a.csv"):
            (source / name).write_text(",".join(COLUMNS) + "\n")
        assert stage_files(session, str(source), "trips") == {"files": ["a.csv", "b.csv"], "stage": "@trips/trips"}
        assert scripted.statements("^(remove|put)")[0] == "REMOVE @trips/trips"
        assert sorted(path.name.removesuffix(".gz") for path in scripted.stage.iterdir()) == ["a.csv", "b.csv"]

    def test_a_folder_that_is_not_there_is_told(self, session: Session) -> None:
        with pytest.raises(FileNotFoundError, match=r"params\.source: there is no folder .*/include/nowhere\. Name"):
            stage_files(session, "include/nowhere", "trips")

    def test_a_folder_without_files_is_told(self, session: Session, source: Path) -> None:
        with pytest.raises(FileNotFoundError, match=r"params\.source: no \*\.csv file in "):
            stage_files(session, str(source), "trips")

    @pytest.mark.parametrize(
        ("header", "says"),
        [
            ([], "missing: vendor_id, "),
            (COLUMNS[1:], r"missing: vendor_id\)"),
            ([*COLUMNS, "tips"], r"unknown: tips\)"),
            (COLUMNS[::-1], r"the columns are in another order\)"),
        ],
    )
    def test_another_header_is_told_and_nothing_is_staged(
        self, scripted: ScriptedSnowflake, session: Session, source: Path, header: list[str], says: str
    ) -> None:
        (source / "a.csv").write_text(",".join(header) + "\n")
        with pytest.raises(ValueError, match=rf"a\.csv:1: wrong header \({says}"):
            stage_files(session, str(source), "trips")
        assert scripted.statements("^(remove|put)") == []


class TestBuildFeatures:
    @pytest.fixture
    def trips(self, scripted: ScriptedSnowflake) -> ScriptedSnowflake:
        """130 plausible trips of ten days."""
        left_out = {"MISSING_ZONE": 1, "DURATION_NOT_1_MINUTE_TO_3_HOURS": None, "DISTANCE_NOT_0_TO_100_MILES": 2}
        scripted.answers = {
            'AS "MISSING_ZONE"': [left_out],
            'AS "FIRST"': [{"FIRST": FIRST, "LAST": LAST}],
            'AS "PAST"': [{"PAST": 100, "FUTURE": 30}],
            r"^SELECT count\(": [{"COUNT": 130}],
            r"FROM TRIPS": [dict.fromkeys(map(str.upper, COLUMNS), 1)],
        }
        return scripted

    def test_past_ends_at_four_fifths_of_the_time(self, trips: ScriptedSnowflake, session: Session) -> None:
        assert build_features(session, "TRIPS", "FEATURES") == {
            "table": "FEATURES",
            "rows": 130,
            "left_out": {
                "missing_zone": 1,
                "duration_not_1_minute_to_3_hours": 0,
                "distance_not_0_to_100_miles": 2,
            },
            "train_until": "2019-01-09 00:00:00",
        }
        (made,) = trips.statements(r"^CREATE .*TABLE\s+FEATURES")
        assert all(f'"{name}"' in made for name in (*FEATURES, "TRIP_ID", "TRIP_DURATION"))

    def test_past_ends_when_the_user_says(self, trips: ScriptedSnowflake, session: Session) -> None:
        found = build_features(session, "TRIPS", "FEATURES", "2019-01-05T12:00:00")
        assert found["train_until"] == "2019-01-05 12:00:00"

    @pytest.mark.parametrize(
        ("until", "answers", "says"),
        [
            ("soon", {}, r"params\.train_until: 'soon' is no date"),
            (
                None,
                {'AS "PAST"': [{"PAST": 100, "FUTURE": 3}]},
                r"2019-01-09 00:00:00 leaves 100 trips to train on and 3 to test on; at least 20 are needed",
            ),
            (None, {'AS "FIRST"': [{"FIRST": None, "LAST": None}]}, "No plausible trip in the source"),
        ],
    )
    def test_what_cannot_be_split_is_told_and_no_table_is_made(
        self, trips: ScriptedSnowflake, session: Session, until: str | None, answers: Mapping[str, Any], says: str
    ) -> None:
        trips.answers |= answers
        with pytest.raises(ValueError, match=says):
            build_features(session, "TRIPS", "FEATURES", until)
        assert trips.statements(r"^CREATE .*TABLE") == []


def test_a_prediction_is_of_the_features_as_floats() -> None:
    batch = pandas.DataFrame({name: [1, 2] for name in ["EXTRA", *reversed(FEATURES)]})
    model = SimpleNamespace(predict=lambda given: (list(given.columns), set(map(str, given.dtypes))))
    assert predict_duration(batch, model) == (FEATURES, {"float64"})


def test_metrics_replace_those_of_this_target_in_one_transaction(scripted: ScriptedSnowflake, session: Session) -> None:
    measured = {"linear": {"mae": 300.0, "median_ae": 200.0, "r2": 0.5}}
    taxi._replace_metrics(session, "METRICS", "snowpark", measured, 30)
    asked = scripted.statements("METRICS|BEGIN|COMMIT")
    assert [statement.split()[0] for statement in asked] == ["CREATE", "BEGIN", "DELETE", "INSERT", "COMMIT"]
