"""Regular expressions with a position, an occurrence and parameters, which DuckDB's own functions do not take.

Arguments: https://docs.snowflake.com/en/sql-reference/functions-regexp
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from embedded_snowflake.errors import SnowflakeError

_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}


def replace(subject: str, pattern: str, replacement: str, position: int, occurrence: int, parameters: str) -> str:
    r"""Replace matches: REGEXP_REPLACE.

    Args:
        subject: Text to search.
        pattern: What is replaced.
        replacement: What comes in its place; \1 … \9 stand for groups.
        position: First character that is searched, from 1.
        occurrence: Which match is replaced; 0 for all.
        parameters: Letters c, i, m, s, e.

    Returns:
        The text.
    """
    pieces, end = [subject[: position - 1]], position - 1
    for number, match in enumerate(_matches(subject, pattern, position, parameters), 1):
        if occurrence in (0, number):
            pieces += [subject[end : match.start()], _filled(replacement, match)]
            end = match.end()
    return "".join([*pieces, subject[end:]])


def count(subject: str, pattern: str, position: int, parameters: str) -> int:
    """Count matches: REGEXP_COUNT.

    Args:
        subject: Text to search.
        pattern: What is counted; an empty one never matches.
        position: First character that is searched, from 1.
        parameters: Letters c, i, m, s, e.

    Returns:
        Number of matches.
    """
    return sum(1 for _ in _matches(subject, pattern, position, parameters))


def instr(subject: str, pattern: str, position: int, occurrence: int, option: int, parameters: str, group: int) -> int:
    """Find where a match begins or ends: REGEXP_INSTR.

    Args:
        subject: Text to search.
        pattern: What is looked for.
        position: First character that is searched, from 1.
        occurrence: Which match is meant, from 1.
        option: 0 for where it begins, 1 for the character behind it.
        parameters: Letters c, i, m, s; e for the place of a group.
        group: Which group e means.

    Returns:
        The place, from 1; 0 without such a match.
    """
    for number, match in enumerate(_matches(subject, pattern, position, parameters), 1):
        if number == occurrence:
            part = group if "e" in parameters.lower() else 0
            return (match.end(part) if option else match.start(part)) + 1
    return 0


def parts(subject: str, pattern: str, position: int, parameters: str, group: int) -> list[str]:
    """Find all matches, or one group of each: REGEXP_SUBSTR_ALL, of which REGEXP_SUBSTR takes one.

    Args:
        subject: Text to search.
        pattern: What is looked for.
        position: First character that is searched, from 1.
        parameters: Letters c, i, m, s, e.
        group: Which group of a match is taken; 0 for the whole.

    Returns:
        The matches, or these groups of them.
    """
    return [match.group(group) or "" for match in _matches(subject, pattern, position, parameters)]


def _matches(subject: str, pattern: str, position: int, parameters: str) -> Iterator[re.Match[str]]:
    if not pattern:
        return iter(())
    return _compiled(pattern, parameters.lower()).finditer(subject, position - 1)


@lru_cache(maxsize=500)
def _compiled(pattern: str, parameters: str) -> re.Pattern[str]:
    flags = re.NOFLAG if "i" in parameters else re.ASCII
    for letter in parameters:
        flags |= _FLAGS.get(letter, re.NOFLAG)
    if parameters.rfind("c") > parameters.rfind("i"):
        flags &= ~re.IGNORECASE  # the last one of c and i counts
    try:
        return re.compile(pattern, flags)
    except re.error as error:
        raise SnowflakeError(f"Invalid regular expression: '{pattern}', {error}", 100048, "2201B") from None


def _filled(replacement: str, match: re.Match[str]) -> str:
    return re.sub(r"\\(\d)", lambda reference: match.group(int(reference.group(1))) or "", replacement)
