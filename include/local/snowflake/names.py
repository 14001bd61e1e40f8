"""Object names: Snowflake's rules for writing and reading them."""

from __future__ import annotations

import re

from include.local.snowflake.errors import syntax_error

TableName = tuple[str, str, str]  # database, schema and name, as stored
_MARK = "\u2063"  # an invisible separator, which no one types


def split_name(text: str) -> list[str]:
    """Split a qualified name into its parts as Snowflake stores them.

    Args:
        text: For example `db.schema."My table"`.

    Returns:
        Parts, unquoted ones in upper case: ["DB", "SCHEMA", "My table"].

    Raises:
        SnowflakeError: A quote is not closed, or a part is empty.
    """
    parts: list[str] = []
    rest = text.strip()
    while True:
        if rest.startswith('"'):
            end = _closing_quote(rest)
            parts.append(rest[1:end].replace('""', '"'))
            rest = rest[end + 1 :]
        else:
            word, dot, tail = rest.partition(".")
            parts.append(word.strip().upper())
            rest = dot + tail
        if not parts[-1] and len(parts) != 2:  # "db..table" leaves out the schema
            raise syntax_error(f"syntax error: '{text}' is not a name.")
        if not rest:
            return parts
        if not rest.startswith("."):
            raise syntax_error(f"syntax error: '{text}' is not a name.")
        rest = rest[1:]


def quote(name: str) -> str:
    """Quote an identifier for DuckDB or Snowflake.

    Args:
        name: Name as stored.

    Returns:
        The name in double quotes.
    """
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def literal(text: str) -> str:
    """Quote a text for DuckDB.

    Args:
        text: Any text.

    Returns:
        The text in single quotes.
    """
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def display(name: str) -> str:
    """Write a stored name as Snowflake prints it: in quotes only where it needs them.

    Args:
        name: Name as stored.

    Returns:
        The name, quoted when it is not an upper-case word.
    """
    plain = name.isascii() and name.replace("_", "A").replace("$", "A").isalnum() and not name[:1].isdigit() and name == name.upper()
    return name if plain else quote(name)


def like(pattern: str) -> re.Pattern[str]:
    """Turn the pattern of SHOW … LIKE, which ignores case, into a regular expression.

    Args:
        pattern: With % and _, which a backslash makes plain characters.

    Returns:
        What matches the same names as a whole.
    """
    parts = re.split(r"(%|_|\\.)", pattern)
    plain = {"%": ".*", "_": "."}
    return re.compile("".join(plain.get(part) or re.escape(part.removeprefix("\\")) for part in parts), re.IGNORECASE | re.DOTALL)


def mark_case(name: str) -> str:
    """Make a name that differs from its other spellings in more than case: see sql/cases.py.

    Args:
        name: Name as stored.

    Returns:
        The name with its mark.
    """
    bits = "".join("1" if character.islower() else "0" for character in name)
    return f"{name}{_MARK}{int(bits, 2):x}"


def without_mark(name: str) -> str:
    """Take the mark off.

    Args:
        name: Name of a result's column.

    Returns:
        The name as stored.
    """
    return name.partition(_MARK)[0]


def without_marks(text: str) -> str:
    """Take the marks off the names in a message.

    Args:
        text: Any text.

    Returns:
        The text without them.
    """
    return re.sub(f"{_MARK}[0-9a-f]+", "", text)


def _closing_quote(text: str) -> int:
    position = 1
    while True:
        position = text.find('"', position)
        if position < 0:
            raise syntax_error(f"syntax error: quote not closed in '{text}'.")
        if text[position + 1 : position + 2] != '"':
            return position
        position += 2
