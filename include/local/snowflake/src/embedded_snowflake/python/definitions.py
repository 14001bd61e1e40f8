"""What a CREATE FUNCTION or CREATE PROCEDURE … LANGUAGE PYTHON says, read from its tokens.

sqlglot's tree leaves out much of these statements (AGGREGATE, SECURE, EXECUTE AS, anonymous procedures), so the tokens
are read here. Grammar: https://docs.snowflake.com/en/sql-reference/sql/create-function and …/create-procedure,
…/call-with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported
from embedded_snowflake.python.sqltypes import SqlType
from embedded_snowflake.python.tokens import Tokens

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


@dataclass(frozen=True)
class Argument:
    """One argument of a function or procedure.

    Attributes:
        name: Name as stored (upper case unless quoted).
        type: Declared type.
        default: SQL of its default, or None where it must be given.
    """

    name: str
    type: SqlType
    default: str | None = None


@dataclass(frozen=True)
class Definition:
    """One Python function or procedure, whole.

    Attributes:
        kind: "FUNCTION" or "PROCEDURE".
        name: Its name's parts as written: one to three; after `Registry` has it, always database, schema, name.
        arguments: Its arguments in order.
        returns: Type of its value; of a table, None.
        columns: Columns of the table it returns, ("NAME", type); empty for `RETURNS TABLE ()`; None when it returns a
            value.
        handler: Function or class to call: "name" with inline code, "module.name" without.
        code: Inline code, or None.
        imports: Stage references as written.
        packages: Requirements as written: "pandas", "scikit-learn==1.9.1", …
        runtime: RUNTIME_VERSION, for example "3.12".
        aggregate: Whether it is a user-defined aggregate function.
        strict: Whether a NULL argument gives NULL without a call.
        volatile: Whether it may give another value for the same arguments.
        secure: Whether it was declared SECURE.
        temporary: Whether it ends with its session.
        execute_as: "OWNER" or "CALLER".
        comment: Its comment.
    """

    kind: str
    name: tuple[str, ...]
    arguments: tuple[Argument, ...]
    returns: SqlType | None
    columns: tuple[tuple[str, SqlType], ...] | None
    handler: str
    code: str | None = None
    imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    runtime: str = ""
    aggregate: bool = False
    strict: bool = False
    volatile: bool = True
    secure: bool = False
    temporary: bool = False
    execute_as: str = "OWNER"
    comment: str = ""

    @property
    def signature(self) -> str:
        """Argument types as SHOW writes them: "NUMBER, VARCHAR"."""
        return ", ".join(argument.type.signature for argument in self.arguments)

    @property
    def required(self) -> int:
        """How many arguments have no default."""
        return sum(argument.default is None for argument in self.arguments)


@dataclass(frozen=True)
class Creation:
    """A CREATE statement: what to define and what to do if it is there.

    Attributes:
        definition: What it defines.
        replace: OR REPLACE was given.
        if_not_exists: IF NOT EXISTS was given.
        copy_grants: COPY GRANTS was given.
    """

    definition: Definition
    replace: bool
    if_not_exists: bool
    copy_grants: bool = False


def read_creation(tokens: Tokens) -> Creation | None:
    """Read CREATE [OR REPLACE] [TEMPORARY] [SECURE] [AGGREGATE] FUNCTION | PROCEDURE.

    Args:
        tokens: The statement's tokens, at its start.

    Returns:
        The statement's meaning; None when it creates something else, or in another language.

    Raises:
        SnowflakeError: It is such a statement, and wrong.
    """
    tokens.expect("CREATE")
    replaces = tokens.take_all("OR", "REPLACE")
    words = set()
    while word := tokens.take("TEMPORARY", "TEMP", "SCOPED", "SECURE", "AGGREGATE", "TABLE"):
        words.add(word)
    kind = tokens.take("FUNCTION", "PROCEDURE")
    if kind is None or not tokens.has_pair("LANGUAGE", "PYTHON"):
        return None
    if_not_exists = tokens.take_all("IF", "NOT", "EXISTS")
    copy_grants = tokens.has_pair("COPY", "GRANTS")
    name = tokens.name()
    definition = _read_body(tokens, kind, name, _read_arguments(tokens))
    definition = replace(
        definition,
        aggregate="AGGREGATE" in words,
        secure="SECURE" in words,
        temporary=bool(words & {"TEMPORARY", "TEMP", "SCOPED"}),
    )
    tokens.expect_end()
    return Creation(definition, replaces, if_not_exists, copy_grants)


def read_anonymous(tokens: Tokens) -> Definition | None:
    """Read WITH name AS PROCEDURE (…) …, up to its CALL.

    Args:
        tokens: The statement's tokens, at its start; afterwards at CALL.

    Returns:
        The procedure; None when the statement is another WITH.

    Raises:
        SnowflakeError: It is such a statement, and wrong.
    """
    tokens.expect("WITH")
    name = tokens.try_name()
    if name is None or not tokens.take_all("AS", "PROCEDURE"):
        return None
    return _read_body(tokens, "PROCEDURE", name, _read_arguments(tokens))


def _read_arguments(tokens: Tokens) -> tuple[Argument, ...]:
    tokens.expect("(")
    arguments: list[Argument] = []
    while not tokens.take(")"):
        if arguments:
            tokens.expect(",")
        name = tokens.identifier()
        declared = tokens.type()
        default = tokens.text_until(",", ")") if tokens.take("DEFAULT") else None
        arguments.append(Argument(name, declared, default))
    return tuple(arguments)


def _read_columns(tokens: Tokens) -> tuple[tuple[str, SqlType], ...]:
    tokens.expect("(")
    columns: list[tuple[str, SqlType]] = []
    while not tokens.take(")"):
        if columns:
            tokens.expect(",")
        columns.append((tokens.identifier(), tokens.type()))
    return tuple(columns)


def _read_body(tokens: Tokens, kind: str, name: tuple[str, ...], arguments: tuple[Argument, ...]) -> Definition:
    returns: SqlType | None = None
    columns: tuple[tuple[str, SqlType], ...] | None = None
    found = Definition(kind, name, arguments, None, None, handler="")
    tokens.take_all("COPY", "GRANTS")
    tokens.expect("RETURNS")
    if tokens.take("TABLE"):
        columns = _read_columns(tokens)
    else:
        returns = tokens.type()
    while not tokens.at_end() and not tokens.at("CALL"):
        found = _read_option(tokens, found)
    if not found.handler:
        raise _incomplete("HANDLER='name' is missing")
    if not found.runtime:
        raise _incomplete("RUNTIME_VERSION='3.x' is missing")
    if found.code is None and not found.imports:
        raise _incomplete("AS $$ code $$ is missing, or IMPORTS=(…) with the handler's file")
    return replace(found, returns=returns, columns=columns)


def _incomplete(what: str) -> SnowflakeError:
    return compilation_error(f"A Python function or procedure is incomplete: {what}.", 391_516, "42601")


def _read_option(tokens: Tokens, found: Definition) -> Definition:
    """Read one clause after RETURNS and give the definition with it."""
    if tokens.take_all("AS"):
        return replace(found, code=tokens.string())
    if tokens.take_all("NOT", "NULL"):
        return found
    if tokens.take_all("CALLED", "ON", "NULL", "INPUT"):
        return found
    if tokens.take_all("STRICT") or tokens.take_all("RETURNS", "NULL", "ON", "NULL", "INPUT"):
        return replace(found, strict=True)
    if word := tokens.take("VOLATILE", "IMMUTABLE"):
        return replace(found, volatile=word == "VOLATILE")
    if tokens.take("MEMOIZABLE"):
        raise not_supported("MEMOIZABLE of Python functions and procedures")
    if found.kind == "PROCEDURE" and tokens.take_all("EXECUTE", "AS"):
        restricted = tokens.take("RESTRICTED")
        word = tokens.take("OWNER", "CALLER")
        if word is None:
            raise tokens.unexpected()
        return replace(found, execute_as=f"RESTRICTED {word}" if restricted else word)
    if tokens.take("LANGUAGE"):
        language = tokens.identifier()
        if language != "PYTHON":
            raise tokens.unexpected(language)
        return found
    if tokens.take_all("COPY", "GRANTS"):
        return found
    option = tokens.identifier()
    tokens.expect("=")
    if option == "RUNTIME_VERSION":
        return replace(found, runtime=tokens.string())
    if option == "HANDLER":
        return replace(found, handler=tokens.string())
    if option == "COMMENT":
        return replace(found, comment=tokens.string())
    if option == "IMPORTS":
        return replace(found, imports=tokens.strings())
    if option == "PACKAGES":
        return replace(found, packages=tokens.strings())
    if option in ("ARTIFACT_REPOSITORY", "RESOURCE_CONSTRAINT"):
        # Where packages come from and on what machine it runs: here always the one interpreter and machine.
        tokens.skip_value()
        return found
    if option in _UNSUPPORTED:
        raise not_supported(f"{option} of Python functions and procedures")
    raise tokens.unexpected(option)
