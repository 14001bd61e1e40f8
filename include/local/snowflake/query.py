"""Queries and changes of data: translated, run on DuckDB, and answered as Snowflake answers."""

from __future__ import annotations

import contextlib
import random
import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import duckdb
from fakesnow import transforms
from sqlglot import exp

from include.local.snowflake import bindings, cases, lineage, sources
from include.local.snowflake.duck_errors import is_conflict
from include.local.snowflake.errors import not_supported
from include.local.snowflake.results import Column, Result
from include.local.snowflake.translate import translate
from include.local.snowflake.wire import column_of

if TYPE_CHECKING:
    from include.local.snowflake.session import Session

T = TypeVar("T")
SELECT, INSERT, UPDATE, DELETE, MERGE = 0x1000, 0x3100, 0x3200, 0x3300, 0x3400
CONFLICT_TRIES = 40
_QUERIES = (exp.Query, exp.Values)
_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


def handle(session: Session, tree: exp.Expr) -> Result | None:
    """Run a query or a change of data.

    Args:
        session: The session.
        tree: Statement, its placeholders filled in.

    Returns:
        Its result, or None when it is another kind of statement.

    Raises:
        SnowflakeError: Snowflake would refuse it, or it is not supported.
    """
    if isinstance(tree, _QUERIES):
        return _query(session, tree)
    if isinstance(tree, _CHANGES):
        return _change(session, tree)
    return None


def insert_many(session: Session, tree: exp.Expr, rows: list[list[bindings.Binding]]) -> Result:
    """Insert many rows with one statement, as executemany sends it.

    Args:
        session: The session.
        tree: INSERT … VALUES (?, …) as parsed.
        rows: One list of values per row.

    Returns:
        One result counting all rows.

    Raises:
        SnowflakeError: It is not an insert of values.
    """
    values = tree.expression if isinstance(tree, exp.Insert) else None
    if not isinstance(values, exp.Values) or len(values.expressions) != 1:
        raise not_supported("bindings of many rows for anything but INSERT … VALUES")
    row = values.expressions[0]
    marks = row.expressions if isinstance(row, exp.Tuple) else []
    if marks and all(isinstance(mark, exp.Placeholder) for mark in marks):
        tree.set("expression", bindings.materialise(session, rows))
        return _change(session, tree)
    values.set("expressions", [bindings.fill(_alone(row), given) for given in rows])
    return _change(session, tree)


def _alone(node: exp.Expr) -> exp.Expr:
    copied: exp.Expr = node.copy()
    return copied


def retried(session: Session, action: Callable[[], T]) -> T:
    """Run something again while other sessions' writes get in its way.

    Inside a transaction there is one try: what came before it would be lost.

    Args:
        session: The session.
        action: What to run; it must undo itself on an error.

    Returns:
        What it returns.

    Raises:
        duckdb.Error: Its error, or the last conflict.
    """
    for attempt in range(CONFLICT_TRIES):
        try:
            return action()
        except duckdb.TransactionException as error:
            if session.in_transaction or not is_conflict(error) or attempt == CONFLICT_TRIES - 1:
                raise
            time.sleep(random.uniform(0.5, 1.5) * min(0.01 * 2**attempt, 0.5))
    raise AssertionError("unreachable")


def atomic(session: Session, action: Callable[[], T]) -> T:
    """Run several DuckDB statements as one: all of them or none.

    Args:
        session: The session; inside its transaction they simply belong to it.
        action: What to run.

    Returns:
        What it returns.

    Raises:
        duckdb.Error: Its error, after everything was undone.
    """
    if session.in_transaction:
        return action()
    session.duck.begin()
    try:
        result = action()
        session.duck.commit()
    except BaseException:
        with contextlib.suppress(duckdb.Error):  # a failed commit has rolled back already
            session.duck.rollback()
        raise
    return result


def duck_sql(tree: exp.Expr) -> str:
    """Write a translated statement for DuckDB.

    Args:
        tree: What `translate` returned.

    Returns:
        DuckDB's SQL.
    """
    sql: str = tree.sql(dialect="duckdb")
    return sql


def fetch(session: Session, sql: str) -> Result:
    """Run DuckDB SQL and take its rows.

    Args:
        session: The session.
        sql: A query, in DuckDB's SQL.

    Returns:
        Its result.
    """
    session.duck.execute(sql)
    columns = [column_of(cases.plain(str(name)), str(kind)) for name, kind, *_ in session.duck.description or []]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a relation would run the query a second time
        return Result(lineage.refine(columns, session.result_facts), table=session.duck.to_arrow_table())


def describe(session: Session, sql: str) -> Result:
    """Find the columns of a query without running it.

    Args:
        session: The session.
        sql: A query, in DuckDB's SQL.

    Returns:
        A result without rows.
    """
    rows = session.duck.execute(f"describe {sql}").fetchall()
    columns = [column_of(cases.plain(str(row[0])), str(row[1])) for row in rows]
    return Result(lineage.refine(columns, session.result_facts), rows=[])


def _query(session: Session, tree: exp.Expr) -> Result:
    tree = sources.replace(session, tree)
    if session.describe_only:
        tree = tree.transform(lambda node: exp.Null() if isinstance(node, exp.Placeholder) else node, copy=False)
    seed = next((node.this.name for node in tree.find_all(exp.Rand) if isinstance(node.this, exp.Literal)), None)
    sql = duck_sql(translate(tree, session))
    if session.describe_only:
        return describe(session, sql)
    if seed is not None:
        session.duck.execute("select setseed(?)", [(int(seed) % 2_000_003) / 2_000_003])
    return retried(session, lambda: fetch(session, sql))


def _change(session: Session, tree: exp.Expr) -> Result:
    columns, kind = _counts(tree)
    if session.describe_only:
        return Result([Column(name, "fixed", precision=38, scale=0) for name in columns], rows=[], statement_type=kind)
    if not session.autocommit:
        session.begin()
    tree = sources.replace(session, tree)
    if isinstance(tree, exp.Merge):
        counts = _merge(session, tree)
    else:
        statements = [duck_sql(translate(part, session)) for part in transforms.insert_overwrite(tree)]

        def run() -> int:
            count = 0
            for sql in statements:
                count = int(session.duck.execute(sql).fetchall()[0][0])
            return count

        changed = retried(session, (lambda: atomic(session, run)) if len(statements) > 1 else run)
        counts = [changed, 0][: len(columns)]
    return Result(
        [Column(name, "fixed", precision=38, scale=0) for name in columns],
        rows=[tuple(counts)],
        statement_type=kind,
        affected=sum(counts),
    )


def _counts(tree: exp.Expr) -> tuple[list[str], int]:
    """Names of the counts that a change answers with, and its statement type."""
    if isinstance(tree, exp.Insert):
        return ["number of rows inserted"], INSERT
    if isinstance(tree, exp.Update):
        return ["number of rows updated", "number of multi-joined rows updated"], UPDATE
    if isinstance(tree, exp.Delete):
        return ["number of rows deleted"], DELETE
    return [f"number of rows {action}" for action in _merge_actions(tree)], MERGE


_MERGE_ACTIONS = {"INSERT": "inserted", "UPDATE": "updated", "DELETE": "deleted"}


def _merge_actions(tree: exp.Expr) -> list[str]:
    used = set()
    for when in tree.args["whens"].expressions:
        then = when.args.get("then")
        used.add("deleted" if isinstance(then, exp.Var) else "inserted" if isinstance(then, exp.Insert) else "updated")
    return [name for name in _MERGE_ACTIONS.values() if name in used]


def _merge(session: Session, tree: exp.Merge) -> list[int]:
    actions = _merge_actions(tree)
    sql = duck_sql(translate(tree, session)) + " RETURNING merge_action"
    rows = retried(session, lambda: session.duck.execute(sql).fetchall())
    done = [_MERGE_ACTIONS[str(action)] for (action,) in rows]
    return [done.count(action) for action in actions]
