"""Which tables the SQL of a task leaves behind, as its text shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from include.factory.templates.jinja import masked

_PART = r'(?:"(?:[^"]|"")+"|(?:[\w$]|\ue000\d+\ue001)+)'
_TABLE = rf"(?P<table>{_PART}(?:\.\.?{_PART}){{0,2}})(?![\w$.\ue000\ue002])"
_MODIFIERS = (
    "LOCAL|GLOBAL|TEMP|TEMPORARY|VOLATILE|TRANSIENT|HYBRID|ICEBERG|DYNAMIC|INTERACTIVE|EXTERNAL|SECURE|RECURSIVE"
    "|MATERIALIZED"
)
_SKIPPED = re.compile(
    r"(?P<text>'(?:[^'\\]|\\.|'')*'|\$\$.*?\$\$)|(?P<comment>--[^\n]*|//[^\n]*|/\*.*?\*/)|\"(?:[^\"]|\"\")*\"",
    re.DOTALL,
)
"""Text and comments, in which no statement is; a quoted name, in which there is neither."""
_EVENT = re.compile(
    rf"\b(?:"
    rf"CREATE\s+(?P<kind>(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:(?:{_MODIFIERS})\s+){{0,3}}(?:TABLE|VIEW))\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    rf"|(?P<fills>INSERT\s+(?:OVERWRITE\s+)?INTO|MERGE\s+INTO|COPY\s+INTO)\s+(?:TABLE\s+)?"
    rf"|(?P<drops>DROP\s+(?:TABLE|VIEW)|ALTER\s+TABLE)\s+(?:IF\s+EXISTS\s+)?"
    rf")(?!@|'){_TABLE}(?P<renamed>\s+RENAME\s+TO\s+(?P<new>{_PART}(?:\.\.?{_PART}){{0,2}}))?",
    re.IGNORECASE,
)
_PASSING = re.compile(r"\b(?:TEMP|TEMPORARY|VOLATILE)\b", re.IGNORECASE)


def tables_left(sql: str) -> tuple[list[str], list[str]]:
    """Return the tables and views that statements leave, and those that they take away.

    Args:
        sql: Statements, with Jinja in them.

    Returns:
        Names as they are written, Jinja included; first of those that are created, replaced or filled, and neither
        temporary nor dropped again; then of those that are dropped. A statement that Jinja puts together from parts,
        and a name that depends on a variable of the template, are not seen.
    """
    text, expressions = masked(sql)
    left: dict[str, str] = {}
    gone: dict[str, str] = {}
    passing: set[str] = set()
    for written, event in _events(text):
        name = _restored(written, expressions)
        key = _key(name)
        if event == "passing":
            passing.add(key)
        elif event == "gone":
            left.pop(key, None)
            gone[key] = name
        elif key not in passing:
            left.setdefault(key, name)
            gone.pop(key, None)
    return list(left.values()), list(gone.values())


def same_table(one: str, other: str) -> bool:
    """Whether two names stand for one table, as far as their text shows."""
    return _key(one) == _key(other)


def _events(text: str) -> Iterator[tuple[str, str]]:
    """Return the tables that statements name first, in order, each with what becomes of it."""
    for found in _EVENT.finditer(_SKIPPED.sub(_kept, text)):
        if found["renamed"]:
            yield found["table"], "gone"
            yield found["new"], "left"
        elif found["drops"]:
            if not found["drops"].upper().startswith("ALTER"):
                yield found["table"], "gone"
        else:
            yield found["table"], "passing" if _PASSING.search(found["kind"] or "") else "left"


def _kept(found: re.Match[str]) -> str:
    return "''" if found["text"] else " " if found["comment"] else found[0]


def _restored(name: str, expressions: list[str]) -> str:
    return re.sub("\ue000(\\d+)\ue001", lambda found: expressions[int(found[1])], name)


def _key(name: str) -> str:
    """Return a name as Snowflake reads it: upper case where it is not in quotes."""
    parts = re.split(r'("(?:[^"]|"")*"|\{\{.*?\}\})', name)
    return "".join(
        re.sub(r"\s+", "", part) if part.startswith("{{") else part if part.startswith('"') else part.upper()
        for part in parts
    )
