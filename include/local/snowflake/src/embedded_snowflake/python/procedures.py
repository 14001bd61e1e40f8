"""CALL of Python procedures, stored or anonymous."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from embedded_snowflake.errors import compilation_error, syntax_error
from embedded_snowflake.names import display
from embedded_snowflake.python.calls import complete, converted
from embedded_snowflake.python.definitions import Definition
from embedded_snowflake.python.interpreter import values
from embedded_snowflake.python.loading import code_of
from embedded_snowflake.python.overloads import candidates, only
from embedded_snowflake.python.registry import Registered, Registry, qualify
from embedded_snowflake.python.sqltypes import SqlType
from embedded_snowflake.python.tokens import Tokens
from embedded_snowflake.python.workers import Pool
from embedded_snowflake.results import Column, Result
from embedded_snowflake.state.frames import of_call
from embedded_snowflake.state.session import Session

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

    def call(self, tokens: Tokens, session: Session, params: Any, anonymous: Registered | None = None) -> Result | None:
        """Run CALL name(arguments).

        Args:
            tokens: The statement, at CALL.
            session: Whose statement it is.
            params: Values of its ? placeholders.
            anonymous: The procedure that the statement itself defines.

        Returns:
            One row with its value, or the table it returns; None for a procedure that is not Python's.

        Raises:
            SnowflakeError: There is no such procedure, its arguments are wrong, or it failed.
        """
        tokens.expect("CALL")
        before = tokens.rest()
        name = tokens.name()
        given = _parse_arguments(tokens.rest(), before)
        if anonymous is not None:
            if name != anonymous.definition.name:
                raise _unknown(name)
            overloads = [anonymous]
        else:
            overloads = self._registry.overloads("PROCEDURE", qualify(name, session.database, session.schema), session)
        if not overloads:
            if name[0].startswith("SYSTEM$"):
                return None
            raise _unknown(name)
        item = only(candidates(overloads, given, display(name[-1])), display(name[-1]))
        if session.describe_only:
            return Result(_columns(item.definition), [])
        return self._run(item, given, session, params)

    def _run(self, item: Registered, given: list[exp.Expr], session: Session, params: Any) -> Result:
        definition = item.definition
        row = self._evaluate(given, definition, session, params)
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
                Tokens(text).type().column(name) for name, text in zip(answer["names"], answer["types"], strict=True)
            ]
        if definition.columns is not None:
            return Result(columns, table=table.rename_columns([column.name for column in columns]))
        assert definition.returns is not None
        return Result(columns, [(_shown(table.column(0)[0].as_py(), definition.returns),)])

    def _evaluate(self, given: list[exp.Expr], definition: Definition, session: Session, params: Any) -> pa.Table:
        """Compute the arguments, in the session's own SQL."""
        if not definition.arguments:
            return pa.table({})
        expressions = [
            exp.alias_(converted(value, argument.type), f"A{place}")
            for place, (value, argument) in enumerate(
                zip(complete(given, definition.arguments), definition.arguments, strict=True)
            )
        ]
        result = session.execute(exp.select(*expressions).sql(dialect="snowflake"), params)
        (found,) = result.tuples()
        arrays = [
            values.from_python(
                [value if value is None or not argument.type.is_semi_structured else json.loads(value)],
                argument.type.worker,
            )
            for value, argument in zip(found, definition.arguments, strict=True)
        ]
        return pa.table(arrays, [argument.name for argument in definition.arguments])


def _parse_arguments(rest: str, call: str) -> list[exp.Expr]:
    """Parse "(1, x => 2)" as the arguments of a function that nobody knows."""
    try:
        tree = sqlglot.parse_one(f"SELECT F_{rest}", read="snowflake")
    except SqlglotError:
        raise syntax_error(f"syntax error line 1 at position 0 unexpected '{call[:80]}'.") from None
    call_tree = tree.selects[0] if isinstance(tree, exp.Select) and len(tree.selects) == 1 else None
    if not isinstance(call_tree, exp.Anonymous):
        raise syntax_error(f"syntax error line 1 at position 0 unexpected '{call[:80]}'.")
    return list(call_tree.expressions)


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
