"""What a prediction may know of a flight: nothing that comes to light after it is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas
import pytest
from snowflake.snowpark import Session

from include.tasks.flight_features import AHEAD, COLUMNS, FEATURES, TAXIING, build_features, stage_files
from tests.tasks.conftest import Tables

OUTCOME = ["DEP_TIME", "DEP_DELAY", "ARR_TIME", "ARR_DELAY", "AIR_TIME"]
SHORT = {"CARRIER": "UA", "ORIGIN": "EWR", "DEST": "BOS", "TAILNUM": "N1", "SCHED_ARR_TIME": 800, "DISTANCE": 200}


def built(snowflake: Session, tables: Tables, **options: Any) -> dict[str, Any]:
    for name, rows in tables.items():
        snowflake.write_pandas(
            rows, name.upper(), auto_create_table=True, overwrite=True, use_logical_type=True, quote_identifiers=False
        )
    return build_features(snowflake, "FLIGHTS", "WEATHER", "PLANES", "FEATURES", **options)


def features(snowflake: Session) -> pandas.DataFrame:
    return snowflake.table("FEATURES").order_by("FLIGHT_ID").to_pandas()


def flights(*rows: dict[str, Any]) -> pandas.DataFrame:
    """Flights of one day in the summer: `at` is the scheduled hour, local; `late` both on departure and arrival."""
    made = []
    for number, row in enumerate(rows):
        at, late = row.pop("at"), row.pop("late", None)
        moment = pandas.Timestamp("2013-07-01") + pandas.Timedelta(hours=at + 4)
        outcome = {"DEP_DELAY": late, "ARR_DELAY": late, "AIR_TIME": None if late is None else 40}
        when = {"YEAR": 2013, "MONTH": 7, "DAY": 1, "HOUR": at, "MINUTE": 0, "SCHED_DEP_TIME": at * 100}
        made.append({**SHORT, "FLIGHT": number, "TIME_HOUR": moment, **when, **outcome, **row})
    return pandas.DataFrame(made).convert_dtypes()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("include.tasks.flight_features.FEWEST_FLIGHTS", 0)


def test_each_flight_has_one_row(snowflake: Session, sample: Tables) -> None:
    found = built(snowflake, sample)

    arrived = int(sample["flights"]["ARR_DELAY"].notna().sum())
    assert found == {
        "table": "FEATURES",
        "features": FEATURES,
        "rows": len(sample["flights"]),
        "arrived": arrived,
        "months": list(range(1, 13)),
        "train_until": "2013-10-10 00:49:36",
    }
    made = features(snowflake)
    assert list(made["FLIGHT_ID"]) == list(range(1, len(made) + 1))
    assert list(made.columns) == ["FLIGHT_ID", "SCHEDULED", "MONTH", *FEATURES, "ARR_DELAY"]
    assert made["ARR_DELAY"].notna().sum() == arrived
    assert all(made[name].notna().any() for name in FEATURES)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("moment", ["2013-03-15 16:00:00", "2013-10-15 22:30:00"])
def test_what_happens_later_changes_nothing(snowflake: Session, sample: Tables, moment: str) -> None:
    """Predictions made until a moment are the same if nothing that happened after it had happened."""
    built(snowflake, sample)
    before = features(snowflake)
    known = sample["flights"].copy()
    scheduled = known["TIME_HOUR"] + pandas.to_timedelta(known["MINUTE"].astype(int), unit="min")
    left = scheduled + pandas.to_timedelta(known["DEP_DELAY"].astype("Float64"), unit="min")
    landed = left + pandas.to_timedelta(known["AIR_TIME"].astype("Float64"), unit="min")
    known.loc[left > moment, OUTCOME] = None
    known.loc[landed + pandas.Timedelta(seconds=TAXIING) > moment, ["ARR_TIME", "ARR_DELAY"]] = None
    assert known["DEP_DELAY"].isna().sum() > sample["flights"]["DEP_DELAY"].isna().sum()
    weather = sample["weather"][sample["weather"]["TIME_HOUR"] <= moment].reset_index(drop=True)

    built(snowflake, {**sample, "flights": known, "weather": weather})

    made = before["SCHEDULED"] <= pandas.Timestamp(moment) + pandas.Timedelta(seconds=AHEAD)
    assert 100 < made.sum() < len(made)
    pandas.testing.assert_frame_equal(features(snowflake)[made][FEATURES], before[made][FEATURES], check_dtype=False)


@pytest.mark.usefixtures("few")
def test_earlier_delays_are_those_of_flights_that_had_left_or_landed(snowflake: Session, sample: Tables) -> None:
    rows = flights(
        {"at": 6, "late": 10},
        {"at": 7, "late": 20, "TAILNUM": "N2", "CARRIER": "DL"},
        {"at": 7, "late": 600, "TAILNUM": "N3"},  # leaves at 17
        {"at": 7, "TAILNUM": "N4"},  # is cancelled
        {"at": 9, "late": 0},
        {"at": 13, "late": 0, "TAILNUM": "N3"},
        {"at": 18, "late": 5, "TAILNUM": "N3"},
        {"at": 20, "late": 5, "TAILNUM": "N3"},
        {"at": 20, "late": 5, "TAILNUM": None, "ORIGIN": "JFK", "DEST": "SFO"},
    )
    built(snowflake, {**sample, "flights": rows})
    names = ["ORIGIN_DELAY", "CARRIER_DELAY", "DEST_DELAY", "PLANE_DELAY"]
    made = features(snowflake).astype(dict.fromkeys(names, "float"))[names].round(3)
    assert made.astype(object).where(made.notna(), None).values.tolist() == [
        [None, None, None, None],
        [None, None, None, None],
        [None, None, None, None],
        [None, None, None, None],
        [15, 10, 10, 10],  # at 8: two had left, one had landed; nothing is known of the one that is to leave at 17
        [0, 0, 10, None],  # at 12: only the one of 9 left in the last three hours
        [600, 600, 7.5, 0],  # at 17: the late one has just left; what its plane did before it is known
        [302.5, 302.5, 126, 600],  # at 19: it has landed, at 18:40
        [None, None, None, None],  # another airport, another place, an unknown plane
    ]


@pytest.mark.usefixtures("few")
def test_the_weather_is_that_of_the_hour_before_and_gaps_stay_gaps(snowflake: Session, sample: Tables) -> None:
    rows = flights({"at": 6, "late": 1}, {"at": 7, "late": 1, "TAILNUM": "N9"})
    seen = sample["weather"].head(2).assign(ORIGIN="EWR", TIME_HOUR=rows["TIME_HOUR"], TEMP=[61, 72])
    built(
        snowflake,
        {"flights": rows, "weather": seen, "planes": sample["planes"].head(1).assign(TAILNUM="N1", SEATS=9)},
    )
    made = features(snowflake)
    assert made["TEMP"].isna().tolist() == [True, False]
    assert made["TEMP"][1] == 61
    assert made["SEATS"].isna().tolist() == [False, True]
    assert made["SEATS"][0] == 9


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("soon", r"params\.train_until: 'soon' is no date"),
        ("2014-01-01", r"leaves 1440 flights to train on and 0 to test on; at least 100 are needed"),
    ],
)
def test_what_cannot_be_split_is_told(snowflake: Session, sample: Tables, until: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        built(snowflake, sample, train_until=until)


def test_flights_of_which_none_arrived_are_told(snowflake: Session, sample: Tables) -> None:
    nowhere = sample["flights"].assign(ARR_DELAY=pandas.array([None] * len(sample["flights"]), "Int64"))
    with pytest.raises(ValueError, match=r"No flight of the source arrived: look at arr_delay"):
        built(snowflake, {**sample, "flights": nowhere})


class TestStageFiles:
    @pytest.fixture
    def source(self, root: Path, tmp_path: Path) -> Path:
        for name, columns in COLUMNS.items():
            (tmp_path / f"{name}.csv").write_text(",".join(columns) + "\n")
        return tmp_path

    def test_the_files_replace_those_of_an_earlier_run(self, snowflake: Session, source: Path) -> None:
        snowflake.sql("CREATE OR REPLACE STAGE S").collect()
        for _ in range(2):
            assert stage_files(snowflake, str(source), "S")["files"] == ["flights.csv", "weather.csv", "planes.csv"]
        names = [row[0] for row in snowflake.sql("LIST @S").collect()]
        assert sorted(names) == [f"s/files/{name}.csv.gz" for name in sorted(COLUMNS)]

    def test_a_file_that_is_not_there_is_told(self, snowflake: Session, source: Path) -> None:
        (source / "planes.csv").unlink()
        with pytest.raises(FileNotFoundError, match=r"params\.source: there is no planes\.csv in .* `make data`"):
            stage_files(snowflake, str(source), "S")

    def test_a_column_that_is_not_there_is_told(self, snowflake: Session, source: Path) -> None:
        (source / "weather.csv").write_text(",".join(COLUMNS["weather"][:-2]) + "\n")
        with pytest.raises(ValueError, match=r"weather\.csv:1: the header lacks visib, time_hour\."):
            stage_files(snowflake, str(source), "S")
