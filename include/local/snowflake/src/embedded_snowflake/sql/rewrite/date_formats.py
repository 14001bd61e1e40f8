"""Translate Snowflake's date and time formats to DuckDB's.

Elements: https://docs.snowflake.com/en/sql-reference/functions-conversion#date-and-time-formats-in-conversion-functions
"""

from __future__ import annotations

from embedded_snowflake.errors import not_supported

# Longest first; a value is DuckDB's element, and for a zone what stands before its minutes. FF takes its digits after
# it.
_ELEMENTS = (
    ("YYYY", "%Y"),
    ("MMMM", "%B"),
    ("HH24", "%H"),
    ("HH12", "%I"),
    ("TZH:TZM", "%z:"),
    ("TZHTZM", "%z0"),
    ("MON", "%b"),
    ("TZH", "%z"),
    ("YY", "%y"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("DY", "%a"),
    ("HH", "%H"),
    ("AM", "%p"),
    ("PM", "%p"),
    ("MI", "%M"),
    ("SS", "%S"),
)
_DATE_WORDS = ("YY", "MM", "MON", "DD", "DY", "HH", "MI", "SS", "FF")


def is_date_format(text: str) -> bool:
    """Tell a date format from a number format.

    Args:
        text: Format as written.

    Returns:
        True when it names a part of a date or time.
    """
    return any(word in text.upper() for word in _DATE_WORDS)


def pieces(text: str) -> list[tuple[str, str]]:
    """Take a format apart.

    Args:
        text: Snowflake's format.

    Returns:
        Pairs of a kind and a value: ("element", DuckDB's element), ("fraction", number of digits), ("text", as it
            stands).

    Raises:
        SnowflakeError: A quote is not closed.
    """
    found: list[tuple[str, str]] = []
    rest = text
    while rest:
        if rest.startswith('"'):
            end = rest.find('"', 1)
            if end < 0:
                raise not_supported(f"the format '{text}'")
            found.append(("text", rest[1:end]))
            rest = rest[end + 1 :]
            continue
        upper = rest.upper()
        if upper.startswith("FF"):
            digits = rest[2:3] if rest[2:3].isdigit() else ""
            found.append(("fraction", digits or "9"))
            rest = rest[2 + len(digits) :]
            continue
        for name, element in _ELEMENTS:
            if upper.startswith(name):
                found.append(("element", element))
                rest = rest[len(name) :]
                break
        else:
            found.append(("text", rest[0]))
            rest = rest[1:]
    return found


def strptime_format(text: str) -> str:
    """Translate a format for reading.

    Args:
        text: Snowflake's format.

    Returns:
        DuckDB's strptime format.
    """
    written = {
        "element": lambda value: value[:2],
        "fraction": lambda value: "%n" if int(value) > 6 else "%f",
        "text": _literal,
    }
    return "".join(written[kind](value) for kind, value in pieces(text))


def strftime_parts(text: str) -> list[tuple[str, str]]:
    """Translate a format for writing.

    Args:
        text: Snowflake's format.

    Returns:
        Pairs: ("strftime", DuckDB's format), ("fraction", number of digits) and ("zone", an element of it), to be
            written one after
        the other.
    """
    parts: list[tuple[str, str]] = []
    for kind, value in pieces(text):
        if kind == "fraction":
            parts.append((kind, value))
            continue
        if kind == "element" and value.startswith("%z"):
            parts.append(("zone", value))
            continue
        written = value if kind == "element" else _literal(value)
        if parts and parts[-1][0] == "strftime":
            parts[-1] = ("strftime", parts[-1][1] + written)
        else:
            parts.append(("strftime", written))
    return parts


def _literal(text: str) -> str:
    return text.replace("%", "%%")
