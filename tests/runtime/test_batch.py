"""A batch_callable as a UDF and as a stream: what Snowflake is asked for, and what the function gets."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas
import pyarrow as pa
import pytest
from snowflake.snowpark import Session

from include.runtime.batch import quoted, run_as_stream, run_as_udf
from include.runtime.errors import TaskError
from include.runtime.request import Batch, BatchInput, BatchOutput, Request
from tests.scripted_snowflake import ScriptedSnowflake

TYPES = {"N": "NUMBER(38,0)", "NAME": "VARCHAR(16777216)", "RAW": "BINARY(8388608)"}


def half(batch: pandas.DataFrame) -> Any:
    return batch["N"] / 2


def plus(batch: pandas.DataFrame, model: Any) -> Any:
    return batch["N"] + model


@pytest.fixture(autouse=True)
def _functions(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("functions_of_batches")
    module.half, module.plus = half, plus  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.fixture
def snowflake(scripted: ScriptedSnowflake) -> ScriptedSnowflake:
    """One with a table T of three rows."""
    number = {"logicalType": "FIXED", "precision": "38", "scale": "0"}
    schema = pa.schema(
        [
            pa.field("N", pa.int64(), metadata=number),
            pa.field("NAME", pa.string(), metadata={"logicalType": "TEXT"}),
            pa.field("RAW", pa.binary(), metadata={"logicalType": "BINARY"}),
        ]
    )
    table = pa.table({"N": [1, 2, 3], "NAME": ["a", None, "c"], "RAW": [b"\x00\xff", None, b"c"]}, schema=schema)
    scripted.answers = {
        "^DESCRIBE TABLE T": [{"name": name, "type": kind} for name, kind in TYPES.items()],
        r"^SELECT count\(": [{"COUNT": 3}],
        '^SELECT "N", "NAME", "RAW" FROM T': table,
        "COPY INTO": [{"file": "0.parquet", "status": "LOADED", "rows_parsed": 3, "rows_loaded": 3}],
    }
    return scripted


def request(function: str, mode: Any, work: Batch, **more: Any) -> Request:
    return Request(f"functions_of_batches.{function}", mode, batch=work, **more)


def work(keep: list[str] | None = None, model: str | None = None, columns: list[str] | None = None) -> Batch:
    return Batch(BatchInput("T", columns or ["N"]), BatchOutput("OUT", "HALF", keep=keep), model)


@pytest.mark.parametrize("run", [run_as_udf, run_as_stream])
@pytest.mark.parametrize(("keep", "columns"), [(None, ["N", "M"]), (["M"], ["N"])])
def test_a_column_that_is_not_there_is_told(
    snowflake: ScriptedSnowflake,
    session: Session,
    run: Callable[..., Any],
    keep: list[str] | None,
    columns: list[str],
) -> None:
    batch = work(keep, columns=columns)
    with pytest.raises(TaskError, match=r"T has no column M, only N, NAME, RAW\. Fix input\.columns or output\.keep\."):
        run(session, request("half", "udf", batch), batch)


class TestUdf:
    def made(self, snowflake: ScriptedSnowflake) -> str:
        (made,) = snowflake.statements("^CREATE OR REPLACE TEMPORARY FUNCTION")
        return made

    def test_the_function_takes_the_columns_types_and_fills_the_table_at_once(
        self, snowflake: ScriptedSnowflake, session: Session
    ) -> None:
        batch = work()
        asked = request("half", "udf", batch, packages=["scikit-learn"], imports=["@libs/more.zip"])
        assert run_as_udf(session, asked, batch) == {"table": "OUT", "rows": 3}
        made = self.made(snowflake)
        assert made.startswith('CREATE OR REPLACE TEMPORARY FUNCTION HALF_BATCH("N" NUMBER(38,0)) RETURNS FLOAT\n')
        assert "PACKAGES = ('pandas', 'scikit-learn')" in made
        assert "IMPORTS = ('@SNOWPOD_CODE/include.zip', '@libs/more.zip')" in made
        assert snowflake.statements("^CREATE OR REPLACE TABLE") == [
            'CREATE OR REPLACE TABLE OUT AS SELECT *, HALF_BATCH("N") AS "HALF" FROM T'
        ]

    def test_only_what_is_kept_goes_along(self, snowflake: ScriptedSnowflake, session: Session) -> None:
        batch = work(keep=["NAME"])
        run_as_udf(session, request("half", "udf", batch), batch)
        (filled,) = snowflake.statements("^CREATE OR REPLACE TABLE")
        assert filled.endswith('SELECT "NAME", HALF_BATCH("N") AS "HALF" FROM T')

    @pytest.mark.parametrize(
        ("function", "model", "values"), [("half", None, [0.5, 1.0]), ("plus", "@s/m/model.pkl", [11, 12])]
    )
    def test_what_it_runs_calls_the_function_on_named_columns(
        self,
        snowflake: ScriptedSnowflake,
        session: Session,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        function: str,
        model: str | None,
        values: list[float],
    ) -> None:
        (tmp_path / "model.pkl").write_bytes(pickle.dumps(10))
        inside: Any = ModuleType("_snowflake")  # what Snowflake has around a handler
        inside.vectorized = lambda input: lambda handler: handler
        monkeypatch.setitem(sys.modules, "_snowflake", inside)
        monkeypatch.setitem(sys._xoptions, "snowflake_import_directory", str(tmp_path))
        batch = work(model=model)

        run_as_udf(session, request(function, "udf", batch), batch)

        made = self.made(snowflake)
        assert ("'@s/m/model.pkl'" in made) == (model is not None)
        scope: dict[str, Any] = {}
        exec(made.split("$$")[1], scope)
        assert list(scope["run"](pandas.DataFrame({0: [1, 2]}))) == values


class TestStream:
    def loaded(self, snowflake: ScriptedSnowflake) -> pandas.DataFrame:
        (file,) = set(snowflake.stage.iterdir()) - {snowflake.stage / "model.pkl"}
        return pandas.read_parquet(file)

    def test_the_batches_are_loaded_and_the_table_filled_at_once(
        self, snowflake: ScriptedSnowflake, session: Session
    ) -> None:
        batch = work()
        assert run_as_stream(session, request("half", "stream", batch), batch) == {"table": "OUT", "rows": 3}
        loaded = self.loaded(snowflake)
        assert list(loaded["HALF"]) == [0.5, 1.0, 1.5]
        assert list(loaded["N"]) == [1, 2, 3]
        assert [loaded["NAME"][0], loaded["RAW"][0]] == ["a", "00ff"]
        assert list(loaded["RAW"].isna()) == [False, True, False]
        made = snowflake.statements("^CREATE OR REPLACE")
        assert made[0].startswith("CREATE OR REPLACE TEMPORARY TABLE SNOWPOD_BATCHES")
        assert made[-1] == "CREATE OR REPLACE TABLE OUT AS SELECT * FROM SNOWPOD_BATCHES"

    def test_the_function_gets_its_model(self, snowflake: ScriptedSnowflake, session: Session) -> None:
        (snowflake.stage / "model.pkl").write_bytes(pickle.dumps(10))
        batch = work(model="@s/models/model.pkl")
        run_as_stream(session, request("plus", "stream", batch), batch)
        assert list(self.loaded(snowflake)["HALF"]) == [11, 12, 13]

    def test_of_no_rows_no_batch_is_made(self, snowflake: ScriptedSnowflake, session: Session) -> None:
        snowflake.answers[r"^SELECT count\("] = [{"COUNT": 0}]
        batch = work()
        assert run_as_stream(session, request("half", "stream", batch), batch)["rows"] == 0
        assert not list(snowflake.stage.iterdir())


def test_a_name_in_quotes_keeps_its_own_quotes() -> None:
    assert quoted('odd "name"') == '"odd ""name"""'
