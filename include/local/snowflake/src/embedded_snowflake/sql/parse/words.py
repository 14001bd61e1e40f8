"""What the parsers of statements without expressions share: their words, names and values."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.parsers.snowflake import SnowflakeParser
from sqlglot.tokenizer_core import TokenType

from embedded_snowflake.errors import SnowflakeError, syntax_error
from embedded_snowflake.names import split_name
from embedded_snowflake.sql.parse.nodes import DeclaredType

_SIGNS = frozenset({TokenType.L_PAREN, TokenType.R_PAREN, TokenType.COMMA, TokenType.EQ})


class WordParser(SnowflakeParser):
    """Reads words one after the other; what does not fit is Snowflake's syntax error, with line and position."""

    def _take(self, *words: str) -> str | None:
        """Read the next word if it is one of these, unquoted."""
        return self._prev.text.upper() if self._match_texts(words) else None

    def _take_words(self, *phrases: str) -> str | None:
        """Read one of these phrases of a word or several, if it comes next."""
        return next((phrase for phrase in phrases if self._match_text_seq(*phrase.split())), None)

    def _at(self, *words: str) -> bool:
        """Tell whether the next word is one of these, unquoted."""
        return bool(self._match_texts(words, advance=False))

    def _expect(self, word: str) -> None:
        if not self._match_texts((word,)):
            raise self._unexpected()

    def _expect_end(self) -> None:
        if self._curr:
            raise self._unexpected()

    def _comes(self, *words: str) -> bool:
        """Tell whether words follow each other anywhere ahead, unquoted."""
        start = self._index
        for place in range(start, len(self._tokens)):
            self._retreat(place)
            if self._match_text_seq(*words, advance=False):
                break
        found = bool(self._match_text_seq(*words, advance=False))
        self._retreat(start)
        return found

    def _rest(self) -> str:
        """Give the text from the next word on."""
        return self._find_sql(self._curr, self._tokens[-1]) if self._curr else ""

    def _parse_stored_word(self) -> str:
        """Read a name of one part, or a word that is used like one, in its stored form."""
        word = self._try_stored_word()
        if word is None:
            raise self._unexpected()
        return word

    def _try_stored_word(self) -> str | None:
        token = self._curr
        if not token:
            return None
        quoted = token.token_type is TokenType.IDENTIFIER
        if not quoted and (
            token.token_type in self.TEXT_MATCH_EXCLUDED_TOKENS
            or not (token.text[:1].isalpha() or token.text[:1] == "_")
        ):
            return None
        self._advance()
        return token.text if quoted else token.text.upper()

    def _parse_object_name(self) -> exp.Table:
        """Read a qualified name, or IDENTIFIER('…') in place of one."""
        name = self._try_object_name()
        if name is None:
            raise self._unexpected()
        return name

    def _try_object_name(self) -> exp.Table | None:
        if self._match_text_seq("IDENTIFIER", "("):
            value = self._parse_text_value()
            self._expect(")")
            if isinstance(value, exp.Placeholder):
                return exp.Table(this=exp.Anonymous(this="IDENTIFIER", expressions=[value]))
            return _table(split_name(value.name))
        word = self._try_stored_word()
        if word is None:
            return None
        parts = [word]
        while self._match(TokenType.DOT):
            parts.append(self._parse_stored_word())
        return _table(parts)

    def _parse_account_object_name(self) -> exp.Table:
        """Read the name of an object that lies in no database: one part."""
        name = self._parse_object_name()
        if name.args.get("db"):
            raise self._unexpected(".")
        return name

    def _parse_text_value(self) -> exp.Expr:
        """Read a text, a bare word or number in place of one, or a placeholder."""
        if not self._curr or self._curr.token_type in _SIGNS:
            raise self._unexpected()
        if self._curr.token_type in (TokenType.PLACEHOLDER, TokenType.COLON):
            placeholder: exp.Expr | None = self._parse_placeholder()
            if placeholder is not None:
                return placeholder
        self._advance()
        return exp.Literal.string(self._prev.text)

    def _parse_text_values(self) -> list[exp.Expr]:
        """Read texts in parentheses."""
        self._expect("(")
        values: list[exp.Expr] = []
        while not self._take(")"):
            if values:
                self._expect(",")
            values.append(self._parse_text_value())
        return values

    def _parse_row_limit(self) -> exp.Expr | None:
        """Read LIMIT of a SHOW."""
        if not self._take("LIMIT"):
            return None
        if self._curr and self._curr.token_type in (TokenType.PLACEHOLDER, TokenType.COLON):
            return self._parse_text_value()
        if not self._curr or not self._curr.text.isdecimal():
            raise self._unexpected()
        return self._parse_text_value()

    def _parse_declared_type(self) -> DeclaredType:
        if not self._curr:
            raise self._unexpected()
        self._advance()
        start = self._prev
        name = start.text
        if name.upper() == "DOUBLE" and self._take("PRECISION"):
            name = "DOUBLE PRECISION"
        numbers: list[int] = []
        structured = False
        if self._take("("):
            depth = 1
            while depth:
                if not self._curr:
                    raise self._unexpected()
                self._advance()
                token = self._prev
                depth += {"(": 1, ")": -1}.get(token.text, 0)
                if token.token_type is TokenType.NUMBER:
                    numbers.append(int(token.text))
                elif token.text not in ("(", ")", ","):
                    structured = True
        text = self._find_sql(start, self._prev) if structured else ""
        self._match_text_seq("NOT", "NULL")
        return DeclaredType(this=name, numbers=numbers, text=text)

    def _parse_argument_types(self) -> list[DeclaredType]:
        """Read the types in parentheses that tell functions of one name apart."""
        self._expect("(")
        types: list[DeclaredType] = []
        while not self._take(")"):
            if types:
                self._expect(",")
            types.append(self._parse_declared_type())
        return types

    def _unexpected(self, word: str | None = None) -> SnowflakeError:
        """Make the error for the next word, or for one that is read already."""
        token = self._tokens[min(self._index, len(self._tokens) - 1)]
        line = self.sql.count("\n", 0, token.start) + 1
        column = token.start - (self.sql.rfind("\n", 0, token.start) + 1)
        shown = word or (self._curr.text if self._curr else "<EOF>")
        return syntax_error(f"syntax error line {line} at position {column} unexpected '{shown}'.")


def _table(parts: list[str]) -> exp.Table:
    words: list[exp.Expr] = [exp.to_identifier(part, quoted=True) for part in parts]
    if len(words) > 3:  # whoever needs the name says what is wrong with it
        words = [*words[:2], exp.Dot.build(words[2:])]
    return exp.Table(**dict(zip(("this", "db", "catalog"), reversed(words), strict=False)))
