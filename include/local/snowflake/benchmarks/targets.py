"""The targets of `benchmarks.speed`: one class each, with the same measures.

Each is used from one client process. What a target cannot do raises; nothing is left out beforehand.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import snowflake.connector
from sklearn.ensemble import HistGradientBoostingRegressor
from snowflake.connector.pandas_tools import write_pandas
from snowflake.snowpark import Session
from snowflake.snowpark import functions as F
from snowflake.snowpark import types as T

FEATURES = ["PICKUP_LOCATION_ID", "DROPOFF_LOCATION_ID", "TRIP_DISTANCE", "PICKUP_HOUR", "PICKUP_WEEKDAY"]
TYPES = {"ID": "INT", "NAME": "VARCHAR", "AMOUNT": "FLOAT", "MADE_AT": "TIMESTAMP_NTZ"}
# Numbers, texts and timestamps that every target can make for itself.
_ROWS = (
    "select seq4() as ID, 'customer-' || sha2(seq4()::varchar) as NAME, (seq4() % 1000) / 7::float as AMOUNT, "
    "dateadd(second, seq4() * 37, '2024-01-01'::timestamp_ntz) as MADE_AT from table(generator(rowcount => {rows}))"
)
_GROUPED = "select ID % 100 as K, count(*) as N, avg(AMOUNT) as A, max(MADE_AT) as M from {table} group by 1 order by 1"


def frame(rows: int) -> pd.DataFrame:
    """Makes a frame of a whole number, a text, a float and a timestamp.

    Args:
        rows: how many.

    Returns:
        The frame, its columns those of `TYPES`.
    """
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "ID": np.arange(rows),
            "NAME": [f"customer-{number:012x}" for number in random.integers(0, 1 << 48, rows)],
            "AMOUNT": random.normal(100, 30, rows).round(2),
            "MADE_AT": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 366 * 86400, rows), unit="s"),
        }
    )


def trips(rows: int) -> pd.DataFrame:
    """Makes a frame of the taxi pipeline's features.

    Args:
        rows: how many.

    Returns:
        The frame, its columns `FEATURES`.
    """
    random = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "PICKUP_LOCATION_ID": random.integers(1, 266, rows),
            "DROPOFF_LOCATION_ID": random.integers(1, 266, rows),
            "TRIP_DISTANCE": random.gamma(1.5, 2, rows).round(2),
            "PICKUP_HOUR": random.integers(0, 24, rows),
            "PICKUP_WEEKDAY": random.integers(0, 7, rows),
        }
    )


def trained(sample: pd.DataFrame) -> Any:
    """Trains the taxi pipeline's model on made-up durations.

    Args:
        sample: trips to train on.

    Returns:
        The model.
    """
    seconds = (
        240 + 170 * sample["TRIP_DISTANCE"] + 20 * (sample["PICKUP_HOUR"] % 12) + sample["PICKUP_LOCATION_ID"] % 60
    )
    model = HistGradientBoostingRegressor(
        loss="absolute_error", learning_rate=0.06, max_iter=300, early_stopping=False, random_state=0
    )
    return model.fit(sample[FEATURES].astype("float64"), seconds)


class Plain:
    """Plain pandas, where there is such a thing.

    Args:
        rows: of the frames.
        folder: for files.
        model: what `trained` gave.
    """

    name = "pandas"

    def __init__(self, rows: int, folder: Path, model: Any) -> None:
        self.made, self.trips, self.folder, self.model = frame(rows), trips(rows), folder, model

    def write(self, compression: str) -> None:
        """Writes the frame to a Parquet file: what `write_pandas` does before it sends anything."""
        self.made.to_parquet(self.folder / "plain.parquet", compression=compression)

    def group(self) -> pd.DataFrame:
        """Groups the frame."""
        groups = self.made.groupby(self.made["ID"] % 100)
        return groups.agg(N=("ID", "size"), A=("AMOUNT", "mean"), M=("MADE_AT", "max"))

    def trivial(self) -> pd.DataFrame:
        """Adds a column computed from one column."""
        return self.trips.assign(P=self.trips["TRIP_DISTANCE"] * 2 + 1)

    def predict(self) -> pd.DataFrame:
        """Adds a column of the model's predictions."""
        return self.trips.assign(P=self.model.predict(self.trips[FEATURES].astype("float64")))


class Connected:
    """A server that is reached through the connector.

    Args:
        name: for the table.
        parameters: of `snowflake.connector.connect`.
        rows: of the tables.
    """

    def __init__(self, name: str, parameters: dict[str, Any], rows: int) -> None:
        self.name, self.rows = name, rows
        self._parameters = parameters
        self._made = frame(rows)
        self.connection = snowflake.connector.connect(**parameters)
        self.connection.cursor().execute(f"create or replace table READ_1M as {_ROWS.format(rows=rows)}")

    def connect(self) -> None:
        """Logs in and out."""
        snowflake.connector.connect(**self._parameters).close()

    def select_one(self) -> None:
        """Asks for 1."""
        self.run("select 1")

    def write(self, compression: str) -> None:
        """Writes the frame to a table that is empty."""
        self.run(f"create or replace table WRITTEN ({', '.join(f'{name} {kind}' for name, kind in TYPES.items())})")
        # Unquoted: stock fakesnow does not know the quoted name of the stage.
        done, _, rows, _ = write_pandas(
            self.connection,
            self._made,
            "WRITTEN",
            compression=compression,
            use_logical_type=True,
            quote_identifiers=False,
        )
        assert (done, rows) == (True, self.rows)

    def read(self) -> None:
        """Fetches a table as a frame."""
        read = self.connection.cursor().execute("select * from READ_1M").fetch_pandas_all()
        assert len(read) == self.rows, len(read)

    def group(self) -> None:
        """Groups a table."""
        assert len(self.run(_GROUPED.format(table="READ_1M"))) == 100

    def prepare_python(self, model: Any) -> None:
        """Makes the functions and procedures that are measured.

        Args:
            model: what `trained` gave.
        """
        self.run(_TRIVIAL)
        content = io.BytesIO()
        joblib.dump(model, content)
        write_pandas(self.connection, trips(self.rows), "TRIPS", auto_create_table=True, compression="snappy")
        self.run("create stage if not exists MODELS")
        session = Session.builder.configs({"connection": self.connection}).create()
        session.file.put_stream(io.BytesIO(content.getvalue()), "@MODELS/model.joblib", auto_compress=False)
        self.run(_PREDICT)
        self.prepare_procedure()

    def prepare_procedure(self, name: str = "COUNT_UP") -> None:
        """Makes a procedure that asks the server for something.

        Args:
            name: its name.
        """
        self.run(_PROCEDURE.format(name=name))

    def trivial(self) -> None:
        """Writes a table of the trivial function's results."""
        self.run("create or replace table P as select TRIPS.*, TRIVIAL(TRIP_DISTANCE) as P from TRIPS")

    def predict(self) -> None:
        """Writes a table of the model's predictions."""
        self.run(f"create or replace table P as select TRIPS.*, PREDICT({', '.join(FEATURES)}) as P from TRIPS")

    def call(self, name: str = "COUNT_UP") -> None:
        """Calls the procedure.

        Args:
            name: its name.
        """
        assert self.run(f"call {name}(41)") == [(42,)]

    def run(self, sql: str) -> list[Any]:
        """Runs a statement.

        Args:
            sql: the statement.

        Returns:
            Its rows.
        """
        return list(self.connection.cursor().execute(sql).fetchall())


class LocalTesting:
    """Snowpark's local testing, in this process.

    Args:
        rows: of the tables.
    """

    name = "local testing"

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._made = frame(rows)
        self.session = Session.builder.config("local_testing", True).create()
        self._table = self.session.create_dataframe(self._made).cache_result()

    def connect(self) -> None:
        """Makes a session."""
        Session.builder.config("local_testing", True).create().close()

    def select_one(self) -> None:
        """Asks for 1."""
        self.session.sql("select 1").collect()

    def write(self, compression: str) -> None:
        """Writes the frame to a table."""
        self.session.write_pandas(
            self._made, "WRITTEN", compression=compression, auto_create_table=True, overwrite=True
        )

    def read(self) -> None:
        """Fetches a table as a frame."""
        assert len(self._table.to_pandas()) == self.rows

    def group(self) -> None:
        """Groups a table."""
        keyed = self._table.with_column("K", F.col("ID") % 100).group_by("K")
        assert len(keyed.agg(F.count("ID"), F.avg("AMOUNT"), F.max("MADE_AT")).collect()) == 100

    def prepare_python(self, model: Any) -> None:
        """Makes the functions and procedures that are measured.

        Args:
            model: what `trained` gave.
        """
        one = T.PandasSeriesType(T.FloatType())
        # It is called with one row's values at a time, vectorised or not.
        self._trivial = F.pandas_udf(lambda x: x * 2 + 1, return_type=one, input_types=[one], session=self.session)
        self._procedure = self.session.sproc.register(
            lambda session, number: number + session.create_dataframe([[1]], ["A"]).collect()[0][0],
            return_type=T.IntegerType(),
            input_types=[T.IntegerType()],
            packages=["snowflake-snowpark-python"],
        )

    def trivial(self) -> None:
        """Writes a table of the trivial function's results."""
        self._table.with_column("P", self._trivial("AMOUNT")).write.save_as_table("P", mode="overwrite")

    def predict(self) -> None:
        """Would take half an hour."""
        raise NotImplementedError("[Local Testing] a vectorised function is called for each row by itself.")

    def call(self) -> None:
        """Calls the procedure."""
        assert self._procedure(41, session=self.session) == 42


_TRIVIAL = """
create or replace function TRIVIAL(X float) returns float
language python runtime_version = '3.12' packages = ('pandas') handler = 'run' as
$$
import pandas
from _snowflake import vectorized

@vectorized(input=pandas.DataFrame)
def run(batch):
    return batch[0] * 2 + 1
$$"""

_PREDICT = f"""
create or replace function PREDICT({", ".join(f"{name} float" for name in FEATURES)}) returns float language python
runtime_version = '3.12' packages = ('pandas', 'scikit-learn') imports = ('@MODELS/model.joblib') handler = 'run' as
$$
import sys
import joblib
import pandas
from _snowflake import vectorized

MODEL = joblib.load(sys._xoptions["snowflake_import_directory"] + "model.joblib")

@vectorized(input=pandas.DataFrame)
def run(batch):
    batch.columns = {FEATURES!r}
    return MODEL.predict(batch.astype("float64"))
$$"""

_PROCEDURE = """
create or replace procedure {name}(N int) returns int language python runtime_version = '3.12'
packages = ('snowflake-snowpark-python') handler = 'run' as
$$
def run(session, number):
    return number + session.sql("select 1").collect()[0][0]
$$"""
