"""DuckDB's errors of which Snowflake has its own words, by the pattern of DuckDB's."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from embedded_snowflake.errors import (
    SnowflakeError,
    already_exists,
    compilation_error,
    does_not_exist,
    invalid_identifier,
    not_supported,
    wrong_number_of_values,
)
from embedded_snowflake.library import unsupported
from embedded_snowflake.names import display
from embedded_snowflake.state.statement_words import snowflake_type

Wording = Callable[[str, str], SnowflakeError]
NO_TABLE = re.compile(r"(?:Table|View) with name (.+?) does not exist")
_NO_SEQUENCE = re.compile(r"Sequence with name (.+?) does not exist")
_NO_SCHEMA = re.compile(
    r"(?:Schema with name|No schema named) (.+?) ?(?:does not exist|found|$)|schema \"([^\"]+)\" does not exist", re.I
)
_NO_FUNCTION = re.compile(r"(?:Scalar |Aggregate |Table )?Function with name \"?([^\s\"]+)\"? does not exist", re.I)
_NO_COLUMN = re.compile(
    r"Referenced column \"(.+?)\" (?:was )?not found"
    r"|does not have a column (?:with name|named) \"([^\"]+)\"|column \"(.+?)\" does not exist"
)
_EXISTS = re.compile(r"with name \"(.+?)\" already exists")
_BAD_CAST = re.compile(r"Could not convert string ['\"](.*)['\"] to (\w+)", re.S)
_OUT_OF_RANGE = re.compile(
    r"Casting value \"(.*?)\" to type (DECIMAL\(\d+,\d+\)) failed|Could not cast value (\S+) to (DECIMAL\(\d+,\d+\))"
    r"|with value (\S+) can't be cast because the value is out of range for the destination type (INT(?:64|128))"
)
_VALUES = re.compile(
    r"has (\d+) columns but (\d+) values|expected (\d+) columns but (\d+) values|has (\d+) columns available but (\d+)"
    r" columns"
)
_BAD_TIME = re.compile(
    r"(?:date|timestamp|time) field value out of range: \"(.*?)\"|invalid (?:date|timestamp|time) field format:"
    r" \"(.*?)\"",
    re.S | re.I,
)
_NOT_NULL = re.compile(r"NOT NULL constraint failed: (?:\S+\.)?(\S+)")


def _object(name: str, text: str) -> SnowflakeError:
    plain = name.strip('"!').rsplit(".", 1)[-1]
    return does_not_exist("Object", display(plain))


def _quoted_last(text: str, start: str) -> str:
    """Write a message whose last word is quoted: a quote in it would have to be doubled in the macro that raises it."""
    word = re.match(r"\w+", text[text.index(start) + len(start) :])
    return f"{start}'{word.group() if word else ''}'"


def _in_words(message: str) -> str:
    """Write a message with a type in brackets, which DuckDB has named."""
    return re.sub(r"\[(.*?)\]", lambda match: f"[{snowflake_type(match.group(1))}]", message)


def _function(name: str, text: str) -> SnowflakeError:
    if unsupported.is_known(name):
        return not_supported(f"the function {name.upper()}")
    return compilation_error(f"Unknown function {name.upper()}.", 2140, "42601")


def _conversion(value: str, text: str) -> SnowflakeError:
    kind = text.rsplit("to ", 1)[-1].split()[0].strip(".'").upper()
    if kind.startswith(("INT", "DECIMAL", "DOUBLE", "HUGE", "BIGINT", "FLOAT", "UINT")):
        if is_finite(value):
            return SnowflakeError(f"Numeric value '{value}' is out of range", 100039, "22003")
        return SnowflakeError(f"Numeric value '{value}' is not recognized", 100038, "22018")
    if kind.startswith("BOOL"):
        return SnowflakeError(f"Boolean value '{value}' is not recognized", 100037, "22018")
    return SnowflakeError(f"{kind.capitalize()} '{value}' is not recognized", 100035, "22007")


def is_finite(text: str) -> bool:
    """Tell whether a text is a number.

    Args:
        text: Any text.

    Returns:
        True for a finite number in digits, False for NaN, infinity and anything else.
    """
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


def _out_of_range(value: str, text: str) -> SnowflakeError:
    kind = next(group for group in reversed(_OUT_OF_RANGE.search(text).groups()) if group is not None)  # type: ignore[union-attr]
    return not_representable("DECIMAL(38,0)" if kind.startswith("INT") else kind, value)


def not_representable(kind: str, value: str) -> SnowflakeError:
    """Snowflake names its own storage, too: SB1 for two digits up to SB16 for 38."""
    precision, scale = kind[len("DECIMAL(") : -1].split(",")
    size = next((size for digits, size in ((2, 1), (4, 2), (9, 4), (18, 8)) if int(precision) <= digits), 16)
    text = f"Number out of representable range: type FIXED[SB{size}]({precision},{scale}){{nullable}}, value {value}"
    return SnowflakeError(text, 100046, "22003")


def _wrong_number_of_values(first: str, text: str) -> SnowflakeError:
    groups = _VALUES.search(text).groups()  # type: ignore[union-attr]
    given, expected = (
        (groups[4], groups[5]) if groups[4] is not None else (groups[1] or groups[3], groups[0] or groups[2])
    )
    return wrong_number_of_values(int(expected), int(given))


def _time(value: str, text: str) -> SnowflakeError:
    kind = "Date" if text.lower().split("field")[0].rstrip().endswith("date") else "Timestamp"
    return SnowflakeError(f"{kind} '{value}' is not recognized", 100040 if kind == "Date" else 100035, "22007")


WORDINGS: tuple[tuple[re.Pattern[str], Wording], ...] = (
    (re.compile(r"Division by zero"), lambda name, text: SnowflakeError("Division by zero", 100051, "22012")),
    (
        re.compile(r"Ambiguous reference to column name \"(.*?)\" \(", re.S),
        lambda name, text: compilation_error(f"ambiguous column name '{name}'", 2028, "42601"),
    ),
    (
        re.compile(r"Date '(.*)' is not recognized", re.S),
        lambda name, text: SnowflakeError(f"Date '{name}' is not recognized", 100040, "22007"),
    ),
    (
        re.compile(r"String '(.*)' is too long and would be truncated", re.S),
        lambda name, text: SnowflakeError(f"String '{name}' is too long and would be truncated", 100078, "22000"),
    ),
    (
        re.compile(r"Binary '(.*)' is too long and would be truncated", re.S),
        lambda name, text: SnowflakeError(f"Binary '{name}' is too long and would be truncated", 100078, "22000"),
    ),
    (
        re.compile(r"(Invalid floating point operation: \w+\(.*?\))"),
        lambda name, text: SnowflakeError(name, 100183, "22003"),
    ),
    (
        re.compile(r"(User character length limit \(\d+\) exceeded by string '.*')' to INT", re.S),
        lambda name, text: SnowflakeError(name, 100074, "54000"),
    ),
    (
        re.compile(r"(invalid type \[.*?\] for parameter )(\w+)"),
        lambda name, text: compilation_error(
            f"error line 1 at position 0\n{_in_words(_quoted_last(text, name))}", 1007, "22023"
        ),
    ),
    (
        re.compile(r"(Invalid argument types for function )(\w+)"),
        lambda name, text: compilation_error(_quoted_last(text, name), 1044, "42P13"),
    ),
    (
        re.compile(r"GROUP BY clause cannot contain aggregates"),
        lambda name, text: compilation_error("An aggregate is not a valid group by expression", 979, "42601"),
    ),
    (
        re.compile(r"Frame starting from .* row cannot"),
        lambda name, text: compilation_error("Invalid window frame.", 2303, "42601"),
    ),
    (
        re.compile(r"Could not parse string \"(.*?)\" according to format specifier", re.S),
        lambda name, text: SnowflakeError(f"Can't parse '{name}' as a date or time with that format", 100096, "22007"),
    ),
    (
        re.compile(r"Argument for ntile must be greater"),
        lambda name, text: SnowflakeError("NTILE argument must be at least 1", 100203, "22023"),
    ),
    (
        re.compile(r"Malformed JSON at byte (\d+)"),
        lambda name, text: SnowflakeError(f"Error parsing JSON: pos {name}", 100069, "22P02"),
    ),
    (
        re.compile(r"(Invalid (?:value \[.*\]|state) for function '\w+')"),
        lambda name, text: SnowflakeError(name, 1044, "22023"),
    ),
    (
        re.compile(r"(Numeric value '.*' is not recognized)", re.S),
        lambda name, text: SnowflakeError(name, 100038, "22018"),
    ),
    (
        re.compile(r"(Can't parse '.*' as number with format '.*')", re.S),
        lambda name, text: SnowflakeError(name, 100036, "22018"),
    ),
    (re.compile(r"(Invalid regular expression: .*)", re.S), lambda name, text: SnowflakeError(name, 100048, "2201B")),
    (re.compile(r"(Error parsing URL: .*)", re.S), lambda name, text: SnowflakeError(name, 100139, "22000")),
    (
        re.compile(
            r"(Expression type does not match column data type, expecting .*? but got .*? for column .*?)' to INT", re.S
        ),
        lambda name, text: compilation_error(name, 2023, "22000"),
    ),
    (
        re.compile(r"(Boolean value '.*' is not recognized)", re.S),
        lambda name, text: SnowflakeError(name, 100037, "22018"),
    ),
    (
        re.compile(r"(Failed to cast variant value .* to OBJECT)", re.S),
        lambda name, text: SnowflakeError(name, 100071, "22000"),
    ),
    (re.compile(r"(Duplicate field key '.*?')", re.S), lambda name, text: SnowflakeError(name, 100103, "22000")),
    (
        re.compile(r"(The following string is not a legal hex-encoded value: .*?)'", re.S),
        lambda name, text: SnowflakeError(name, 100115, "22000"),
    ),
    (
        re.compile(r"Invalid string encoding found in Parquet file .*: value \"(.*)\" is not valid UTF8", re.S),
        lambda name, text: SnowflakeError(f"Invalid UTF8 detected in string '{name}'", 100144, "22000"),
    ),
    (re.compile(r"(CONNECT BY over rows that are their own ancestors)"), lambda name, text: not_supported(name)),
    (re.compile(r"(YEAR|DAY) TO \w+ is not supported"), lambda name, text: not_supported("intervals as values")),
    (
        re.compile(r"resulted in an empty set of columns"),
        lambda name, text: compilation_error("SELECT with no columns", 1003, "42000"),
    ),
    (NO_TABLE, _object),
    (_NO_SEQUENCE, lambda name, text: does_not_exist("Sequence", display(name.strip('"!')))),
    (_NO_SCHEMA, lambda name, text: does_not_exist("Schema", display(name.strip('"')))),
    (_NO_FUNCTION, _function),
    (_NO_COLUMN, lambda name, text: invalid_identifier(display(name))),
    (_EXISTS, lambda name, text: already_exists(display(name.rsplit(".", 1)[-1]))),
    (_OUT_OF_RANGE, _out_of_range),
    (_VALUES, _wrong_number_of_values),
    (_BAD_CAST, _conversion),
    (_BAD_TIME, _time),
    (_NOT_NULL, lambda name, text: SnowflakeError("NULL result in a non-nullable column", 100072, "22000")),
    (
        re.compile(r"cannot affect the same target row more than once"),
        lambda name, text: SnowflakeError("Duplicate row detected during DML action", 100090, "42P18"),
    ),
    (re.compile(r"division by zero", re.I), lambda name, text: SnowflakeError("Division by zero", 100051, "22012")),
    # What a user may write and Snowflake refuses.
    (
        re.compile(r"column \"(.+?)\" must appear in the GROUP BY clause"),
        lambda name, text: compilation_error(f"'{name}' is not a valid group by expression", 979, "42601"),
    ),
    (
        re.compile(r"WHERE clause cannot contain aggregates|aggregate functions are not allowed in"),
        lambda name, text: compilation_error("Invalid aggregate function in where clause", 2038, "42601"),
    ),
    (
        re.compile(r"clause cannot contain window functions|window functions are not allowed in"),
        lambda name, text: compilation_error(
            "Window function may not be nested inside another window function, nor stand in this clause", 2303, "42601"
        ),
    ),
    (
        re.compile(r"aggregate function calls cannot be nested"),
        lambda name, text: compilation_error("Aggregate functions cannot be nested", 2039, "42601"),
    ),
    (
        re.compile(r"Set operations can only apply to expressions with the same number of result columns"),
        lambda name, text: compilation_error(
            "invalid number of result columns for set operator input branches", 2057, "42601"
        ),
    ),
    (
        re.compile(r"(?:ORDER|GROUP BY) term out of range"),
        lambda name, text: compilation_error("a number after ORDER BY or GROUP BY is that of no column", 2022, "42601"),
    ),
    (re.compile(r"Referenced table \"([^\"]+)\" not found"), lambda name, text: invalid_identifier(f"{name}.*")),
    (
        re.compile(r"\(duplicate alias \"(?:[^\"]*\.)?([^\".]+)\""),
        lambda name, text: compilation_error(f"duplicate alias '{name}'", 2032, "42601"),
    ),
    (
        re.compile(r"More than one row returned by a subquery"),
        lambda name, text: SnowflakeError("Single-row subquery returns more than one row.", 90150, "22000"),
    ),
    (
        re.compile(r"VALUES lists must all be the same length"),
        lambda name, text: compilation_error("The rows of VALUES have different numbers of columns", 2020, "21S01"),
    ),
    (
        re.compile(r"Cannot unpivot columns of types"),
        lambda name, text: compilation_error(
            "The type of a column conflicts with the type of other columns in the UNPIVOT list.", 2031, "42601"
        ),
    ),
    (
        re.compile(r"\* expression without FROM clause"),
        lambda name, text: compilation_error("SELECT with no columns", 1003, "42000"),
    ),
    (
        re.compile(r"STAR expression|cannot be applied to a star expression"),
        lambda name, text: compilation_error("syntax error: unexpected '*'.", 1003, "42000"),
    ),
)
