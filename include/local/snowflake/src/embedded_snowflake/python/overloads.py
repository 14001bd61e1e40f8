"""Which of several definitions of one name a call means, by the number and types of its arguments.

Conversions: https://docs.snowflake.com/en/sql-reference/data-type-conversion#data-types-that-can-be-cast (those that
Snowflake makes by itself).
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.python.registry import Registered

_TIMES = ("TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ")
# From a family to those that a value of it becomes by itself, the best first.
_BECOMES: dict[str, tuple[str, ...]] = {
    "NUMBER": ("NUMBER", "FLOAT", "VARIANT", "VARCHAR", "BOOLEAN"),
    "FLOAT": ("FLOAT", "NUMBER", "VARIANT", "VARCHAR", "BOOLEAN"),
    "VARCHAR": ("VARCHAR", "FLOAT", "NUMBER", "BOOLEAN", "DATE", "TIME", *_TIMES, "VARIANT", "BINARY"),
    "BOOLEAN": ("BOOLEAN", "VARCHAR", "NUMBER", "VARIANT"),
    "DATE": ("DATE", *_TIMES, "VARCHAR", "VARIANT"),
    "TIME": ("TIME", "VARCHAR", "VARIANT"),
    **{family: (family, *_TIMES, "DATE", "TIME", "VARCHAR", "VARIANT") for family in _TIMES},
    "BINARY": ("BINARY", "VARIANT", "VARCHAR"),
    "ARRAY": ("ARRAY", "VARIANT", "VECTOR"),
    "OBJECT": ("OBJECT", "MAP", "VARIANT"),
    "VARIANT": ("VARIANT", "OBJECT", "ARRAY", "MAP", "VARCHAR", "FLOAT", "NUMBER", "BOOLEAN", "DATE", "TIME", *_TIMES),
}
_KINDS: dict[exp.DType, str] = {
    **dict.fromkeys(exp.DataType.NUMERIC_TYPES, "NUMBER"),
    **dict.fromkeys(exp.DataType.REAL_TYPES, "FLOAT"),
    **dict.fromkeys(exp.DataType.TEXT_TYPES, "VARCHAR"),
    exp.DType.DECIMAL: "NUMBER",
    exp.DType.BOOLEAN: "BOOLEAN",
    exp.DType.DATE: "DATE",
    exp.DType.TIME: "TIME",
    exp.DType.TIMESTAMP: "TIMESTAMP_NTZ",
    exp.DType.TIMESTAMPNTZ: "TIMESTAMP_NTZ",
    exp.DType.DATETIME: "TIMESTAMP_NTZ",
    exp.DType.TIMESTAMPLTZ: "TIMESTAMP_LTZ",
    exp.DType.TIMESTAMPTZ: "TIMESTAMP_TZ",
    exp.DType.BINARY: "BINARY",
    exp.DType.VARBINARY: "BINARY",
    exp.DType.ARRAY: "ARRAY",
    exp.DType.LIST: "ARRAY",
    exp.DType.OBJECT: "OBJECT",
    exp.DType.STRUCT: "OBJECT",
    exp.DType.MAP: "OBJECT",
    exp.DType.JSON: "VARIANT",
    exp.DType.VARIANT: "VARIANT",
}
# What the server puts for functions without arguments before the calls are looked at.
_CALLED = {"TODAY": "DATE", "NOW": "TIMESTAMP_LTZ"}
# DuckDB's names of the types that a column of a family has, as patterns of SIMILAR TO.
_DUCK_NAMES = {
    "NUMBER": "DECIMAL.*|.*INT.*",
    "FLOAT": "DOUBLE|FLOAT",
    "BINARY": "BLOB",
    **dict.fromkeys(_TIMES, "TIMESTAMP.*"),
    **dict.fromkeys(("VARIANT", "ARRAY", "OBJECT", "MAP"), "JSON"),
}


def candidates(overloads: list[Registered], given: list[exp.Expr], name: str) -> list[Registered]:
    """Pick the definitions that a call can mean.

    Args:
        overloads: At least one definition.
        given: The call's arguments.
        name: For errors.

    Returns:
        One definition where the arguments tell; several, the best first, where it depends on columns whose types the
        statement does not show.

    Raises:
        SnowflakeError: None takes these arguments (000938, 000939, 001044).
    """
    count = len(given)
    fitting = [item for item in overloads if item.definition.required <= count <= len(item.definition.arguments)]
    if not fitting:
        definition = overloads[0].definition
        few = count < definition.required
        expected = definition.required if few else len(definition.arguments)
        call = f"{name}({', '.join(value.sql('snowflake') for value in given)})"
        text = (
            f"{'not enough' if few else 'too many'} arguments for function [{call}], expected {expected}, got {count}"
        )
        raise SnowflakeError(f"SQL compilation error: error line 1 at position 0\n{text}", 938 if few else 939, "22023")
    families = [family_of(value) for value in given]
    costs = {item.id: _cost(item, families) for item in fitting}
    possible = sorted((item for item in fitting if costs[item.id] is not None), key=lambda item: costs[item.id] or 0)
    if not possible:
        shown = ", ".join(family or "?" for family in families)
        raise SnowflakeError(
            f"SQL compilation error: error line 1 at position 0\nInvalid argument types for function '{name}':"
            f" ({shown})",
            1044,
            "42P13",
        )
    best = [item for item in possible if costs[item.id] == costs[possible[0].id]]
    return possible if len(best) > 1 and None in families else possible[:1]


def only(items: list[Registered], name: str) -> Registered:
    """Take the one definition that a call can mean.

    Args:
        items: What `candidates` returned.
        name: For the error.

    Returns:
        The definition.

    Raises:
        SnowflakeError: There are several.
    """
    if len(items) > 1:
        raise not_supported(
            f"telling which {name} is meant, of those with these arguments: cast the arguments (x::INT) to say it"
        )
    return items[0]


def matches(item: Registered, given: list[exp.Expr]) -> exp.Expr:
    """Make DuckDB's test whether arguments have a definition's types.

    Args:
        item: A definition.
        given: A call's arguments.

    Returns:
        A condition, constant for each statement.
    """
    tests = []
    for value, argument in zip(given, item.definition.arguments, strict=False):
        family = argument.type.family
        names = _DUCK_NAMES.get(family, family)
        kind = exp.Anonymous(this="TYPEOF", expressions=[value.copy()])
        tests.append(exp.Anonymous(this="REGEXP_FULL_MATCH", expressions=[kind, exp.Literal.string(names)]))
    return exp.and_(*tests) if tests else exp.true()


def family_of(value: exp.Expr) -> str | None:
    """Tell an argument's type as far as the statement shows it.

    Args:
        value: An argument.

    Returns:
        Its family, as `SqlType.family`, or None.
    """
    if isinstance(value, exp.Anonymous):
        return _CALLED.get(value.name.upper())
    try:
        typed = annotate_types(value.copy(), dialect="snowflake")
    except SqlglotError:
        return None
    return _KINDS.get(typed.type.this) if typed.type is not None else None


def built(value: exp.Expr) -> exp.Expr:
    """Build sqlglot's nodes for the functions that the grammar leaves by their names: their types are known.

    Args:
        value: An argument of a CALL; unchanged.

    Returns:
        The argument for `candidates`.
    """
    return value.copy().transform(_built)


def _built(node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Anonymous) or not isinstance(node.this, str):
        return node
    try:
        return exp.func(node.name, *node.expressions, dialect="snowflake")
    except (SqlglotError, TypeError, ValueError, IndexError):  # of arguments that sqlglot's builders do not expect
        return node


def _cost(item: Registered, families: list[str | None]) -> int | None:
    """How much the arguments must be converted; None where they cannot be."""
    total = 0
    for family, argument in zip(families, item.definition.arguments, strict=False):
        if family is None:
            continue
        targets = _BECOMES[family]
        if argument.type.family not in targets:
            return None
        total += targets.index(argument.type.family)
    return total
