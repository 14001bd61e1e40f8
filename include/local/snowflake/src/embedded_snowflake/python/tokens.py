"""A reader over the tokens of one statement about functions: it knows their types."""

from __future__ import annotations

from sqlglot.tokenizer_core import TokenType

from embedded_snowflake.python.sqltypes import SqlType, sql_type
from embedded_snowflake.sql.parse.tokens import TokenReader


class Tokens(TokenReader):
    """Reads a statement token by token, types too."""

    def type(self) -> SqlType:
        """Read a type.

        Returns:
            The type.

        Raises:
            SnowflakeError: No type that a Python function can have comes.
        """
        if self.at_end():
            raise self.unexpected()
        start = self._tokens[self._next].start
        name = self._tokens[self._next].text
        self._next += 1
        if name.upper() == "DOUBLE" and self.take("PRECISION"):
            name = "DOUBLE PRECISION"
        numbers: list[int] = []
        structured = False
        if self.take("("):
            depth = 1
            while depth:
                if self.at_end():
                    raise self.unexpected()
                token = self._tokens[self._next]
                self._next += 1
                depth += {"(": 1, ")": -1}.get(token.text, 0)
                if token.token_type is TokenType.NUMBER:
                    numbers.append(int(token.text))
                structured = structured or (
                    token.text not in ("(", ")", ",") and token.token_type is not TokenType.NUMBER
                )
        text = self._sql[start : self._tokens[self._next - 1].end + 1] if structured else ""
        self.take_all("NOT", "NULL")
        return sql_type(name, numbers, text)

    def signature(self) -> str:
        """Read the argument types that follow a name in DROP, ALTER, DESCRIBE and their like.

        Returns:
            The types as `Definition.signature` gives them.

        Raises:
            SnowflakeError: No types in parentheses come.
        """
        self.expect("(")
        types: list[str] = []
        while not self.take(")"):
            if types:
                self.expect(",")
            types.append(self.type().signature)
        return ", ".join(types)
