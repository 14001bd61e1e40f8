"""Snowflake SQL as sqlglot reads it, with what the released dialect leaves out."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported, syntax_error
from embedded_snowflake.sql.parse.grammar import EmbeddedSnowflake
from embedded_snowflake.sql.parse.nodes import DeclaredType, RoutineName

# sqlglot reports what it keeps as plain text; the statements' handlers say so themselves where it matters.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

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
    if sql.count(",") >= _LONGEST_LIST:
        _refuse_long_lists(sql)
    text = _quote_url(sql)
    with _wording():
        statements = [
            tree
            for tree in sqlglot.parse(text, dialect=EmbeddedSnowflake)
            if tree is not None and not isinstance(tree, exp.Semicolon)
        ]
    if not statements:
        raise SnowflakeError("Empty SQL statement.", 900, "42601")
    if len(statements) > 1:
        raise SnowflakeError(
            f"Actual statement count {len(statements)} did not match the desired statement count 1.", 8, "0A000"
        )
    return statements[0]


def parse_declared_type(text: str) -> DeclaredType:
    """Parse a type.

    Args:
        text: Type as an argument of a function declares it.

    Returns:
        The type.

    Raises:
        SnowflakeError: It cannot be parsed (001003).
    """
    with _wording():
        return sqlglot.parse_one(text, dialect=EmbeddedSnowflake, into=DeclaredType)


def parse_routine_name(text: str) -> RoutineName:
    """Parse the name of a function or procedure with its argument types.

    Args:
        text: For example "DB.S.F(NUMBER, VARCHAR)".

    Returns:
        The name.

    Raises:
        SnowflakeError: It cannot be parsed (001003).
    """
    with _wording():
        return sqlglot.parse_one(text, dialect=EmbeddedSnowflake, into=RoutineName)


@contextlib.contextmanager
def _wording() -> Iterator[None]:
    """Word what the parser raises as Snowflake does."""
    try:
        yield
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


def _quote_url(sql: str) -> str:
    """Quote the bare URL of PUT or GET, of which a comment would begin with //, or with /* of a pattern."""
    if not sql[:_HEAD].lstrip().upper().startswith(("PUT", "GET")):
        return sql
    url = next((word for word in sql.rstrip("; \n").split() if word.lower().startswith("file://")), None)
    return sql if url is None else sql.replace(url, f"'{url}'", 1)


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
