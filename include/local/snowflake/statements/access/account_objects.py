"""CREATE, ALTER and DROP of roles, users and warehouses.

Grammar: https://docs.snowflake.com/en/sql-reference/sql/create-role, …/create-user, …/create-warehouse, and those of ALTER and DROP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from include.local.snowflake.errors import SnowflakeError, compilation_error, not_supported
from include.local.snowflake.names import display
from include.local.snowflake.results import Result, status_result
from include.local.snowflake.sql.tokens import TokenReader
from include.local.snowflake.state.account_objects import SYSTEM_ROLES, AccountObject
from include.local.snowflake.state.securables import Securable
from include.local.snowflake.state.session import Session
from include.local.snowflake.statements.access.warehouses import checked

_DONE = "Statement executed successfully."
_PROPERTIES = {
    "ROLE": frozenset({"COMMENT"}),
    "WAREHOUSE": frozenset(
        {
            "AUTO_RESUME",
            "AUTO_SUSPEND",
            "COMMENT",
            "ENABLE_QUERY_ACCELERATION",
            "GENERATION",
            "INITIALLY_SUSPENDED",
            "MAX_CLUSTER_COUNT",
            "MAX_CONCURRENCY_LEVEL",
            "MIN_CLUSTER_COUNT",
            "QUERY_ACCELERATION_MAX_SCALE_FACTOR",
            "RESOURCE_CONSTRAINT",
            "SCALING_POLICY",
            "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
            "STATEMENT_TIMEOUT_IN_SECONDS",
            "WAREHOUSE_SIZE",
            "WAREHOUSE_TYPE",
        }
    ),
    "USER": frozenset(
        {
            "COMMENT",
            "DAYS_TO_EXPIRY",
            "DEFAULT_NAMESPACE",
            "DEFAULT_ROLE",
            "DEFAULT_SECONDARY_ROLES",
            "DEFAULT_WAREHOUSE",
            "DISABLED",
            "DISPLAY_NAME",
            "EMAIL",
            "FIRST_NAME",
            "LAST_NAME",
            "LOGIN_NAME",
            "MIDDLE_NAME",
            "MINS_TO_BYPASS_MFA",
            "MINS_TO_UNLOCK",
            "MUST_CHANGE_PASSWORD",
            "PASSWORD",
            "RSA_PUBLIC_KEY",
            "RSA_PUBLIC_KEY_2",
            "TYPE",
        }
    ),
}
_SECRETS = frozenset({"PASSWORD", "RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2"})  # nobody logs in with them here: they are not kept
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
    kind = tokens.take(*_PROPERTIES)
    if kind is None:
        return None
    if_not_exists = tokens.take_all("IF", "NOT", "EXISTS")
    name = tokens.name_of_one()
    tokens.take("WITH")
    item = _with_properties(AccountObject(kind, name), _read_properties(tokens, kind))
    if kind == "WAREHOUSE":
        suspended = item.properties.pop("INITIALLY_SUSPENDED", "FALSE").upper() == "TRUE"
        item.properties[_STATE] = "SUSPENDED" if suspended else "STARTED"
    if session.describe_only:
        return status_result("")
    session.transaction.commit()
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
    kind = tokens.take(*_PROPERTIES)
    if kind is None:
        return None
    if_exists = tokens.take_all("IF", "EXISTS")
    current = kind == "WAREHOUSE" and tokens.at("SUSPEND", "RESUME", "SET", "UNSET", "RENAME")
    name = session.warehouse or "" if current else tokens.name_of_one()
    account = session.engine.account
    found = account.objects.find(kind, name) if if_exists else account.objects.get(kind, name)
    change = _read_change(tokens, kind)
    tokens.expect_end()
    if found is None or session.describe_only:
        return status_result(_DONE)
    session.transaction.commit()
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
    kind = tokens.take(*_PROPERTIES)
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
        session.transaction.commit()
        with account.change():
            _drop(session, found)
    return status_result(f"{display(name)} successfully dropped.")


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
        f"SQL access control error:\nInsufficient privileges to operate on {item.kind.lower()} '{item.name}'", 3001, "42501"
    )


def _read_properties(tokens: TokenReader, kind: str) -> dict[str, str]:
    """Read name = value … to the statement's end."""
    found: dict[str, str] = {}
    while not tokens.at_end():
        if tokens.take(","):
            continue
        name = tokens.identifier()
        if name in ("TAG", "RESOURCE_MONITOR", "WITH"):
            raise not_supported(f"{name} of a {kind.lower()}")
        if name not in _PROPERTIES[kind]:
            raise compilation_error(f"invalid property '{name}' for '{kind}'", 1420, "22023")
        tokens.take("=")
        found[name] = ", ".join(tokens.strings()) if tokens.at("(") else tokens.string()
    return found


def _with_properties(item: AccountObject, given: dict[str, str]) -> AccountObject:
    kept = {name: value for name, value in given.items() if name not in _SECRETS and name != "COMMENT"}
    if item.kind == "WAREHOUSE":
        kept = {name: checked(name, value) for name, value in kept.items()}
    return replace(item, comment=given.get("COMMENT", item.comment), properties={**item.properties, **kept})


def _read_change(tokens: TokenReader, kind: str) -> Callable[[AccountObject], AccountObject]:
    """Read what follows the name in ALTER."""
    if tokens.take_all("RENAME", "TO"):
        new = tokens.name_of_one()
        return lambda item: replace(item, name=new)
    if tokens.take("SET"):
        given = _read_properties(tokens, kind)
        return lambda item: _with_properties(item, given)
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
        raise SnowflakeError(f"Invalid state. Warehouse '{item.name}' cannot be {verb.lower().removesuffix('e')}ed.", code, "22000")
    return replace(item, properties={**item.properties, _STATE: state})
