"""Snowflake's grammar as sqlglot reads it, with what its released parser leaves out or leaves aside."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.parsers.snowflake import SnowflakeParser
from sqlglot.tokenizer_core import TokenType

from embedded_snowflake.errors import not_supported
from embedded_snowflake.library import arity
from embedded_snowflake.library.macros import CONVERSIONS, LIBRARY
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.parse.account_objects import AccountObjectParser
from embedded_snowflake.sql.parse.commands import CommandParser
from embedded_snowflake.sql.parse.creating import CreateParser
from embedded_snowflake.sql.parse.grants import GrantParser
from embedded_snowflake.sql.parse.routines import RoutineParser

# No operator, and no commands whose text is left alone.
_WORDS = frozenset({"?::", "CALL", "REMOVE", "RM"})
_OPENING = (TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE)
_CLOSING = (TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE)


class EmbeddedSnowflake(Snowflake):
    """Snowflake's dialect with numbered placeholders."""

    class Tokenizer(Snowflake.Tokenizer):
        """Reads ?::DATE as a placeholder that is cast, not as an operator, and CALL and REMOVE as words."""

        KEYWORDS: ClassVar[dict[str, Any]] = {
            word: kind for word, kind in Snowflake.Tokenizer.KEYWORDS.items() if word not in _WORDS
        }

        # Their text is parsed like any other's.
        COMMANDS: ClassVar[set[TokenType]] = Snowflake.Tokenizer.COMMANDS - {TokenType.EXECUTE}

    class Parser(GrantParser, AccountObjectParser, RoutineParser, CommandParser, CreateParser):
        """Numbers each ? by its place in the text, so that values reach the right one after any rewriting."""

        def reset(self) -> None:
            """Forget the statement that was parsed before."""
            super().reset()
            self._projected: list[tuple[list[exp.Expr], list[str]]] = []  # of SELECTs that are not complete yet

        # The functions of our own library keep their name and the order of their arguments.
        FUNCTIONS: ClassVar[dict[str, Any]] = {
            name: build for name, build in SnowflakeParser.FUNCTIONS.items() if name not in (*LIBRARY, *CONVERSIONS)
        }

        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: parse for name, parse in SnowflakeParser.FUNCTION_PARSERS.items() if name not in LIBRARY
        }

        PLACEHOLDER_PARSERS: ClassVar[dict[Any, Any]] = {
            **SnowflakeParser.PLACEHOLDER_PARSERS,
            TokenType.PLACEHOLDER: lambda self: self.expression(exp.Placeholder(this=f"?{self._prev.start}")),
        }

        PROPERTY_PARSERS: ClassVar[dict[str, Any]] = {
            **CreateParser.PROPERTY_PARSERS,
            "DIRECTORY": lambda self: self._parse_directory_property(),
        }

        STATEMENT_PARSERS: ClassVar[dict[Any, Any]] = {
            **SnowflakeParser.STATEMENT_PARSERS,
            TokenType.COPY: lambda self: self._parse_copy_files() or self._parse_copy(),
            TokenType.GRANT: lambda self: self._parse_grant_statement(),
            TokenType.REVOKE: lambda self: self._parse_grant_statement(),
            TokenType.ALTER: lambda self: (
                self._parse_alter_account_object()
                or self._parse_alter_routine()
                or self._parse_alter_stage()
                or self._parse_alter_container()
                or self._parse_alter()
            ),
            TokenType.BEGIN: lambda self: self._parse_begin(),
            TokenType.COMMENT: lambda self: (
                self._parse_comment_on_account_object() or self._parse_comment_on_routine() or self._parse_comment()
            ),
            TokenType.CREATE: lambda self: (
                self._parse_create_account_object() or self._parse_create_routine() or self._parse_create()
            ),
            TokenType.DESC: lambda self: self._parse_own_describe(),
            TokenType.DESCRIBE: lambda self: self._parse_own_describe(),
            TokenType.DROP: lambda self: (
                self._parse_drop_account_object() or self._parse_drop_routine() or self._parse_drop()
            ),
            TokenType.EXECUTE: lambda self: self._parse_execute(),
            TokenType.MERGE: lambda self: self._parse_own_merge(),
            TokenType.SHOW: lambda self: (
                self._parse_show_grants()
                or self._parse_show_account_objects()
                or self._parse_show_routines()
                or self._parse_show_session()
                or self._parse_show()
            ),
        }

        EXPRESSION_PARSERS: ClassVar[dict[Any, Any]] = {
            **SnowflakeParser.EXPRESSION_PARSERS,
            nodes.DeclaredType: lambda self: self._parse_declared_type(),
            nodes.RoutineName: lambda self: self._parse_routine_name(),
        }

        def _parse_statement(self) -> exp.Expr | None:
            """Read CALL, which sqlglot would leave as text, and WITH … AS PROCEDURE … CALL."""
            if self._match_text_seq("CALL"):
                return self._parse_call_statement()
            statement: exp.Expr | None = (
                self._parse_anonymous_call() or self._parse_word_statement() or super()._parse_statement()
            )
            return statement

        def _parse_own_describe(self) -> exp.Expr:
            if self._at("RESULT"):
                raise not_supported("DESCRIBE RESULT")
            return self._parse_describe_account_object() or self._parse_describe_routine() or self._parse_describe()

        def _parse_own_merge(self) -> exp.Expr:
            for verb in ("UPDATE", "INSERT"):
                if self._comes("THEN", verb, "ALL", "BY", "NAME"):
                    raise not_supported("MERGE … ALL BY NAME")
            return self._parse_merge()

        def _parse_alter_table_drop(self) -> list[exp.Expr]:
            """Read what is dropped of a table and is no column."""
            if self._match(TokenType.PRIMARY_KEY):  # one token
                return [nodes.DropPrimaryKey()]
            if self._match_text_seq("CLUSTERING", "KEY"):
                return [nodes.DropClusteringKey()]
            if self._at("UNIQUE"):
                raise not_supported("ALTER TABLE DROP UNIQUE")
            dropped: list[exp.Expr] = super()._parse_alter_table_drop()
            return dropped

        def _parse_field(self, *arguments: Any, **options: Any) -> exp.Expr | None:
            if self._index > 1 and [token.text.upper() for token in self._tokens[self._index - 2 : self._index]] == [
                "FILE_FORMAT",
                "=",
            ]:
                # FILE_FORMAT = schema.name: the released parser reads one word.
                return self._parse_string() or self._parse_table_parts()
            return super()._parse_field(*arguments, **options)

        def _parse_directory_property(self) -> exp.Expr:
            self._match(TokenType.EQ)
            options = exp.Tuple(expressions=self._parse_wrapped_options())
            return self.expression(exp.Property(this=exp.var("DIRECTORY"), value=options))

        def _parse_location_path(self) -> Any:
            """Read a place in a stage, or a placeholder for one."""
            if self._curr.token_type is TokenType.PLACEHOLDER:
                return self._parse_placeholder()
            return super()._parse_location_path()

        def _parse_copy_files(self) -> exp.Expr | None:
            if not self._match_text_seq("FILES", "INTO"):
                return None
            target = self._parse_location_path()
            self._match(TokenType.FROM)
            source = self._parse_wrapped(self._parse_select) if self._curr.token_type is TokenType.L_PAREN else None
            options = []
            from_ = exp.Subquery(this=source) if source is not None else self._parse_location_path()
            while self._curr and self._curr.token_type is not TokenType.SEMICOLON:
                name = self._parse_var(any_token=True)
                self._match(TokenType.EQ)
                if self._curr and self._curr.token_type is TokenType.L_PAREN:
                    value: exp.Expr | None = exp.Tuple(expressions=self._parse_wrapped_csv(self._parse_string))
                else:
                    value = self._parse_boolean() or self._parse_string()
                options.append(self.expression(exp.Property(this=name, value=value)))
            return self.expression(nodes.CopyFiles(this=target, source=from_, expressions=options))

        def _parse_multitable_inserts(
            self, comments: list[str] | None, kind: str | None = None
        ) -> exp.MultitableInserts:
            if self._index > 1 and self._tokens[self._index - 2].token_type is TokenType.OVERWRITE:
                raise not_supported("INSERT OVERWRITE ALL")  # sqlglot would leave OVERWRITE out
            parsed: exp.MultitableInserts = super()._parse_multitable_inserts(comments, kind)
            return parsed

        def _parse_unquoted_field(self) -> exp.Expr | None:
            """Read an expression after COPY's PARTITION BY, where other options take a word."""
            if self._prev is not None and self._prev.token_type is TokenType.PARTITION_BY:
                by: exp.Expr | None = self._parse_disjunction()
                return by
            field: exp.Expr | None = super()._parse_unquoted_field()
            return field

        def _parse_using_identifiers(self) -> list[exp.Expr]:
            """Read names in parentheses after USING, and nothing else."""
            wrapped = self._curr is not None and self._curr.token_type is TokenType.L_PAREN
            columns: list[exp.Expr] = super()._parse_using_identifiers()
            if not wrapped or not columns or not all(isinstance(column, exp.Identifier) for column in columns):
                self.raise_error("a list of columns is expected after USING", self._prev)
            return columns

        def _parse_cluster_property(self) -> nodes.ClusterKey:
            """Keep the key's own text, which GET_DDL shows."""
            start = self._curr
            if start and start.text.upper() == "LINEAR":
                raise not_supported("LINEAR in CLUSTER BY")
            key: exp.ClusterProperty = super()._parse_cluster_property()
            return nodes.ClusterKey(expressions=key.expressions, text=self._find_sql(start, self._prev))

        def _parse_function_call(self, *given: Any, **options: Any) -> exp.Expr | None:
            """Count a function's arguments before sqlglot, which fills in and leaves out, builds its node."""
            start = self._index
            if self._next is None or self._next.token_type is not TokenType.L_PAREN:
                call: exp.Expr | None = super()._parse_function_call(*given, **options)
                return call
            name = self._tokens[start].text.upper()
            if start == 0 or self._tokens[start - 1].token_type is not TokenType.DOT:
                self._check_number(start, name)
            try:
                call = super()._parse_function_call(*given, **options)
            except (
                AssertionError,
                AttributeError,
                IndexError,
                KeyError,
                TypeError,
                ValueError,
            ) as error:  # faults of its builders
                raise not_supported(f"{name} with these arguments") from error
            return call

        def _parse_unary(self) -> exp.Expr | None:
            if self._is_prior():
                self._advance()
                return self.expression(exp.Prior(this=self._parse_unary()))
            parsed: exp.Expr | None = super()._parse_unary()
            return parsed

        def _is_prior(self) -> bool:
            """Tell PRIOR of a CONNECT BY, which sqlglot reads in that clause alone, from a column of that name."""
            if self._curr is None or self._curr.text.upper() != "PRIOR" or self._next is None:
                return False
            operand = self._next.token_type in (TokenType.VAR, TokenType.IDENTIFIER, TokenType.L_PAREN)
            return operand and any(token.token_type is TokenType.CONNECT_BY for token in self._tokens)

        def _check_number(self, start: int, name: str) -> None:
            depth, commas, empty = 0, 0, True
            for place in range(start + 1, len(self._tokens)):
                token = self._tokens[place]
                if token.token_type in _OPENING:
                    depth += 1
                elif token.token_type in _CLOSING:
                    depth -= 1
                    if depth == 0:
                        text = name + self._find_sql(self._tokens[start + 1], token)
                        wrong = arity.wrong_number(name, text, 0 if empty else commas + 1)
                        if wrong is not None:
                            raise wrong
                        return
                elif depth == 1 and token.token_type in (TokenType.STAR, TokenType.FROM):
                    before = self._tokens[place - 1].token_type
                    if token.token_type is TokenType.FROM or before in (
                        TokenType.L_PAREN,
                        TokenType.COMMA,
                        TokenType.DOT,
                    ):
                        return  # no commas; or so many arguments as there are columns
                commas += depth == 1 and token.token_type is TokenType.COMMA
                empty = empty and place == start + 1

        def _parse_projections(self) -> tuple[list[exp.Expr], list[exp.Expr] | None]:
            """Keep each projection's own text: Snowflake names a column without alias after it."""
            texts: list[str] = []

            def parse() -> exp.Expr | None:
                start = self._curr
                projection: exp.Expr | None = self._parse_expression()
                if projection is not None:
                    texts.append(self._find_sql(start, self._prev))
                return projection

            projections = self._parse_csv(parse)
            self._projected.append((projections, texts))
            return projections, None

        def _parse_select(self, *given: Any, **options: Any) -> exp.Expr | None:
            """Give each SELECT the texts of its projections, as `texts`."""
            selected: exp.Expr | None = super()._parse_select(*given, **options)
            for projections, texts in self._projected:
                select = projections[0].parent if projections else None
                if isinstance(select, exp.Select):
                    select.set("texts", texts)
            self._projected.clear()
            return selected
