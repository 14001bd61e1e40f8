"""What the rest of the server uses of this package: statements about, and calls of, Python functions and procedures."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported
from embedded_snowflake.python.calls import name_of
from embedded_snowflake.python.definitions import Definition, definition_of
from embedded_snowflake.python.duck_functions import DuckFunctions
from embedded_snowflake.python.grants import securable
from embedded_snowflake.python.packages import Packages
from embedded_snowflake.python.procedures import Procedures
from embedded_snowflake.python.registry import Registered, Registry, qualify
from embedded_snowflake.python.rewriting import Rewriter
from embedded_snowflake.python.sqltypes import signature
from embedded_snowflake.python.statements import Statements
from embedded_snowflake.python.workers import Limits, Pool
from embedded_snowflake.results import Column, Result, status_result
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Handler, Statement


class PythonObjects:
    """Python functions and procedures of one server.

    Args:
        state: The server's state folder; definitions are kept in its folder `python`.
        interpreters: Path of the interpreter for each RUNTIME_VERSION, for example {"3.12": Path("…/bin/python")}.
        limits: What workers may use.

    Attributes:
        handlers: What runs and describes the statements about functions and procedures, by their nodes.
    """

    def __init__(self, state: Path, interpreters: dict[str, Path], limits: Limits | None = None) -> None:
        self._registry = Registry(state / "python" / "definitions")
        self._packages = Packages(interpreters)
        self._pool = Pool(interpreters, state / "python" / "workers", limits)
        self._functions = DuckFunctions(self._pool)
        self._statements = Statements(self._registry, self._packages, self._functions)
        self._procedures = Procedures(self._registry, self._pool)
        self._rewriter = Rewriter(self._registry, self._functions)
        self.handlers: dict[type[exp.Expr], Handler] = {
            nodes.AlterRoutine: _ddl(self._statements.alter),
            nodes.Call: Handler(self._procedures.call, self._procedures.describe),
            nodes.CallAnonymous: Handler(self._call_anonymous, self._describe_anonymous),
            nodes.CommentOnRoutine: _ddl(self._statements.comment),
            nodes.CreateRoutine: _ddl(self._statements.create),
            nodes.DescribeRoutine: Handler(self._statements.describe, self._statements.describe),
            nodes.DropRoutine: _ddl(self._statements.drop),
            nodes.ShowRoutines: Handler(self._statements.show, self._statements.show),
        }
        for version in list(interpreters)[:1]:
            self._pool.warm(version)

    def rewrite(self, tree: exp.Expr, session: Session) -> exp.Expr:
        """Replace calls of Python functions by calls that DuckDB can run.

        Args:
            tree: A parsed statement, in Snowflake's dialect, its columns named already. It may be changed in place.
            session: Session that runs it.

        Returns:
            The statement to run instead; the same object where nothing was replaced.

        Raises:
            SnowflakeError: A function of that name exists but not for these arguments.
        """
        self._write_ddl(tree, session)
        return self._rewriter.rewrite(tree, session)

    def value_of(self, call: exp.Expr, session: Session) -> Column | None:
        """Describe the value of a Python function as a column.

        Args:
            call: A call, qualified or not.
            session: Session that runs the statement.

        Returns:
            A column without a name; None for anything but a call of one such function.
        """
        definition = self._called(call, session)
        return definition.returns.column("") if definition is not None and definition.returns is not None else None

    def columns_of(self, call: exp.Expr, session: Session) -> list[Column] | None:
        """Describe the columns that a Python table function gives.

        Args:
            call: What stands in TABLE(…) or after LATERAL.
            session: Session that runs the statement.

        Returns:
            The columns; None for anything but one such function.
        """
        definition = self._called(call.this if isinstance(call, exp.Window) else call, session)
        columns = definition.columns if definition is not None else None
        return None if columns is None else [declared.column(name) for name, declared in columns]

    def _called(self, call: exp.Expr, session: Session) -> Definition | None:
        while isinstance(call, exp.Dot):
            call = call.expression
        items = self._rewriter.resolve(call, session) if isinstance(call, exp.Func) else []
        return items[0].definition if items and len({item.definition.returns for item in items}) == 1 else None

    def procedure_table(self, call: exp.Expr, statement: Statement) -> Result | None:
        """Run TABLE(procedure(…)) of a FROM.

        Args:
            call: What stands in TABLE(…).
            statement: The statement that it stands in.

        Returns:
            The table; None where it is no procedure of ours. When the session only describes, its columns.

        Raises:
            SnowflakeError: The procedure declares no columns, its arguments are wrong, or it failed.
        """
        session = statement.session
        inner = call
        while isinstance(inner, exp.Dot):
            inner = inner.expression
        name = name_of(inner) if isinstance(inner, exp.Func) else None
        if name is None or not self._registry.has_name("PROCEDURE", name[-1]):
            return None
        items = self._registry.overloads("PROCEDURE", qualify(name, session.database, session.schema), session)
        if not items:
            return None
        if not all(item.definition.columns for item in items):
            raise compilation_error(
                f"Invalid operation [TABLE({name[-1]}(…))]: the procedure declares no columns", 1003, "42000"
            )
        parts = [exp.to_identifier(part, quoted=True) for part in reversed(name)]
        table = exp.Table(**dict(zip(("this", "db", "catalog"), parts, strict=False)))
        tree = nodes.Call(this=table, expressions=inner.expressions)
        return (self._procedures.describe if statement.describe_only else self._procedures.call)(statement, tree)

    def error_of(self, error: duckdb.Error) -> SnowflakeError | None:
        """Find the error behind DuckDB's "Python exception occurred while executing the UDF".

        Args:
            error: What DuckDB raised while it ran a rewritten statement.

        Returns:
            Snowflake's error, with the handler's traceback; None if no Python function failed.
        """
        return self._functions.error_of(error)

    def cancel(self, session: Session) -> None:
        """End what runs for a session: its statement fails.

        Args:
            session: Session whose statement it is.
        """
        self._pool.cancel(session.key)

    def end_session(self, session: Session) -> None:
        """Drop the session's temporary functions and procedures, and end what still runs for it.

        Args:
            session: A session that has ended.
        """
        self.cancel(session)
        self._forget(self._registry.end_owner(session))

    def drop_container(self, database: str, schema: str | None = None) -> None:
        """Drop the functions and procedures of a dropped database or schema.

        Args:
            database: Its name.
            schema: The schema's name; None for the whole database.
        """
        self._forget(self._registry.drop_container(database, schema))

    def securable(
        self, kind: str, name: tuple[str, ...], types: list[nodes.DeclaredType], session: Session
    ) -> Securable:
        """Find a function or procedure that a statement grants something on.

        Args:
            kind: FUNCTION or PROCEDURE.
            name: Database, schema, name.
            types: Its argument types.
            session: Session that runs the statement.

        Returns:
            The function as grants name it.

        Raises:
            SnowflakeError: There is none of this name and these types, or it is a temporary one.
        """
        item = self._registry.find(kind, name, signature(types), session)
        if item.owner is not None:
            raise not_supported("grants on temporary objects")
        return securable(item.definition)

    def securables(self, kind: str) -> list[Securable]:
        """List all permanent functions or procedures as grants name them.

        Args:
            kind: FUNCTION or PROCEDURE.

        Returns:
            All there are.
        """
        return [securable(item.definition) for item in self._registry.visible(kind, None)]

    def packages(self) -> list[tuple[str, str, str, str]]:
        """List what the interpreters have, for INFORMATION_SCHEMA.PACKAGES.

        Returns:
            Rows of PACKAGE_NAME, VERSION, LANGUAGE ("python") and RUNTIME_VERSION.
        """
        return self._packages.rows()

    def close(self) -> None:
        """End all workers."""
        self._pool.close()

    def _call_anonymous(self, statement: Statement, tree: nodes.CallAnonymous) -> Result:
        return self._procedures.call(statement, tree.expression, self._anonymous(statement.session, tree.this))

    def _describe_anonymous(self, statement: Statement, tree: nodes.CallAnonymous) -> Result:
        return self._procedures.describe(statement, tree.expression, self._anonymous(statement.session, tree.this))

    def _anonymous(self, session: Session, node: nodes.RoutineDefinition) -> Registered:
        """Give the procedure that a statement defines for its own CALL."""
        definition = replace(definition_of(node), execute_as="CALLER")
        imports = self._statements.checked_imports(definition, session)
        return Registered("anonymous", definition, imports, datetime.datetime.now(datetime.UTC), session)

    def _write_ddl(self, tree: exp.Expr, session: Session) -> None:
        """Put statements in the place of GET_DDL('FUNCTION', …) and GET_DDL('PROCEDURE', …)."""
        for call in list(tree.find_all(exp.Anonymous)):
            texts = [value.name for value in call.expressions if isinstance(value, exp.Literal)]
            if call.name.upper() == "GET_DDL" and len(texts) > 1 and texts[0].upper() in ("FUNCTION", "PROCEDURE"):
                call.replace(exp.Literal.string(self._statements.ddl(texts[0].upper(), texts[1], session)))

    def _forget(self, items: list[Registered]) -> None:
        for item in items:
            self._functions.forget(item)


def _ddl(run: Callable[[Statement, Any], Result]) -> Handler:
    """Make the handler of a statement that is described by a status."""
    return Handler(run, lambda _statement, _tree: status_result(""))
