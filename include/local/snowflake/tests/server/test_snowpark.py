from __future__ import annotations

import datetime

import pandas as pd
import pytest
from snowflake.snowpark import Session, Window, functions
from snowflake.snowpark.exceptions import SnowparkSQLException
from snowflake.snowpark.types import DecimalType, LongType, StringType, StructField, StructType


def test_write_pandas_keeps_types_and_nulls(session: Session) -> None:
    frame = pd.DataFrame(
        {
            "N": [1, 2],
            "F": [0.5, None],
            "S": ["x", None],
            "B": [True, False],
            "D": [datetime.date(2024, 1, 31), None],
            "T": pd.to_datetime(["2024-01-31 10:11:12.345", None], format="ISO8601"),
        }
    )
    session.write_pandas(frame, "WRITTEN", auto_create_table=True, overwrite=True, use_logical_type=True)
    rows = session.table("WRITTEN").sort("N").collect()
    assert list(rows[0])[:5] == [1, 0.5, "x", True, datetime.date(2024, 1, 31)]
    assert rows[0]["T"].replace(tzinfo=None) == datetime.datetime(2024, 1, 31, 10, 11, 12, 345000)
    assert list(rows[1]) == [2, None, None, False, None, None]


def test_large_results_come_in_batches(session: Session) -> None:
    batches = list(session.range(200_000).with_column("S", functions.lit("text")).to_pandas_batches())
    assert len(batches) > 1
    assert sum(len(batch) for batch in batches) == 200_000
    assert pd.concat(batches)["ID"].is_unique


def test_dataframe_operations(session: Session) -> None:
    frame = session.create_dataframe([(1, "a", 2.5), (2, "b", 3.5), (3, "a", None)], schema=["ID", "G", "V"])
    frame.write.mode("overwrite").save_as_table("MADE")
    table = session.table("MADE")
    assert table.filter(functions.col("V") > 3).count() == 1
    assert [tuple(row) for row in table.group_by("G").agg(functions.sum("V").alias("S")).sort("G").collect()] == [
        ("a", 2.5),
        ("b", 3.5),
    ]
    numbered = table.with_column(
        "RN", functions.row_number().over(Window.partition_by("G").order_by(functions.col("ID").desc()))
    )
    assert [row["RN"] for row in numbered.sort("ID").collect()] == [2, 1, 1]
    joined = table.join(table.select(functions.col("ID").alias("OTHER")), functions.col("ID") == functions.col("OTHER"))
    assert joined.columns == ["ID", "G", "V", "OTHER"]
    assert joined.count() == 3


def test_schema_says_types_lengths_and_nulls(session: Session) -> None:
    session.sql("create or replace table TYPED (A number(10,2) not null, S varchar(7), N number)").collect()
    expected = [
        StructField("A", DecimalType(10, 2), nullable=False),
        StructField("S", StringType(7), nullable=True),
        StructField("N", LongType(), nullable=True),
    ]
    assert session.table("TYPED").schema == StructType(expected)


def test_merge_update_delete(session: Session) -> None:
    session.create_dataframe([(1, "a"), (2, "b")], schema=["ID", "G"]).write.mode("overwrite").save_as_table("CHANGED")
    table = session.table("CHANGED")
    source = session.create_dataframe([(1, "z"), (9, "n")], schema=["ID", "G"])
    merged = table.merge(
        source,
        table["ID"] == source["ID"],
        [
            functions.when_matched().update({"G": source["G"]}),
            functions.when_not_matched().insert({"ID": source["ID"], "G": source["G"]}),
        ],
    )
    assert (merged.rows_inserted, merged.rows_updated) == (1, 1)
    assert table.update({"G": functions.lit("q")}, table["ID"] == 9).rows_updated == 1
    assert table.delete(table["ID"] == 2).rows_deleted == 1
    assert sorted(tuple(row) for row in table.collect()) == [(1, "z"), (9, "q")]


def test_unload_and_read_back(session: Session) -> None:
    session.sql("create stage if not exists UNLOADED").collect()
    frame = session.create_dataframe([(1, "a"), (2, None)], schema=["ID", "S"])
    frame.write.copy_into_location("@UNLOADED/p/", file_format_type="parquet", overwrite=True, header=True)
    assert sorted(row["ID"] for row in session.read.parquet("@UNLOADED/p/").collect()) == [1, 2]


def test_temporary_objects_end_with_their_session(connection_parameters: dict[str, object], schema: str) -> None:
    parameters = {**connection_parameters, "schema": schema}
    first = Session.builder.configs(parameters).create()
    first.sql("create temporary table SHORT_LIVED (A int)").collect()
    assert first.table("SHORT_LIVED").count() == 0
    first.close()
    second = Session.builder.configs(parameters).create()
    with pytest.raises(SnowparkSQLException, match="does not exist or not authorized"):
        second.table("SHORT_LIVED").collect()
    second.close()
