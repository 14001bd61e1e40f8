"""Statements about functions and procedures in Python, and CALL.

Grammar: https://docs.snowflake.com/en/sql-reference/sql/create-function, …/create-procedure, …/call, …/call-with and
those of ALTER, DROP, COMMENT, SHOW and DESCRIBE. sqlglot's tree leaves out much of them: AGGREGATE, SECURE, EXECUTE AS,
anonymous procedures.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from embedded_snowflake.errors import not_supported
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.parse.words import WordParser

KINDS = ("FUNCTION", "PROCEDURE")
_SHOWN = {f"{kind}S": kind for kind in KINDS}
_TEMPORARY = ("TEMPORARY", "TEMP", "SCOPED")
_TEXTS = {"RUNTIME_VERSION": "runtime", "HANDLER": "handler", "COMMENT": "comment"}
_LISTS = {"IMPORTS": "imports", "PACKAGES": "packages"}
_WITHOUT_EFFECT = ("ARTIFACT_REPOSITORY", "RESOURCE_CONSTRAINT")  # here it is always the one interpreter and machine
_UNSUPPORTED = frozenset(
    {
        "AUTO_EVENT_LOGGING",
        "EXTERNAL_ACCESS_INTEGRATIONS",
        "LOG_LEVEL",
        "METRIC_LEVEL",
        "SECRETS",
        "TARGET_PATH",
        "TRACE_LEVEL",
    }
)


class RoutineParser(WordParser):
    """Parses the statements about functions and procedures; a method gives None for one about something else."""

    def _parse_create_routine(self) -> exp.Expr | None:
        start = self._index
        created = nodes.CreateRoutine(replace=self._match_text_seq("OR", "REPLACE"))
        words = set()
        while word := self._take(*_TEMPORARY, "SECURE", "AGGREGATE", "TABLE"):
            words.add(word)
        kind = self._take(*KINDS)
        if kind is None or not self._comes("LANGUAGE", "PYTHON"):
            self._retreat(start)
            return None
        created.set("exists", self._match_text_seq("IF", "NOT", "EXISTS"))
        created.set("copy_grants", self._comes("COPY", "GRANTS"))
        routine = self._parse_routine_body(kind, self._parse_object_name())
        routine.set("aggregate", "AGGREGATE" in words)
        routine.set("secure", "SECURE" in words)
        routine.set("temporary", not words.isdisjoint(_TEMPORARY))
        created.set("this", routine)
        self._expect_end()
        return created

    def _parse_routine_body(self, kind: str, name: exp.Table) -> nodes.RoutineDefinition:
        """Read what follows the name, to the statement's end or the CALL of an anonymous procedure."""
        routine = nodes.RoutineDefinition(this=name, kind=kind, expressions=self._parse_declarations(default=True))
        self._match_text_seq("COPY", "GRANTS")
        self._expect("RETURNS")
        if self._take("TABLE"):
            routine.set("columns", self._parse_declarations())
        else:
            routine.set("returns", self._parse_declared_type())
        while self._curr and not self._at("CALL"):
            self._parse_routine_clause(routine)
        return routine

    def _parse_declarations(self, *, default: bool = False) -> list[nodes.Declaration]:
        """Read arguments or columns: names and types in parentheses."""
        self._expect("(")
        declarations: list[nodes.Declaration] = []
        while not self._take(")"):
            if declarations:
                self._expect(",")
            declared = nodes.Declaration(this=self._parse_stored_word(), kind=self._parse_declared_type())
            if default and self._take("DEFAULT"):
                declared.set("default", self._parse_expression_text())
            declarations.append(declared)
        return declarations

    def _parse_expression_text(self) -> str:
        """Read an expression and give its text, which is kept and parsed again wherever the default stands in."""
        start = self._curr
        if self._parse_disjunction() is None:
            raise self._unexpected()
        return self._find_sql(start, self._prev)

    def _parse_routine_clause(self, routine: nodes.RoutineDefinition) -> None:
        """Read one clause after RETURNS."""
        if self._take("AS"):
            routine.set("code", self._parse_text_value())
        elif self._match_text_seq("STRICT") or self._match_text_seq("RETURNS", "NULL", "ON", "NULL", "INPUT"):
            routine.set("strict", True)
        elif word := self._take("VOLATILE", "IMMUTABLE"):
            routine.set("immutable", word == "IMMUTABLE")
        elif self._take("MEMOIZABLE"):
            raise not_supported("MEMOIZABLE of Python functions and procedures")
        elif routine.args["kind"] == "PROCEDURE" and self._match_text_seq("EXECUTE", "AS"):
            restricted = self._take("RESTRICTED")
            rights = self._parse_rights()
            routine.set("execute_as", f"RESTRICTED {rights}" if restricted else rights)
        elif self._take("LANGUAGE"):
            language = self._parse_stored_word()
            if language != "PYTHON":
                raise self._unexpected(language)
        elif not (
            self._match_text_seq("NOT", "NULL")
            or self._match_text_seq("CALLED", "ON", "NULL", "INPUT")
            or self._match_text_seq("COPY", "GRANTS")
        ):
            self._parse_routine_option(routine)

    def _parse_rights(self) -> str:
        """Read whose rights a procedure runs with."""
        word = self._take("OWNER", "CALLER")
        if word is None:
            raise self._unexpected()
        return word

    def _parse_routine_option(self, routine: nodes.RoutineDefinition) -> None:
        option = self._parse_stored_word()
        self._expect("=")
        if option in _TEXTS:
            routine.set(_TEXTS[option], self._parse_text_value())
        elif option in _LISTS:
            routine.set(_LISTS[option], self._parse_text_values())
        elif option in _WITHOUT_EFFECT:
            self._skip_value()
        elif option in _UNSUPPORTED:
            raise not_supported(f"{option} of Python functions and procedures")
        else:
            raise self._unexpected(option)

    def _skip_value(self) -> None:
        """Read over a name, or over a list in parentheses."""
        if not self._take("("):
            self._parse_object_name()
            return
        while not self._take(")"):
            if not self._curr:
                raise self._unexpected()
            self._advance()

    def _parse_alter_routine(self) -> exp.Expr | None:
        kind = self._take(*KINDS)
        if kind is None:
            return None
        exists = self._match_text_seq("IF", "EXISTS")
        altered = nodes.AlterRoutine(this=self._parse_routine_name(kind), exists=exists)
        if self._match_text_seq("RENAME", "TO"):
            altered.set("new_name", self._parse_object_name())
        elif kind == "PROCEDURE" and self._match_text_seq("EXECUTE", "AS"):
            altered.set("execute_as", self._parse_rights())
        else:
            verb = self._take("SET", "UNSET")
            if verb is None:
                raise self._unexpected()
            if self._take("SECURE"):
                altered.set("secure", verb == "SET")
            elif not self._take("COMMENT"):
                raise not_supported(f"ALTER {kind} … {verb} {self._rest()[:40]}")
            elif verb == "UNSET":
                altered.set("comment", exp.Literal.string(""))
            else:
                self._expect("=")
                altered.set("comment", self._parse_text_value())
        self._expect_end()
        return altered

    def _parse_drop_routine(self) -> exp.Expr | None:
        kind = self._take(*KINDS)
        if kind is None:
            return None
        exists = self._match_text_seq("IF", "EXISTS")
        dropped = nodes.DropRoutine(this=self._parse_routine_name(kind), exists=exists)
        self._expect_end()
        return dropped

    def _parse_comment_on_routine(self) -> exp.Expr | None:
        start = self._index
        self._match_text_seq("IF", "EXISTS")
        kind = self._take(*KINDS) if self._take("ON") else None
        if kind is None:
            self._retreat(start)
            return None
        name = self._parse_routine_name(kind)
        self._expect("IS")
        comment = nodes.CommentOnRoutine(this=name, expression=self._parse_text_value())
        self._expect_end()
        return comment

    def _parse_describe_routine(self) -> exp.Expr | None:
        kind = self._take(*KINDS)
        if kind is None:
            return None
        described = nodes.DescribeRoutine(this=self._parse_routine_name(kind))
        self._expect_end()
        return described

    def _parse_show_routines(self) -> exp.Expr | None:
        start = self._index
        self._take("TERSE")
        self._take("USER")
        kind = _SHOWN.get(self._take(*_SHOWN) or "")
        if kind is None:
            self._retreat(start)
            return None
        shown = nodes.ShowRoutines(kind=kind, like=self._parse_text_value() if self._take("LIKE") else None)
        if self._take("IN"):
            scope = self._take("ACCOUNT", "DATABASE", "SCHEMA") or "SCHEMA"
            shown.set("scope", scope)
            shown.set("this", self._try_object_name() if scope != "ACCOUNT" else None)
        self._expect_end()
        return shown

    def _parse_routine_name(self, kind: str | None = None) -> nodes.RoutineName:
        """Read a name and the argument types that tell it from others of that name."""
        return nodes.RoutineName(this=self._parse_object_name(), expressions=self._parse_argument_types(), kind=kind)

    def _parse_call_statement(self) -> exp.Expr:
        """Read name(arguments), after CALL: of a procedure, or of a function of the system."""
        call = self._parse_call()
        name = call.this.name
        if name.startswith("SYSTEM$"):
            return nodes.CallSystemFunction(this=name, expressions=call.expressions)
        return call

    def _parse_call(self) -> nodes.Call:
        name = self._parse_object_name()
        self._expect("(")
        arguments = self._parse_function_args(alias=True)
        self._expect(")")
        self._expect_end()
        return nodes.Call(this=name, expressions=arguments)

    def _parse_anonymous_call(self) -> nodes.CallAnonymous | None:
        """Read WITH name AS PROCEDURE … CALL name(…)."""
        start = self._index
        name = self._try_object_name() if self._match(TokenType.WITH) else None
        if name is None or not self._match_text_seq("AS", "PROCEDURE"):
            self._retreat(start)
            return None
        routine = self._parse_routine_body("PROCEDURE", name)
        self._expect("CALL")
        return nodes.CallAnonymous(this=routine, expression=self._parse_call())
