"""Table functions that the server answers itself: the query history, results of earlier statements, procedures' tables."""

from __future__ import annotations

import uuid

import pyarrow as pa
from sqlglot import exp

from include.local.snowflake.errors import SnowflakeError, not_supported
from include.local.snowflake.sources import infer_schema, information_schema
from include.local.snowflake.sql.functions import last_query_id
from include.local.snowflake.sql.joins import hanging
from include.local.snowflake.state.session import Session
from include.local.snowflake.wire import plain_table

_HISTORIES = {"QUERY_HISTORY": False, "QUERY_HISTORY_BY_USER": False, "QUERY_HISTORY_BY_WAREHOUSE": False, "QUERY_HISTORY_BY_SESSION": True}


def replace(session: Session, tree: exp.Expr) -> exp.Expr:
    """Put the rows of such functions in their place.

    Args:
        session: The session.
        tree: Statement; changed in place.

    Returns:
        The tree, reading temporary tables of DuckDB instead.

    Raises:
        SnowflakeError: A result is not known any more.
    """
    for node in list(tree.find_all(exp.Table, exp.TableFromRows)):
        function = _function(node)
        if _is_packages_view(node):
            node.replace(_materialised(session, _packages(session), node))
            continue
        listed = information_schema.read(session, tree, node) if isinstance(node, exp.Table) and node.db else None
        if listed is not None:
            node.replace(_materialised(session, listed, node))
            continue
        if function is None:
            continue
        name, arguments = function
        if name in _HISTORIES:
            table = _history(session, name, arguments)
        elif name == "RESULT_SCAN":
            table = _earlier_result(session, arguments)
        elif name == "INFER_SCHEMA":
            table = infer_schema.run(session, arguments)
        else:
            called = session.engine.python.procedure_table(node.this, session) if session.engine.python is not None else None
            if called is None:
                continue
            table = plain_table(called)
        node.replace(_materialised(session, table, node))
    return tree


def _function(node: exp.Expr) -> tuple[str, list[exp.Expr]] | None:
    """Name and arguments of TABLE(f(…)), with or without INFORMATION_SCHEMA before the name."""
    inner = node.this
    while isinstance(inner, (exp.Anonymous, exp.Dot)) and inner.name.upper() == "TABLE" and inner.expressions:
        inner = inner.expressions[0]
    while isinstance(inner, exp.Dot):
        inner = inner.expression
    if isinstance(inner, exp.Anonymous):
        return inner.name.upper(), inner.expressions
    return None


def _is_packages_view(node: exp.Expr) -> bool:
    return isinstance(node, exp.Table) and node.name.upper() == "PACKAGES" and node.db.upper() == "INFORMATION_SCHEMA"


def _packages(session: Session) -> pa.Table:
    rows = session.engine.python.packages() if session.engine.python is not None else []
    names = ["PACKAGE_NAME", "VERSION", "LANGUAGE", "RUNTIME_VERSION"]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.Table.from_arrays([pa.array(list(values), type=pa.string()) for values in columns], names=names)


def _history(session: Session, name: str, arguments: list[exp.Expr]) -> pa.Table:
    options = {}
    for argument in arguments:
        if not isinstance(argument, exp.Kwarg):
            raise not_supported(f"{name} with arguments without a name")
        options[argument.this.name.upper()] = argument.expression
    unknown = set(options) - {"RESULT_LIMIT", "SESSION_ID"}
    if unknown:
        raise not_supported(f"{name} with {', '.join(sorted(unknown))}")
    limit = int(options["RESULT_LIMIT"].name) if "RESULT_LIMIT" in options else 100
    number = session.number if _HISTORIES[name] else None
    if "SESSION_ID" in options and isinstance(options["SESSION_ID"], exp.Literal):
        number = int(options["SESSION_ID"].name)
    return session.engine.history.table(number, limit)


def _earlier_result(session: Session, arguments: list[exp.Expr]) -> pa.Table:
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
    return plain_table(result)


def _materialised(session: Session, table: pa.Table, node: exp.Expr) -> exp.Expr:
    """Make a DuckDB temporary table of the rows and a reference to it."""
    name = f"_rows_{uuid.uuid4().hex}"
    session.duck.register(name + "_arrow", table)
    session.duck.execute(f'create temp table "{name}" as select * from "{name}_arrow"')
    session.duck.unregister(name + "_arrow")
    session.scratch.append(("table", name))
    alias = node.args.get("alias")
    if alias is None and isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        alias = exp.TableAlias(this=node.this.copy())
    return exp.Table(
        this=exp.to_identifier(name, quoted=True),
        db=exp.to_identifier("main", quoted=True),
        catalog=exp.to_identifier("temp", quoted=True),
        alias=alias.copy() if alias is not None else None,
        **hanging(node),
    )
