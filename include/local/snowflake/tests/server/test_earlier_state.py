"""A state folder that an earlier version wrote, when names were held as they are.

Read by this one, or refused untouched.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector

from embedded_snowflake import control
from embedded_snowflake.control import ControlError

pytestmark = pytest.mark.server


@contextmanager
def _cursor(state: Path) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(control.start(state).ca_bundle))
        try:
            with snowflake.connector.connect(**control.connection_parameters(state)) as connection:
                yield connection.cursor()
        finally:
            control.stop(state)


def _written_before(state: Path, *statements: str) -> None:
    """Make a state, and write into its database what the version before did: names in lower case as they are."""
    with _cursor(state) as cursor:
        cursor.execute("create table KEPT as select 1 as A")
    script = (
        "import duckdb, sys; database = duckdb.connect(sys.argv[1]); [database.execute(statement) for statement in"
        " sys.argv[2:]]"
    )
    subprocess.run([sys.executable, "-c", script, state / "databases" / "EMBEDDED.duckdb", *statements], check=True)
    (state / "names-encoded").unlink()


def test_its_tables_and_columns_keep_their_names(tmp_path: Path) -> None:
    _written_before(
        tmp_path,
        """create table PUBLIC."raw" ("id" bigint not null, "Year" bigint default 7, PLAIN varchar)""",
        """insert into PUBLIC."raw" values (1, 2024, 'x')""",
        """create table PUBLIC.UPPER ("mixed Case" bigint)""",
    )
    for _ in range(2):  # at the first start, and ever after
        with _cursor(tmp_path) as cursor:
            assert cursor.execute('select "id", "Year", PLAIN from "raw"').fetchall() == [(1, 2024, "x")]
            assert [row[0] for row in cursor.execute('desc table "raw"').fetchall()] == ["id", "Year", "PLAIN"]
            assert cursor.execute('select count("mixed Case"), (select A from KEPT) from UPPER').fetchall() == [(0, 1)]
            with pytest.raises(snowflake.connector.errors.ProgrammingError, match="invalid identifier 'ID'"):
                cursor.execute('select ID from "raw"')
            with pytest.raises(snowflake.connector.errors.ProgrammingError, match="Object 'RAW' does not exist"):
                cursor.execute("select * from RAW")
    with _cursor(tmp_path) as cursor:
        cursor.execute('insert into "raw" ("id") values (2)')
        assert cursor.execute('select "Year" from "raw" where "id" = 2').fetchall() == [(7,)]


def test_what_cannot_be_renamed_is_named_and_nothing_is_changed(tmp_path: Path) -> None:
    """DuckDB renames neither schemas, sequences and views, nor what a view reads."""
    _written_before(
        tmp_path,
        """create table PUBLIC."other" ("id" bigint)""",
        """create view PUBLIC."seen" as select 1 as A""",
        """create view PUBLIC.WITH_COLUMN as select 1 as "a" """,
        """create view PUBLIC.READER as select count(*) as N from PUBLIC."other" """,
        """create view PUBLIC.LEFT_ALONE as select 1 as A""",
        """create schema "lower" """,
        """create sequence PUBLIC."counted" """,
    )
    named = "READER, WITH_COLUMN, counted, lower, seen in EMBEDDED"
    with pytest.raises(
        ControlError, match=f"The state was written by an earlier version, and {named} cannot be read by this one"
    ):
        control.start(tmp_path)
    assert not (tmp_path / "names-encoded").exists()
    script = (
        "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute('select count(*) from"
        ' PUBLIC."other"\').fetchone())'
    )
    found = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "databases" / "EMBEDDED.duckdb"], capture_output=True, text=True
    )
    assert found.stdout.strip() == "(0,)", found.stderr
