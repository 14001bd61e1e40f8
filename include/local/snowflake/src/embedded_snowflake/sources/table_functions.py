"""Table functions that the server answers itself: the query history, earlier results, tables of procedures."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.names import TEMPORARY, encoded, quote, split_name, temporary_place
from embedded_snowflake.results import Result
from embedded_snowflake.sources import directories, infer_schema, information_schema, load_history, values
from embedded_snowflake.sql.resolve.session_functions import last_query_id
from embedded_snowflake.sql.resolve.sources import hanging
from embedded_snowflake.state.facts import of_column
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.wire import SEMI_STRUCTURED, plain_table

_RANGE = frozenset({"END_TIME_RANGE_START", "END_TIME_RANGE_END", "RESULT_LIMIT", "INCLUDE_CLIENT_GENERATED_STATEMENT"})
# https://docs.snowflake.com/en/sql-reference/functions/query_history
_OPTIONS = {
    "QUERY_HISTORY": _RANGE,
    "QUERY_HISTORY_BY_SESSION": _RANGE | {"SESSION_ID"},
    "QUERY_HISTORY_BY_USER": _RANGE | {"USER_NAME"},
    "QUERY_HISTORY_BY_WAREHOUSE": _RANGE | {"WAREHOUSE_NAME"},
}
_BY_NAME = {
    "COPY_HISTORY": load_history.copy_history,
    "INFER_SCHEMA": infer_schema.run,
    "VALIDATE": load_history.validate,
}
_FEW, _MOST = 100, 10_000  # rows of a history: by default, at most


def replace(statement: Statement, tree: exp.Expr) -> exp.Expr:
    """Put the rows of such functions in their place.

    Args:
        tree: Statement; changed in place.

    Returns:
        The tree, reading temporary tables of DuckDB instead.

    Raises:
        SnowflakeError: A result is not known any more.
    """
    session = statement.session
    for node in list(tree.find_all(exp.Table, exp.TableFromRows)):
        if isinstance(node, exp.TableFromRows) and isinstance(node.this, exp.Literal) and node.this.is_string:
            node.replace(_named(node))
            continue
        if isinstance(node.this, exp.DirectoryStage):
            node.replace(_materialized(statement, directories.read(session, node.this), node))
            continue
        function = _function(node)
        if _is_packages_view(node):
            node.replace(_materialized(statement, _packages(session), node))
            continue
        listed = information_schema.read(session, tree, node) if isinstance(node, exp.Table) and node.db else None
        if listed is not None:
            node.replace(_materialized(statement, listed, node))
            continue
        if function is None:
            continue
        name, arguments = function
        if name in _OPTIONS:
            table = _history(statement, name, arguments)
        elif name == "RESULT_SCAN":
            table = _earlier_result(session, arguments)
        elif name in _BY_NAME:
            table = _BY_NAME[name](statement, arguments)
        else:
            called = (
                session.engine.python.procedure_table(node.this, statement)
                if session.engine.python is not None
                else None
            )
            if called is None:
                continue
            table = called
        node.replace(_materialized(statement, table, node))
    return tree


def _function(node: exp.Expr) -> tuple[str, list[exp.Expr]] | None:
    """Read name and arguments of TABLE(f(…)), with or without INFORMATION_SCHEMA before the name."""
    inner = node.this
    while isinstance(inner, (exp.Anonymous, exp.Dot)) and inner.name.upper() == "TABLE" and inner.expressions:
        inner = inner.expressions[0]
    while isinstance(inner, exp.Dot):
        inner = inner.expression
    if isinstance(inner, exp.Anonymous):
        return inner.name.upper(), inner.expressions
    return None


def _named(node: exp.TableFromRows) -> exp.Table:
    """Read TABLE('name') as the table of that name."""
    parts = [exp.to_identifier(part, quoted=True) for part in reversed(split_name(node.this.name))]
    place = dict(zip(("this", "db", "catalog"), parts, strict=False))
    alias = node.args.get("alias")
    return exp.Table(**place, alias=alias.copy() if alias is not None else None, **hanging(node))


def _is_packages_view(node: exp.Expr) -> bool:
    return isinstance(node, exp.Table) and node.name.upper() == "PACKAGES" and node.db.upper() == "INFORMATION_SCHEMA"


def _packages(session: Session) -> pa.Table:
    rows = session.engine.python.packages() if session.engine.python is not None else []
    names = ["PACKAGE_NAME", "VERSION", "LANGUAGE", "RUNTIME_VERSION"]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.Table.from_arrays([pa.array(list(values), type=pa.string()) for values in columns], names=names)


def _history(statement: Statement, name: str, arguments: list[exp.Expr]) -> pa.Table:
    session = statement.session
    options = {
        argument.this.name.upper(): argument.expression for argument in arguments if isinstance(argument, exp.Kwarg)
    }
    unknown = set(options) - _OPTIONS[name]
    if unknown or len(options) < len(arguments):
        raise not_supported(f"{name} with {', '.join(sorted(unknown)) or 'arguments without a name'}")
    given = {option: _value(statement, value) for option, value in options.items()}
    wanted = {
        "session_id": session.number if name == "QUERY_HISTORY_BY_SESSION" else None,
        "user_name": session.user if name == "QUERY_HISTORY_BY_USER" else None,
        "warehouse_name": session.warehouse if name == "QUERY_HISTORY_BY_WAREHOUSE" else None,
    }
    wanted |= {
        option.lower(): value for option, value in given.items() if option.lower() in wanted and value is not None
    }
    times = [_microseconds(given.get(f"END_TIME_RANGE_{end}"), name) for end in ("START", "END")]
    limit = int(str(given.get("RESULT_LIMIT", _FEW)))
    if not 1 <= limit <= _MOST:
        raise SnowflakeError(f"Invalid value [{limit}] for parameter 'RESULT_LIMIT'", 391, "22023")
    return session.engine.history.table(wanted, (times[0], times[1]), limit)


def _value(statement: Statement, node: exp.Expr) -> Any:
    """Evaluate an argument that names no column."""
    if isinstance(node, exp.Literal):
        return node.name
    rows = values.read(statement, f"select {node.sql(dialect='snowflake')}").tuples()
    return rows[0][0]


def _microseconds(value: Any, name: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, datetime.datetime) or value.tzinfo is None:
        raise not_supported(f"{name} with a time that is no TIMESTAMP_LTZ")
    return int(value.timestamp() * 1_000_000)


def _earlier_result(session: Session, arguments: list[exp.Expr]) -> Result:
    argument = arguments[0] if arguments else None
    if isinstance(argument, exp.Literal):
        query_id: str | None = argument.name
    elif isinstance(argument, exp.Anonymous) and argument.name.upper() == "LAST_QUERY_ID":
        query_id = last_query_id(argument, session)
    else:
        raise not_supported("RESULT_SCAN of anything but a query id or LAST_QUERY_ID()")
    result = session.engine.results.get(query_id or "")
    if result is None:
        raise SnowflakeError(f"Statement {query_id} not found", 709, "02000")
    return result


def _materialized(statement: Statement, rows: pa.Table | Result, node: exp.Expr) -> exp.Expr:
    """Make a DuckDB temporary table of the rows, with the types of a result's columns, and a reference to it."""
    session = statement.session
    name = statement.scratch_name("table", "ROWS")
    table = rows if isinstance(rows, pa.Table) else plain_table(rows)
    session.duck.register(name + "_ARROW", table.rename_columns([encoded(column) for column in table.column_names]))
    semi_structured = (
        [quote(column.name) for column in rows.columns if column.type in SEMI_STRUCTURED]
        if isinstance(rows, Result)
        else []
    )
    # DuckDB gives Arrow its JSON as text.
    star = (
        f"* replace ({', '.join(f'{column}::json as {column}' for column in semi_structured)})"
        if semi_structured
        else "*"
    )
    session.duck.execute(f'create temp table "{name}" as select {star} from "{name}_ARROW"')
    if isinstance(rows, Result):
        session.column_facts[temporary_place(name)] = [of_column(column) for column in rows.columns]
    session.duck.unregister(name + "_ARROW")
    alias = node.args.get("alias")
    if alias is None and isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        alias = exp.TableAlias(this=node.this.copy())
    return exp.Table(
        this=exp.to_identifier(name, quoted=True),
        db=exp.to_identifier(TEMPORARY[1]),
        catalog=exp.to_identifier(TEMPORARY[0]),
        alias=alias.copy() if alias is not None else None,
        **hanging(node),
    )
