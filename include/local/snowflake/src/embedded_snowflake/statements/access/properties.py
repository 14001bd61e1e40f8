"""Properties of roles, users, warehouses, resource monitors and network policies, as CREATE and ALTER give them."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.state.account_objects import AccountObject, AccountObjects
from embedded_snowflake.state.auth import KEYS, is_public_key
from embedded_snowflake.statements.access import network_policies, resource_monitors
from embedded_snowflake.statements.access.warehouses import checked

PROPERTIES = {
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
            "RESOURCE_MONITOR",
            "SCALING_POLICY",
            "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
            "STATEMENT_TIMEOUT_IN_SECONDS",
            "WAIT_FOR_COMPLETION",
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
            "NETWORK_POLICY",
            "PASSWORD",
            "RSA_PUBLIC_KEY",
            "RSA_PUBLIC_KEY_2",
            "TYPE",
        }
    ),
    "RESOURCE MONITOR": resource_monitors.PROPERTIES,
    "NETWORK POLICY": network_policies.PROPERTIES,
}
_REFERENCES = {"NETWORK_POLICY": "NETWORK POLICY", "RESOURCE_MONITOR": "RESOURCE MONITOR"}
_SECRETS = frozenset({"PASSWORD"})  # nobody logs in with it here: it is not kept


def read(given: list[exp.Expr], kind: str) -> dict[str, str]:
    """Read the properties that a statement gives.

    Args:
        given: Properties as parsed.
        kind: As AccountObject has it.

    Returns:
        Values as written, by names in upper case.

    Raises:
        SnowflakeError: The kind has no such property, or it is not supported.
    """
    found: dict[str, str] = {}
    for item in given:
        name = item.name
        if name in ("TAG", "WITH", *network_policies.RULES):
            raise not_supported(f"{name} of a {kind.lower()}")
        if name not in PROPERTIES[kind]:
            raise compilation_error(f"invalid property '{name}' for '{kind}'", 1420, "22023")
        value = item.args["value"]
        texts = value.expressions if isinstance(value, exp.Tuple) else [value]
        found[name] = ", ".join(nodes.text_of(text) for text in texts)
        if name in _REFERENCES:
            found[name] = found[name].upper()
        if name in KEYS and not is_public_key(found[name]):
            raise SnowflakeError(
                "New public key rejected by current policy. Reason: 'Invalid public key'.", 390_302, "22023"
            )
    return found


def check_references(objects: AccountObjects, given: dict[str, str]) -> None:
    """Check that what properties name is there.

    Args:
        objects: All objects of the account.
        given: What `read` gave.

    Raises:
        SnowflakeError: There is no such network policy or resource monitor.
    """
    for name, kind in _REFERENCES.items():
        if given.get(name, "NULL") != "NULL":
            objects.get(kind, given[name])


def remove(item: AccountObject, names: list[str]) -> AccountObject:
    """Take properties from an object.

    Args:
        item: The object.
        names: Names in upper case; of those that it has not, nothing happens.

    Returns:
        The object without them.
    """
    kept = {name: value for name, value in item.properties.items() if name not in names}
    return replace(item, comment="" if "COMMENT" in names else item.comment, properties=kept)


def put(item: AccountObject, given: dict[str, str]) -> AccountObject:
    """Give an object properties.

    Args:
        item: The object.
        given: What `read` gave.

    Returns:
        The object with them; without secrets.

    Raises:
        SnowflakeError: A property has no such value.
    """
    kept = {name: value for name, value in given.items() if name not in _SECRETS and name != "COMMENT"}
    without = {name for name in _REFERENCES if kept.get(name) == "NULL"}
    kept = {name: value for name, value in kept.items() if name not in without}
    if item.kind == "WAREHOUSE":
        kept = {name: checked(name, value) for name, value in kept.items()}
    if item.kind == "RESOURCE MONITOR":
        kept = resource_monitors.checked(item, kept)
    if item.kind == "NETWORK POLICY":
        network_policies.check(kept)
    return replace(
        item, comment=given.get("COMMENT", item.comment), properties=_without(item.properties, without) | kept
    )


def _without(properties: dict[str, str], names: set[str]) -> dict[str, str]:
    return {name: value for name, value in properties.items() if name not in names}
