"""One execution of one statement, and what runs a kind of statement."""

from __future__ import annotations

import contextlib
import dataclasses
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from embedded_snowflake.bindings import Binding
from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.names import quote, temporary_place
from embedded_snowflake.results import Result
from embedded_snowflake.state.session import Session


@dataclass
class Statement:
    """One execution of a statement: made when it is dispatched, gone when it has its result.

    Attributes:
        session: The session, or the part of one, that it runs in.
        text: Its text as sent.
        rows: Values of its placeholders; several rows for an INSERT of many.
        describe_only: Whether only its result's columns are wanted; nothing may change then.
        leaves_open: Whether it leaves the open transaction open though it is DDL.
        outer: The statement that needs this one's result, if any.
        wide: Whether it runs again because a whole number needs more than 64 bits: see sql/rewrite/wide_integers.py.
        within: Whether it was DDL that has left the open transaction open.
        qualified: Tables that it names with their schema: their full names as shown, by their last words.
        scratch: Kinds and names of the DuckDB temporary tables and views that it has made for itself.
    """

    session: Session
    text: str
    rows: Sequence[list[Binding]] = ()
    describe_only: bool = False
    query_id: str = ""
    leaves_open: bool = False
    outer: Statement | None = None
    wide: bool = False
    within: bool = False
    qualified: dict[str, str] = field(default_factory=dict)
    scratch: list[tuple[str, str]] = field(default_factory=list)

    def nested(self, text: str, *, describe_only: bool = False) -> Statement:
        """Make a statement whose result this one needs.

        Args:
            text: Its text.
            describe_only: Whether only its columns are needed.

        Returns:
            The statement, which runs in the same session and under the same id.
        """
        return Statement(
            self.session, text, (), describe_only, self.query_id, self.leaves_open, outer=self, wide=self.wide
        )

    def anew(self, session: Session) -> Statement:
        """Make the statement again, for a transaction that is brought back.

        Args:
            session: The session as it was then.

        Returns:
            The statement, with nothing done yet.
        """
        return dataclasses.replace(self, session=session, leaves_open=True, qualified={}, scratch=[])

    def scratch_name(self, kind: str, purpose: str) -> str:
        """Name a temporary table or view of DuckDB's that goes when the statement ends.

        Args:
            kind: "table" or "view".
            purpose: A word of its name.

        Returns:
            Its name; the caller makes it.
        """
        name = f"_{purpose}_{uuid.uuid4().hex.upper()}"
        self.scratch.append((kind, name))
        return name

    def clear(self) -> None:
        """Forget what an attempt to run it has left."""
        self.qualified.clear()
        # By its own kind: DROP VIEW of what is a table would end an open transaction, IF EXISTS or not.
        for kind, name in self.scratch:
            with contextlib.suppress(duckdb.Error):
                self.session.duck.execute(f"drop {kind} if exists temp.main.{quote(name)}")
            self.session.column_facts.pop(temporary_place(name), None)
        self.scratch.clear()

    def commit_for_ddl(self) -> None:
        """Commit the open transaction, as DDL does before it runs; not where Snowpark says that the object is its own.

        Raises:
            SnowflakeError: As for `Session.end_transaction`.
        """
        transaction = self.session.transaction
        if transaction.restoring:
            return
        if not self.leaves_open:
            self.session.end_transaction(commit=True)
            return
        statement: Statement | None = self
        while statement is not None:
            statement.within = transaction.is_open
            statement = statement.outer

    def unsupported(self) -> SnowflakeError:
        """Make the error of a statement that nothing here runs.

        Returns:
            An error that shows its first words.
        """
        return not_supported(f"{' '.join(self.text.split()[:4])} …")


@dataclass(frozen=True)
class Handler:
    """What one kind of statement is run and described by; neither asks which of the two is wanted.

    Both take the statement and its tree, placeholders filled in, and raise a SnowflakeError where Snowflake would
    refuse it or the embedded Snowflake does not support it.

    Attributes:
        run: Runs it and gives its result.
        describe: Gives a result with the same columns, and changes nothing.
    """

    run: Callable[[Statement, Any], Result]
    describe: Callable[[Statement, Any], Result]
