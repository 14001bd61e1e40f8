"""A reader over the tokens of one statement."""

from __future__ import annotations

from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from embedded_snowflake.errors import SnowflakeError, syntax_error
from embedded_snowflake.sql.parse.dialect import NOT_CLOSED, WholeStatements

_STRINGS = frozenset({TokenType.STRING, TokenType.RAW_STRING, TokenType.NATIONAL_STRING})


class TokenReader:
    """Reads a statement token by token.

    Args:
        sql: The statement.

    Raises:
        SnowflakeError: It cannot be split into tokens (a quote is not closed).
    """

    def __init__(self, sql: str) -> None:
        self._sql = sql
        try:
            self._tokens: list[Token] = [
                token for token in WholeStatements().tokenize(sql) if token.token_type is not TokenType.SEMICOLON
            ]
        except TokenError:
            raise syntax_error(NOT_CLOSED) from None
        self._next = 0

    def at_end(self) -> bool:
        """Tell whether all tokens are read."""
        return self._next >= len(self._tokens)

    def at(self, *words: str) -> bool:
        """Tell whether the next token is one of these words or signs, unquoted.

        Args:
            words: Words in upper case.

        Returns:
            True when it is.
        """
        return self._word(self._next) in words

    def take(self, *words: str) -> str | None:
        """Read the next token if it is one of these.

        Args:
            words: Words in upper case, or signs.

        Returns:
            The word, or None with nothing read.
        """
        if self.at(*words):
            self._next += 1
            return self._word(self._next - 1)
        return None

    def take_all(self, *words: str) -> bool:
        """Read these words if they come next, one after the other.

        Args:
            words: Words in upper case, or signs.

        Returns:
            Whether they came; if not, nothing was read.
        """
        found = all(self._word(self._next + place) == word for place, word in enumerate(words))
        if found:
            self._next += len(words)
        return found

    def has_pair(self, first: str, second: str) -> bool:
        """Tell whether two words follow each other anywhere ahead.

        Args:
            first: A word in upper case.
            second: The word after it.

        Returns:
            True when they do.
        """
        return any(
            self._word(place) == first and self._word(place + 1) == second
            for place in range(self._next, len(self._tokens))
        )

    def expect(self, word: str) -> None:
        """Read a word or sign that must come.

        Args:
            word: In upper case.

        Raises:
            SnowflakeError: Something else comes.
        """
        if not self.take(word):
            raise self.unexpected()

    def expect_end(self) -> None:
        """Check that all is read.

        Raises:
            SnowflakeError: Something is left.
        """
        if not self.at_end():
            raise self.unexpected()

    def identifier(self) -> str:
        """Read a name of one part.

        Returns:
            The name as Snowflake stores it: upper case unless quoted.

        Raises:
            SnowflakeError: No name comes.
        """
        name = self._try_identifier()
        if name is None:
            raise self.unexpected()
        return name

    def try_name(self) -> tuple[str, ...] | None:
        """Read a name of one to three parts, if one comes.

        Returns:
            Its parts as stored, or None.
        """
        first = self._try_identifier()
        if first is None:
            return None
        parts = [first]
        while self.take("."):
            parts.append(self.identifier())
        return tuple(parts)

    def name(self) -> tuple[str, ...]:
        """Read a name of one to three parts.

        Returns:
            Its parts as stored; of `identifier('…')`, those of the text.

        Raises:
            SnowflakeError: No name comes.
        """
        if self._word(self._next) == "IDENTIFIER" and self._word(self._next + 1) == "(":
            self._next += 2
            parts = TokenReader(self.string()).name()
            self.expect(")")
            return parts
        found = self.try_name()
        if found is None:
            raise self.unexpected()
        return found

    def name_of_one(self) -> str:
        """Read a name of one part: that of an object that lies in no database.

        Returns:
            The name as stored; of `identifier('…')`, that of the text.

        Raises:
            SnowflakeError: None comes, or one of several parts.
        """
        parts = self.name()
        if len(parts) > 1:
            raise self.unexpected(".")
        return parts[0]

    def string(self) -> str:
        """Read a text, or a bare word or number in place of one.

        Returns:
            The text without its quotes.

        Raises:
            SnowflakeError: Something else comes.
        """
        if self.at_end() or self._tokens[self._next].text in ("(", ")", ",", "="):
            raise self.unexpected()
        token = self._tokens[self._next]
        self._next += 1
        return token.text

    def count(self) -> int:
        """Read a whole number.

        Returns:
            The number.

        Raises:
            SnowflakeError: None comes.
        """
        text = "" if self.at_end() else self._tokens[self._next].text
        if not text.isdecimal():
            raise self.unexpected()
        self._next += 1
        return int(text)

    def strings(self) -> tuple[str, ...]:
        """Read texts in parentheses.

        Returns:
            The texts; none for `()`.

        Raises:
            SnowflakeError: Something else comes.
        """
        self.expect("(")
        found: list[str] = []
        while not self.take(")"):
            if found:
                self.expect(",")
            found.append(self.string())
        return tuple(found)

    def text_until(self, *signs: str) -> str:
        """Read the SQL of an expression up to one of these signs outside parentheses.

        Args:
            signs: Signs that end it, not read themselves.

        Returns:
            The SQL as written.

        Raises:
            SnowflakeError: The statement ends first.
        """
        start, depth = self._next, 0
        while depth or not self.at(*signs):
            if self.at_end():
                raise self.unexpected()
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(self._word(self._next), 0)
            self._next += 1
        if start == self._next:
            raise self.unexpected()
        return self._sql[self._tokens[start].start : self._tokens[self._next - 1].end + 1]

    def parenthesised(self) -> str:
        """Read what stands in parentheses.

        Returns:
            The SQL as written, with them.

        Raises:
            SnowflakeError: No parentheses come, or they are not closed.
        """
        start, depth = self._next, 1
        self.expect("(")
        while depth:
            if self.at_end():
                raise self.unexpected()
            depth += {"(": 1, ")": -1}.get(self._word(self._next), 0)
            self._next += 1
        return self._sql[self._tokens[start].start : self._tokens[self._next - 1].end + 1]

    def skip_value(self) -> None:
        """Read over one value, or a list in parentheses."""
        if self.take("("):
            while not self.take(")"):
                if self.at_end():
                    raise self.unexpected()
                self._next += 1
        else:
            self.name()

    def rest(self) -> str:
        """The SQL from the next token on."""
        return "" if self.at_end() else self._sql[self._tokens[self._next].start :]

    def masked(self, word: str) -> str:
        """Hide a property's text.

        Args:
            word: The property's name in upper case.

        Returns:
            The whole statement with '***' where the text was.
        """
        sql = self._sql
        for place in range(len(self._tokens) - 1, -1, -1):
            value = place + 2 if self._word(place + 1) == "=" else place + 1
            if self._word(place) == word and value < len(self._tokens):
                hidden = self._tokens[value]
                sql = f"{sql[: hidden.start]}'***'{sql[hidden.end + 1 :]}"
        return sql

    def unexpected(self, word: str | None = None) -> SnowflakeError:
        """Make the error for the next token.

        Args:
            word: The word that is wrong, where it is already read.

        Returns:
            Snowflake's syntax error with line and position.
        """
        place = min(self._next, len(self._tokens) - 1)
        start = self._tokens[place].start if self._tokens else 0
        line = self._sql.count("\n", 0, start) + 1
        column = start - (self._sql.rfind("\n", 0, start) + 1)
        shown = word or ("<EOF>" if self.at_end() else self._tokens[place].text)
        return syntax_error(f"syntax error line {line} at position {column} unexpected '{shown}'.")

    def _try_identifier(self) -> str | None:
        if self.at_end():
            return None
        token = self._tokens[self._next]
        if token.token_type is TokenType.IDENTIFIER:
            self._next += 1
            return token.text
        if token.token_type in _STRINGS or not (token.text[:1].isalpha() or token.text[:1] == "_"):
            return None
        self._next += 1
        return token.text.upper()

    def _word(self, place: int) -> str:
        if place >= len(self._tokens):
            return ""
        token = self._tokens[place]
        return "" if token.token_type is TokenType.IDENTIFIER or token.token_type in _STRINGS else token.text.upper()


def without_password(sql: str) -> str:
    """Hide the password that a CREATE USER or ALTER USER gives, as Snowflake does in its query history.

    Args:
        sql: Any statement.

    Returns:
        The statement with '***' in the password's place.
    """
    start = sql.upper().find("PASSWORD")
    if start < 0:
        return sql
    try:
        reader = TokenReader(sql)
    except SnowflakeError:  # no statement, and no telling where the password ends
        return f"{sql[:start]}***"
    reader.take("CREATE", "ALTER")
    reader.take_all("OR", "REPLACE")
    return reader.masked("PASSWORD") if reader.take("USER") else sql
