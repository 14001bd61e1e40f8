"""Snowflake SQL as sqlglot reads it, with what the released dialect leaves out."""

from __future__ import annotations

import logging
import re
from itertools import pairwise
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported, syntax_error
from embedded_snowflake.sql.parse import refused_statements
from embedded_snowflake.sql.parse.grammar import EmbeddedSnowflake

# sqlglot reports what it keeps as plain text; the statements' handlers say so themselves where it matters.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

# Only the head of a statement holds the words that `_normalise` cares about.
_HEAD = 400
_LONGEST_LIST = 200_000
NOT_CLOSED = "parse error: a quote or a comment is not closed."


class WholeStatements(Snowflake):
    """Snowflake's dialect for splitting into words alone.

    Without sqlglot's short cut of reading CALL … as one opaque command.
    """

    class Tokenizer(EmbeddedSnowflake.Tokenizer):
        """Splits every statement into its words."""

        COMMANDS: ClassVar[set[TokenType]] = set()


def parse(sql: str) -> exp.Expr:
    """Parse one statement.

    Args:
        sql: Statement in Snowflake's SQL.

    Returns:
        Its syntax tree. Each ? placeholder's name is "?" and its offset in the text.

    Raises:
        SnowflakeError: It cannot be parsed (001003), is empty, lists too many values (001795), or is refused by its
            first words.
    """
    refused_statements.refuse(sql)
    if sql.count(",") >= _LONGEST_LIST:
        _refuse_long_lists(sql)
    text = _normalise(sql)
    try:
        statements = [
            tree
            for tree in sqlglot.parse(text, dialect=EmbeddedSnowflake)
            if tree is not None and not isinstance(tree, exp.Semicolon)
        ]
    except ParseError as error:
        raise _syntax_error(error) from None
    except SqlglotError as error:
        raise syntax_error(NOT_CLOSED) from error
    except (
        AssertionError,
        AttributeError,
        IndexError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:  # faults of the parser on broken text
        raise syntax_error("syntax error line 1 at position 0.") from error
    except RecursionError:
        raise not_supported("a statement nested this deep") from None
    if not statements:
        raise SnowflakeError("Empty SQL statement.", 900, "42601")
    if len(statements) > 1:
        raise SnowflakeError(
            f"Actual statement count {len(statements)} did not match the desired statement count 1.", 8, "0A000"
        )
    statements[0].meta["statement"] = text  # for handlers of what has no tree, or half of one
    return statements[0]


def split_statements(sql: str) -> list[str]:
    """Split a text of several statements.

    Args:
        sql: Statements separated by semicolons.

    Returns:
        The statements, without semicolons, empty ones left out.

    Raises:
        SnowflakeError: The text cannot be split into words (a quote is not closed).
    """
    parts: list[str] = []
    start = 0
    for token in _tokens(sql):
        if token.token_type is TokenType.SEMICOLON:
            parts.append(sql[start : token.start])
            start = token.end + 1
    parts.append(sql[start:])
    return [part.strip() for part in parts if _tokens(part)]


def _tokens(sql: str) -> list[Token]:
    try:
        return list(sqlglot.tokenize(sql, dialect=WholeStatements))
    except SqlglotError as error:
        raise syntax_error(NOT_CLOSED) from error


def variables(sql: str) -> list[tuple[int, int, str]]:
    """Find the session variables of a statement.

    Args:
        sql: Statement in Snowflake's SQL.

    Returns:
        Where each $name begins and ends in the text, and the name; none of those in texts, quoted names and comments.

    Raises:
        SnowflakeError: The text cannot be split into words.
    """
    return [
        (mark.start, word.end + 1, word.text)
        for mark, word in pairwise(_tokens(sql))
        if sql[mark.start] == "$"
        and mark.token_type is TokenType.PARAMETER
        and word.start == mark.end + 1
        and word.text.isidentifier()
    ]


def _refuse_long_lists(sql: str) -> None:
    """Refuse what Snowflake refuses before minutes are spent on its tree."""
    commas = [0]
    for token in _tokens(sql):
        if token.token_type is TokenType.L_PAREN:
            commas.append(0)
        elif token.token_type is TokenType.R_PAREN and len(commas) > 1:
            commas.pop()
        elif token.token_type is TokenType.COMMA:
            commas[-1] += 1
            if commas[-1] >= _LONGEST_LIST:
                text = f"maximum number of expressions in a list exceeded, expected at most {_LONGEST_LIST:,}, got more"
                raise compilation_error(f"error line 1 at position 0\n{text}", 1795, "42601")


def _normalise(sql: str) -> str:
    """Rewrite spellings that the dialect does not know into ones that it does, by tokens of the statement's head."""
    head = sql[:_HEAD].upper()
    if head.lstrip().startswith(("PUT", "GET")):
        # A bare URL would be a comment from its // on.
        url = next((word for word in sql.rstrip("; \n").split() if word.lower().startswith("file://")), None)
        return sql if url is None else sql.replace(url, f"'{url}'", 1)
    if head.lstrip().startswith("CREATE") and [token.text.upper() for token in _tokens(sql)[:3]] == [
        "CREATE",
        "OR",
        "ALTER",
    ]:
        raise not_supported("CREATE OR ALTER")  # sqlglot reads OR REPLACE
    if "CREATE" in head and any(word in head for word in ("SCOPED", "EXISTS", "LOCAL", "GLOBAL", "VOLATILE")):
        return _normalise_create(sql)
    if head.lstrip().startswith("START"):
        tokens = _tokens(sql)
        if [token.text.upper() for token in tokens[:2]] == ["START", "TRANSACTION"]:
            return "BEGIN TRANSACTION"
    return sql


def _normalise_create(sql: str) -> str:
    tokens = _tokens(sql)
    words = [token.text.upper() for token in tokens[:24]]
    if not words or words[0] != "CREATE":
        return sql
    first_kind = next((place for place, word in enumerate(words) if word.rpartition(" ")[2] in _KINDS), 0)
    for place, word in enumerate(words[:first_kind]):
        if word in _MODIFIERS:
            return _normalise_create(sql[: tokens[place].start] + _MODIFIERS[word] + sql[tokens[place].end + 1 :])
    # CREATE TABLE name IF NOT EXISTS (…): the clause may follow the name.
    for position in range(2, len(words) - 2):
        if words[position : position + 3] == ["IF", "NOT", "EXISTS"] and words[position - 1] not in _KINDS:
            kind = next((place for place, word in enumerate(words[:position]) if word in _KINDS), None)
            if kind is None:
                return sql
            first, last = tokens[position], tokens[position + 2]
            moved = sql[: first.start] + sql[last.end + 1 :]
            after = tokens[kind].end + 1
            return f"{moved[:after]} IF NOT EXISTS {moved[after:]}"
    return sql


_KINDS = frozenset(
    {"TABLE", "VIEW", "STAGE", "SCHEMA", "DATABASE", "SEQUENCE", "FORMAT", "FUNCTION", "PROCEDURE", "WAREHOUSE", "ROLE"}
)
# Words before TEMPORARY that say nothing here (SCOPED ends an object's life earlier), and another word for it.
_MODIFIERS = {"SCOPED": "", "LOCAL": "", "GLOBAL": "", "VOLATILE": "TEMPORARY"}
_POSITION = re.compile(r"\x1b\[\d+m")


def _syntax_error(error: ParseError) -> SnowflakeError:
    """Word a parse error as Snowflake does: line, position (from 0) and the unexpected word."""
    details = error.errors[0] if error.errors else {}
    word = str(details.get("highlight") or "<EOF>")
    column = int(details.get("col") or 0)
    position = max(column - len(word), 0)
    return syntax_error(
        f"syntax error line {details.get('line') or 1} at position {position} unexpected '{_POSITION.sub('', word)}'."
    )


def fill_text(sql: str, values: list[exp.Expr]) -> str:
    """Write values in the place of a statement's placeholders, leaving the rest of its text alone.

    Args:
        sql: Statement.
        values: One expression per placeholder; ? takes them in turn, :2 takes the second.

    Returns:
        The statement's text with the values in it.
    """
    tokens = _tokens(sql)
    marks = [token for token in tokens if token.token_type is TokenType.PLACEHOLDER]
    places = [(token.start, token.end, value) for token, value in zip(marks, values, strict=False)]
    for colon, number in pairwise(tokens):
        numbered = (
            colon.token_type is TokenType.COLON and number.token_type is TokenType.NUMBER and number.text.isdigit()
        )
        if numbered and 0 < int(number.text) <= len(values):
            places.append((colon.start, number.end, values[int(number.text) - 1]))
    for start, end, value in sorted(places, key=lambda place: place[0], reverse=True):
        sql = sql[:start] + value.sql(dialect=Snowflake) + sql[end + 1 :]
    return sql
