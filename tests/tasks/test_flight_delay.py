"""Training, predictions and errors of the flights, on the sample in an embedded Snowflake."""

from __future__ import annotations

from typing import Any

import pandas
import pytest
from snowflake.snowpark import Session

from include.tasks.flight_delay import evaluate, month_statistics
from include.tasks.flight_features import FEATURES, NAMES
from tests.laptop import Laptop
from tests.tasks.conftest import Tables, in_snowpark

UNTIL = "2013-10-01"

TRAIN = f"""
from include.tasks.flight_delay import train
print(json.dumps(train(session, "FEATURES", "MODELS", "{UNTIL}")))
"""
PREDICT = """
import tempfile
from pathlib import Path
from include.runtime.models import load_model
from include.tasks.flight_delay import predict_delay
from include.tasks.flight_features import FEATURES

rows = session.table("FEATURES").order_by("FLIGHT_ID").to_pandas()
with tempfile.TemporaryDirectory() as folder:
    session.file.get(MODEL, folder)
    model = load_model(Path(folder, "model.joblib"))
unknown = rows.head(1)[FEATURES].astype(object).assign(CARRIER="ZZ", DEST=None, PLANE_YEAR=None, TEMP=None)
narrow = rows.assign(HOUR=rows["HOUR"].astype("int8"))
print(json.dumps({
    "unknown": [-100 < delay < 1000 for delay in predict_delay(unknown, model).tolist()],
    "narrow": bool((predict_delay(narrow, model) == predict_delay(rows, model)).all()),
}))
"""


@pytest.fixture(scope="module")
def rows(sample: Tables) -> pandas.DataFrame:
    """Flights whose delay follows from the hour, with names and numbers of the real kinds."""
    flights = sample["flights"]
    made = pandas.DataFrame({name: range(len(flights)) for name in FEATURES}).astype("Float64")
    made[NAMES] = flights[NAMES]
    made["HOUR"], made["MONTH"], made["ARR_DELAY"] = flights["HOUR"], flights["MONTH"], flights["ARR_DELAY"]
    made["PLANE_YEAR"] = made["PLANE_YEAR"].where(made.index % 7 > 0)
    made["FLIGHT_ID"] = range(1, len(made) + 1)
    made["SCHEDULED"] = flights["TIME_HOUR"]
    return made


@pytest.fixture(scope="module")
def session(snowflake: Session, rows: pandas.DataFrame) -> Session:
    snowflake.write_pandas(
        rows, "FEATURES", auto_create_table=True, overwrite=True, use_logical_type=True, quote_identifiers=False
    )
    snowflake.sql("CREATE OR REPLACE STAGE MODELS").collect()
    return snowflake


@pytest.fixture(scope="module")
def trained(session: Session, laptop: Laptop) -> list[dict[str, Any]]:
    """What a training on one core gives, and on two, in the interpreter that has scikit-learn."""
    return [in_snowpark(laptop, TRAIN, OMP_NUM_THREADS=cores) for cores in ("1", "2")]


def test_the_model_is_the_same_on_any_number_of_cores(trained: list[dict[str, Any]]) -> None:
    assert trained[0] == trained[1]


def test_it_knows_the_past_alone(rows: pandas.DataFrame, trained: list[dict[str, Any]]) -> None:
    past = (rows["SCHEDULED"] < UNTIL) & rows["ARR_DELAY"].notna()
    assert trained[0]["rows"] == past.sum()


def test_a_prediction_needs_no_value_and_no_name_that_it_has_seen(
    trained: list[dict[str, Any]], laptop: Laptop
) -> None:
    assert in_snowpark(laptop, f"MODEL = {trained[0]['model']!r}\n{PREDICT}") == {
        "unknown": [True],
        "narrow": True,
    }


def test_errors_are_of_the_future_and_baselines_of_the_past(session: Session, rows: pandas.DataFrame) -> None:
    guesses = rows[["FLIGHT_ID"]].assign(PREDICTED_DELAY=(rows["ARR_DELAY"] + 3.0).fillna(0.0).astype("float64"))
    session.write_pandas(guesses, "GUESSES", auto_create_table=True, overwrite=True, quote_identifiers=False)

    found = evaluate(session, "FEATURES", "GUESSES", "METRICS", "here", UNTIL)

    arrived = rows[rows["ARR_DELAY"].notna()]
    past, future = arrived[arrived["SCHEDULED"] < UNTIL], arrived[arrived["SCHEDULED"] >= UNTIL]
    mean = past["ARR_DELAY"].astype("float64").mean()
    assert found["test_rows"] == len(future)
    assert found["metrics"]["trees"] == pytest.approx({"mae": 3, "rmse": 3})
    assert found["metrics"]["mean"]["mae"] == pytest.approx((future["ARR_DELAY"] - mean).abs().mean())
    by_hour = past.groupby(["CARRIER", "HOUR"])["ARR_DELAY"].mean()
    guess = [by_hour.get((row.CARRIER, row.HOUR), mean) for row in future.itertuples()]
    assert found["metrics"]["carrier_and_hour"]["mae"] == pytest.approx((future["ARR_DELAY"] - guess).abs().mean())
    assert found["better"] is True
    kept = session.table("METRICS").order_by("MODEL").collect()
    assert [(row["TARGET"], row["MODEL"], row["TEST_ROWS"]) for row in kept] == [
        ("here", name, len(future)) for name in ("carrier_and_hour", "mean", "trees")
    ]


def test_predictions_that_are_no_better_are_called_so(session: Session, rows: pandas.DataFrame) -> None:
    guesses = rows[["FLIGHT_ID"]].assign(PREDICTED_DELAY=1000.0)
    session.write_pandas(guesses, "GUESSES", auto_create_table=True, overwrite=True, quote_identifiers=False)
    assert evaluate(session, "FEATURES", "GUESSES", "METRICS", "here", UNTIL)["better"] is False


def test_a_month_is_counted(session: Session, rows: pandas.DataFrame) -> None:
    may = rows[rows["MONTH"] == 5]
    assert month_statistics(session, "FEATURES", 5) == {
        "month": 5,
        "flights": len(may),
        "arrived": may["ARR_DELAY"].notna().sum(),
        "mean_delay": pytest.approx(may["ARR_DELAY"].mean()),
        "late": pytest.approx((may["ARR_DELAY"].dropna() >= 15).mean()),
    }
    nothing = {"month": 13, "flights": 0, "arrived": 0, "mean_delay": None, "late": None}
    assert month_statistics(session, "FEATURES", 13) == nothing
