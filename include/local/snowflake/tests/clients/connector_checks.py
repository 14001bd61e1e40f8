"""What a Python client does, run in an interpreter of its own: `connector_checks.py CONNECTIONS PRIVATE_KEY [check …]`.

One line per check: "ok NAME" or "FAILED NAME: why". Written for every Python and connector that the matrix has (3.10 to
3.13; 3.17 to 5.x); what an environment has no package for (Snowpark) is "left out".
"""

from __future__ import annotations

import datetime
import decimal
import io
import sys
import tempfile
import time
import traceback
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import snowflake.connector
from snowflake.connector import errors

CONNECTIONS, KEY = Path(sys.argv[1]), Path(sys.argv[2])
SCHEMA = f"CLIENT_{uuid.uuid4().hex[:8].upper()}"
TYPES = """select 1::number(38,0), 1.25::number(10,2), 1.5::float, 'ä€'::varchar, true, '2024-02-29'::date,
    '10:11:12'::time,
    '1969-12-31 23:59:59.250'::timestamp_ntz, '2024-01-01 00:00:00 +0000'::timestamp_ltz, to_binary('00ff'),
    parse_json('{"a": [1]}'), array_construct(1), null::varchar"""
VALUES = (
    1,
    decimal.Decimal("1.25"),
    1.5,
    "ä€",
    True,
    datetime.date(2024, 2, 29),
    datetime.time(10, 11, 12),
    datetime.datetime(1969, 12, 31, 23, 59, 59, 250_000),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),  # noqa: UP017  # datetime.UTC is not in 3.10
    b"\x00\xff",
    '{\n  "a": [\n    1\n  ]\n}',
    "[\n  1\n]",
    None,
)


def connect(**changes: Any) -> Any:
    named = {"connection_name": "embedded", "connections_file_path": CONNECTIONS, "schema": SCHEMA}
    return snowflake.connector.connect(**{**named, **changes})


def raised(kind: type[Exception], action: Callable[[], Any]) -> Any:
    try:
        action()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


def context() -> None:
    with connect() as connection:
        assert connection.schema == SCHEMA, connection.schema
        row = connection.cursor().execute("select current_database(), current_schema(), current_role()").fetchone()
        assert row == ("EMBEDDED", SCHEMA, "SYSADMIN"), row
        assert connection.is_valid()


def bindings() -> None:
    with connect() as connection:
        cursor = connection.cursor(snowflake.connector.DictCursor)
        assert cursor.execute("select %s as A, %s as B", (1, "it's")).fetchall() == [{"A": 1, "B": "it's"}]
    for style, marks in (("qmark", "?, ?, ?"), ("numeric", ":1, :2, :3")):
        with connect(paramstyle=style) as connection:
            cursor = connection.cursor()
            given = (1, "it's ?", datetime.datetime(2024, 1, 1, 2, 3, 4))
            assert cursor.execute(f"select {marks}", given).fetchone() == given
            cursor.execute("create or replace table BOUND (A number, S varchar, T timestamp_ntz)")
            cursor.executemany(
                f"insert into BOUND values ({marks})", [(n, None if n % 2 else "x", given[2]) for n in range(200)]
            )
            assert cursor.rowcount == 200
            assert cursor.execute("select count(*), count(S), min(T) from BOUND").fetchone() == (200, 100, given[2])


def types_in_arrow() -> None:
    with connect() as connection:
        row = connection.cursor().execute(TYPES).fetchone()
        assert row == VALUES, row


def types_in_json() -> None:
    with connect(session_parameters={"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "JSON"}) as connection:
        cursor = connection.cursor()
        row = cursor.execute(TYPES).fetchone()
        assert row == VALUES, row
        many = cursor.execute(
            "select seq4() as N, 'text ' || N as T from table(generator(rowcount => 120000)) order by 1"
        ).fetchall()
        assert len(many) == 120_000, len(many)
        assert many[-1] == (119_999, "text 119999"), many[-1]


def pandas_frames() -> None:
    import pandas as pd
    from snowflake.connector.pandas_tools import write_pandas

    with connect() as connection:
        times = pd.to_datetime(["2024-01-01 02:03:04.567", None], format="ISO8601")
        frame = pd.DataFrame({"N": [1, 2], "F": [0.5, None], "S": ["x", None], "T": times, "B": [True, False]})
        done = write_pandas(connection, frame, "FRAMES", auto_create_table=True, overwrite=True, use_logical_type=True)
        assert done[:3] == (True, 1, 2), done
        cursor = connection.cursor().execute("select * from FRAMES order by N")
        back = cursor.fetch_pandas_all()
        assert list(back.columns) == list("NFSTB"), back.columns
        assert back["T"][0] == times[0], back["T"]
        assert back["S"].tolist()[0] == "x", back["S"]
        assert back["S"].isna().tolist() == [False, True]
        cursor.execute("select seq4() as N, 'text' as T from table(generator(rowcount => 120000))")
        batches = list(cursor.fetch_pandas_batches())
        assert sum(len(batch) for batch in batches) == 120_000
        assert len(cursor.get_result_batches()) > 1
        assert cursor.execute("select 1 as A").fetch_arrow_all().num_rows == 1


def without_rows() -> None:
    with connect() as connection:
        for sql in (
            "select 1 as A, 'x' as B, 1.5::float as C, current_timestamp() as D where false",
            "select 1 as A limit 0",
        ):
            cursor = connection.cursor()
            assert cursor.execute(sql).fetchall() == []
            assert cursor.execute(sql).fetchone() is None
            assert cursor.execute(sql).fetch_arrow_all() is None
            table = cursor.execute(sql).fetch_arrow_all(force_return_table=True)
            assert (table.num_rows, table.column_names[0]) == (0, "A"), table
            assert [part.num_rows for part in cursor.execute(sql).fetch_arrow_batches()] in ([], [0])
            frame = cursor.execute(sql).fetch_pandas_all()
            assert (len(frame), frame.columns[0]) == (0, "A"), frame
            assert sum(len(part) for part in cursor.execute(sql).fetch_pandas_batches()) == 0
            assert sum(len(part.to_pandas()) for part in cursor.execute(sql).get_result_batches()) == 0
            cursor.execute_async(sql)
            cursor.get_results_from_sfqid(cursor.sfqid)
            assert len(cursor.fetch_pandas_all()) == 0


def stages() -> None:
    with connect() as connection, tempfile.TemporaryDirectory() as name:
        folder, cursor = Path(name), connection.cursor()
        (folder / "a b.csv").write_text("1,x\n2,y\n")
        cursor.execute("create or replace stage FILES")
        row = cursor.execute(f"put 'file://{folder}/a b.csv' @FILES/in").fetchone()
        assert (row[0], row[1], row[6]) == ("a b.csv", "a b.csv.gz", "UPLOADED"), row
        assert cursor.execute(f"put 'file://{folder}/a b.csv' @FILES/in").fetchone()[6] == "SKIPPED"
        cursor.execute("put file://ignored @FILES/s auto_compress=false", file_stream=io.BytesIO(b"stream"))
        assert [row[0] for row in cursor.execute("list @FILES").fetchall()] == [
            "files/in/a b.csv.gz",
            "files/s/ignored",
        ]
        cursor.execute("create or replace table LOADED (A number, B varchar)")
        assert cursor.execute("copy into LOADED from @FILES/in").fetchone()[1:4] == ("LOADED", 2, 2)
        (folder / "got").mkdir()
        row = cursor.execute(f"get @FILES/s/ignored 'file://{folder}/got/'").fetchone()
        assert (row[0], row[2]) == ("ignored", "DOWNLOADED"), row
        assert (folder / "got" / "ignored").read_bytes() == b"stream"


def asynchronous() -> None:
    with connect() as connection:
        cursor = connection.cursor()
        cursor.execute_async("select 40 + 2")
        query_id = cursor.sfqid
        while connection.is_still_running(connection.get_query_status_throw_if_error(query_id)):
            time.sleep(0.02)
        cursor.get_results_from_sfqid(query_id)
        assert cursor.fetchall() == [(42,)]
        cursor.execute_async("select * from NOT_THERE")
        failed = raised(errors.DatabaseError, lambda: (cursor.get_results_from_sfqid(cursor.sfqid), cursor.fetchall()))
        assert failed.errno == 2003 or "NOT_THERE" in str(failed), failed


def several_statements() -> None:
    with connect() as connection:
        cursor = connection.cursor()
        cursor.execute(
            "create or replace table M (A int); insert into M values (1), (2); select sum(A) from M", num_statements=3
        )
        assert cursor.nextset() is not None
        assert cursor.fetchall() == [(2,)]
        assert cursor.nextset() is not None
        assert cursor.fetchall() == [(3,)]
        results = [one.fetchall() for one in connection.execute_string("select 1; select 2;")]
        assert results == [[(1,)], [(2,)]], results


def transactions() -> None:
    with connect(autocommit=False) as connection:
        cursor = connection.cursor()
        cursor.execute("create or replace table KEPT (A int)")
        cursor.execute("insert into KEPT values (1)")
        connection.rollback()
        cursor.execute("insert into KEPT values (2)")
        connection.commit()
        assert cursor.execute("select A from KEPT").fetchall() == [(2,)]


def failures() -> None:
    with connect() as connection:
        failed = raised(errors.ProgrammingError, lambda: connection.cursor().execute("select * from NOT_THERE"))
        assert (failed.errno, failed.sqlstate) == (2003, "42S02"), failed
        assert "Object 'NOT_THERE' does not exist or not authorized." in failed.msg, failed.msg
        assert failed.sfqid, failed.sfqid
        failed = raised(errors.DatabaseError, lambda: connection.cursor().execute("select 1/0").fetchall())
        assert (failed.errno, failed.sqlstate) == (100051, "22012"), failed


def wrong_password() -> None:
    failed = raised(errors.DatabaseError, lambda: connect(password="wrong"))
    assert failed.errno in (390100, 250001), failed
    assert "Incorrect username or password was specified" in str(failed), failed


def key_pair() -> None:
    private = {"authenticator": "SNOWFLAKE_JWT", "private_key_file": str(KEY), "password": None}
    with connect(**private) as connection:
        assert connection.cursor().execute("select 1").fetchone() == (1,)


def stopping() -> None:
    endless = "select count(*) from table(generator(rowcount => 1000000000)) a, table(generator(rowcount => 100000)) b"
    with connect() as connection:
        cursor = connection.cursor()
        if int(snowflake.connector.__version__.split(".")[0]) < 5:  # 5.2 sends neither the time nor an abort
            failed = raised(errors.ProgrammingError, lambda: cursor.execute(endless, timeout=1))
            assert failed.errno == 604, failed
        cursor.execute("alter session set statement_timeout_in_seconds = 3")
        failed = raised(errors.ProgrammingError, lambda: cursor.execute(endless))
        assert failed.errno == 630, failed
        assert cursor.execute("select 1").fetchone() == (1,)


def closing() -> None:
    connection = connect()
    connection.cursor().execute("create temporary table SHORT (A int)")
    connection.close()
    assert connection.is_closed()
    raised(errors.Error, lambda: connection.cursor().execute("select 1"))


def snowpark() -> None:
    from snowflake.snowpark import Session
    from snowflake.snowpark import functions as f
    from snowflake.snowpark.types import LongType, StringType

    with connect() as connection:
        session = Session.builder.configs({"connection": connection}).create()
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        frame = session.create_dataframe([(1, "a", 2.5), (2, "b", None), (3, "a", 4.0)], schema=["N", "G", "V"])
        frame.write.mode("overwrite").save_as_table("POINTS")
        sums = session.table("POINTS").group_by("G").agg(f.sum("V").alias("S")).sort("G").collect()
        assert [tuple(row) for row in sums] == [("a", 6.5), ("b", None)], sums
        assert session.table("POINTS").to_pandas().shape == (3, 3)
        runtimes = {
            row[0] for row in session.sql("select distinct runtime_version from information_schema.packages").collect()
        }
        if version not in runtimes:
            return  # its functions are pickled for this interpreter, and the server has another
        doubled = session.udf.register(lambda x: 2 * x, return_type=LongType(), input_types=[LongType()])
        assert [row[0] for row in session.table("POINTS").select(doubled("N").alias("D")).sort("D").collect()] == [
            2,
            4,
            6,
        ]
        counted = session.sproc.register(
            lambda own, table: own.table(table).count(),
            return_type=LongType(),
            input_types=[StringType()],
            packages=["snowflake-snowpark-python"],
        )
        assert counted("POINTS") == 3


CHECKS = [
    context,
    bindings,
    types_in_arrow,
    types_in_json,
    pandas_frames,
    without_rows,
    stages,
    asynchronous,
    several_statements,
    transactions,
    failures,
    wrong_password,
    key_pair,
    stopping,
    closing,
    snowpark,
]


def main() -> int:
    with snowflake.connector.connect(connection_name="embedded", connections_file_path=CONNECTIONS) as connection:
        connection.cursor().execute(f"create schema {SCHEMA}")
    failed = 0
    for check in CHECKS:
        if sys.argv[3:] and check.__name__ not in sys.argv[3:]:
            continue
        try:
            check()
        except ImportError as error:
            print(f"left out {check.__name__}: {error}", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED {check.__name__}: {traceback.format_exc()}", flush=True)
        else:
            print(f"ok {check.__name__}", flush=True)
    with snowflake.connector.connect(connection_name="embedded", connections_file_path=CONNECTIONS) as connection:
        connection.cursor().execute(f"drop schema {SCHEMA}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
