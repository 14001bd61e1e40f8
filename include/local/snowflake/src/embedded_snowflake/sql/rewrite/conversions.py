"""Rewrite conversions between types: TO_CHAR, TO_DATE, TO_TIMESTAMP… and the casts that mean the same."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, not_supported, syntax_error
from embedded_snowflake.library.assignments import ASSIGNED
from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.library.native import NATIVE
from embedded_snowflake.library.number_formats import read_format
from embedded_snowflake.sql.parse.nodes import AssignedCast
from embedded_snowflake.sql.rewrite import time_zones
from embedded_snowflake.sql.rewrite.date_formats import is_date_format, strftime_parts, strptime_format
from embedded_snowflake.sql.rewrite.macro_calls import call
from embedded_snowflake.sql.rewrite.regexps import REGEXPS

_TEXTS = frozenset(exp.DataType.Type[name] for name in ("VARCHAR", "TEXT", "CHAR", "NCHAR", "NVARCHAR"))
_INTEGERS = frozenset(exp.DataType.Type[name] for name in ("INT", "BIGINT", "SMALLINT", "TINYINT"))
_CASTS = {
    exp.DataType.Type.TIMESTAMP: "to_timestamp",
    exp.DataType.Type.TIMESTAMPNTZ: "to_timestamp",
    exp.DataType.Type.DATETIME: "to_timestamp",
    exp.DataType.Type.TIMESTAMPLTZ: "to_timestamp_ltz",
    exp.DataType.Type.TIMESTAMPTZ: "to_timestamp_ltz",
    exp.DataType.Type.VARIANT: "to_variant",
    exp.DataType.Type.ARRAY: "to_array",
    exp.DataType.Type.OBJECT: "to_object",
    exp.DataType.Type.BINARY: "to_binary",
    exp.DataType.Type.VARBINARY: "to_binary",
    exp.DataType.Type.BOOLEAN: "to_boolean",
    exp.DataType.Type.DATE: "to_date",
    exp.DataType.Type.TIME: "to_time",
}
# Functions that convert a value to the DuckDB type of the operand beside it.
CONVERSION_TO = {
    "BOOLEAN": "to_boolean",
    "DATE": "to_date",
    "DOUBLE": "to_double",
    "TIMESTAMP": "to_timestamp",
    "TIMESTAMP WITH TIME ZONE": "to_timestamp_ltz",
}


def convert(node: exp.Expr) -> exp.Expr:
    """Rewrite one conversion.

    Args:
        node: A node of the tree.

    Returns:
        The node, or what replaces it.

    Raises:
        SnowflakeError: Its format is not supported, or it has a DISTINCT.
    """
    if isinstance(node, exp.Anonymous) and isinstance(node.this, str):
        if node.name.upper() == "CONVERT_TIMEZONE" and len(node.expressions) in (2, 3):
            return time_zones.convert(node)
        rewrite = _REWRITES.get(node.name.upper())
        if rewrite is not None and any(isinstance(argument, exp.Distinct) for argument in node.expressions):
            raise syntax_error("syntax error: unexpected 'DISTINCT'.")
        return (
            rewrite(node.expressions) if rewrite is not None and (node.expressions or rewrite in _OF_NOTHING) else node
        )
    if isinstance(node, exp.ToNumber):
        return _to_number(node)
    if isinstance(node, exp.Array):  # [1, 'a']: elements of any type, where DuckDB's list has one
        return _array(node.expressions)
    if isinstance(node, exp.Cast) and not _is_literal_null(node.this):
        return _cast(node)
    return node


def assigned(value: exp.Expr, kind: exp.DataType, column: str) -> exp.Expr:
    """Cast a value to the type of the column that it is written to.

    Args:
        value: The value, in Snowflake's tree.
        kind: The column's type.
        column: The column's name, for errors.

    Returns:
        The cast; the value itself where it is a TRY_CAST to that type.
    """
    cast = exp.cast(value, kind)
    return cast if isinstance(cast, exp.TryCast) else AssignedCast(this=cast.this, to=cast.to, column=column)


def _cast(node: exp.Cast) -> exp.Expr:
    target = node.to.this
    safe = isinstance(node, exp.TryCast)
    inner = node.this.unnest()
    digits = inner.this if isinstance(inner, exp.Neg) else inner
    if isinstance(digits, exp.Literal) and not digits.is_string and "E" in digits.name.upper() and is_fixed(node.to):
        # 1E+30 as a NUMBER is exact; by way of a DOUBLE it would not be.
        node.set("this", exp.Literal.string(f"{'-' if digits is not inner else ''}{digits.name}"))
    if target in _TEXTS:
        if isinstance(node.this, exp.Literal) and node.this.is_string and not node.to.expressions:
            return node
        written = call("varchar", node.this)
        length = next(iter(node.to.expressions), None)
        # CAST(x AS VARCHAR(n)) of a longer text is an error, which TRY_CAST makes NULL.
        if length is None:
            return written
        if isinstance(node.this, exp.Literal) and node.this.is_string and length.name.isdigit():
            return _literal_text(node, int(length.name), safe=safe)
        return call("short_varchar" if not safe else "try_short_varchar", written, length.this.copy())
    if is_integer(node.to) and not isinstance(node.this, exp.Literal):
        return call("try_to_integer" if safe else "to_integer", node.this)
    name = _CASTS.get(target)
    if name is None or isinstance(node.parent, exp.ColumnDef):
        return node
    if isinstance(node.this, exp.Literal) and node.this.is_string and target == exp.DataType.Type.TIME:
        return node
    if isinstance(node, AssignedCast) and name in ASSIGNED:
        return call(
            f"assigned_{name}",
            node.this,
            exp.Literal.string(node.to.sql(dialect="snowflake")),
            exp.Literal.string(node.args["column"]),
        )
    has_try = name not in ("to_timestamp_ltz", "to_variant", "to_array", "to_object")
    converted = call(f"try_{name}" if safe and has_try else name, node.this)
    length = next(iter(node.to.expressions), None) if name == "to_binary" else None
    if length is None:
        return converted
    return call("try_short_binary" if safe else "short_binary", converted, length.this.copy())


def is_fixed(kind: exp.DataType) -> bool:
    """Tell whether a type is NUMBER or one of its other names.

    Args:
        kind: A type as written.

    Returns:
        True for NUMBER, DECIMAL, INT, BIGINT and their like.
    """
    return kind.this in (*exp.DataType.INTEGER_TYPES, exp.DataType.Type.DECIMAL, exp.DataType.Type.BIGDECIMAL)


def is_integer(kind: exp.DataType) -> bool:
    """Tell whether a type is NUMBER(38, 0) under any of its names.

    Args:
        kind: The type as Snowflake writes it.

    Returns:
        True for NUMBER, NUMBER(38), NUMBER(38, 0), INT, BIGINT, …
    """
    if kind.this != exp.DataType.Type.DECIMAL:
        return kind.this in _INTEGERS
    digits = [parameter.name for parameter in kind.expressions]
    return digits in ([], ["38"], ["38", "0"])


def _literal_text(node: exp.Cast, length: int, *, safe: bool) -> exp.Expr:
    """Convert a text constant to VARCHAR(n): one that does not fit is an error, NULL for TRY_CAST."""
    if len(node.this.name) <= length:
        return exp.cast(node.this, "VARCHAR")
    if safe:
        return exp.cast(exp.Null(), "VARCHAR")
    raise SnowflakeError(f"String '{node.this.name}' is too long and would be truncated", 100078, "22000")


def _is_literal_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Null)


def _to_char(arguments: list[exp.Expr]) -> exp.Expr:
    value, form = arguments[0], arguments[1] if len(arguments) > 1 else None
    if form is None:
        return call("varchar", value)
    if not isinstance(form, exp.Literal):
        raise not_supported("TO_CHAR with a format that is not a constant")
    if form.is_string and read_format(form.name) is not None:
        return exp.Anonymous(this=NATIVE + "number_text", expressions=[exp.cast(value, "VARCHAR"), form])
    if not is_date_format(form.name):
        return _number_text(value, form.name)
    parts: list[exp.Expr] = []
    for kind, text in strftime_parts(form.name):
        if kind == "fraction":
            parts.append(call("fraction", value.copy(), exp.Literal.number(text)))
        elif kind == "zone":
            parts.append(_zone(value, text))
        else:
            parts.append(
                exp.Anonymous(this="strftime", expressions=[call("written", value.copy()), exp.Literal.string(text)])
            )
    joined = parts[0]
    for part in parts[1:]:
        joined = exp.DPipe(this=joined, expression=part)
    return exp.paren(joined, copy=False) if len(parts) > 1 else joined


def _zone(value: exp.Expr, element: str) -> exp.Expr:
    """Write TZH:TZM, TZHTZM or TZH: hours and minutes with or without a colon, or hours alone."""
    zone = call("offset", value.copy())
    hours = exp.Anonymous(this="left", expressions=[zone, exp.Literal.number(3)])
    if element == "%z":
        return hours
    minutes = exp.Anonymous(this="right", expressions=[zone.copy(), exp.Literal.number(2)])
    between = exp.Literal.string(":" if element == "%z:" else "")
    return exp.paren(exp.DPipe(this=exp.DPipe(this=hours, expression=between), expression=minutes), copy=False)


def _number_text(value: exp.Expr, form: str) -> exp.Expr:
    if form.upper() == "HEX":
        return exp.Anonymous(this="hex", expressions=[value])
    if form.upper() in ("UTF-8", "UTF8"):
        return exp.Anonymous(this="decode", expressions=[value])
    if form.upper() == "BASE64":
        return exp.Anonymous(this="to_base64", expressions=[value])
    raise not_supported(f"TO_CHAR with the number format '{form}'")


def _to_number(node: exp.ToNumber) -> exp.Expr:
    """Rewrite TO_NUMBER(text, format, precision, scale); without a format it is left to fakesnow."""
    form = node.args.get("format")
    if form is None or (isinstance(form, exp.Literal) and not form.is_string):
        return node
    safe = bool(node.args.get("safe"))
    read = _number_of(node.this, form, safe=safe)
    sizes = [node.args.get("precision") or exp.Literal.number(38), node.args.get("scale") or exp.Literal.number(0)]
    target = exp.DataType(this=exp.DataType.Type.DECIMAL, expressions=sizes)
    return exp.TryCast(this=read, to=target) if safe else exp.Cast(this=read, to=target)


def _number_of(text: exp.Expr, form: exp.Expr, *, safe: bool) -> exp.Expr:
    """Read a number in a constant format."""
    if not isinstance(form, exp.Literal) or any(read_format(one) is None for one in form.name.split("|")):
        raise not_supported(
            "a number in the format"
            f" {form.sql(dialect='snowflake') if isinstance(form, exp.Literal) else 'of an expression'}"
        )
    reader = NATIVE + ("try_number_of" if safe else "number_of")
    return exp.Anonymous(this=reader, expressions=[exp.cast(text, "VARCHAR"), form])


def _double(name: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    def rewrite(arguments: list[exp.Expr]) -> exp.Expr:
        if len(arguments) == 1:
            return call(name, arguments[0])
        return call(name, _number_of(arguments[0], arguments[1], safe=name.startswith("try_")))

    return rewrite


def _temporal(name: str, cast_to: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    """Rewrite TO_DATE and the like: of any value, of a text with its format, of a number with its scale."""

    def rewrite(arguments: list[exp.Expr]) -> exp.Expr:
        value, form = arguments[0], arguments[1] if len(arguments) > 1 else None
        if form is None or (isinstance(form, exp.Literal) and form.name.upper() == "AUTO"):
            return call(name, value)
        if not isinstance(form, exp.Literal):
            raise not_supported(f"{name.upper()} with a format that is not a constant")
        if not form.is_string:
            return call(name, value, form)
        reader = "try_strptime" if name.startswith("try_") else "strptime"
        text: exp.Expr = exp.cast(value, "VARCHAR")
        written = strptime_format(form.name)
        if "%z" in written and not cast_to.endswith("_ltz"):
            # A clock without zone is the one that the text says, whatever its offset.
            if not written.rstrip().endswith("%z"):
                raise not_supported(f"the format '{form.name}'")
            text, written = call("wall", text), written.rstrip().removesuffix("%z").rstrip()
        forms = dict.fromkeys((written, written.replace(".%f", "").replace(".%n", "")))  # a fraction may be left out
        listed = exp.Anonymous(this="list_value", expressions=[exp.Literal.string(one) for one in forms])
        read = exp.Anonymous(this=reader, expressions=[text, listed])
        return exp.Anonymous(this=PREFIX + "as_" + cast_to, expressions=[read])

    return rewrite


def _as_decimal(arguments: list[exp.Expr]) -> exp.Expr:
    """Rewrite AS_DECIMAL(variant, precision, scale), which gives NULL for what is no number."""
    sizes = [*arguments[1:], *(exp.Literal.number(38), exp.Literal.number(0))[len(arguments) - 1 :]]
    return exp.Cast(
        this=call("numeric_text", arguments[0]), to=exp.DataType(this=exp.DataType.Type.DECIMAL, expressions=sizes)
    )


def _array(arguments: list[exp.Expr]) -> exp.Expr:
    return exp.Anonymous(this="json_array", expressions=arguments)


def _array_compact(arguments: list[exp.Expr]) -> exp.Expr:
    return call("array_compact", _array(arguments))


def _keys(name: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    def rewrite(arguments: list[exp.Expr]) -> exp.Expr:
        given = exp.Anonymous(this="json_array", expressions=arguments[1:])
        return call(name, arguments[0], given)

    return rewrite


def _binary(name: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    def rewrite(arguments: list[exp.Expr]) -> exp.Expr:
        form = arguments[1].name.upper() if len(arguments) > 1 else "HEX"
        if form in ("UTF-8", "UTF8"):
            return exp.Anonymous(this="encode", expressions=[arguments[0]])
        if form == "BASE64":
            return exp.Anonymous(this="from_base64", expressions=[arguments[0]])
        return call(name, arguments[0])

    return rewrite


def _add_months(arguments: list[exp.Expr]) -> exp.Expr:
    """Rewrite ADD_MONTHS(d, n), which leads from the last day of a month to the last day of another."""
    day, months = arguments[0], exp.cast(arguments[1], "INT")
    later = exp.DateAdd(this=day, expression=months, unit=exp.Var(this="MONTH"))
    return exp.DateAdd(
        this=later, expression=call("month_end_gap", day.copy(), months.copy()), unit=exp.Var(this="DAY")
    )


def _one(name: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    return lambda arguments: call(name, arguments[0])


# Functions that may have no arguments: they give an empty array.
_OF_NOTHING = (_array, _array_compact)
_REWRITES: dict[str, Callable[[list[exp.Expr]], exp.Expr]] = {
    "ADD_MONTHS": _add_months,
    "TO_CHAR": _to_char,
    "TO_VARCHAR": _to_char,
    "TO_DATE": _temporal("to_date", "date"),
    "DATE": _temporal("to_date", "date"),
    "TRY_TO_DATE": _temporal("try_to_date", "date"),
    "TO_TIME": _temporal("to_time", "time"),
    "TIME": _temporal("to_time", "time"),
    "TRY_TO_TIME": _temporal("try_to_time", "time"),
    "TO_TIMESTAMP": _temporal("to_timestamp", "timestamp"),
    "TO_TIMESTAMP_NTZ": _temporal("to_timestamp", "timestamp"),
    "TO_TIMESTAMP_LTZ": _temporal("to_timestamp_ltz", "timestamp_ltz"),
    "TO_TIMESTAMP_TZ": _temporal("to_timestamp_ltz", "timestamp_ltz"),
    "TRY_TO_TIMESTAMP": _temporal("try_to_timestamp", "timestamp"),
    "TRY_TO_TIMESTAMP_NTZ": _temporal("try_to_timestamp", "timestamp"),
    "ARRAY_CONSTRUCT": _array,
    "ARRAY_CONSTRUCT_COMPACT": _array_compact,
    "OBJECT_DELETE": _keys("object_delete"),
    "OBJECT_PICK": _keys("object_pick"),
    "TO_BINARY": _binary("to_binary"),
    "TRY_TO_BINARY": _binary("try_to_binary"),
    "TO_DOUBLE": _double("to_double"),
    "TRY_TO_DOUBLE": _double("try_to_double"),
    "TO_BOOLEAN": _one("to_boolean"),
    "TRY_TO_BOOLEAN": _one("try_to_boolean"),
    "AS_DECIMAL": _as_decimal,
    "AS_NUMBER": _as_decimal,
    **REGEXPS,
}
