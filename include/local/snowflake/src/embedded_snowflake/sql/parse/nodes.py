"""Nodes for what sqlglot has no tree for.

Names are `exp.Table`, their parts as stored; see `identifiers.parts` and `identifiers.only_part`. What a client may
bind is an expression, so that values are filled in as anywhere else; `text_of` reads it.
"""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class DataDefinition(exp.Expression):
    """A statement that commits the open transaction before it runs."""


class GrantTarget(exp.Expression):
    """What a privilege is granted on.

    Without a scope it is one object: `this`, and of a function or procedure its argument types. With the scope ALL or
    FUTURE it is every object of the kind in the database or schema `this`.
    """

    arg_types: ClassVar[dict[str, bool]] = {
        "kind": True,
        "this": False,
        "expressions": False,
        "scope": False,
        "container": False,
    }


class Grant(DataDefinition):
    """GRANT privileges ON target TO ROLE this; no `privileges` are all of them."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "privileges": True,
        "target": True,
        "option": False,
        "current_grants": False,
    }


class Revoke(DataDefinition):
    """REVOKE [GRANT OPTION FOR] privileges ON target FROM ROLE this; no `privileges` are all of them."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "privileges": True, "target": True, "option": False}


class GrantRole(DataDefinition):
    """GRANT ROLE this TO ROLE | USER holder."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "holder": True}


class RevokeRole(DataDefinition):
    """REVOKE ROLE this FROM ROLE | USER holder."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "holder": True}


class ShowGrants(exp.Expression):
    """SHOW [FUTURE] GRANTS ON target, OF ROLE this, TO ROLE | USER this, IN DATABASE | SCHEMA this, or of the user."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": False,
        "relation": False,
        "kind": False,
        "target": False,
        "future": False,
        "limit": False,
    }


class CreateAccountObject(DataDefinition):
    """CREATE [OR REPLACE] ROLE | USER | WAREHOUSE | … [IF NOT EXISTS] this properties."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "kind": True,
        "replace": False,
        "exists": False,
        "expressions": False,
    }


class AlterAccountObject(DataDefinition):
    """ALTER ROLE | USER | … [IF EXISTS] this and one change; without a name it is the session's warehouse."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": False,
        "kind": True,
        "exists": False,
        "new_name": False,
        "properties": False,
        "unset": False,
        "state": False,
        "if_suspended": False,
    }


class DropAccountObject(DataDefinition):
    """DROP ROLE | USER | WAREHOUSE | … [IF EXISTS] this."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "exists": False}


class CommentOnAccountObject(DataDefinition):
    """COMMENT [IF EXISTS] ON ROLE | USER | WAREHOUSE | … this IS expression."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "exists": False, "expression": True}


class DescribeAccountObject(exp.Expression):
    """DESCRIBE WAREHOUSE | NETWORK POLICY this."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True}


class ShowAccountObjects(exp.Expression):
    """SHOW [TERSE] ROLES | USERS | WAREHOUSES | …."""

    arg_types: ClassVar[dict[str, bool]] = {
        "kind": True,
        "terse": False,
        "like": False,
        "starts_with": False,
        "limit": False,
    }


class DeclaredType(exp.Expression):
    """A type as declared: its name, the numbers in parentheses, and the text of a structured one."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "numbers": False, "text": False}


class Declaration(exp.Expression):
    """An argument, or a column of the table that is returned: its name, its type, the text of its default."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "default": False}


class RoutineDefinition(exp.Expression):
    """What a function or procedure in Python is, from its name to its code."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "kind": True,
        "expressions": False,
        "returns": False,
        "columns": False,
        "handler": False,
        "code": False,
        "imports": False,
        "packages": False,
        "runtime": False,
        "comment": False,
        "execute_as": False,
        "aggregate": False,
        "immutable": False,
        "secure": False,
        "strict": False,
        "temporary": False,
    }


class RoutineName(exp.Expression):
    """The name of a function or procedure with the types of its arguments, as `expressions`."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False, "kind": False}


class CreateRoutine(DataDefinition):
    """CREATE [OR REPLACE] FUNCTION | PROCEDURE [IF NOT EXISTS] … LANGUAGE PYTHON; `this` is its definition."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "replace": False, "exists": False, "copy_grants": False}


class AlterRoutine(DataDefinition):
    """ALTER FUNCTION | PROCEDURE [IF EXISTS] this and one change."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "exists": False,
        "new_name": False,
        "execute_as": False,
        "secure": False,
        "comment": False,
    }


class DropRoutine(DataDefinition):
    """DROP FUNCTION | PROCEDURE [IF EXISTS] this."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "exists": False}


class CommentOnRoutine(DataDefinition):
    """COMMENT ON FUNCTION | PROCEDURE this IS expression."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True}


class DescribeRoutine(exp.Expression):
    """DESCRIBE FUNCTION | PROCEDURE this."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class ShowRoutines(exp.Expression):
    """SHOW [USER] FUNCTIONS | PROCEDURES [LIKE …] [IN ACCOUNT | DATABASE this | SCHEMA this]."""

    arg_types: ClassVar[dict[str, bool]] = {"this": False, "kind": True, "like": False, "scope": False}


class Call(exp.Expression):
    """CALL this(expressions)."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False}


class CallSystemFunction(exp.Expression):
    """CALL this(expressions) of a function named SYSTEM$…."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False}


class CallAnonymous(exp.Expression):
    """WITH name AS PROCEDURE … CALL …; `this` is the procedure, `expression` its call."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True}


class ClusterKey(exp.ClusterProperty):
    """CLUSTER BY (expressions), with the text of the key."""

    arg_types: ClassVar[dict[str, bool]] = {"expressions": True, "text": True}


class AssignedCast(exp.Cast):
    """The cast of a value to the type of the column that it is written to, which converts fewer types than CAST."""

    _sql_names: ClassVar[list[str]] = ["CAST"]  # as messages call it
    arg_types: ClassVar[dict[str, bool]] = {**exp.Cast.arg_types, "column": True}


class UnsetVariables(exp.Expression):
    """UNSET of session variables."""

    arg_types: ClassVar[dict[str, bool]] = {"names": True}


class ExecuteImmediate(exp.Expression):
    """EXECUTE IMMEDIATE this."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class ShowSession(exp.Expression):
    """SHOW of what belongs to the session: kind PARAMETERS, VARIABLES, LOCKS or TRANSACTIONS."""

    arg_types: ClassVar[dict[str, bool]] = {"kind": True, "like": False}


class RemoveFiles(exp.Expression):
    """REMOVE this [PATTERN = '…']; `this` is the text of a place in a stage."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "pattern": False}


class AlterStage(DataDefinition):
    """ALTER STAGE this: REFRESH of a subpath, or SET DIRECTORY."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "subpath": False, "directory": False}


class AlterContainer(DataDefinition):
    """ALTER DATABASE | SCHEMA this SET expressions."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "kind": True, "expressions": False}


class CopyFiles(exp.Expression):
    """COPY FILES INTO this FROM source, with options as properties."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "source": True, "expressions": False}


class DropPrimaryKey(exp.Expression):
    """DROP PRIMARY KEY of ALTER TABLE."""


class DropClusteringKey(exp.Expression):
    """DROP CLUSTERING KEY of ALTER TABLE."""


def text_of(value: exp.Expr) -> str:
    """Read a value that stands for a text: a quoted text, a bare word or number, or what a client bound.

    Args:
        value: Node of the value.

    Returns:
        Its text, without quotes.
    """
    if isinstance(value, exp.Boolean):
        return str(value.this).upper()
    if isinstance(value, exp.Neg):
        return f"-{value.name}"
    if isinstance(value, (exp.Literal, exp.RawString)):
        return value.name
    return value.name or value.sql(dialect="snowflake")
