"""What a statement is, and who runs it."""

from __future__ import annotations

from typing import Protocol

from sqlglot import exp

from embedded_snowflake import bindings
from embedded_snowflake.errors import not_supported
from embedded_snowflake.results import Result
from embedded_snowflake.sql.parse import dialect, nodes
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import (
    catalog_statements,
    changes,
    describe,
    execute_immediate,
    multi_insert,
    query,
    rights,
    session_statements,
    stage_statements,
    tables,
    variables,
)
from embedded_snowflake.statements.access import handler as access
from embedded_snowflake.statements.copy import files, into_table


class Handler(Protocol):
    """What runs one kind of statement: the function `handle` of a file here."""

    def __call__(self, session: Session, tree: exp.Expr) -> Result | None:
        """Run a statement of its kind.

        Args:
            session: Whose.
            tree: Statement as parsed, its placeholders filled in.

        Returns:
            Its result, or None when it is another kind of statement.

        Raises:
            SnowflakeError: Snowflake would refuse it, or it is not supported.
        """


# Asked in this order; the first that knows the statement runs it.
_HANDLERS: tuple[Handler, ...] = (
    execute_immediate.handle,
    access.handle,
    session_statements.handle,
    variables.handle,
    stage_statements.handle,
    files.handle,
    into_table.handle,
    catalog_statements.handle,
    tables.handle,
    describe.handle,
    query.handle,
    changes.handle,
    multi_insert.handle,
)


def run(session: Session, sql: str, rows: list[list[bindings.Binding]]) -> Result:
    """Run one statement.

    Args:
        session: Whose.
        sql: Statement in Snowflake's SQL.
        rows: Values of its placeholders; several rows for an insert of many.

    Returns:
        Its result.

    Raises:
        SnowflakeError: Snowflake would refuse it, or it is not supported.
    """
    text = variables.inline(session, sql)
    if session.engine.python is not None:
        result: Result | None = session.engine.python.handle(_with_values(text, rows), session)
        if result is not None:
            return result
    tree = dialect.parse(text)
    if len(rows) > 1:
        return changes.insert_many(session, tree, rows)
    if rows and not (session.describe_only and not rows[0]):  # a client may ask for the columns before it has values
        stage_statements.fill_target(tree, rows[0])
        tree = bindings.fill(tree, rows[0])
        tree.meta["values"] = rows[0]  # for handlers that read the text
    rights.check(session, tree, text)
    if not session.describe_only and _is_ddl(tree):
        session.commit_for_ddl()
    for handler in _HANDLERS:
        result = handler(session, tree)
        if result is not None:
            return result
    raise not_supported(f"{' '.join(text.split()[:4])} …")


# What defines objects, or who may use them: in the tree, or as the first word of what is not parsed.
_DDL = (exp.Create, exp.Alter, exp.Drop, exp.Undrop, exp.Comment, nodes.DataDefinition)
_DDL_VERBS = frozenset({"CREATE", "ALTER", "DROP", "UNDROP", "COMMENT"})


def _is_ddl(tree: exp.Expr) -> bool:
    """Tell whether a statement is DDL, which commits the open transaction.

    TRUNCATE and COPY are not, nor is ALTER SESSION.
    """
    if isinstance(tree, exp.Command):
        return str(tree.this).upper() in _DDL_VERBS and not str(tree.args.get("expression") or "").upper().startswith(
            "SESSION"
        )
    return isinstance(tree, _DDL) and not (
        isinstance(tree, exp.Alter) and str(tree.args.get("kind")).upper() == "SESSION"
    )


def _with_values(sql: str, rows: list[list[bindings.Binding]]) -> str:
    """A CALL's text with its values in place; any other statement's text as it is."""
    if not rows or not sql.lstrip()[:4].upper().startswith(("CALL", "WITH")):
        return sql
    return dialect.fill_text(sql, [bindings.literal(kind, value) for kind, value in rows[0]])
