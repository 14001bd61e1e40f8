"""The password that CREATE USER or ALTER USER gives, kept out of the query history."""

from __future__ import annotations

from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from embedded_snowflake.sql.parse.dialect import WholeStatements

_HIDDEN = "'***'"


def without_password(sql: str) -> str:
    """Hide the password that a CREATE USER or ALTER USER gives, as Snowflake does in its query history.

    The history shows statements that cannot be parsed, too: the statement is split into words, not parsed.

    Args:
        sql: Any statement.

    Returns:
        The statement with '***' in the password's place.
    """
    start = sql.upper().find("PASSWORD")
    if start < 0:
        return sql
    try:
        tokens = WholeStatements().tokenize(sql)
    except TokenError:  # no telling where the password ends
        return f"{sql[:start]}***"
    words = [_word(token) for token in tokens]
    if words[:2] not in (["CREATE", "USER"], ["ALTER", "USER"]) and words[:4] != ["CREATE", "OR", "REPLACE", "USER"]:
        return sql
    for place in reversed([place for place, word in enumerate(words) if word == "PASSWORD"]):
        value = place + 2 if words[place + 1 : place + 2] == ["="] else place + 1
        if value < len(tokens):
            sql = f"{sql[: tokens[value].start]}{_HIDDEN}{sql[tokens[value].end + 1 :]}"
    return sql


def _word(token: Token) -> str:
    """Give a word or sign in upper case; nothing for a quoted name or a text."""
    return (
        "" if token.token_type in (TokenType.IDENTIFIER, TokenType.STRING, TokenType.RAW_STRING) else token.text.upper()
    )
