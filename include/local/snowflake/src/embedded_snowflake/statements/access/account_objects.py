"""CREATE, ALTER, DROP and COMMENT ON of roles, users, warehouses, resource monitors and network policies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported
from embedded_snowflake.names import display
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.resolve import identifiers
from embedded_snowflake.state.account_objects import SYSTEM_ROLES, AccountObject, AccountObjects
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements.access import properties

_DONE = "Statement executed successfully."
# By the kind of an object, what kind of object names it, in which property.
_NAMED_BY_OTHERS = {"RESOURCE MONITOR": ("WAREHOUSE", "RESOURCE_MONITOR"), "NETWORK POLICY": ("USER", "NETWORK_POLICY")}
_STATE = "STATE"  # of a warehouse: STARTED or SUSPENDED


def create(statement: Statement, tree: nodes.CreateAccountObject) -> Result:
    """Run CREATE of one.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        Its status.

    Raises:
        SnowflakeError: It exists, or a property is not one.
    """
    session, kind, name = statement.session, tree.args["kind"], identifiers.only_part(tree.this)
    given = properties.read(tree.expressions, kind)
    properties.check_references(session.engine.account.objects, given)
    item = properties.put(AccountObject(kind, name), given)
    if kind == "WAREHOUSE":
        suspended = item.properties.pop("INITIALLY_SUSPENDED", "FALSE").upper() == "TRUE"
        item.properties[_STATE] = "SUSPENDED" if suspended else "STARTED"
    account = session.engine.account
    with account.change():
        there = account.objects.find(kind, name)
        if there is not None and tree.args["exists"]:
            return status_result(f"{display(name)} already exists, statement succeeded.")
        if there is not None and tree.args["replace"]:
            _drop(session, there)
        account.objects.add(item)
        account.grants.created(Securable(kind, name=name), session.role)
    if kind == "WAREHOUSE":
        session.warehouse = name  # as USE WAREHOUSE
    return status_result(f"{kind.capitalize()} {display(name)} successfully created.")


def alter(statement: Statement, tree: nodes.AlterAccountObject) -> Result:
    """Run ALTER of one.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        Its status.

    Raises:
        SnowflakeError: There is none, the new name is taken, or the change is not supported.
    """
    session, kind = statement.session, tree.args["kind"]
    name = session.warehouse or "" if tree.args.get("this") is None else identifiers.only_part(tree.this)
    account = session.engine.account
    found = _named(account.objects, tree, name)
    change = _change(tree, kind, account.objects)
    if found is None:
        return status_result(_DONE)
    with account.change():
        changed = change(account.objects.get(kind, name))
        if changed.name != name:
            _refuse_system(found)
            account.grants.renamed((Securable(kind, name=name), Securable(kind, name=changed.name)))
            account.grants.rename_grantee(kind, name, changed.name)
        account.objects.change(found, changed)
    if kind == "WAREHOUSE" and session.warehouse == name:
        session.warehouse = changed.name
    return status_result(_DONE)


def drop(statement: Statement, tree: nodes.DropAccountObject) -> Result:
    """Run DROP of one.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        Its status.

    Raises:
        SnowflakeError: There is none, or it is one that stays.
    """
    name = identifiers.only_part(tree.this)
    account = statement.session.engine.account
    found = _named(account.objects, tree, name)
    if found is None:
        return status_result(f"Drop statement executed successfully ({display(name)} already dropped).")
    with account.change():
        _drop(statement.session, found)
    return status_result(f"{display(name)} successfully dropped.")


def comment(statement: Statement, tree: nodes.CommentOnAccountObject) -> Result:
    """Run COMMENT ON one.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        Its status.

    Raises:
        SnowflakeError: There is none of this name.
    """
    objects, name = statement.session.engine.account.objects, identifiers.only_part(tree.this)
    found = _named(objects, tree, name)
    if found is not None:
        objects.change(found, replace(found, comment=nodes.text_of(tree.expression)))
    return status_result(_DONE)


def _named(
    objects: AccountObjects,
    tree: nodes.AlterAccountObject | nodes.DropAccountObject | nodes.CommentOnAccountObject,
    name: str,
) -> AccountObject | None:
    """Find what a statement is about; there may be none if it says IF EXISTS."""
    return (objects.find if tree.args["exists"] else objects.get)(tree.args["kind"], name)


def _drop(session: Session, item: AccountObject) -> None:
    _refuse_system(item)
    if item.kind == "USER" and item.name == session.user.upper():
        raise _insufficient(item)
    account = session.engine.account
    if item.kind in _NAMED_BY_OTHERS:
        _take_from_others(account.objects, item)
    account.objects.drop(item)
    account.grants.dropped(Securable(item.kind, name=item.name))
    account.grants.forget_grantee(item.kind, item.name, session.role)


def _take_from_others(objects: AccountObjects, item: AccountObject) -> None:
    """Take a resource monitor from its warehouses; a network policy that is in use stays."""
    kind, name = _NAMED_BY_OTHERS[item.kind]
    for other in objects.all(kind):
        if other.properties.get(name) != item.name:
            continue
        if kind == "USER":
            raise compilation_error(
                f"Cannot drop network policy {display(item.name)}: it is attached to user {display(other.name)}.",
                1492,
                "42601",
            )
        objects.change(other, properties.remove(other, [name]))


def _refuse_system(item: AccountObject) -> None:
    if item.kind == "ROLE" and item.name in SYSTEM_ROLES:
        raise _insufficient(item)


def _insufficient(item: AccountObject) -> SnowflakeError:
    return SnowflakeError(
        f"SQL access control error:\nInsufficient privileges to operate on {item.kind.lower()} '{item.name}'",
        3001,
        "42501",
    )


def _change(
    tree: nodes.AlterAccountObject, kind: str, objects: AccountObjects
) -> Callable[[AccountObject], AccountObject]:
    """Give what an ALTER does to its object."""
    if tree.args.get("new_name") is not None:
        if kind in _NAMED_BY_OTHERS:
            raise not_supported(f"RENAME of a {kind.lower()}")
        new_name = identifiers.only_part(tree.args["new_name"])
        return lambda item: replace(item, name=new_name)
    if tree.args.get("properties") is not None:
        given = properties.read(tree.args["properties"], kind)
        properties.check_references(objects, given)
        return lambda item: properties.put(item, given)
    if tree.args.get("unset") is not None:
        unset = tree.args["unset"]
        return lambda item: properties.remove(item, unset)
    return lambda item: _switched(item, tree.args["state"], lenient=bool(tree.args.get("if_suspended")))


def _switched(item: AccountObject, verb: str, *, lenient: bool) -> AccountObject:
    state = "SUSPENDED" if verb == "SUSPEND" else "STARTED"
    if item.properties.get(_STATE, "STARTED") == state and not lenient:
        code = 90_064 if verb == "SUSPEND" else 90_063
        raise SnowflakeError(
            f"Invalid state. Warehouse '{item.name}' cannot be {verb.lower().removesuffix('e')}ed.", code, "22000"
        )
    return replace(item, properties={**item.properties, _STATE: state})
