"""Names of tables and columns in the comparison's SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PART = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_NAME = re.compile(rf"{_PART}(?:\.{_PART}|\.\.{_PART}|\.{_PART}\.{_PART})?")
"""A table's name, perhaps after a schema and a database (Snowflake, "Object name resolution")."""
_PARTS = re.compile(rf"{_PART}|(?<=\.)(?=\.)")


def quoted(name: str) -> str:
    """Return a column's name, as Snowflake stores it, in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def is_table_name(text: str) -> bool:
    """Whether a text is a table's name as SQL writes it."""
    return _NAME.fullmatch(text.strip()) is not None


def as_stored(name: str) -> str:
    """Return a table's name as Snowflake stores it: in upper case where it is not in quotes."""
    parts = re.split(r'("(?:[^"]|"")*")', name)
    return "".join(part if part.startswith('"') else part.upper() for part in parts)


def in_place(name: str, place: Mapping[str, str], here: str) -> str:
    """Return a table's name with the schema and the database that the task which wrote it worked in.

    Args:
        name: As the task has it, with a schema and a database of its own or without.
        place: `schema` and `database`, where the task chose them.
        here: The schema that the comparison works in.

    Returns:
        The name for a session that works elsewhere.
    """
    if not is_table_name(name):
        return name
    parts = _PARTS.findall(name.strip())
    schema, database = place.get("schema"), place.get("database")
    if len(parts) == 1 and (schema or database):
        parts = [_written(schema or here), *parts]
    if len(parts) == 2 and database:
        parts = [_written(database), *parts]
    return ".".join(parts)


def label(tables: Mapping[str, str]) -> str:
    """Return one name for the tables of several targets: what they have in common without the target.

    Args:
        tables: The table of each target.

    Returns:
        `TAXI_PREDICTIONS` for `TAXI_PREDICTIONS_snowpark` and `TAXI_PREDICTIONS_kubernetes`; both names where
        something else differs, too.
    """
    names = {_without(table, target) for target, table in tables.items()}
    return names.pop() if len(names) == 1 else " and ".join(tables.values())


def _without(table: str, target: str) -> str:
    around = rf"(_?){re.escape(target)}(_?)"
    return re.sub(around, lambda found: "_" if found[1] and found[2] else "", table, flags=re.IGNORECASE)


def _written(name: str) -> str:
    return name if re.fullmatch(_PART, name) else quoted(name)
