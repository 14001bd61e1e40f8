"""Session variables: SET, UNSET, and their values in the place of $name."""

from __future__ import annotations

import datetime
from typing import Any

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, not_supported, syntax_error, variable_of_caller
from embedded_snowflake.results import Column, Result, status_result
from embedded_snowflake.sources import queries
from embedded_snowflake.sql.parse import dialect, nodes
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement

_DONE = "Statement executed successfully."
_SCL = 0x4000
_WITHOUT_VARIABLES = ("PUT", "GET")  # their paths may hold a $


def unset(statement: Statement, tree: nodes.UnsetVariables) -> Result:
    """Run UNSET of variables."""
    for name in tree.args["names"]:
        statement.session.variables.pop(name.upper(), None)
    return status_result(_DONE, _SCL)


def describe_unset(_statement: Statement, _tree: nodes.UnsetVariables) -> Result:
    """Describe UNSET."""
    return status_result(_DONE, _SCL)


def inline(session: Session, sql: str) -> str:
    """Put the values of session variables into a statement, not into its texts, quoted names and comments.

    Args:
        session: Session whose variables are meant.
        sql: Statement.

    Returns:
        The statement with their values.

    Raises:
        SnowflakeError: A variable is not set.
    """
    if "$" not in sql or sql.lstrip()[:3].upper() in _WITHOUT_VARIABLES:
        return sql
    for start, end, name in reversed(dialect.variables(sql)):
        if session.rights == "OWNER":
            raise variable_of_caller(name)
        value = session.variables.get(name.upper())
        if value is None:
            raise SnowflakeError(
                f"SQL compilation error:\nSession variable '${name.upper()}' does not exist", 2211, "02000"
            )
        sql = sql[:start] + value + sql[end:]
    return sql


def set_(statement: Statement, tree: exp.Set) -> Result:
    """Run SET of one variable or several.

    Raises:
        SnowflakeError: A value cannot be computed, there are more or fewer values than names, or a value's type is not
            supported.
    """
    names, values = _assigned(statement, tree)
    columns = [value.copy().as_(f"V{number}") for number, value in enumerate(values)]
    result = queries.run(statement, exp.Select(expressions=columns))
    for name, column, value in zip(names, result.columns, result.tuples()[0], strict=True):
        statement.session.variables[name.upper()] = _text(column, value)
    return status_result(_DONE, _SCL)


def describe_set(statement: Statement, tree: exp.Set) -> Result:
    """Describe SET: its values are not computed."""
    _assigned(statement, tree)
    return status_result(_DONE, _SCL)


def _assigned(statement: Statement, tree: exp.Set) -> tuple[list[str], list[exp.Expr]]:
    """Find the names and values of SET."""
    if tree.args.get("unset"):
        raise statement.unsupported()
    assignment = (
        tree.expressions[0].this
        if len(tree.expressions) == 1 and isinstance(tree.expressions[0], exp.SetItem)
        else None
    )
    if not isinstance(assignment, exp.EQ):
        raise not_supported("SET of anything but variables")
    target, given = assignment.this, assignment.expression
    if isinstance(target, (exp.Tuple, exp.Paren)):
        names = [item.name for item in (target.expressions or [target.this])]
        values = (
            given.expressions
            if isinstance(given, exp.Tuple)
            else [given.this if isinstance(given, exp.Paren) else given]
        )
    else:
        names, values = [target.name], [given]
    if len(names) != len(values) or not all(names):
        raise syntax_error(f"SET has {len(names)} names and {len(values)} values.")
    return names, values


def _text(column: Column, value: Any) -> str:
    """Write a value in SQL."""
    if value is None:
        return "NULL"
    if column.type == "boolean":
        return str(value).upper()
    if column.type == "fixed":
        text = str(value) if isinstance(value, int) else f"{value:f}"
        return f"({text})" if value < 0 else text
    if column.type == "real":
        return f"'{value!r}'::FLOAT"
    if column.type == "text":
        return str(exp.Literal.string(str(value)).sql(dialect="snowflake"))
    if column.type == "date" and isinstance(value, datetime.date):
        return f"'{value.isoformat()}'::DATE"
    if column.type in ("timestamp_ntz", "timestamp_ltz") and isinstance(value, datetime.datetime):
        return f"'{value.isoformat(sep=' ')}'::{column.type.upper()}"
    raise not_supported(f"a variable of type {column.type.upper()}")
