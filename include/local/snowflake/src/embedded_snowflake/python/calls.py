"""Calls of functions in a statement's tree: their name and their arguments."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.python.definitions import Argument
from embedded_snowflake.python.sqltypes import SqlType
from embedded_snowflake.sql.parse import dialect
from embedded_snowflake.sql.resolve import session_functions
from embedded_snowflake.sql.rewrite import function_names
from embedded_snowflake.state.session import Session


def name_of(call: exp.Func) -> tuple[str, ...] | None:
    """Give the name a call was written with.

    Args:
        call: A call in a Snowflake tree.

    Returns:
        Its parts as stored; None when the tree does not keep it.
    """
    if isinstance(call, exp.Anonymous):
        last = (
            call.this.name
            if isinstance(call.this, exp.Identifier) and call.this.args.get("quoted")
            else call.name.upper()
        )
    elif isinstance(call.meta.get("name"), str):
        last = call.meta["name"].upper()
    else:
        return None
    before: list[str] = []
    node: exp.Expr = call
    while isinstance(node.parent, exp.Dot) and node.parent.expression is node:
        left = node.parent.this
        parts = list(left.flatten()) if isinstance(left, exp.Dot) else [left]
        before = [part.name if part.args.get("quoted") else part.name.upper() for part in parts] + before
        node = node.parent
    return (*before, last)


def arguments_of(call: exp.Func) -> list[exp.Expr]:
    """Give a call's arguments in order.

    Args:
        call: A call.

    Returns:
        Its arguments; named ones (a => 1) as `exp.Kwarg` or `exp.PropertyEQ`, those of f(DISTINCT a, b) as a and b.
    """
    parts = call.expressions if isinstance(call, exp.Anonymous) else call.iter_expressions()
    given = [part for part in parts if isinstance(part, exp.Expr)]
    return list(given[0].expressions) if len(given) == 1 and isinstance(given[0], exp.Distinct) else given


def complete(given: list[exp.Expr], arguments: tuple[Argument, ...], session: Session | None = None) -> list[exp.Expr]:
    """Put arguments in their order and fill in defaults.

    Args:
        given: The call's arguments, by place, then by name.
        arguments: The definition's.
        session: Session of a statement whose own functions are translated already: then defaults are
            too.

    Returns:
        One expression per argument.

    Raises:
        SnowflakeError: A name is unknown, or an argument is missing.
    """
    named: dict[str, exp.Expr] = {}
    placed: list[exp.Expr] = []
    for value in given:
        if isinstance(value, (exp.Kwarg, exp.PropertyEQ)):
            named[value.this.name if value.this.args.get("quoted") else value.this.name.upper()] = value.expression
        else:
            placed.append(value)
    full = list(placed)
    for argument in arguments[len(placed) :]:
        if argument.name in named:
            full.append(named.pop(argument.name))
        elif argument.default is not None:
            full.append(_default(argument.default, session))
        else:
            raise SnowflakeError(f"SQL compilation error:\nargument {argument.name} is missing", 938, "22023")
    if named:
        raise SnowflakeError(f"SQL compilation error:\nunexpected argument name {next(iter(named))}", 939, "22023")
    return full


def _default(text: str, session: Session | None) -> exp.Expr:
    select = dialect.parse(f"SELECT {text}")
    if session is not None:
        select = function_names.apply(session_functions.answer(select, session))
    value: exp.Expr = select.expressions[0].unalias()
    return value


def converted(value: exp.Expr, declared: SqlType, attempt: bool = False) -> exp.Expr:
    """Convert an argument to its declared type.

    Args:
        value: The argument.
        declared: Its type.
        attempt: Give NULL where the value cannot be converted.

    Returns:
        Snowflake SQL that converts it; JSON text for a semi-structured type.
    """
    if declared.is_semi_structured:
        return exp.Cast(this=exp.Anonymous(this="TO_JSON", expressions=[value]), to=exp.DataType.build("VARCHAR"))
    if declared.is_integer:
        kind = exp.DataType.build("BIGINT")
    elif declared.family == "VARCHAR":
        kind = exp.DataType.build("VARCHAR")
    else:
        kind = exp.DataType.build(declared.display, dialect="snowflake")
    return (exp.TryCast if attempt else exp.Cast)(this=value, to=kind)


def qualified(call: exp.Func) -> exp.Expr:
    """Give the node that stands for a call together with the database and schema before its name.

    Args:
        call: A call.

    Returns:
        The outermost of the dots that end in the call, or the call.
    """
    node: exp.Expr = call
    while isinstance(node.parent, exp.Dot) and node.parent.expression is node:
        node = node.parent
    return node


def as_json(text: exp.Expr) -> exp.Expr:
    """Make the value that JSON text says, as DuckDB holds semi-structured values.

    Args:
        text: JSON text.

    Returns:
        The text as DuckDB's JSON.
    """
    return exp.Cast(this=text, to=exp.DataType.build("JSON"))


def row_of(given: list[exp.Expr], arguments: tuple[Argument, ...]) -> exp.Expr:
    """Make one row of a call's arguments, as aggregate and table functions take them.

    Args:
        given: The call's arguments, complete.
        arguments: The definition's.

    Returns:
        DuckDB's ROW of the converted arguments; of a function without arguments, a row that only counts.
    """
    values: list[exp.Expr] = [converted(value, argument.type) for value, argument in zip(given, arguments, strict=True)]
    return exp.Anonymous(this="ROW", expressions=values or [exp.Literal.number(1)])
