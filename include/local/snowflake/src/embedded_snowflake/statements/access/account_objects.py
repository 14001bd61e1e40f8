"""CREATE, ALTER, DROP and COMMENT ON of roles, users and warehouses.

Grammar: https://docs.snowflake.com/en/sql-reference/sql/create-role, …/create-user, …/create-warehouse, and those of
ALTER and DROP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.names import display
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.sql.parse.tokens import TokenReader
from embedded_snowflake.state.account_objects import SYSTEM_ROLES, AccountObject
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements.access import properties

_DONE = "Statement executed successfully."
_STATE = "STATE"  # of a warehouse: STARTED or SUSPENDED


def create(session: Session, tokens: TokenReader) -> Result | None:
    """Run CREATE [OR REPLACE] ROLE | USER | WAREHOUSE [IF NOT EXISTS] name properties.

    Args:
        session: The session.
        tokens: The statement, after CREATE.

    Returns:
        Its status; None when it creates something else.

    Raises:
        SnowflakeError: It exists, or a property is not one.
    """
    replaces = tokens.take_all("OR", "REPLACE")
    kind = tokens.take(*properties.PROPERTIES)
    if kind is None:
        return None
    if_not_exists = tokens.take_all("IF", "NOT", "EXISTS")
    name = tokens.name_of_one()
    tokens.take("WITH")
    item = properties.put(AccountObject(kind, name), properties.read(tokens, kind))
    if kind == "WAREHOUSE":
        suspended = item.properties.pop("INITIALLY_SUSPENDED", "FALSE").upper() == "TRUE"
        item.properties[_STATE] = "SUSPENDED" if suspended else "STARTED"
    if session.describe_only:
        return status_result("")
    account = session.engine.account
    with account.change():
        there = account.objects.find(kind, name)
        if there is not None and if_not_exists:
            return status_result(f"{display(name)} already exists, statement succeeded.")
        if there is not None and replaces:
            _drop(session, there)
        account.objects.add(item)
        account.grants.created(Securable(kind, name=name), session.role)
    if kind == "WAREHOUSE":
        session.warehouse = name  # as USE WAREHOUSE
    return status_result(f"{kind.capitalize()} {display(name)} successfully created.")


def alter(session: Session, tokens: TokenReader) -> Result | None:
    """Run ALTER ROLE | USER | WAREHOUSE [IF EXISTS] name RENAME TO | SET | UNSET | SUSPEND | RESUME ….

    Args:
        session: The session.
        tokens: The statement, after ALTER.

    Returns:
        Its status; None when it alters something else.

    Raises:
        SnowflakeError: There is none, the new name is taken, or the change is not supported.
    """
    kind = tokens.take(*properties.PROPERTIES)
    if kind is None:
        return None
    if_exists = tokens.take_all("IF", "EXISTS")
    current = kind == "WAREHOUSE" and tokens.at("SUSPEND", "RESUME", "SET", "UNSET", "RENAME")
    name = session.warehouse or "" if current else tokens.name_of_one()
    account = session.engine.account
    found = account.objects.find(kind, name) if if_exists else account.objects.get(kind, name)
    change = _read_change(tokens, kind, logs_in=kind == "USER" and name == session.engine.authenticator.user)
    tokens.expect_end()
    if found is None or session.describe_only:
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


def drop(session: Session, tokens: TokenReader) -> Result | None:
    """Run DROP ROLE | USER | WAREHOUSE [IF EXISTS] name.

    Args:
        session: The session.
        tokens: The statement, after DROP.

    Returns:
        Its status; None when it drops something else.

    Raises:
        SnowflakeError: There is none, or it is one that stays.
    """
    kind = tokens.take(*properties.PROPERTIES)
    if kind is None:
        return None
    if_exists = tokens.take_all("IF", "EXISTS")
    name = tokens.name_of_one()
    tokens.expect_end()
    account = session.engine.account
    found = account.objects.find(kind, name) if if_exists else account.objects.get(kind, name)
    if found is None:
        return status_result(f"Drop statement executed successfully ({display(name)} already dropped).")
    if not session.describe_only:
        with account.change():
            _drop(session, found)
    return status_result(f"{display(name)} successfully dropped.")


def comment(session: Session, tokens: TokenReader) -> Result | None:
    """Run COMMENT [IF EXISTS] ON ROLE | USER | WAREHOUSE name IS 'text'.

    Args:
        session: The session.
        tokens: The statement, after COMMENT.

    Returns:
        Its status; None for a comment on something else.

    Raises:
        SnowflakeError: There is none of this name.
    """
    if_exists = tokens.take_all("IF", "EXISTS")
    tokens.expect("ON")
    kind = tokens.take(*properties.PROPERTIES)
    if kind is None:
        return None
    objects, name = session.engine.account.objects, tokens.name_of_one()
    tokens.expect("IS")
    text = tokens.string()
    tokens.expect_end()
    found = objects.find(kind, name) if if_exists else objects.get(kind, name)
    if found is not None and not session.describe_only:
        objects.change(found, replace(found, comment=text))
    return status_result(_DONE)


def _drop(session: Session, item: AccountObject) -> None:
    _refuse_system(item)
    if item.kind == "USER" and item.name == session.user.upper():
        raise _insufficient(item)
    account = session.engine.account
    account.objects.drop(item)
    account.grants.dropped(Securable(item.kind, name=item.name))
    account.grants.forget_grantee(item.kind, item.name, session.role)


def _refuse_system(item: AccountObject) -> None:
    if item.kind == "ROLE" and item.name in SYSTEM_ROLES:
        raise _insufficient(item)


def _insufficient(item: AccountObject) -> SnowflakeError:
    return SnowflakeError(
        f"SQL access control error:\nInsufficient privileges to operate on {item.kind.lower()} '{item.name}'",
        3001,
        "42501",
    )


def _read_change(tokens: TokenReader, kind: str, *, logs_in: bool) -> Callable[[AccountObject], AccountObject]:
    """Read what follows the name in ALTER."""
    if tokens.take_all("RENAME", "TO"):
        new = tokens.name_of_one()
        return lambda item: replace(item, name=new)
    if tokens.take("SET"):
        given = properties.read(tokens, kind, logs_in=logs_in)
        return lambda item: properties.put(item, given)
    if tokens.take("UNSET"):
        names = {tokens.identifier()}
        while tokens.take(","):
            names.add(tokens.identifier())
        return lambda item: replace(
            item,
            comment="" if "COMMENT" in names else item.comment,
            properties={name: value for name, value in item.properties.items() if name not in names},
        )
    if kind == "WAREHOUSE" and (verb := tokens.take("SUSPEND", "RESUME")):
        lenient = verb == "RESUME" and tokens.take_all("IF", "SUSPENDED")
        return lambda item: _switched(item, verb, lenient=lenient)
    raise not_supported(f"ALTER {kind} … {tokens.rest()[:40]}")


def _switched(item: AccountObject, verb: str, *, lenient: bool) -> AccountObject:
    state = "SUSPENDED" if verb == "SUSPEND" else "STARTED"
    if item.properties.get(_STATE, "STARTED") == state and not lenient:
        code = 90_064 if verb == "SUSPEND" else 90_063
        raise SnowflakeError(
            f"Invalid state. Warehouse '{item.name}' cannot be {verb.lower().removesuffix('e')}ed.", code, "22000"
        )
    return replace(item, properties={**item.properties, _STATE: state})
