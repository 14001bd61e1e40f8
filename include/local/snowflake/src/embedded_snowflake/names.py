"""Object names: Snowflake's rules for writing and reading them, and how DuckDB holds them.

To Snowflake "year", "Year" and YEAR are three names, to DuckDB one: it compares names without regard to the case of a
to z. So DuckDB is given other characters in the place of those letters: `quote` writes them, in every name of a user's
that reaches DuckDB, and `decoded` reads them back, from everything that DuckDB says. Names in upper case, nearly all,
stay as they are. Our own tables, columns and aliases have names in upper case, or are written without `quote`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import NamedTuple

from embedded_snowflake.errors import not_supported, syntax_error
from embedded_snowflake.private_tables import SCHEMA

TEMPORARY = ("TEMP", "MAIN")  # DuckDB's database and schema of temporary objects
_STAND_INS = "".join(
    chr(0x10FE00 + ord(letter)) for letter in string.ascii_lowercase
)  # private characters of Unicode's last plane
_ENCODE = str.maketrans(string.ascii_lowercase, _STAND_INS)
_DECODE = str.maketrans(_STAND_INS, string.ascii_lowercase)
_TAKEN = re.compile(f"[{_STAND_INS}]")


class TableName(NamedTuple):
    """The full name of a table, a view or another object in a schema.

    Attributes:
        database: Its database, as stored.
        schema: Its schema, as stored.
        name: Its own name, as stored.
    """

    database: str
    schema: str
    name: str


def temporary_place(name: str) -> TableName:
    """Find where DuckDB has a temporary object.

    Args:
        name: What it is called there.

    Returns:
        DuckDB's database, schema and name.
    """
    return TableName(*TEMPORARY, name)


def private_table(database: str, table: str) -> str:
    """Write the place of a table that a database keeps out of users' sight: see private_tables.py.

    Args:
        database: The database, as stored.
        table: The table.

    Returns:
        The table in DuckDB's SQL.
    """
    return f"{quote(database)}.{SCHEMA}.{table}"


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
            parts.append(allowed(rest[1:end].replace('""', '"')))
            rest = rest[end + 1 :]
        else:
            word, dot, tail = rest.partition(".")
            parts.append(allowed(word.strip().upper()))
            rest = dot + tail
        if not parts[-1] and len(parts) != 2:  # "db..table" leaves out the schema
            raise syntax_error(f"syntax error: '{text}' is not a name.")
        if not rest:
            return parts
        if not rest.startswith("."):
            raise syntax_error(f"syntax error: '{text}' is not a name.")
        rest = rest[1:]


def encoded(name: str) -> str:
    """Write a name as DuckDB holds it.

    Args:
        name: Name as stored; one that DuckDB holds stays as it is.

    Returns:
        The name with other characters in the place of a to z.
    """
    return name.translate(_ENCODE)


def allowed(name: str) -> str:
    """Check a name that a user gives.

    Args:
        name: Name as stored.

    Returns:
        The name.

    Raises:
        SnowflakeError: It has characters that stand for others in DuckDB's names.
    """
    if not name.isascii() and (taken := _TAKEN.search(name)) is not None:
        raise not_supported(f"the private character U+{ord(taken[0]):X} in a name")
    return name


def decoded(text: str) -> str:
    """Read names as DuckDB holds them.

    Args:
        text: A name, or any text with names in it.

    Returns:
        The names as stored.
    """
    return text if text.isascii() else text.translate(_DECODE)


def decoding(expression: str) -> str:
    """Write `decoded` in DuckDB's SQL.

    Args:
        expression: An expression that gives names as DuckDB holds them.

    Returns:
        An expression that gives them as stored.
    """
    return f"translate({expression}, '{_STAND_INS}', '{string.ascii_lowercase}')"


def quote(name: str) -> str:
    """Write an identifier in DuckDB's SQL.

    Args:
        name: Name as stored.

    Returns:
        The name as DuckDB holds it, in double quotes.
    """
    return verbatim(encoded(name))


def verbatim(name: str) -> str:
    """Quote an identifier as it is: in Snowflake's SQL, or one that DuckDB has from elsewhere, as from a file.

    Args:
        name: Any name.

    Returns:
        The name in double quotes.
    """
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def held(place: TableName) -> TableName:
    """Find how DuckDB's catalog has an object.

    Args:
        place: Database, schema and name; those of a temporary object begin with `TEMPORARY`.

    Returns:
        The same as DuckDB holds them.
    """
    database, schema, name = place
    if (database, schema) == TEMPORARY:
        return TableName("temp", "main", encoded(name))
    return TableName(encoded(database), schema if schema == SCHEMA else encoded(schema), encoded(name))


def path(place: TableName) -> str:
    """Write an object's place in DuckDB's SQL.

    Args:
        place: As for `held`.

    Returns:
        The name in full.
    """
    return ".".join(verbatim(part) if part == SCHEMA else quote(part) for part in place)


def literal(text: str) -> str:
    """Quote a text for DuckDB.

    Args:
        text: Any text.

    Returns:
        The text in single quotes.
    """
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def like_held(pattern: str) -> str:
    """Write a pattern of names, without regard to case, for DuckDB's names.

    Args:
        pattern: As for `like`.

    Returns:
        A regular expression of DuckDB's.
    """
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    plain = {"%": ".*", "_": "."}
    body = "".join(plain.get(part) or _any_case(part[-1]) for part in parts)
    return f"(?s)^{body}$"


def _any_case(character: str) -> str:
    if character.upper() not in string.ascii_uppercase:
        return re.escape(character)
    return f"[{character.upper()}{encoded(character.lower())}]"


def display(name: str) -> str:
    """Write a stored name as Snowflake prints it: in quotes only where it needs them.

    Args:
        name: Name as stored.

    Returns:
        The name, quoted when it is not an upper-case word.
    """
    plain = (
        name.isascii()
        and name.replace("_", "A").replace("$", "A").isalnum()
        and not name[:1].isdigit()
        and name == name.upper()
    )
    return name if plain else verbatim(name)


def display_path(parts: Sequence[str]) -> str:
    """Write a qualified name as Snowflake prints it.

    Args:
        parts: Its parts as stored.

    Returns:
        The name with dots, each part in quotes where it needs them.
    """
    return ".".join(display(part) for part in parts)


def like(pattern: str) -> re.Pattern[str]:
    """Turn the pattern of SHOW … LIKE, which ignores case, into a regular expression.

    Args:
        pattern: With % and _, which a backslash makes plain characters.

    Returns:
        What matches the same names as a whole.
    """
    parts = re.split(r"(%|_|\\.)", pattern)
    plain = {"%": ".*", "_": "."}
    return re.compile(
        "".join(plain.get(part) or re.escape(part.removeprefix("\\")) for part in parts), re.IGNORECASE | re.DOTALL
    )


def _closing_quote(text: str) -> int:
    position = 1
    while True:
        position = text.find('"', position)
        if position < 0:
            raise syntax_error(f"syntax error: quote not closed in '{text}'.")
        if text[position + 1 : position + 2] != '"':
            return position
        position += 2
