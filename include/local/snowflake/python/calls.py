"""Calls of functions in a statement's tree: their name, their arguments, and which definition they mean."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from include.local.snowflake.errors import SnowflakeError
from include.local.snowflake.python.definitions import Argument
from include.local.snowflake.python.registry import Registered
from include.local.snowflake.python.sqltypes import SqlType


def name_of(call: exp.Func) -> tuple[str, ...] | None:
    """Give the name a call was written with.

    Args:
        call: A call in a Snowflake tree.

    Returns:
        Its parts as stored; None when the tree does not keep it.
    """
    if isinstance(call, exp.Anonymous):
        last = call.this.name if isinstance(call.this, exp.Identifier) and call.this.args.get("quoted") else call.name.upper()
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


def choose(overloads: list[Registered], given: list[exp.Expr], name: str) -> Registered:
    """Pick the overload that a call means.

    Args:
        overloads: At least one definition.
        given: The call's arguments.
        name: For the error.

    Returns:
        The definition.

    Raises:
        SnowflakeError: None takes these arguments.
    """
    count = len(given)
    fitting = [item for item in overloads if item.definition.required <= count <= len(item.definition.arguments)]
    if not fitting:
        definition = overloads[0].definition
        few = count < definition.required
        expected = definition.required if few else len(definition.arguments)
        raise SnowflakeError(
            f"SQL compilation error: error line 1 at position 0\n{'not enough' if few else 'too many'} arguments for function "
            f"[{name}({', '.join(value.sql('snowflake') for value in given)})], expected {expected}, got {count}",
            938 if few else 939,
            "22023",
        )
    return max(
        fitting, key=lambda item: sum(_fit(value, argument) for value, argument in zip(given, item.definition.arguments, strict=False))
    )


def complete(given: list[exp.Expr], arguments: tuple[Argument, ...]) -> list[exp.Expr]:
    """Put arguments in their order and fill in defaults.

    Args:
        given: The call's arguments, by place, then by name.
        arguments: The definition's.

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
            full.append(sqlglot.parse_one(argument.default, read="snowflake"))
        else:
            raise SnowflakeError(f"SQL compilation error:\nargument {argument.name} is missing", 938, "22023")
    if named:
        raise SnowflakeError(f"SQL compilation error:\nunexpected argument name {next(iter(named))}", 939, "22023")
    return full


def converted(value: exp.Expr, declared: SqlType) -> exp.Expr:
    """Convert an argument to its declared type.

    Args:
        value: The argument.
        declared: Its type.

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
    return exp.Cast(this=value, to=kind)


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


def row_of(given: list[exp.Expr], arguments: tuple[Argument, ...]) -> exp.Expr:
    """Make one row of a call's arguments, as aggregate and table functions take them.

    Args:
        given: The call's arguments.
        arguments: The definition's.

    Returns:
        DuckDB's ROW of the converted arguments; of a function without arguments, a row that only counts.

    Raises:
        SnowflakeError: An argument is unknown or missing.
    """
    full = zip(complete(given, arguments), arguments, strict=True)
    values: list[exp.Expr] = [converted(value, argument.type) for value, argument in full]
    return exp.Anonymous(this="ROW", expressions=values or [exp.Literal.number(1)])


_TEXT = exp.DataType.TEXT_TYPES
_NUMERIC = exp.DataType.NUMERIC_TYPES


def _fit(value: exp.Expr, argument: Argument) -> int:
    """How well an argument's type, as far as the statement shows it, fits: 2 well, 1 unknown, 0 badly."""
    family = argument.type.family
    if isinstance(value, exp.Literal):
        text = family == "VARCHAR"
        if value.is_string:
            return 2 if text else 0
        fraction = "." in value.this
        return 0 if text else 2 if (family == "FLOAT") == fraction else 1
    if isinstance(value, exp.Cast):
        kind = value.to
        if kind.this in _TEXT:
            return 2 if family == "VARCHAR" else 0
        if kind.this in exp.DataType.REAL_TYPES:
            return 2 if family == "FLOAT" else 1 if family == "NUMBER" else 0
        if kind.this in _NUMERIC:
            return 2 if family == "NUMBER" else 1 if family == "FLOAT" else 0
        return 2 if kind.sql("snowflake").upper().startswith(family) else 0
    return 1
