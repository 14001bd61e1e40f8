"""What a transaction promises, on DuckDB connections of two sessions over one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.names import TableName
from embedded_snowflake.state.locks import TableLocks
from embedded_snowflake.state.transaction import Change, Transaction

TABLE = TableName("DB", "SC", "T")


class Client:
    """A session as a transaction sees it: a connection, and whose locks they are."""

    called = None

    def __init__(self, root: duckdb.DuckDBPyConnection, locks: TableLocks) -> None:
        self.duck = root.cursor()
        self.temporary: dict[Any, str] = {}
        self.transaction = Transaction(self.duck, locks, self, (self.temporary,))

    def idle_seconds(self) -> float:
        return 0.0

    def give_up(self) -> None:
        self.transaction.rollback()

    def change(self, sql: str, *, locks: bool = True, stays: bool = False) -> None:
        """Change rows, as a session does."""
        if locks:
            self.transaction.lock(TABLE, seconds=0)
        affected = self._run(sql)
        self.transaction.remember(Change(sql, lambda: self._run(sql), affected, stays))
        self.transaction.unlock()

    def fails(self) -> None:
        """Run a statement that fails, which breaks DuckDB's transaction."""
        with pytest.raises(duckdb.Error):
            self.duck.execute("select error('no')")
        self.transaction.restore()

    def rows(self) -> list[int]:
        return [row[0] for row in self.duck.execute("select A from T order by A").fetchall()]

    def _run(self, sql: str) -> int:
        rows = self.duck.execute(sql).fetchall()
        return int(rows[0][0]) if rows else 0


@pytest.fixture
def clients() -> Iterator[tuple[Client, Client]]:
    with duckdb.connect(":memory:") as root:
        root.execute("create table T (A integer)")
        locks = TableLocks()
        yield Client(root, locks), Client(root, locks)


def test_a_commit_shows_to_others_and_a_rollback_does_not(clients: tuple[Client, Client]) -> None:
    one, other = clients
    for end, seen in ((one.transaction.rollback, []), (one.transaction.commit, [1])):
        one.transaction.begin("session")
        assert one.transaction.scope == "session"
        one.change("insert into T values (1)")
        assert other.rows() == []
        end()
        assert not one.transaction.is_open
        assert other.rows() == seen


def test_one_that_is_open_stays(clients: tuple[Client, Client]) -> None:
    one, _ = clients
    one.transaction.begin("session")
    first = one.transaction.id
    one.change("insert into T values (1)")
    one.transaction.begin("procedure")
    assert (one.transaction.id, one.transaction.scope) == (first, "session")
    one.transaction.rollback()
    assert one.rows() == []


def test_a_failed_statement_leaves_it_open_with_its_changes(clients: tuple[Client, Client]) -> None:
    one, other = clients
    one.transaction.begin("session")
    one.change("insert into T values (1)")
    one.fails()
    assert one.transaction.is_open
    assert one.rows() == [1]
    one.transaction.commit()
    assert other.rows() == [1]


def test_each_statement_sees_what_others_have_committed(clients: tuple[Client, Client]) -> None:
    one, other = clients
    one.transaction.begin("session")
    assert one.rows() == []
    other.change("insert into T values (7)")
    one.transaction.refresh()
    assert one.rows() == [7]


def test_after_a_change_it_sees_them_once_it_has_the_lock(clients: tuple[Client, Client]) -> None:
    one, other = clients
    one.transaction.begin("session")
    one.change("insert into T values (1)")
    one.transaction.unlock()  # keeps the locks: a transaction is open
    with pytest.raises(SnowflakeError, match="another transaction has locked table 'T'"):
        other.change("update T set A = 2")
    one.transaction.commit()
    other.change("update T set A = 2")
    assert one.rows() == [2]


def test_a_lock_that_others_had_meanwhile_shows_what_they_did(clients: tuple[Client, Client]) -> None:
    one, other = clients
    one.transaction.begin("session")
    one.change("insert into T values (1)", locks=False)
    other.change("insert into T values (5)")
    assert one.rows() == [1]
    one.change("update T set A = A + 10")
    assert one.rows() == [11, 15]


def test_what_others_have_changed_ends_it(clients: tuple[Client, Client]) -> None:
    one, other = clients
    other.change("insert into T values (1)")
    one.transaction.begin("session")
    one.change("delete from T where A = 1", locks=False)
    one.duck.rollback()  # as a failed statement does
    other.change("delete from T", locks=False)
    with pytest.raises(SnowflakeError, match="others have changed what it changed") as caught:
        one.transaction.renew()
    assert caught.value.code == 625
    assert not one.transaction.is_open


def test_undo_takes_back_what_came_after_the_mark(clients: tuple[Client, Client]) -> None:
    one, _ = clients
    one.transaction.begin("session")
    one.change("insert into T values (1)")
    mark = one.transaction.mark()
    one.change("insert into T values (2)")
    one.transaction.undo(mark)
    assert one.transaction.is_open
    assert one.rows() == [1]
    one.transaction.rollback()
    one.transaction.undo(mark)
    assert not one.transaction.is_open


def test_a_rollback_forgets_temporary_objects_but_those_that_stay(clients: tuple[Client, Client]) -> None:
    one, _ = clients
    one.temporary[TABLE] = "before"
    one.transaction.begin("session")
    one.temporary[TableName("DB", "SC", "MADE")] = "within"
    one.change("create temp table STAYS as select 1 as A", stays=True)
    one.change("insert into T values (1)")
    one.transaction.rollback()
    assert one.temporary == {TABLE: "before"}
    assert one.rows() == []
    assert one.duck.execute("select A from STAYS").fetchall() == [(1,)]


def test_locks_are_given_back_at_its_end(clients: tuple[Client, Client]) -> None:
    one, other = clients
    for end in (one.transaction.commit, one.transaction.rollback):
        one.transaction.begin("session")
        one.change("insert into T values (1)")
        end()
        other.change("delete from T")
