"""The door of this package: what the server asks about Python functions and procedures."""

from __future__ import annotations

from pathlib import Path

import duckdb
from sqlglot import exp

from include.local.snowflake.errors import SnowflakeError
from include.local.snowflake.results import Result
from include.local.snowflake.session import Session


class PythonObjects:
    """Python functions and procedures of one server.

    Args:
        state: Folder that keeps the definitions; made if missing.
        interpreters: Path of the interpreter for each RUNTIME_VERSION, for example {"3.12": Path("…/bin/python")}.
    """

    def __init__(self, state: Path, interpreters: dict[str, Path]) -> None:
        self._state = state
        self._interpreters = interpreters

    def handle(self, sql: str, session: Session, params: list[object] | None = None, describe_only: bool = False) -> Result | None:
        """Run a statement about Python functions or procedures.

        Args:
            sql: One statement in Snowflake's SQL.
            session: The session it came from.
            params: Values of its ? placeholders, as Python values.
            describe_only: The client asks for the columns alone: run nothing.

        Returns:
            Its result; None for a statement of another kind, which is the caller's.

        Raises:
            SnowflakeError: Snowflake would refuse the statement, or the handler failed.
        """
        return None

    def rewrite(self, tree: exp.Expression, session: Session) -> exp.Expression:
        """Replace calls of Python functions by calls that DuckDB can run.

        Args:
            tree: A parsed statement, in Snowflake's dialect, before any other change but the naming of its columns. It may be changed in place.
            session: The session it came from.

        Returns:
            The statement to run instead; the same object where nothing was replaced.

        Raises:
            SnowflakeError: A function of that name exists but not for these arguments.
        """
        return tree

    def error_of(self, error: duckdb.Error) -> SnowflakeError | None:
        """Find the error behind DuckDB's "Python exception occurred while executing the UDF".

        Args:
            error: What DuckDB raised while it ran a rewritten statement.

        Returns:
            Snowflake's error, with the handler's traceback; None if no Python function failed.
        """
        return None

    def end_session(self, session: Session) -> None:
        """Drop the session's temporary functions and procedures, and end what still runs for it.

        Args:
            session: A session that has ended.
        """

    def packages(self) -> list[tuple[str, str, str, str]]:
        """List what the interpreters have, for INFORMATION_SCHEMA.PACKAGES.

        Returns:
            Rows of PACKAGE_NAME, VERSION, LANGUAGE ("python") and RUNTIME_VERSION.
        """
        return []

    def close(self) -> None:
        """End all workers."""
