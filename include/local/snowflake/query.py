"""Queries and changes of data and tables: translated, run on DuckDB, and answered as Snowflake answers."""

from __future__ import annotations

import random
import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import duckdb
from fakesnow import transforms
from fakesnow.info_schema import insert_table_comment_sql, insert_text_lengths_sql
from sqlglot import exp

from include.local.snowflake import bindings, identifiers, placement, sources
from include.local.snowflake.duck_errors import is_conflict
from include.local.snowflake.errors import SnowflakeError, already_exists, does_not_exist, not_supported
from include.local.snowflake.names import display, quote
from include.local.snowflake.results import Column, Result, status_result
from include.local.snowflake.translate import translate
from include.local.snowflake.wire import column_of

if TYPE_CHECKING:
    from include.local.snowflake.session import Session

T = TypeVar("T")
SELECT, INSERT, UPDATE, DELETE, MERGE, DDL = 0x1000, 0x3100, 0x3200, 0x3300, 0x3400, 0x6000
CONFLICT_TRIES = 40
_QUERIES = (exp.Query, exp.Values)
_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


def handle(session: Session, tree: exp.Expr) -> Result | None:
    """Run a query, a change of data, or DDL of tables and views.

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
    if isinstance(tree, (exp.Create, exp.Drop, exp.Alter, exp.TruncateTable, exp.Comment)):
        return _define(session, tree)
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
    filled = [bindings.fill(_alone(values.expressions[0]), row) for row in rows]
    values.set("expressions", filled)
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
        try:
            session.duck.rollback()
        except duckdb.Error:
            pass  # a failed commit has rolled back already
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
    columns = [column_of(str(name), str(kind)) for name, kind, *_ in session.duck.description or []]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a relation would run the query a second time
        return Result(columns, table=session.duck.to_arrow_table())


def describe(session: Session, sql: str) -> Result:
    """Find the columns of a query without running it.

    Args:
        session: The session.
        sql: A query, in DuckDB's SQL.

    Returns:
        A result without rows.
    """
    rows = session.duck.execute(f"describe {sql}").fetchall()
    columns = [column_of(str(row[0]), str(row[1])) for row in rows]
    return Result(columns, rows=[])


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


# ---------------------------------------------------------------------------------------------------- tables and views


def _define(session: Session, tree: exp.Expr) -> Result | None:
    if session.describe_only:
        return status_result("", DDL)
    session.commit()  # DDL ends the open transaction first, and runs in one of its own
    if isinstance(tree, exp.Create):
        return _create(session, tree)
    if isinstance(tree, exp.Drop):
        return _drop(session, tree)
    emptied = placement.full_name(identifiers.stored_table(tree), session) if isinstance(tree, exp.TruncateTable) else None
    translated = translate(tree, session)
    _record_comments(session, translated)
    statements = [duck_sql(part) for part in transforms.alter_table_add_multiple_columns(translated)]

    def run() -> None:
        for statement in statements:
            session.duck.execute(statement)
        if emptied is not None and emptied not in session.temporary:
            forget_loads(session, emptied)

    retried(session, lambda: atomic(session, run))
    return status_result("Statement executed successfully.", DDL)


def _create(session: Session, tree: exp.Create) -> Result:
    kind = str(tree.kind).upper()
    if kind not in ("TABLE", "VIEW", "SEQUENCE"):
        raise not_supported(f"CREATE {kind}")
    temporary = placement.is_temporary(tree)
    replace, exists = bool(tree.args.get("replace")), bool(tree.args.get("exists"))
    _drop_clauses(tree)
    before = transforms.create_table_autoincrement(tree)
    *first, last = before
    prepared = [duck_sql(translate(part, session)) for part in first]
    name = placement.full_name(identifiers.stored_table(last), session)
    _prepare_columns(last)
    place = _existing_kind(session, name, temporary=temporary)
    if place is not None and exists:
        return status_result(f"{display(name[2])} already exists, statement succeeded.", DDL)
    if place is not None and not replace:
        raise already_exists(".".join(name))
    translated = translate(sources.replace(session, last), session)
    sql = duck_sql(translated)

    def run() -> None:
        for statement in prepared:
            session.duck.execute(statement)
        if place is not None and place != kind:
            # DuckDB replaces a table by a table only, Snowflake a view by a table too.
            session.duck.execute(f"drop {place} {_place_of(name, temporary)}")
        session.duck.execute(sql)
        if kind == "TABLE" and not temporary:
            forget_loads(session, name)

    if not temporary and not session.engine.has_schema(name[0], name[1]):
        raise does_not_exist("Schema", f"{name[0]}.{name[1]}")
    retried(session, lambda: atomic(session, run))
    if temporary:
        session.temporary[name] = kind
    _record_comments(session, translated)
    _record_lengths(session, translated, name)
    noun = {"TABLE": "Table", "VIEW": "View", "SEQUENCE": "Sequence"}[kind]
    return status_result(f"{noun} {display(name[2])} successfully created.", DDL)


def _drop_clauses(tree: exp.Create) -> None:
    """Leave out what has no meaning here: TRANSIENT, CLUSTER BY, retention, change tracking, COPY GRANTS, SECURE."""
    properties = tree.args.get("properties")
    if properties is None:
        return
    meaningful = (exp.TemporaryProperty, exp.SchemaCommentProperty)
    kept = [item for item in properties.expressions if isinstance(item, meaningful)]
    properties.set("expressions", kept)
    if not kept:
        tree.set("properties", None)
    tree.set("clone", tree.args.get("clone"))


def _prepare_columns(tree: exp.Expr) -> None:
    """CREATE TABLE t (a INT, …) AS SELECT …: DuckDB takes no column list there; cast and name the query's columns."""
    schema = tree.this
    query = tree.expression
    if not isinstance(schema, exp.Schema) or not isinstance(query, exp.Query) or str(tree.args.get("kind")).upper() != "TABLE":
        return
    definitions = [item for item in schema.expressions if isinstance(item, (exp.ColumnDef, exp.Identifier))]
    names = [f"_c{number}" for number in range(len(definitions))]
    projections = []
    for name, definition in zip(names, definitions, strict=True):
        column: exp.Expr = exp.column(exp.to_identifier(name, quoted=True))
        if isinstance(definition, exp.ColumnDef) and definition.kind is not None:
            column = exp.cast(column, definition.kind.copy())
        target = definition.this if isinstance(definition, exp.ColumnDef) else definition
        projections.append(exp.alias_(column, target.copy()))
    alias = exp.TableAlias(this=exp.to_identifier("_q"), columns=[exp.to_identifier(name, quoted=True) for name in names])
    tree.set("expression", exp.Select(expressions=projections).from_(exp.Subquery(this=query.copy(), alias=alias)))
    tree.set("this", schema.this)


def _existing_kind(session: Session, name: tuple[str, str, str], *, temporary: bool) -> str | None:
    """TABLE, VIEW or SEQUENCE when there is one of that name where a new one would go."""
    if temporary:
        return session.temporary.get(name)
    sql = """select 'TABLE' from duckdb_tables() where database_name=$1 and schema_name=$2 and table_name=$3
             union all select 'VIEW' from duckdb_views() where database_name=$1 and schema_name=$2 and view_name=$3
             union all select 'SEQUENCE' from duckdb_sequences() where database_name=$1 and schema_name=$2 and sequence_name=$3"""
    row = session.duck.cursor().execute(sql, list(name)).fetchone()
    return str(row[0]) if row else None


def _place_of(name: tuple[str, str, str], temporary: bool) -> str:
    parts = ("temp", "main", ".".join(name)) if temporary else name
    return ".".join(exp.to_identifier(part, quoted=True).sql("duckdb") for part in parts)


def _drop(session: Session, tree: exp.Drop) -> Result:
    kind = str(tree.kind).upper()
    if kind not in ("TABLE", "VIEW", "SEQUENCE"):
        raise not_supported(f"DROP {kind}")
    name = placement.full_name(identifiers.stored_table(tree), session)
    temporary = name in session.temporary
    found = _existing_kind(session, name, temporary=temporary)
    if found is None:
        if tree.args.get("exists"):
            return status_result("Drop statement executed successfully (" + display(name[2]) + " already dropped).", DDL)
        raise does_not_exist("Table" if kind == "TABLE" else kind.capitalize(), ".".join(name))
    if found != kind:
        raise SnowflakeError(f"SQL compilation error:\nObject found is of type '{found}', not specified type '{kind}'.", 2203, "02000")

    def run() -> None:
        session.duck.execute(f"drop {kind} {_place_of(name, temporary)}")
        if kind == "TABLE" and not temporary:
            forget_loads(session, name)

    retried(session, lambda: atomic(session, run))
    session.temporary.pop(name, None)
    return status_result(f"{display(name[2])} successfully dropped.", DDL)


def forget_loads(session: Session, name: tuple[str, str, str]) -> None:
    """Forget which files a table was loaded from: the next COPY INTO loads them again.

    Args:
        session: The session, inside a transaction.
        name: Database, schema and table.
    """
    for table in ("_fs_load_history", "loaded_files"):
        place = f"{quote(name[0])}._fs_information_schema.{table}"
        session.duck.execute(f"delete from {place} where schema_name = ? and table_name = ?", [name[1], name[2]])


def _record_comments(session: Session, tree: exp.Expr) -> None:
    comment = tree.args.get("table_comment")
    if comment and comment[1] is not None:
        table, text = comment
        database, schema, name = placement.full_name(table, session)
        escaped = str(text).replace("'", "''")
        session.engine.root.cursor().execute(insert_table_comment_sql(database, schema, name, escaped))


def _record_lengths(session: Session, tree: exp.Expr, name: tuple[str, str, str]) -> None:
    lengths = tree.args.get("text_lengths")
    if lengths:
        database, schema, table = (part.replace("'", "''") for part in name)
        columns = [(str(column).replace("'", "''"), size) for column, size in lengths]
        session.engine.root.cursor().execute(insert_text_lengths_sql(database, schema, table, columns))
