"""The main job, as a user runs it: CSV files to evaluated predictions, through Airflow and the embedded Snowflake."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.laptop import CANARY, Laptop

DAG = "taxi_trip_duration_snowpark"
TABLES = ["TAXI_TRIPS", "TAXI_FEATURES", "TAXI_PREDICTIONS_SNOWPARK", "TAXI_METRICS"]


@pytest.fixture(scope="module")
def first(laptop: Laptop, trips: Path) -> dict[str, Any]:
    done = laptop.run(DAG, {"source": str(trips)})
    assert done.code == 0, done.output
    assert "success" in done.output
    return laptop.latest(DAG)


def rows_of(path: Path) -> int:
    return sum(len(file.read_text().splitlines()) - 1 for file in path.glob("*.csv"))


def test_every_task_succeeds_and_the_summary_says_so(first: dict[str, Any]) -> None:
    assert first["state"] == "success"
    assert [task["task_id"] for task in first["tasks"]] == [
        "test_connection",
        "create_stage",
        "stage_files",
        "load_trips",
        "build_features",
        "train",
        "choose_model",
        "predict",
        "evaluate",
        "register_model",
    ]
    assert {task["state"] for task in first["tasks"]} == {"success"}
    assert all(task["seconds"] > 0 for task in first["tasks"])


def test_all_trips_are_loaded_and_each_feature_row_has_one_prediction(
    first: dict[str, Any], laptop: Laptop, trips: Path
) -> None:
    assert int(laptop.value("select count(*) from TAXI_TRIPS")) == rows_of(trips)
    features = int(laptop.value("select count(*) from TAXI_FEATURES"))
    left_out = next(task["result"]["left_out"] for task in first["tasks"] if task["task_id"] == "build_features")
    assert features + sum(left_out.values()) == rows_of(trips)
    assert sum(left_out.values()) > 0
    joined = (
        "select count(*) from TAXI_FEATURES join TAXI_PREDICTIONS_SNOWPARK using (TRIP_ID) where PREDICTED_SECONDS > 0"
    )
    assert int(laptop.value(joined)) == features
    assert int(laptop.value("select count(*) from TAXI_PREDICTIONS_SNOWPARK")) == features


def test_the_model_is_much_better_than_the_linear_one(first: dict[str, Any], laptop: Laptop) -> None:
    measured = first["metrics"]["evaluate"]
    assert measured["gradient_boosting"]["mae"] <= 0.60 * measured["linear"]["mae"]
    stored = {row["MODEL"]: row for row in laptop.sql("select * from TAXI_METRICS")}
    assert float(stored["gradient_boosting"]["MAE"]) == pytest.approx(measured["gradient_boosting"]["mae"])
    assert float(stored["linear"]["R2"]) == pytest.approx(measured["linear"]["r2"])


def test_training_was_a_call_and_predicting_a_udf(first: dict[str, Any], laptop: Laptop) -> None:
    history = [
        row["QUERY_TEXT"] for row in laptop.sql("select QUERY_TEXT from table(information_schema.query_history())")
    ]
    assert any(text.startswith("CALL TRAIN(") for text in history)
    filled = [text for text in history if "CREATE OR REPLACE TABLE TAXI_PREDICTIONS_SNOWPARK AS SELECT" in text.upper()]
    assert filled
    assert all("PREDICT_DURATION_BATCH(" in text for text in filled)


def test_the_tasks_are_the_operators_they_should_be(first: dict[str, Any], laptop: Laptop) -> None:
    with sqlite3.connect(laptop.local / "airflow" / "airflow.db") as database:
        operators = dict(
            database.execute("SELECT task_id, operator FROM task_instance WHERE run_id = ?", (first["run_id"],))
        )
    assert operators["create_stage"] == operators["load_trips"] == "SnowflakeSQLOperator"
    assert operators["train"] == "SnowparkOperator"
    assert operators["predict"] == "SnowparkBatchOperator"
    assert operators["test_connection"] == "CheckSnowflakeConnection"


def test_a_second_run_leaves_the_same_tables(first: dict[str, Any], laptop: Laptop, trips: Path) -> None:
    def contents() -> dict[str, Any]:
        rows = {table: sorted(json.dumps(row) for row in laptop.sql(f"select * from {table}")) for table in TABLES}
        return rows | {"stage": [row["name"] for row in laptop.sql("list @TAXI_STAGE")]}

    before = contents()
    done = laptop.run(DAG, {"source": str(trips)})
    assert done.code == 0, done.output
    assert contents() == before


def test_retraining_keeps_what_is_there_and_a_way_back_is_one_param(
    first: dict[str, Any], laptop: Laptop, trips: Path
) -> None:
    def result(task_id: str) -> Any:
        return next(task["result"] for task in laptop.latest(DAG)["tasks"] if task["task_id"] == task_id)

    def predictions() -> str:
        return laptop.value("select hash_agg(TRIP_ID, PREDICTED_SECONDS) from TAXI_PREDICTIONS_SNOWPARK")

    (row,) = laptop.sql(f"select * from SNOWPOD_MODELS where RUN_ID = '{first['run_id']}'")
    staged = laptop.sql("list @TAXI_STAGE/models")
    of_first, measured = predictions(), result("evaluate")
    assert json.loads(row["METRICS"]) == first["metrics"]["evaluate"]["gradient_boosting"]
    until = result("build_features")["train_until"]
    assert json.loads(row["PARAMS"]) == {"model": "gradient_boosting", "train_until": until}
    assert sum(measured["errors"]["counts"]) == measured["test_rows"]
    assert len(measured["errors"]["counts"]) + 1 == len(measured["errors"]["edges"])

    done = laptop.run(DAG, {"source": str(trips), "model": "linear"})
    assert done.code == 0, done.output
    assert predictions() != of_first
    kept = laptop.sql("select * from SNOWPOD_MODELS order by TRAINED_AT desc")
    assert kept[0]["MODEL_ID"] == result("train")["model_id"] != row["MODEL_ID"]
    assert row in kept[1:]
    assert all(file in laptop.sql("list @TAXI_STAGE/models") for file in staged)

    # Its own train_until comes with it: it is tested on what it has not seen.
    done = laptop.run(DAG, {"source": str(trips), "model_id": row["MODEL_ID"], "train_until": "2019-01-20"})
    assert done.code == 0, done.output
    skipped = {task["task_id"] for task in laptop.latest(DAG)["tasks"] if task["state"] == "skipped"}
    assert skipped == {"train", "register_model"}
    assert predictions() == of_first
    assert result("evaluate") == measured
    assert laptop.sql("select * from SNOWPOD_MODELS order by TRAINED_AT desc") == kept


def test_the_password_is_nowhere(first: dict[str, Any], laptop: Laptop) -> None:
    """Logs, the metadata database with rendered fields and XComs, run summaries and temporary files are searched."""
    searched = 0
    kept = laptop.local / "snowflake"  # where the server keeps its own credentials, readable by their owner only
    for path in [*laptop.local.rglob("*"), *laptop.temporary.rglob("*")]:
        if not path.is_file() or (path.parent == kept and path.name in ("settings.json", "connections.toml")):
            continue
        searched += 1
        assert CANARY.encode() not in path.read_bytes(), path
    assert searched > 10
    assert (laptop.local / "airflow" / "airflow.db").stat().st_size > 0
    for name in ("settings.json", "connections.toml"):
        assert (kept / name).stat().st_mode & 0o077 == 0
