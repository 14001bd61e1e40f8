"""What a Snowpark client does, in the interpreter that functions are pickled for.

`snowpark_client.py CONNECTIONS SCHEMA SCENARIO`.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
from snowflake.snowpark import Session
from snowflake.snowpark import functions as f
from snowflake.snowpark import types as t

SNOWPARK = ["snowflake-snowpark-python"]


def procedures(session: Session) -> None:
    session.create_dataframe([[1], [2], [3]], schema=["N"]).write.save_as_table("ROWS_OF_MINE", mode="overwrite")
    session.sql("create or replace stage CODE").collect()

    def count(session: Session, table: str) -> int:
        return session.table(table).count()

    def echo(session: Session, value: dict, factor: float) -> dict:
        return {"value": value, "factor": factor}

    session.sproc.register(count, name="COUNT_TEMP", packages=SNOWPARK, replace=True)
    assert session.call("COUNT_TEMP", "ROWS_OF_MINE") == 3
    session.sproc.register(
        count, name="COUNT_KEPT", packages=SNOWPARK, is_permanent=True, stage_location="@CODE", replace=True
    )
    assert session.call("COUNT_KEPT", "ROWS_OF_MINE") == 3
    types = {"return_type": t.VariantType(), "input_types": [t.VariantType(), t.FloatType()]}
    echoed = session.sproc.register(echo, packages=SNOWPARK, **types)
    assert pd.read_json(echoed({"a": 1}, 1.5), typ="series")["factor"] == 1.5
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counting.py"
        path.write_text(
            "import helper\ndef main(session, table):\n    return helper.word(session.table(table).count())\n"
        )
        (Path(folder) / "helper.py").write_text("def word(n):\n    return f'{n} rows'\n")
        options = {
            "return_type": t.StringType(),
            "input_types": [t.StringType()],
            "packages": SNOWPARK,
            "replace": True,
        }
        session.sproc.register_from_file(
            str(path), "main", name="COUNT_FILE", imports=[str(path.parent / "helper.py")], **options
        )
        assert session.call("COUNT_FILE", "ROWS_OF_MINE") == "3 rows"
    doubled = f.sproc(
        lambda _, x: 2 * x,
        return_type=t.IntegerType(),
        input_types=[t.IntegerType()],
        packages=SNOWPARK,
        anonymous=True,
    )
    assert doubled(21) == 42
    schema = t.StructType([t.StructField("A", t.IntegerType()), t.StructField("B", t.StringType())])
    listed = session.sproc.register(
        lambda session, n: session.create_dataframe([[i, str(i)] for i in range(n)], schema=["A", "B"]),
        return_type=schema,
        input_types=[t.IntegerType()],
        packages=SNOWPARK,
    )
    assert [tuple(row) for row in listed(2).collect()] == [(0, "0"), (1, "1")]


def model(session: Session) -> None:
    frame = pd.DataFrame({"X": range(120_000), "Y": [3 * x + 1 for x in range(120_000)]}, dtype="float64")
    session.write_pandas(frame, "POINTS", auto_create_table=True, overwrite=True)
    session.sql("create or replace stage MODELS").collect()

    def train(session: Session, table: str, stage: str) -> str:
        import os
        import tempfile

        import joblib
        from sklearn.linear_model import LinearRegression

        points = session.table(table).limit(1000).to_pandas()
        path = os.path.join(tempfile.mkdtemp(), "line.joblib")
        joblib.dump(LinearRegression().fit(points[["X"]].to_numpy(), points["Y"]), path)
        return session.file.put(path, f"{stage}/v1", auto_compress=False, overwrite=True)[0].target

    packages = ["snowflake-snowpark-python", "scikit-learn", "joblib", "pandas"]
    session.sproc.register(
        train, name="TRAIN", packages=packages, is_permanent=True, stage_location="@MODELS", replace=True
    )
    assert session.call("TRAIN", "POINTS", "@MODELS") == "line.joblib"

    def predict(batch: t.PandasDataFrame[float]) -> t.PandasSeries[float]:
        import os
        import sys

        import joblib

        loaded = joblib.load(os.path.join(sys._xoptions["snowflake_import_directory"], "line.joblib"))
        return pd.Series(loaded.predict(batch.to_numpy()))

    options = {
        "is_permanent": True,
        "stage_location": "@MODELS",
        "replace": True,
        "imports": ["@MODELS/v1/line.joblib"],
    }
    session.udf.register(predict, name="PREDICT", packages=["pandas", "scikit-learn", "joblib"], **options)
    points = session.table("POINTS")
    points.with_column("P", f.call_udf("PREDICT", points["X"])).write.save_as_table("PREDICTED", mode="overwrite")
    wrong = session.table("PREDICTED").filter(f.abs(f.col("P") - f.col("Y")) > 0.001).count()
    assert (session.table("PREDICTED").count(), wrong) == (120_000, 0)


def tables(session: Session) -> None:
    session.create_dataframe([[0, 1, "a"], [0, 2, "b"], [1, 3, "c"]], schema=["P", "N", "W"]).write.save_as_table(
        "PARTS", mode="overwrite"
    )

    class Summed:
        def __init__(self) -> None:
            self.total = 0

        @property
        def aggregate_state(self) -> int:
            return self.total

        def accumulate(self, value: int) -> None:
            self.total += value

        def merge(self, other: int) -> None:
            self.total += other

        def finish(self) -> int:
            return self.total

    class Numbered:
        def __init__(self) -> None:
            self.count = 0

        def process(self, word: str):
            self.count += 1
            yield (self.count, word)

        def end_partition(self):
            yield (-self.count, "end")

    class Letters:
        def process(self, word: str) -> Iterable[tuple[str]]:
            yield from ((letter,) for letter in word)

    class Averaged:
        def end_partition(self, frame):
            frame.columns = ["n"]
            return pd.DataFrame({"MEAN": [frame["n"].mean()]})

    parts = session.table("PARTS")
    summed = session.udaf.register(Summed, return_type=t.IntegerType(), input_types=[t.IntegerType()])
    assert [tuple(row) for row in parts.group_by("P").agg(summed("N").alias("S")).sort("P").collect()] == [
        (0, 3),
        (1, 3),
    ]
    schema = t.StructType([t.StructField("I", t.IntegerType()), t.StructField("V", t.StringType())])
    numbered = session.udtf.register(Numbered, output_schema=schema, input_types=[t.StringType()])
    rows = (
        parts.join_table_function(numbered("W").over(partition_by="P", order_by=f.col("N").desc()))
        .select("P", "N", "I", "V")
        .collect()
    )
    assert sorted(map(tuple, rows), key=str) == sorted(
        [(0, 2, 1, "b"), (0, 1, 2, "a"), (0, None, -2, "end"), (1, 3, 1, "c"), (1, None, -1, "end")], key=str
    )
    letters = session.udtf.register(Letters, output_schema=["L"], input_types=[t.StringType()])
    twice = parts.join_table_function(numbered("W").over(partition_by="P", order_by="N")).join_table_function(
        letters("V")
    )
    assert sorted(row["L"] for row in twice.select("L").collect()) == ["a", "b", "c", "d", "d", "e", "e", "n", "n"]
    types = {
        "output_schema": t.PandasDataFrameType([t.FloatType()], ["MEAN"]),
        "input_types": [t.PandasDataFrameType([t.IntegerType()])],
    }
    averaged = f.pandas_udtf(Averaged, session=session, **types)
    rows = parts.join_table_function(averaged("N").over(partition_by="P")).select("P", "MEAN").sort("P").collect()
    assert [tuple(row) for row in rows] == [(0, 1.5), (1, 3.0)]


SCENARIOS: dict[str, Callable[[Session], None]] = {"procedures": procedures, "model": model, "tables": tables}

if __name__ == "__main__":
    connections, schema, scenario = sys.argv[1:]
    parameters = tomllib.loads(Path(connections).read_text())["embedded"] | {"schema": schema}
    with Session.builder.configs(parameters).create() as opened:
        SCENARIOS[scenario](opened)
