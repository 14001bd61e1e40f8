"""INSERT, UPDATE, DELETE and MERGE."""

from __future__ import annotations

from dataclasses import replace

from fakesnow import transforms
from sqlglot import exp

from embedded_snowflake import bindings
from embedded_snowflake.errors import not_supported
from embedded_snowflake.names import TEMPORARY
from embedded_snowflake.results import Column, Result
from embedded_snowflake.sources.replacing import replace_sources
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state.running import atomic, count, locked, retried
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import assignment
from embedded_snowflake.statements.bound_rows import materialise

INSERT, UPDATE, DELETE, MERGE = 0x3100, 0x3200, 0x3300, 0x3400


def of_many(statement: Statement, tree: exp.Expr) -> exp.Expr:
    """Let one INSERT insert many rows, as executemany sends it.

    Args:
        tree: INSERT … VALUES (?, …) as parsed; changed in place.

    Returns:
        The INSERT of them all.

    Raises:
        SnowflakeError: It is not an insert of values.
    """
    values = tree.expression if isinstance(tree, exp.Insert) else None
    if not isinstance(values, exp.Values) or len(values.expressions) != 1:
        raise not_supported("bindings of many rows for anything but INSERT … VALUES")
    row = values.expressions[0]
    marks = row.expressions if isinstance(row, exp.Tuple) else []
    if marks and bindings.in_order(marks):
        tree.set("expression", materialise(statement))
    else:
        values.set("expressions", [bindings.fill(_alone(row), given) for given in statement.rows])
    return tree


def _alone(node: exp.Expr) -> exp.Expr:
    copied: exp.Expr = node.copy()
    return copied


def statements(statement: Statement, tree: exp.Insert) -> list[str]:
    """Write an INSERT for DuckDB.

    Args:
        tree: The statement; it is used up.

    Returns:
        DuckDB's statements; the last one inserts.

    Raises:
        SnowflakeError: Its values and columns do not fit each other.
    """
    session = statement.session
    cast = assignment.cast_changes(statement, replace_sources(statement, tree))
    translated = assignment.leave_out_casts(session, translate(cast.tree, statement).tree, cast.queried)
    return [*cast.before, duck_sql(translated)]


def describe(_statement: Statement, tree: exp.Expr) -> Result:
    """Give the counts that a change answers with, and no row."""
    columns, kind = _counts(tree)
    shown = [Column(name, "fixed", precision=38, scale=0, nullable=False) for name in columns]
    return Result(shown, rows=[], statement_type=kind)


def run(statement: Statement, tree: exp.Insert | exp.Update | exp.Delete | exp.Merge) -> Result:
    """Change rows, and answer with the numbers of changed ones."""
    session, answer = statement.session, describe(statement, tree)
    session.begin_change()
    if isinstance(tree, exp.Insert) and not tree.args.get("overwrite"):
        counts = _change(statement, tree)
    else:
        with locked(session, table_names.full_name(identifiers.stored_table(tree), session)):
            counts = _change(statement, tree)
    affected = sum(counts) if answer.statement_type == MERGE else counts[0]
    return replace(answer, rows=[tuple(counts[: len(answer.columns)])], affected=affected)


def _change(statement: Statement, tree: exp.Expr) -> list[int]:
    """Change the rows and count them."""
    session = statement.session
    cast = assignment.cast_changes(statement, replace_sources(statement, tree))
    if isinstance(cast.tree, exp.Merge):
        return _merge(statement, cast.tree, cast.before)
    translated = [
        assignment.leave_out_casts(session, translate(part, statement).tree, cast.queried)
        for part in transforms.insert_overwrite(cast.tree)
    ]
    before, several = list(cast.before), _multi_joined(translated[-1])
    if len(translated) > 1:
        before += _read_first(statement, translated[-1])
    statements = before + [duck_sql(part) for part in translated]

    def change() -> list[int]:
        twice = count(session, several) if several is not None else 0
        return [[count(session, sql) for sql in statements][-1], twice]

    alone = len(statements) == 1 and several is None
    return (retried if alone else atomic)(session, change)


def _read_first(statement: Statement, insert: exp.Expr) -> list[str]:
    """Let an INSERT OVERWRITE hold its rows before the table, which it may read itself, is emptied."""
    if not isinstance(insert.expression, exp.Query) or insert.expression.find(exp.Table) is None:
        return []
    name = statement.scratch_name("table", "OVERWRITE")
    held = f"create or replace temp table {name} as {duck_sql(insert.expression)}"
    insert.set("expression", exp.select("*").from_(exp.table_(name, db=TEMPORARY[1], catalog=TEMPORARY[0])))
    return [held]


def _multi_joined(tree: exp.Expr) -> str | None:
    """Write a query that counts the rows which an UPDATE … FROM joins with several others; None without FROM."""
    clause = tree.args.get("from_") if isinstance(tree, exp.Update) else None
    if clause is None:
        return None
    name = tree.this.alias or tree.this.name
    rows = (
        exp.Select(expressions=[exp.Literal.number(1)])
        .from_(tree.this.copy())
        .join(clause.this.copy(), join_type="cross")
    )
    if (condition := tree.args.get("where")) is not None:
        rows = rows.where(condition.this.copy())
    rows = rows.group_by(exp.column("rowid", table=exp.to_identifier(name, quoted=True))).having("count(*) > 1")
    return duck_sql(exp.select("count(*)").from_(rows.subquery("_joined")))


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


def _merge(statement: Statement, tree: exp.Merge, before: list[str]) -> list[int]:
    session = statement.session
    actions = _merge_actions(tree)
    sql = duck_sql(translate(tree, statement).tree) + " RETURNING merge_action"

    def run() -> list[tuple[object, ...]]:
        for first in before:
            session.duck.execute(first)
        return session.duck.execute(sql).fetchall()

    rows = (atomic if before else retried)(session, run)
    done = [_MERGE_ACTIONS[str(action)] for (action,) in rows]
    return [done.count(action) for action in actions]
