"""CREATE with the words and kinds of objects that sqlglot does not know."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.parsers.snowflake import SnowflakeParser
from sqlglot.tokenizer_core import TokenType

from embedded_snowflake.errors import not_supported
from embedded_snowflake.sql.parse.words import WordParser

# Kinds that Snowflake has and the embedded one has not; sqlglot would take some for others.
_UNSUPPORTED = (
    "ROW ACCESS POLICY",
    "EXTERNAL TABLE",
    "EXTERNAL FUNCTION",
    "ICEBERG TABLE",
    "DYNAMIC ICEBERG TABLE",
    "DYNAMIC TABLE",
    "EVENT TABLE",
    "HYBRID TABLE",
    "INTERACTIVE TABLE",
    "DATA METRIC FUNCTION",
)
_BEFORE_KIND = ("OR", "REPLACE", "SECURE", "TRANSIENT")
_KINDS = frozenset({"TABLE", "VIEW", "STAGE", "SCHEMA", "DATABASE", "SEQUENCE", "FILE FORMAT", "FORMAT"})
_LONGEST_HEAD = 24  # words before the end of IF NOT EXISTS
SCOPED = "SCOPED"


class CreateParser(WordParser):
    """Parses CREATE; a SCOPED TEMPORARY object has SCOPED as the property's text."""

    PROPERTY_PARSERS: ClassVar[dict[str, Any]] = {
        **SnowflakeParser.PROPERTY_PARSERS,
        "GLOBAL": lambda self: self._parse_temporary(exp.GlobalProperty),
        "LOCAL": lambda self: self._parse_temporary(None),
        SCOPED: lambda self: self._parse_temporary(None, SCOPED),
    }

    def _parse_create(self) -> Any:
        if self._match_text_seq("OR", "ALTER", advance=False):
            raise not_supported("CREATE OR ALTER")  # sqlglot reads OR REPLACE
        self._refuse_kinds()
        self._move_exists()
        return super()._parse_create()

    def _refuse_kinds(self) -> None:
        start = self._index
        while self._take(*_BEFORE_KIND):
            pass
        for kind in _UNSUPPORTED:
            if self._match_text_seq(*kind.split()) and self._curr:
                raise not_supported(f"CREATE {kind}")
        self._retreat(start)

    def _move_exists(self) -> None:
        """Put IF NOT EXISTS behind the kind, where it stands behind the name: CREATE TABLE name IF NOT EXISTS (…)."""
        start = self._index
        head = [token.text.upper() for token in self._tokens[start : start + _LONGEST_HEAD]]
        kind = next((place for place, word in enumerate(head) if word in _KINDS), None)
        for place in range((kind or 0) + 2, len(head) - 2):
            if kind is not None and head[place : place + 3] == ["IF", "NOT", "EXISTS"]:
                name, clause = start + kind + 1, start + place
                moved = self._tokens[clause : clause + 3]
                self._tokens = [
                    *self._tokens[:name],
                    *moved,
                    *self._tokens[name:clause],
                    *self._tokens[clause + 3 :],
                ]
                self._advance(0)
                return

    def _parse_volatile_property(self) -> Any:
        """Read VOLATILE in front of TABLE, another word for TEMPORARY."""
        read = super()._parse_volatile_property()
        return exp.TemporaryProperty() if isinstance(read, exp.VolatileProperty) else read

    def _parse_temporary(self, alone: type[exp.Expr] | None, scope: str | None = None) -> exp.Expr | None:
        """Read TEMPORARY after a word about its scope; the word alone is another property, or none."""
        if self._match(TokenType.TEMPORARY) or self._match_texts(("TEMP", "VOLATILE")):
            return exp.TemporaryProperty(this=scope)
        return None if alone is None else alone()
