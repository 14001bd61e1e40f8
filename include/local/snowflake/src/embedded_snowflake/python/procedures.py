"""CALL of Python procedures, stored or anonymous."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from sqlglot import exp

from embedded_snowflake.errors import compilation_error
from embedded_snowflake.names import display
from embedded_snowflake.python.calls import complete, converted
from embedded_snowflake.python.definitions import Definition
from embedded_snowflake.python.interpreter import values
from embedded_snowflake.python.loading import code_of
from embedded_snowflake.python.overloads import built, candidates, only
from embedded_snowflake.python.registry import Registered, Registry, qualify
from embedded_snowflake.python.sqltypes import SqlType, declared
from embedded_snowflake.python.workers import Pool
from embedded_snowflake.results import Column, Result
from embedded_snowflake.sources import queries
from embedded_snowflake.sql.parse import dialect, nodes
from embedded_snowflake.sql.resolve import identifiers
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.session_parts import of_call
from embedded_snowflake.state.statement import Statement

_HOST = "localhost"


class Procedures:
    """Runs procedures.

    Args:
        registry: The definitions.
        pool: The workers.
    """

    def __init__(self, registry: Registry, pool: Pool) -> None:
        self._registry = registry
        self._pool = pool

    def call(self, statement: Statement, tree: nodes.Call, anonymous: Registered | None = None) -> Result:
        """Run CALL of a procedure.

        Args:
            statement: Execution of it.
            tree: Name and arguments, values filled in.
            anonymous: Procedure that the statement itself defines.

        Returns:
            One row with its value, or the table it returns.

        Raises:
            SnowflakeError: There is no such procedure, its arguments are wrong, or it failed.
        """
        return self._run(self._find(statement.session, tree, anonymous), tree.expressions, statement)

    def describe(self, statement: Statement, tree: nodes.Call, anonymous: Registered | None = None) -> Result:
        """Describe CALL of a procedure.

        Args:
            statement: Execution of it.
            tree: Name and arguments.
            anonymous: Procedure that the statement itself defines.

        Returns:
            The columns that it declares.

        Raises:
            SnowflakeError: There is no such procedure, or its arguments are wrong.
        """
        return Result(_columns(self._find(statement.session, tree, anonymous).definition), [])

    def _find(self, session: Session, tree: nodes.Call, anonymous: Registered | None) -> Registered:
        """Find the procedure that a CALL means."""
        name, given = identifiers.parts(tree.this), [built(value) for value in tree.expressions]
        if anonymous is not None:
            overloads = [anonymous] if name == anonymous.definition.name else []
        else:
            overloads = self._registry.overloads("PROCEDURE", qualify(name, session.database, session.schema), session)
        if not overloads:
            raise _unknown(name)
        return only(candidates(overloads, given, display(name[-1])), display(name[-1]))

    def _run(self, item: Registered, given: list[exp.Expr], statement: Statement) -> Result:
        session, definition = statement.session, item.definition
        row = self._evaluate(given, definition, statement)
        rights = "CALLER" if definition.execute_as.endswith("CALLER") else "OWNER"
        place = (
            (definition.name[0], definition.name[1]) if len(definition.name) > 2 else None
        )  # an anonymous one has none
        with (
            self._pool.procedure(code_of(item), session.key) as worker,
            of_call(session, rights, place) as frame,
            _way_back(frame) as back,
        ):
            request = {"op": "call", "connection": back}
            answer, body = worker.call(
                request, values.write(row) if row.num_columns else b"", self._pool.limits.procedure_seconds
            )
        table = values.read(body)
        columns = _columns(definition)
        if definition.columns == ():
            columns = [
                declared(dialect.parse_declared_type(text)).column(name)
                for name, text in zip(answer["names"], answer["types"], strict=True)
            ]
        if definition.columns is not None:
            return Result(columns, table=table.rename_columns([column.name for column in columns]))
        assert definition.returns is not None
        return Result(columns, [(_shown(table.column(0)[0].as_py(), definition.returns),)])

    def _evaluate(self, given: list[exp.Expr], definition: Definition, statement: Statement) -> pa.Table:
        """Compute the arguments, in the session's own SQL."""
        if not definition.arguments:
            return pa.table({})
        expressions = [
            exp.alias_(converted(value, argument.type), f"A{place}")
            for place, (value, argument) in enumerate(
                zip(complete(given, definition.arguments), definition.arguments, strict=True)
            )
        ]
        result = queries.evaluate(statement, exp.select(*expressions).sql(dialect="snowflake"))
        (found,) = result.tuples()
        arrays = [
            values.from_python(
                [value if value is None or not argument.type.is_semi_structured else json.loads(value)],
                argument.type.worker,
            )
            for value, argument in zip(found, definition.arguments, strict=True)
        ]
        return pa.table(arrays, [argument.name for argument in definition.arguments])


def _columns(definition: Definition) -> list[Column]:
    if definition.columns is not None:
        return [declared.column(name) for name, declared in definition.columns]
    assert definition.returns is not None
    return [definition.returns.column(definition.name[-1])]


def _shown(value: Any, declared: SqlType) -> Any:
    """Semi-structured values are shown indented, as Snowflake does."""
    return json.dumps(json.loads(value), indent=2) if declared.is_semi_structured and value is not None else value


def _unknown(name: tuple[str, ...]) -> Exception:
    return compilation_error(f"Unknown function {'.'.join(display(part) for part in name)}", 2140, "42601")


@contextlib.contextmanager
def _way_back(frame: Session) -> Iterator[dict[str, Any]]:
    """Connector parameters with which a worker logs in to its caller's session, good while its CALL runs.

    They lead over loopback, with a secret of the server's own in place of the password. The certificate authority is in
    REQUESTS_CA_BUNDLE of the server's environment, which its children inherit.
    """
    secret = frame.engine.authenticator.issue_secret(frame.user)
    frame.engine.calls[secret] = frame
    named = {"database": frame.database, "schema": frame.schema, "warehouse": frame.warehouse, "role": frame.role}
    try:
        yield {
            "account": "embedded",
            "user": frame.user,
            "password": secret,
            "host": _HOST,
            "port": frame.engine.port,
            "protocol": "https",
            "insecure_mode": True,  # no OCSP: our authority has no such service
            "platform_detection_timeout_seconds": (
                0
            ),  # it looks for a cloud's services around it, for Snowflake's statistics
            "session_parameters": {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False},
            **{name: value for name, value in named.items() if value is not None},
        }
    finally:
        del frame.engine.calls[secret]
