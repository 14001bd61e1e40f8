"""Procedures and functions on a stage, made in one session and called in another, with a module and a file."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from snowflake.snowpark import Session
from snowflake.snowpark import functions as F
from snowflake.snowpark.types import FloatType, StringType, VariantType

from tests.workloads.helpers import same


def summarise(session: Session, table: str) -> dict:
    """Count a table by kind, write the counts, and say how many there are."""
    counts = session.table(table).group_by("KIND").agg(F.count("*").alias("N"), F.avg("V").alias("MEAN"))
    counts.write.mode("overwrite").save_as_table(f"{table}_SUMMARY")
    return {"kinds": counts.count(), "rows": session.table(table).count()}


def run(session: Session, folder: Path) -> None:
    frame = pd.DataFrame({"KIND": ["a", "b", "a", "c", "a"], "V": [1.0, 2.5, 4.0, None, 2.5]})
    session.write_pandas(frame, "MEASURED", auto_create_table=True)
    session.sql("create stage CODE").collect()
    (folder / "rates.json").write_text(json.dumps({"a": 2, "b": 3}))
    package = folder / "pricing"
    package.mkdir()
    (package / "__init__.py").write_text(
        "def priced(value, rate):\n    return None if value is None else value * rate\n"
    )

    def price(kind: str, value: float) -> float:
        import json as parser
        import sys

        from pricing import priced

        with open(sys._xoptions["snowflake_import_directory"] + "rates.json") as file:
            rates = parser.load(file)
        return priced(value, rates.get(kind, 1))

    shared = {
        "is_permanent": True,
        "stage_location": "@CODE",
        "replace": True,
        "packages": ["snowflake-snowpark-python", "pandas"],
    }
    session.sproc.register(summarise, name="SUMMARISE", return_type=VariantType(), input_types=[StringType()], **shared)
    session.udf.register(
        price,
        name="PRICE",
        return_type=FloatType(),
        input_types=[StringType(), FloatType()],
        imports=[str(package), str(folder / "rates.json")],
        **shared,
    )
    schema = session.get_current_schema()
    with Session.builder.configs(_parameters(session)).create() as other:
        other.use_schema(schema)
        assert json.loads(other.call("SUMMARISE", "MEASURED")) == {"kinds": 3, "rows": 5}
        same(other.table("MEASURED_SUMMARY"), _summary(frame), ["KIND"])
        priced = other.table("MEASURED").select(
            "KIND", "V", F.call_udf("PRICE", F.col("KIND"), F.col("V")).alias("PRICED")
        )
        rates = frame.KIND.map({"a": 2, "b": 3}).fillna(1)
        same(priced, frame.assign(PRICED=frame.V * rates), ["KIND", "V"])
        shown = [row["name"] for row in other.sql(f"show user functions in schema {schema}").collect()]
        assert shown == ["PRICE"], shown
    session.sql("drop procedure SUMMARISE(varchar)").collect()
    session.sql("drop function PRICE(varchar, float)").collect()


def _parameters(session: Session) -> dict[str, object]:
    import sys
    import tomllib

    return dict(tomllib.loads(Path(sys.argv[1]).read_text())["embedded"])


def _summary(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.groupby("KIND").agg(N=("KIND", "size"), MEAN=("V", "mean")).reset_index()
