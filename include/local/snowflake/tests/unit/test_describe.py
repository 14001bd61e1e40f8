"""A statement that is only described changes nothing; what runs it is never asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import dispatch
from tests.unit.embedded import open_engine, open_session

SETUP = (
    "create table T (A int, S varchar)",
    "insert into T values (1, 'x')",
    "create stage ST",
    "copy into @ST/part from T",
    "create sequence SEQ",
    "create file format FF type = csv",
    "create role R",
    "set V = 1",
)
STATE = (
    "select * from T",
    "show tables",
    "show stages",
    "show sequences",
    "list @ST",
    "show roles",
    "show schemas",
    "show grants to role R",
    "select $V",
)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder: Path = tmp_path_factory.mktemp("state")
    with open_engine(folder) as engine:
        session = open_session(engine)
        for statement in SETUP:
            dispatch.run(session, statement)
        yield session


def _state(session: Session) -> list[list[tuple[Any, ...]]]:
    return [dispatch.run(session, question).tuples() for question in STATE]


@pytest.mark.parametrize(
    ("statement", "columns"),
    [
        ("insert into T values (2, 'y')", ["number of rows inserted"]),
        ("update T set A = 5", ["number of rows updated", "number of multi-joined rows updated"]),
        ("delete from T", ["number of rows deleted"]),
        (
            "merge into T using (select 1 as A) Q on T.A = Q.A when matched then delete",
            ["number of rows deleted"],
        ),
        ("insert all into T values (3, 'z') select 1", ["number of rows inserted into T"]),
        ("truncate table T", ["status"]),
        ("drop table T", ["status"]),
        ("create table U (B int)", ["status"]),
        ("alter table T add column C int", ["status"]),
        ("create schema MADE", ["status"]),
        ("create stage MADE", ["status"]),
        ("drop stage ST", ["status"]),
        ("remove @ST", ["name", "result"]),
        ("copy into T from @ST", None),
        ("copy into @ST/more from T", ["rows_unloaded", "input_bytes", "output_bytes"]),
        ("copy files into @~/copied from @ST", ["file"]),
        ("drop file format FF", ["status"]),
        ("create role MADE", ["status"]),
        ("drop role R", ["status"]),
        ("grant select on table T to role R", ["status"]),
        ("set V = 2", ["status"]),
        ("unset V", ["status"]),
        ("execute immediate 'delete from T'", ["number of rows deleted"]),
        ("select A, S from T", ["A", "S"]),
        ("select A from T where S = ?", ["A"]),
    ],
)
def test_describing_changes_nothing(session: Session, statement: str, columns: list[str] | None) -> None:
    before = _state(session)
    result = dispatch.run(session, statement, describe=True)
    if columns is not None:
        assert [column.name for column in result.columns] == columns
    assert _state(session) == before
