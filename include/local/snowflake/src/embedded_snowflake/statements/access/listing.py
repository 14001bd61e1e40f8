"""SHOW ROLES, USERS, WAREHOUSES, RESOURCE MONITORS, NETWORK POLICIES and GRANTS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from embedded_snowflake.names import like
from embedded_snowflake.results import Column, Result
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.resolve import identifiers
from embedded_snowflake.sql.resolve.session_functions import ACCOUNT
from embedded_snowflake.state.account_file import BEGINNING
from embedded_snowflake.state.account_objects import SYSTEM_ROLES, AccountObject
from embedded_snowflake.state.grant_queries import DEFAULT_OWNER, OWNERSHIP, Grant
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements.access import network_policies, resource_monitors, securables, warehouses

_SHOW = 0x4400
_COUNTS = ("assigned_to_users", "granted_to_roles", "granted_roles")
_ON = ["created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by"]
_ROLES = ["created_on", "role", "granted_to", "grantee_name", "granted_by"]
_FUTURE = ["created_on", "privilege", "grant_on", "name", "grant_to", "grantee_name", "grant_option"]
_USER = (
    "created_on login_name display_name first_name last_name email comment disabled default_warehouse default_namespace"
    " default_role"
)


def show_grants(statement: Statement, tree: nodes.ShowGrants) -> Result:
    """Run SHOW GRANTS or SHOW FUTURE GRANTS.

    Args:
        statement: Execution of it; the grants of its session's user are shown where it names nobody.
        tree: Statement.

    Returns:
        A row for each grant.

    Raises:
        SnowflakeError: What it names does not exist.
    """
    find = _future if tree.args.get("future") else _present
    return _limited(find(statement.session, tree), tree.args.get("limit"))


def show(statement: Statement, tree: nodes.ShowAccountObjects) -> Result:
    """Run SHOW of the account's objects.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        A row for each object.
    """
    found = _objects(statement.session, tree)
    if tree.args["terse"]:
        found = _some(found, ["created_on", "name", "kind", "database_name", "schema_name"])
    return _limited(found, tree.args["limit"])


def describe_show_grants(statement: Statement, tree: nodes.ShowGrants) -> Result:
    """Describe SHOW GRANTS: its columns hang on what it shows.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        Its columns.

    Raises:
        SnowflakeError: What it names does not exist.
    """
    return replace(show_grants(statement, tree), rows=[])


def describe_show(statement: Statement, tree: nodes.ShowAccountObjects) -> Result:
    """Describe SHOW of the account's objects.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        Its columns.
    """
    return replace(show(statement, tree), rows=[])


def _limited(found: Result, limit: exp.Expr | None) -> Result:
    rows = found.rows or []
    if limit is not None:
        rows = rows[: int(nodes.text_of(limit))]
    return Result(found.columns, rows, statement_type=_SHOW)


def _objects(session: Session, tree: nodes.ShowAccountObjects) -> Result:
    kind, like_pattern, beginning = tree.args["kind"], tree.args["like"], tree.args["starts_with"]
    items = session.engine.account.objects.all(kind)
    if like_pattern is not None:
        pattern = like(nodes.text_of(like_pattern))
        items = [item for item in items if pattern.fullmatch(item.name)]
    if beginning is not None:
        items = [item for item in items if item.name.startswith(nodes.text_of(beginning))]
    return _LISTS[kind](session, items)


def _roles(session: Session, items: list[AccountObject]) -> Result:
    """https://docs.snowflake.com/en/sql-reference/sql/show-roles."""
    grants = session.engine.account.grants
    inherited = grants.roles_of("ROLE", session.role)
    rows = []
    for item in items:
        holders = grants.of_role(item.name)
        users = sum(grant.granted_to == "USER" for grant in holders)
        held = sum(grant.on.kind == "ROLE" and grant.privilege == "USAGE" for grant in grants.to("ROLE", item.name))
        marks = [
            "Y" if mark else "N"
            for mark in (item.name == DEFAULT_OWNER, item.name == session.role, item.name in inherited)
        ]
        owner = "" if item.name in SYSTEM_ROLES else grants.owner(Securable("ROLE", name=item.name))
        rows.append((item.created, item.name, *marks, users, len(holders) - users, held, owner, item.comment))
    return _table(
        ["created_on", "name", "is_default", "is_current", "is_inherited", *_COUNTS, "owner", "comment"], rows
    )


def _users(session: Session, items: list[AccountObject]) -> Result:
    """https://docs.snowflake.com/en/sql-reference/sql/show-users."""
    names = ["name", *_USER.split(), "owner"]
    rows = []
    for item in items:
        given = {name.lower(): value for name, value in item.properties.items()}
        known_ones: dict[str, Any] = {
            "login_name": item.name,
            "display_name": item.name,
            "disabled": "false",
            **given,
            "name": item.name,
            "created_on": item.created,
            "comment": item.comment,
            "owner": session.engine.account.grants.owner(Securable("USER", name=item.name)),
        }
        rows.append(tuple(known_ones.get(name, "") for name in names))
    return _table(names, rows)


_LISTS = {
    "ROLE": _roles,
    "USER": _users,
    "WAREHOUSE": warehouses.listed,
    "RESOURCE MONITOR": resource_monitors.listed,
    "NETWORK POLICY": network_policies.listed,
}


def _present(session: Session, tree: nodes.ShowGrants) -> Result:
    account, relation = session.engine.account, tree.args.get("relation")
    if relation == "ON":
        on = securables.find(session, tree.args["target"])
        return _table(_ON, [_row(grant) for grant in _all_on(session, on)])
    kind = tree.args.get("kind") or "USER"
    name = (
        session.user.upper() if relation is None else account.objects.get(kind, identifiers.only_part(tree.this)).name
    )
    if relation == "TO" and kind == "ROLE":
        return _table(_ON, [_row(grant) for grant in account.grants.to("ROLE", name)])
    grants = account.grants.of_role(name) if relation == "OF" else account.grants.to("USER", name)
    return _table(_ROLES, [_role_row(grant) for grant in grants])


def _all_on(session: Session, on: Securable) -> list[Grant]:
    """List the grants on an object, with the ownership of one that is older than the record of owners."""
    found = session.engine.account.grants.on(on)
    if on.kind in ("ACCOUNT", "ROLE") or any(grant.privilege == OWNERSHIP for grant in found):
        return found
    return [Grant(OWNERSHIP, on, "ROLE", DEFAULT_OWNER, True, DEFAULT_OWNER, BEGINNING), *found]


def _future(session: Session, tree: nodes.ShowGrants) -> Result:
    account = session.engine.account
    if tree.args["relation"] == "TO":
        grants = account.grants.future_to(account.objects.get("ROLE", identifiers.only_part(tree.this)).name)
    else:
        place = securables.find_container(session, tree.args["kind"], tree.this)
        grants = account.grants.future_in(place.database, place.schema)
    return _table(_FUTURE, [_future_row(grant) for grant in grants])


def _row(grant: Grant) -> tuple[Any, ...]:
    name = grant.on.shown or ACCOUNT
    kind = grant.on.kind.replace(" ", "_")
    option = str(grant.option).lower()
    return grant.created, grant.privilege, kind, name, grant.granted_to, grant.grantee, option, grant.granted_by


def _role_row(grant: Grant) -> tuple[Any, ...]:
    return grant.created, grant.on.name, grant.granted_to, grant.grantee, grant.granted_by


def _future_row(grant: Grant) -> tuple[Any, ...]:
    kind = grant.on.kind.replace(" ", "_")
    return (
        grant.created,
        grant.privilege,
        kind,
        f"{grant.on.shown}.<{kind}>",
        "ROLE",
        grant.grantee,
        str(grant.option).lower(),
    )


def _some(found: Result, names: list[str]) -> Result:
    """Only some of the columns, NULL for those that there are not."""
    places = [
        next((place for place, column in enumerate(found.columns) if column.name == name), None) for name in names
    ]
    rows = [tuple(row[place] if place is not None else None for place in places) for row in found.rows or []]
    return _table(names, rows)


def _table(names: list[str], rows: list[tuple[Any, ...]]) -> Result:
    return Result([_column(name) for name in names], rows)


def _column(name: str) -> Column:
    if name == "created_on":
        return Column(name, "timestamp_ltz", precision=0, scale=3)
    return Column(name, "fixed", precision=38, scale=0) if name in _COUNTS else Column(name)
