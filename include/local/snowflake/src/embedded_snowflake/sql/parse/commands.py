"""Statements that sqlglot leaves as text, or reads as something else: of the session, of stages, of containers."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.parse.words import WordParser

_OF_THE_SESSION = ("PARAMETERS", "VARIABLES", "LOCKS", "TRANSACTIONS")
_SCRIPTING = ("DECLARE", "LET", "FOR", "WHILE", "IF", "RETURN")
_TRANSACTION = ("TRANSACTION", "WORK", "NAME")


class CommandParser(WordParser):
    """Parses them; a method gives None for a statement of another kind."""

    def _parse_word_statement(self) -> exp.Expr | None:
        """Read a statement whose first word sqlglot takes for a name."""
        if self._take("UNSET"):
            return self._parse_unset_variables()
        if self._take("RM", "REMOVE"):
            return self._parse_remove()
        if self._take(*_SCRIPTING):
            raise not_supported("Snowflake Scripting")
        if self._match_text_seq("START", "TRANSACTION"):
            self._expect_end()
            return exp.Transaction()
        return None

    def _parse_unset_variables(self) -> nodes.UnsetVariables:
        listed = self._take("(")
        names = [self._parse_stored_word()]
        while listed and self._take(","):
            names.append(self._parse_stored_word())
        if listed:
            self._expect(")")
        self._expect_end()
        return nodes.UnsetVariables(names=names)

    def _parse_begin(self) -> exp.Expr:
        """Read BEGIN of a transaction; followed by a statement it is a block."""
        if self._curr and self._curr.text.isidentifier() and not self._at(*_TRANSACTION):
            raise not_supported("Snowflake Scripting")
        return self._parse_transaction()

    def _parse_execute(self) -> exp.Expr:
        if not self._match_text_seq("IMMEDIATE"):
            return self._parse_as_command(self._prev)
        given = self._parse_string() or self._parse_placeholder()
        if given is None or self._curr:
            raise not_supported("EXECUTE IMMEDIATE of anything but a text or a variable")
        return nodes.ExecuteImmediate(this=given)

    def _parse_show_session(self) -> nodes.ShowSession | None:
        """Read SHOW PARAMETERS and its like; where a scope is named, it is that of the session here."""
        kind = self._take(*_OF_THE_SESSION)
        if kind is None:
            return None
        like = self._parse_text_value() if self._take("LIKE") else None
        if self._take("IN", "FOR"):
            while self._curr:
                self._advance()
        self._expect_end()
        return nodes.ShowSession(kind=kind, like=like)

    def _parse_remove(self) -> nodes.RemoveFiles:
        if not self._curr:
            raise self._unexpected()
        removed = nodes.RemoveFiles(this=self._parse_location_path())
        if self._take("PATTERN"):
            self._expect("=")
            removed.set("pattern", self._parse_text_value())
        self._expect_end()
        return removed

    def _parse_alter_stage(self) -> nodes.AlterStage | None:
        """Read REFRESH and SET DIRECTORY; what else can be altered is not supported."""
        start = self._index
        if not self._take("STAGE"):
            return None
        self._match_text_seq("IF", "EXISTS")
        altered = nodes.AlterStage(this=self._parse_location_path())
        if self._take("REFRESH"):
            altered.set("subpath", exp.Literal.string(""))
            if self._match_text_seq("SUBPATH", "="):
                altered.set("subpath", self._parse_text_value())
        elif self._match_text_seq("SET", "DIRECTORY", "=", "(", "ENABLE", "="):
            altered.set("directory", self._take("TRUE", "FALSE") == "TRUE")
            self._take(")")
        if self._curr or len(altered.args) < 2:
            self._retreat(start)
            return None
        return altered

    def _parse_alter_container(self) -> nodes.AlterContainer | None:
        """Read ALTER DATABASE or ALTER SCHEMA … SET."""
        start = self._index
        kind = self._take("DATABASE", "SCHEMA")
        if kind is None:
            return None
        self._match_text_seq("IF", "EXISTS")
        name = self._try_object_name()
        if name is None or not self._take("SET"):
            self._retreat(start)
            return None
        rest, options = self._rest(), []
        while self._curr:
            option = self._try_stored_word()
            if option is None or not self._take("="):
                raise not_supported(f"ALTER {kind} SET {rest[:60]}")
            options.append(exp.Property(this=exp.var(option), value=self._parse_location_path()))
            self._take(",")
        if not options:
            raise not_supported(f"ALTER {kind} SET {rest[:60]}")
        return nodes.AlterContainer(this=name, kind=kind, expressions=options)
