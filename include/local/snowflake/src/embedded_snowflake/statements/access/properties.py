"""Properties of roles, users and warehouses, as CREATE and ALTER give them."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.state.account_objects import AccountObject
from embedded_snowflake.state.auth import KEYS, is_public_key
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
            "PASSWORD",
            "RSA_PUBLIC_KEY",
            "RSA_PUBLIC_KEY_2",
            "TYPE",
        }
    ),
}
_SECRETS = frozenset({"PASSWORD"})  # nobody logs in with it here: it is not kept


def read(given: list[exp.Expr], kind: str, *, logs_in: bool = False) -> dict[str, str]:
    """Read the properties that a statement gives.

    Args:
        given: Properties as parsed.
        kind: ROLE, USER or WAREHOUSE.
        logs_in: Whether they are those of the user who may log in: keys of others would be of no use.

    Returns:
        Values as written, by names in upper case.

    Raises:
        SnowflakeError: The kind has no such property, or it is not supported.
    """
    found: dict[str, str] = {}
    for item in given:
        name = item.name
        if name in ("TAG", "RESOURCE_MONITOR", "WITH"):
            raise not_supported(f"{name} of a {kind.lower()}")
        if name in KEYS and not logs_in:
            raise not_supported(f"{name} of a user who cannot log in: only the server's own does")
        if name not in PROPERTIES[kind]:
            raise compilation_error(f"invalid property '{name}' for '{kind}'", 1420, "22023")
        value = item.args["value"]
        texts = value.expressions if isinstance(value, exp.Tuple) else [value]
        found[name] = ", ".join(nodes.text_of(text) for text in texts)
        if name in KEYS and not is_public_key(found[name]):
            raise SnowflakeError(
                "New public key rejected by current policy. Reason: 'Invalid public key'.", 390_302, "22023"
            )
    return found


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
        SnowflakeError: A warehouse's property has no such value.
    """
    kept = {name: value for name, value in given.items() if name not in _SECRETS and name != "COMMENT"}
    if item.kind == "WAREHOUSE":
        kept = {name: checked(name, value) for name, value in kept.items()}
    return replace(item, comment=given.get("COMMENT", item.comment), properties={**item.properties, **kept})
