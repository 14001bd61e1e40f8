"""Functions and procedures as CREATE FUNCTION or CREATE PROCEDURE … LANGUAGE PYTHON defines them."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_snowflake.errors import SnowflakeError, compilation_error
from embedded_snowflake.python.sqltypes import SqlType, declared
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.parse.nodes import text_of
from embedded_snowflake.sql.resolve import identifiers


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


def creation_of(tree: nodes.CreateRoutine) -> Creation:
    """Give what a CREATE FUNCTION or CREATE PROCEDURE says.

    Args:
        tree: Statement.

    Returns:
        What it defines, and what to do where that is there.

    Raises:
        SnowflakeError: The definition is incomplete, or a type is not supported.
    """
    flags = (bool(tree.args[name]) for name in ("replace", "exists", "copy_grants"))
    return Creation(definition_of(tree.this), *flags)


def definition_of(node: nodes.RoutineDefinition) -> Definition:
    """Give the function or procedure that a statement defines.

    Args:
        node: Definition as parsed.

    Returns:
        The function or procedure; its name's parts are those that the statement gives.

    Raises:
        SnowflakeError: It is incomplete, or a type is not supported.
    """
    given = node.args
    columns = given.get("columns")
    definition = Definition(
        kind=given["kind"],
        name=identifiers.parts(node.this),
        arguments=tuple(
            Argument(one.this, declared(one.args["kind"]), one.args.get("default")) for one in node.expressions
        ),
        returns=declared(given["returns"]) if given.get("returns") is not None else None,
        columns=None if columns is None else tuple((one.this, declared(one.args["kind"])) for one in columns),
        handler=_text(node, "handler") or "",
        code=_text(node, "code"),
        imports=tuple(text_of(one) for one in given.get("imports") or ()),
        packages=tuple(text_of(one) for one in given.get("packages") or ()),
        runtime=_text(node, "runtime") or "",
        aggregate=bool(given.get("aggregate")),
        strict=bool(given.get("strict")),
        volatile=not given.get("immutable"),
        secure=bool(given.get("secure")),
        temporary=bool(given.get("temporary")),
        execute_as=given.get("execute_as") or "OWNER",
        comment=_text(node, "comment") or "",
    )
    if not definition.handler:
        raise _incomplete("HANDLER='name' is missing")
    if not definition.runtime:
        raise _incomplete("RUNTIME_VERSION='3.x' is missing")
    if definition.code is None and not definition.imports:
        raise _incomplete("AS $$ code $$ is missing, or IMPORTS=(…) with the handler's file")
    return definition


def _text(node: nodes.RoutineDefinition, name: str) -> str | None:
    value = node.args.get(name)
    return None if value is None else text_of(value)


def _incomplete(what: str) -> SnowflakeError:
    return compilation_error(f"A Python function or procedure is incomplete: {what}.", 391_516, "42601")
