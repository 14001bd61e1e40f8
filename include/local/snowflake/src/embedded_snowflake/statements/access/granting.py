"""GRANT and REVOKE."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_snowflake.errors import SnowflakeError, compilation_error
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.resolve import identifiers
from embedded_snowflake.state.grant_queries import OWNERSHIP
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements.access import privileges as known
from embedded_snowflake.statements.access import securables

_DONE = "Statement executed successfully."


@dataclass(frozen=True)
class _Target:
    """What something is granted on.

    Attributes:
        kind: Kind of object.
        objects: The objects that there are; of future ones their kind and place.
        future: Whether they are yet to come.
        several: Whether ALL or FUTURE named them.
    """

    kind: str
    objects: list[Securable]
    future: bool = False
    several: bool = False


def grant(statement: Statement, tree: nodes.Grant) -> Result:
    """Run GRANT of privileges.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        "Statement executed successfully.", with the number of objects where it names several.

    Raises:
        SnowflakeError: An object or a role does not exist, or a privilege is not one of the kind of object.
    """
    session = statement.session
    target = _find_target(session, tree.args["target"])
    role = _find_role(session, tree)
    names: list[str] = tree.args["privileges"]
    if names == [OWNERSHIP] and not target.future:
        return _own(session, target, role, tree.args["current_grants"])
    if names != [OWNERSHIP]:
        names = _checked(names, target)
    grants, option = session.engine.account.grants, bool(tree.args["option"])
    if target.future:
        grants.give_future(names, target.objects[0], role, option=option)
    else:
        grants.give(names, target.objects, ("ROLE", role), session.role, option=option)
    return _done(target)


def revoke(statement: Statement, tree: nodes.Revoke) -> Result:
    """Run REVOKE of privileges.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        "Statement executed successfully.", with the number of objects where it names several.

    Raises:
        SnowflakeError: An object or a role does not exist, a privilege is not one of the kind of object, or it is
            ownership.
    """
    session = statement.session
    target = _find_target(session, tree.args["target"])
    role = _find_role(session, tree)
    names: list[str] = tree.args["privileges"]
    if names == [OWNERSHIP] and not target.future:
        raise compilation_error(
            "OWNERSHIP cannot be revoked: it is transferred to another role by GRANT OWNERSHIP.", 3042, "42601"
        )
    if names != [OWNERSHIP]:
        _checked(names, target)
    session.engine.account.grants.take(
        names or None, target.objects, ("ROLE", role), future=target.future, option=bool(tree.args["option"])
    )
    return _done(target)


def _checked(names: list[str], target: _Target) -> list[str]:
    """Give the privileges that a statement names, all of the kind where it says ALL."""
    if not names:
        return known.all_of(target.kind)
    known.check(names, target.kind)
    return names


def _find_target(session: Session, target: nodes.GrantTarget) -> _Target:
    kind, scope = target.args["kind"], target.args["scope"]
    if scope is None:
        return _Target(kind, [securables.find(session, target)])
    place = securables.find_container(session, target.args["container"], target.this)
    if scope == "FUTURE":
        return _Target(kind, [Securable(kind, place.database, place.schema)], future=True, several=True)
    return _Target(kind, securables.all_in(session, kind, place.database, place.schema), several=True)


def _find_role(session: Session, tree: nodes.Grant | nodes.Revoke) -> str:
    return session.engine.account.objects.get("ROLE", identifiers.only_part(tree.this)).name


def _own(session: Session, target: _Target, role: str, others: str | None) -> Result:
    """Run GRANT OWNERSHIP … [REVOKE | COPY CURRENT GRANTS]."""
    account = session.engine.account
    with account.change():
        for securable in target.objects if others is None else []:
            grant = account.grants.dependent(securable)
            if grant is not None:
                raise SnowflakeError(
                    f"SQL execution error: Dependent grant of privilege '{grant.privilege}' on securable"
                    f" '{securable.shown}' to role '{grant.grantee}' exists.  It must be revoked first.  More than one"
                    " dependent grant may exist: use 'SHOW GRANTS' command to view them.  To revoke all dependent"
                    " grants while transferring object ownership, use convenience command 'GRANT OWNERSHIP ON"
                    " <target_objects> TO <target_role> REVOKE CURRENT GRANTS'.",
                    3036,
                    "23001",
                )
        account.grants.own(target.objects, role, copy=others == "COPY")
    return _done(target)


def grant_role(statement: Statement, tree: nodes.GrantRole) -> Result:
    """Run GRANT ROLE to a role or a user.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        "Statement executed successfully."

    Raises:
        SnowflakeError: A role or the user does not exist, or the role would hold itself.
    """
    session = statement.session
    role, kind, holder = _find_holder(session, tree)
    account = session.engine.account
    with account.change():
        if kind == "ROLE" and holder in (role, *account.grants.roles_of("ROLE", role)):
            raise SnowflakeError(
                f"SQL execution error: Role '{role}' cannot be granted to '{holder}': it holds that role itself.",
                3013,
                "42501",
            )
        account.grants.give(["USAGE"], [Securable("ROLE", name=role)], (kind, holder), session.role)
    return status_result(_DONE)


def revoke_role(statement: Statement, tree: nodes.RevokeRole) -> Result:
    """Run REVOKE ROLE from a role or a user.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        "Statement executed successfully."

    Raises:
        SnowflakeError: A role or the user does not exist.
    """
    session = statement.session
    role, kind, holder = _find_holder(session, tree)
    account = session.engine.account
    with account.change():
        account.grants.take(["USAGE"], [Securable("ROLE", name=role)], (kind, holder))
    return status_result(_DONE)


def _find_holder(session: Session, tree: nodes.GrantRole | nodes.RevokeRole) -> tuple[str, str, str]:
    """Give the role, and the kind and name of who gets or loses it."""
    objects, kind = session.engine.account.objects, tree.args["kind"]
    role = objects.get("ROLE", identifiers.only_part(tree.this)).name
    return role, kind, objects.get(kind, identifiers.only_part(tree.args["holder"])).name


def _done(target: _Target) -> Result:
    return status_result(
        f"{_DONE} {len(target.objects)} objects affected." if target.several and not target.future else _DONE
    )
