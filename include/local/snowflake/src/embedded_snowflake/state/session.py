"""One logged-in client session: its names, its DuckDB connection, its transaction and its temporary objects."""

from __future__ import annotations

import contextlib
import copy
import datetime
import itertools
import logging
import math
import threading
import time
from collections import deque
from typing import Any

import duckdb

from embedded_snowflake.errors import SnowflakeError, cannot_use, not_supported
from embedded_snowflake.names import TableName, literal, quote, temporary_place
from embedded_snowflake.state.engine import Engine
from embedded_snowflake.state.facts import Clustering, Fact
from embedded_snowflake.state.locks import LOCK_TIMEOUT
from embedded_snowflake.state.stages import StageReference
from embedded_snowflake.state.transaction import Transaction
from embedded_snowflake.state.turns import Turns

STOP_SECONDS = 0.2
GONE_SECONDS = 3.0  # a client that closes its connections to open others is not gone
logger = logging.getLogger(__name__)
_KEYS = itertools.count(1)  # those of sessions are their numbers, which begin far above


class Session:
    """State of one logged-in client.

    Args:
        engine: What all sessions share.
        number: The session's number, as CURRENT_SESSION() and the history show it.
        user: Name of the user who logged in.

    Attributes:
        key: Tells the parts of a session apart, those that run for it beside its statements and within them.
        root: The session that a client opened; itself, but for such a part.
        caller: The session or part whose CALL runs the procedure that it is a part for; None for any other.
        called: The procedure's part that the running CALL waits for.
        rights: OWNER or CALLER within a procedure, None outside.
        ended: Whether its procedure has ended: it runs no more statements.
        duck: Its DuckDB connection; the transaction lives in it, and, but where it is `apart`, temporary tables do.
        lock: Held while a statement runs on its connection.
        turns: The order of its statements.
        interrupted: Set when the running statement is to stop, for what waits outside of DuckDB.
        temporary: Full names of its temporary tables and views.
        parameters: Session parameters that were set, names in upper case.
    """

    def __init__(self, engine: Engine, number: int, user: str) -> None:
        self.engine = engine
        self.number = number
        self.user = user
        self.key = number
        self.root: Session = self
        self.caller: Session | None = None
        self.rights: str | None = None
        self.role = "SYSADMIN"
        self.warehouse: str | None = None
        self.client = "unknown"
        self.temporary: dict[TableName, str] = {}
        self.temporary_stages: list[StageReference] = []
        self.loaded: set[tuple[TableName, str, str]] = set()  # files loaded into temporary tables
        self.copied: list[tuple[Any, ...]] = []  # how they fared: table and a record of copy/loaded_files.py
        self.made_at: dict[TableName, datetime.datetime] = {}  # temporary objects
        self.column_facts: dict[TableName, list[Fact]] = {}
        self.clustering: dict[TableName, Clustering] = {}  # keys of temporary tables
        self.parameters: dict[str, Any] = {}
        self.variables: dict[str, str] = {}
        self.autocommit = True
        self.last_query_id: str | None = None
        self.query_ids: deque[str] = deque(maxlen=1000)  # of the last statements, for LAST_QUERY_ID(-n)
        self._given_up = False
        self.client_gone: float | None = None  # when, by the monotonic clock
        self._database: str | None = None
        self._schema: str | None = None
        self.apart = False
        self.duck: duckdb.DuckDBPyConnection = engine.root.cursor()
        known = (self.temporary, self.made_at, self.column_facts, self.clustering)
        self.transaction = Transaction(self.duck, engine.locks, self, known)
        self._start()

    def _start(self) -> None:
        """Have what belongs to running statements, of this part of the session alone."""
        self.called: Session | None = None
        self.ended = False
        self.lock = threading.RLock()
        self.turns = Turns()
        self.beside: set[Session] = set()  # parts that run statements beside the one on its connection
        self.interrupted = threading.Event()
        self._idle_since: float | None = time.monotonic()
        self._outer: tuple[duckdb.DuckDBPyConnection, Transaction, bool] | None = None

    def part(self) -> Session:
        """Make a part of the session for statements within the running one: on its connection, in its transaction.

        Returns:
            It; what it sets anew, such as the current schema, it sets for itself alone.
        """
        made = copy.copy(self)
        made.key = next(_KEYS)
        made.query_ids = self.query_ids.copy()
        made._start()
        return made

    def take_over(self, part: Session) -> None:
        """Have what a procedure with its caller's rights has set.

        Args:
            part: The procedure's part of the session.
        """
        self.role, self.warehouse = part.role, part.warehouse
        self._database, self._schema = part.database, part.schema
        self.search()

    def connect(self) -> None:
        """Give this part of the session a connection of its own, from where temporary objects are out of reach."""
        self.duck = self.engine.root.cursor()
        self.apart = True
        self.transaction = Transaction(self.duck, self.engine.locks, self)
        if "TIMEZONE" in self.parameters:
            self.duck.execute("set TimeZone = ?", [str(self.parameters["TIMEZONE"])])
        self.search()

    @property
    def database(self) -> str | None:
        """Current database, or None."""
        return self._database

    @property
    def schema(self) -> str | None:
        """Current schema, or None."""
        return self._schema

    @property
    def query_tag(self) -> str:
        """The session's QUERY_TAG."""
        return str(self.parameters.get("QUERY_TAG", ""))

    def use(self, database: str | None, schema: str | None) -> None:
        """Change the current database and schema.

        Args:
            database: Database as stored, or None to keep it.
            schema: Schema as stored; None takes PUBLIC where the database has one.

        Raises:
            SnowflakeError: One of them does not exist.
        """
        database = database or self._database
        if database is None or database not in self.engine.databases():
            raise cannot_use()
        if schema is None:
            schema = "PUBLIC" if self.engine.has_schema(database, "PUBLIC") else None
        elif not self.engine.has_schema(database, schema):
            raise cannot_use()
        self._database, self._schema = database, schema
        self.search()

    def search(self) -> None:
        """Let the connection find fakesnow's macros by its search path; tables never are: see table_names.py."""
        if self._database is not None:
            self.duck.execute(f"set schema = {literal(quote(self._database) + '.main')}")

    def leave_schema(self) -> None:
        """Have no current schema, as after a login that names one that does not exist."""
        self._schema = None

    def forget(self, database: str, schema: str | None = None) -> None:
        """Leave a database or schema that was dropped.

        Args:
            database: Database.
            schema: Schema; None when the whole database went.
        """
        if database == self._database and schema is None:
            self._database = self._schema = None
        elif database == self._database and schema == self._schema:
            self._schema = "PUBLIC" if self.engine.has_schema(database, "PUBLIC") else None
        for name in [name for name in self.temporary if name.database == database and schema in (None, name.schema)]:
            del self.temporary[name]

    def place_of(self, name: TableName) -> TableName:
        """Find where DuckDB has an object.

        A temporary one lies in its `temp` database, under its full name in one word.

        Args:
            name: Database, schema and name.

        Returns:
            DuckDB's database, schema and name.

        Raises:
            SnowflakeError: It is a temporary object, which the connection cannot reach.
        """
        if self.apart and name in self.temporary:
            raise not_supported(
                f"temporary objects here ('{name.name}'): in a procedure's own transaction within another, or side by"
                " side"
            )
        return temporary_place(".".join(name)) if name in self.temporary else name

    def earlier_query(self, number: int) -> str | None:
        """Find the id of an earlier statement.

        Args:
            number: -1 for the last one, -2 for the one before it.

        Returns:
            The id; None when there was none.

        Raises:
            SnowflakeError: It counts from the session's beginning, or from before the last 1,000 statements.
        """
        if not -1000 <= number < 0:
            raise not_supported(f"LAST_QUERY_ID({number})")
        return self.query_ids[number] if -number <= len(self.query_ids) else None

    def begin(self) -> None:
        """Open a transaction, as BEGIN does: within a procedure it is one of its own, whatever its caller has open."""
        if self.transaction.is_open and self.transaction.scope is not self:
            outer = self.duck, self.transaction, self.apart
            self.connect()
            self._outer = outer
        self.transaction.begin(self)

    def begin_change(self) -> None:
        """Open a transaction for a change of rows where AUTOCOMMIT is off and none is open."""
        if not self.autocommit:
            self.transaction.begin(self)

    def end_transaction(self, *, commit: bool) -> None:
        """Commit the open transaction or roll it back.

        Args:
            commit: Which of the two.

        Raises:
            SnowflakeError: It was opened outside of the procedure whose statement this is.
        """
        if self.transaction.is_open and self.transaction.scope is not self:
            raise SnowflakeError(
                "Modifying a transaction that has started at a different scope is not allowed.", 90237, "42601"
            )
        try:
            if commit:
                self.transaction.commit()
            else:
                self.transaction.rollback()
        finally:
            if self._outer is not None:
                self.duck.close()
                self.duck, self.transaction, self.apart = self._outer
                self._outer = None
                self.transaction.renew()  # what the enclosed one has committed is seen at once

    def lock_table(self, table: TableName) -> None:
        """Take a table's lock for a change of its rows; `transaction.unlock` gives it back.

        Args:
            table: Its full name; a temporary one needs no lock.

        Raises:
            SnowflakeError: As for `Transaction.lock`.
        """
        if table not in self.temporary:
            given = str(self.parameters.get("LOCK_TIMEOUT"))
            self.transaction.lock(table, float(given) if given.isdigit() else LOCK_TIMEOUT)

    def awake(self) -> None:
        """Note that a statement runs.

        Raises:
            SnowflakeError: The session's transaction was given up while it was idle.
        """
        self._idle_since = None
        if self._given_up:
            self._given_up = False
            raise SnowflakeError(
                "The transaction was rolled back: it was idle and had locked what another one waited for.", 625, "40001"
            )

    def rest(self) -> None:
        """Note that no statement runs any more."""
        self._idle_since = time.monotonic()

    def as_now(self) -> Session:
        """Copy the session, to run a statement again later as it would run now.

        Returns:
            The copy, which shares the connection and the transaction.
        """
        then = copy.copy(self)
        then.variables = dict(self.variables)
        return then

    def idle_seconds(self) -> float:
        """How long no statement has run; 0 while one runs, and without end where the client is gone."""
        since, gone = self._idle_since, self.client_gone
        if since is not None and gone is not None and time.monotonic() - gone > GONE_SECONDS:
            return math.inf
        return 0.0 if since is None else time.monotonic() - since

    def give_up(self) -> None:
        """Roll back the transaction of a session that is idle; its client hears of it at its next statement."""
        if self.lock.acquire(blocking=False):
            try:
                self._given_up = self.transaction.is_open
                self.transaction.rollback()
            finally:
                self.lock.release()

    def cancel(self) -> None:
        """Stop the running statement, and what its CALL runs; not what brings the open transaction back after it."""
        called = self.called
        if called is not None:
            called.cancel()
        self.engine.locks.stop(self.transaction.holder)
        self.interrupted.set()
        if not self.transaction.restoring:
            self.duck.interrupt()
        if self.engine.python is not None:
            self.engine.python.cancel(self)

    def stop(self) -> None:
        """End all statements of this part of the session, and wait until they have ended."""
        self.ended = True
        while not self.turns.ended(0):
            for part in [self, *self.beside]:
                part.cancel()
            self.turns.ended(STOP_SECONDS)
            with contextlib.suppress(duckdb.Error):
                self.duck.execute("select 1").fetchall()  # takes an interruption that came too late

    def close(self) -> None:
        """End the session: an open transaction is rolled back, temporary objects go."""
        self.stop()
        if self.engine.python is not None:
            self.engine.python.end_session(self)
        with self.lock:
            with contextlib.suppress(duckdb.Error):
                self.transaction.rollback()
            for reference in self.temporary_stages:
                self.engine.drop_stage(reference, self.user)
            self.duck.close()
