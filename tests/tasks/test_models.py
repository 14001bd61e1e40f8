"""Models as rows of a table: kept, chosen, and missed, in an embedded Snowflake."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from snowflake.snowpark import Session

from include.factory.templates.jinja import names
from include.runtime.session import open_session
from include.tasks.models import choose, list_models, register
from tests.laptop import Laptop
from tests.tasks.conftest import SCHEMA

TABLE, PIPELINE = "MODELS_KEPT", "rides"
ODD = 'it\'s "odd" \\'
BETTER = {"mae": "lower", "r2": "higher"}


@pytest.fixture(scope="module")
def stage(snowflake: Session) -> Session:
    snowflake.sql("CREATE OR REPLACE STAGE RIDES").collect()
    return snowflake


@pytest.fixture
def session(stage: Session) -> Iterator[Session]:
    """A session without a table of models."""
    yield stage
    stage.sql(f"DROP TABLE IF EXISTS {TABLE}").collect()


def keep(
    session: Session, model_id: str, metrics: dict[str, Any] | None = None, run: str = "run", pipeline: str = PIPELINE
) -> dict[str, Any]:
    """Put a model into the table."""
    path = f"@RIDES/models/{model_id}/model.joblib"
    trained = {
        "model": path,
        "model_id": model_id,
        "rows": 9,
        "params": {"n": None, "kind": ODD},
        "code_version": "c0de",
    }
    told = {"target": "snowpark", "dag_id": f"{pipeline}_snowpark", "run_id": run}
    return register(session, TABLE, pipeline, trained, metrics or {"mae": 1.5}, **told)


def keep_with_file(session: Session, model_id: str, metrics: dict[str, Any] | None = None) -> None:
    """Put a model into the table, and a file on the stage."""
    path = f"@RIDES/models/{model_id}/model.joblib"
    session.file.put_stream(io.BytesIO(b"a model"), path, auto_compress=False, overwrite=True)
    keep(session, model_id, metrics)


def chosen(session: Session, model_id: str, **more: Any) -> str:
    found = choose(session, TABLE, PIPELINE, model_id, better=BETTER, **more)
    assert found["model"] == f"@RIDES/models/{found['model_id']}/model.joblib"
    return str(found["model_id"])


def refused(session: Session, model_id: str) -> str:
    with pytest.raises(ValueError, match=r"^params\.model_id: ") as caught:
        choose(session, TABLE, PIPELINE, model_id, better=BETTER)
    return str(caught.value)


class TestRegister:
    def test_a_model_is_a_row_with_all_that_is_known_of_it(self, session: Session) -> None:
        assert keep(session, "a-1", {"mae": 1.5, "r2": 1}) == {"model_id": "a-1", "table": TABLE, "registered": True}
        (kept,) = list_models(session, TABLE, PIPELINE)["models"]
        assert kept.pop("trained_at")[:2] == "20"
        assert kept == {
            "model_id": "a-1",
            "target": "snowpark",
            "dag_id": "rides_snowpark",
            "run_id": "run",
            "code_version": "c0de",
            "params": {"n": None, "kind": ODD},
            "metrics": {"mae": 1.5, "r2": 1},
            "model": "@RIDES/models/a-1/model.joblib",
        }
        # As figures, which SQL can reckon with.
        assert session.sql(f"SELECT METRICS:mae + 1 AS A, TYPEOF(PARAMS) AS B FROM {TABLE}").collect()[0][1] == "OBJECT"

    def test_a_second_try_changes_nothing(self, session: Session) -> None:
        keep(session, "a-1")
        before = session.table(TABLE).collect()
        assert keep(session, "a-1", {"mae": 7.0})["registered"] is False
        assert session.table(TABLE).collect() == before

    def test_a_table_that_is_there_takes_no_right_to_make_one(self, session: Session) -> None:
        keep(session, "a-1")
        with session.query_history() as history:
            keep(session, "b-2")
        assert [query.sql_text.split()[0] for query in history.queries] == ["MERGE"]

    def test_the_same_model_of_another_run_is_a_row_of_its_own(self, session: Session) -> None:
        keep(session, "a-1", run="first")
        keep(session, "a-1", run="second")
        assert [one["run_id"] for one in list_models(session, TABLE, PIPELINE)["models"]] == ["second", "first"]

    def test_runs_at_the_same_time_keep_each_their_row(self, session: Session, laptop: Laptop) -> None:
        """Two at once that make the table, too; and the same run twice, as when a task is believed dead."""
        failed: list[BaseException] = []

        def one(run: str) -> None:
            own = open_session(laptop.parameters, {})
            try:
                own.use_schema(SCHEMA)
                for model_id in ("a-1", "b-2", "c-3"):
                    keep(own, model_id, run=run)
            except BaseException as error:
                failed.append(error)
            finally:
                own.close()

        threads = [threading.Thread(target=one, args=(run,)) for run in ("first", "second", "second")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        kept = [
            (row["RUN_ID"], row["MODEL_ID"]) for row in session.table(TABLE).order_by("RUN_ID", "MODEL_ID").collect()
        ]
        assert kept == [(run, model_id) for run in ("first", "second") for model_id in ("a-1", "b-2", "c-3")]


class TestChoose:
    def test_latest_is_what_this_run_trained(self, session: Session) -> None:
        keep(session, "a-1")
        trained = {"model": "@RIDES/models/new/model.joblib", "model_id": "new", "params": {"kind": "x"}}
        assert chosen(session, "latest", trained=trained) == "new"

    def test_latest_is_the_newest_where_nothing_was_trained(self, session: Session) -> None:
        for model_id in ("z-1", "a-1", "m-1"):
            keep_with_file(session, model_id)
        assert chosen(session, "latest") == "m-1"

    def test_an_id_is_a_way_back_whatever_was_trained(self, session: Session) -> None:
        keep_with_file(session, "a-1")
        keep(session, "b-2")
        trained = {"model": "@RIDES/models/new/model.joblib", "model_id": "new"}
        found = choose(session, TABLE, PIPELINE, " a-1 ", trained)
        assert (found["model_id"], found["params"]["kind"]) == ("a-1", ODD)

    @pytest.mark.parametrize(("asked", "found"), [("best:mae", "low"), ("best: r2", "high")])
    def test_the_best_is_the_lowest_or_the_highest_as_it_is_said(
        self, session: Session, asked: str, found: str
    ) -> None:
        keep_with_file(session, "low", {"mae": 9.5, "r2": -1.0})
        keep_with_file(session, "high", {"mae": 10, "r2": 0.9})  # as texts, 10 would be before 9.5
        for model_id, odd in {
            "nan": float("nan"),
            "gone": None,
            "text": "1",
            "yes": True,
            "far": float("-inf"),
        }.items():
            keep(session, model_id, {"mae": odd, "r2": odd})
        keep(session, "without", {"rmse": 0.0})
        keep(session, "theirs", {"mae": 0.0, "r2": 1.0}, pipeline="others")
        assert chosen(session, asked) == found

    def test_of_equal_ones_the_newest_is_the_best(self, session: Session) -> None:
        for model_id in ("b-1", "a-1", "c-1"):
            keep_with_file(session, model_id)
        assert chosen(session, "best:mae") == "c-1"


class TestWhatCannotBeChosen:
    @pytest.fixture(scope="class")
    def session(self, stage: Session) -> Iterator[Session]:
        """A session with seven models, one of another pipeline, and one with an odd id."""
        keep(stage, "theirs-1", pipeline="others")
        keep_with_file(stage, 'it\'s "a"', {"r2": float("nan")})
        for number in range(1, 8):
            keep(stage, f"boosting-{number}0ab", {"mae": number, "r2": float("nan")})
        yield stage
        stage.sql(f"DROP TABLE {TABLE}").collect()

    def test_an_unknown_id_lists_the_latest_five_and_what_was_meant(self, session: Session) -> None:
        said = refused(session, "boosting-30ac").splitlines()
        assert said[0] == f"params.model_id: rides has no model 'boosting-30ac' in {TABLE}. Did you mean boosting-30ab?"
        assert said[1] == "The latest ones:"
        assert [line.split()[0] for line in said[2:]] == [f"boosting-{number}0ab" for number in (7, 6, 5, 4, 3)]
        assert said[2].endswith("  mae 7")

    @pytest.mark.parametrize(
        ("asked", "meant"),
        [
            ("Latest", "latest"),
            ("latest ", "latest"),  # which trains nothing
            ("best", "best:mae"),
            ("Best:r2", "best:r2"),
            ("BOOSTING-40ab", "boosting-40ab"),
            ("boosting-4", "boosting-40ab"),
        ],
    )
    def test_a_slip_is_understood(self, session: Session, asked: str, meant: str) -> None:
        assert f"Did you mean {meant}?" in refused(session, asked)

    @pytest.mark.parametrize("asked", ["it's", 'a"b', "x' OR 1=1 --", "?", "%", "a\\'b", "日本", ""])
    def test_any_text_is_an_id_that_is_not_there(self, session: Session, asked: str) -> None:
        assert f"rides has no model {asked!r} in" in refused(session, asked)

    def test_an_id_with_quotes_that_is_there_is_found(self, session: Session) -> None:
        assert chosen(session, 'it\'s "a"') == 'it\'s "a"'

    @pytest.mark.parametrize("asked", ["best:", "best:mea", "best:MAE", "best:mae desc"])
    def test_an_unknown_figure_says_which_there_are(self, session: Session, asked: str) -> None:
        assert refused(session, asked).endswith("names no figure of these models. Known: best:mae, best:r2.")

    def test_a_figure_that_no_model_has_is_said(self, session: Session) -> None:
        assert "no model has a figure `r2` that is a number, of 8 in" in refused(session, "best:r2")

    def test_a_wrong_direction_is_said(self, session: Session) -> None:
        with pytest.raises(
            ValueError, match=r"^better\.mae: 'low' says not which is better\. Write lower or higher\.$"
        ):
            choose(session, TABLE, PIPELINE, "best:mae", better={"mae": "low"})

    def test_a_model_of_another_pipeline_is_called_so(self, session: Session) -> None:
        first, then, latest, *_ = refused(session, "theirs-1").splitlines()
        assert first == "params.model_id: theirs-1 is a model of others, and cannot predict for rides."
        assert (then, latest.split()[0]) == ("The latest ones:", "boosting-70ab")

    def test_a_file_that_is_gone_is_said_before_anything_predicts(self, session: Session) -> None:
        path = "@RIDES/models/boosting-10ab/model.joblib"
        session.file.put_stream(io.BytesIO(b"another's"), f"{path}.old", auto_compress=False)
        gone = f"the file of the model boosting-10ab, {path}, is not on its stage any more. Choose another"
        assert gone in refused(session, "best:mae")


def test_a_stage_that_is_gone_is_said_as_a_file_is(session: Session) -> None:
    trained = {"model": "@NO_STAGE/models/a-1/model.joblib", "model_id": "a-1"}
    register(session, TABLE, PIPELINE, trained, {}, "snowpark", "rides_snowpark", "run")
    assert "a-1, @NO_STAGE/models/a-1/model.joblib, is not on its stage" in refused(session, "a-1")


@pytest.mark.parametrize("asked", ["latest", "best:mae"])
def test_no_model_at_all_says_how_to_get_one(session: Session, asked: str) -> None:
    for _ in ("no table", "a table without rows of this pipeline"):
        said = refused(session, asked)
        assert said.startswith(f"params.model_id: `{asked}` finds no model of rides in {TABLE}: none is there yet")
        assert said.endswith("Train one with `model_id: latest`.")
        keep(session, "theirs-1", pipeline="others")
    assert refused(session, "a-1").endswith("None is there yet: train one with `model_id: latest`.")


def test_rows_that_somebody_else_wrote_do_no_harm(session: Session) -> None:
    keep_with_file(session, "a-1", {"mae": 9.0})
    for model_id, metrics, file in [
        ("nan", '{"mae": NaN}', "@RIDES/nan"),
        ("list", "[0.5]", "@RIDES/list"),
        ("word", '"mae"', "@RIDES/word"),
        ("none", "null", "@RIDES/none"),
        ("without-a-file", '{"mae": 0.1}', None),
    ]:
        row = [model_id, PIPELINE, metrics, file]
        into = f"INSERT INTO {TABLE} (MODEL_ID, PIPELINE, METRICS, FILE) SELECT ?, ?, PARSE_JSON(?), ?"
        session.sql(into, params=row).collect()
    assert chosen(session, "best:mae") == chosen(session, "latest") == "a-1"
    assert refused(session, "b-1").splitlines()[2:] == [
        f"  a-1  {list_models(session, TABLE, PIPELINE)['models'][0]['trained_at']}  mae 9",
        *(f"  {model_id}  at no known time" for model_id in ("list", "nan", "none", "word")),
    ]


def test_there_is_nothing_to_list_where_there_is_no_table(session: Session) -> None:
    assert list_models(session, TABLE, PIPELINE) == {"models": []}


@pytest.mark.parametrize("pipeline", ["taxi_trip_duration", "flight_delay"])
def test_the_pipelines_keep_no_params_but_those_of_the_training(root: Path, pipeline: str) -> None:
    tasks = yaml.safe_load((root / "configs" / f"{pipeline}.yaml").read_text())["tasks"]
    assert ("params",) not in names(tasks["register_model"])
