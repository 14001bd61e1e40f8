"""Network policies: from which addresses a user may log in.

https://docs.snowflake.com/en/user-guide/network-policies
"""

from __future__ import annotations

import ipaddress
from typing import Any

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.results import Column, Result
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.resolve import identifiers
from embedded_snowflake.state.account_objects import AccountObject
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement

_LISTS = ("ALLOWED_IP_LIST", "BLOCKED_IP_LIST")
RULES = ("ALLOWED_NETWORK_RULE_LIST", "BLOCKED_NETWORK_RULE_LIST")
PROPERTIES = frozenset({"COMMENT", *_LISTS})
_COUNTS = tuple(f"entries_in_{name}" for name in ("allowed_ip_list", "blocked_ip_list"))
_RULE_COUNTS = tuple(f"entries_in_{name}" for name in ("allowed_network_rules", "blocked_network_rules"))


def check(given: dict[str, str]) -> None:
    """Check the lists of a policy.

    Args:
        given: Its properties.

    Raises:
        SnowflakeError: An entry is neither an IPv4 address nor a range of them.
    """
    for name in _LISTS:
        for entry in _entries(given.get(name, "")):
            try:
                ipaddress.IPv4Network(entry, strict=False)
            except ValueError:
                raise SnowflakeError(
                    f"SQL compilation error:\ninvalid value '{entry}' for property '{name}'", 1008, "22023"
                ) from None


def allows(policy: AccountObject, address: str) -> bool:
    """Tell whether somebody at an address may log in: blocked addresses go before allowed ones.

    Args:
        policy: The network policy.
        address: IPv4 address of the client; another one is not in any list.

    Returns:
        Whether it may; without a list of allowed addresses all are, save those that are blocked.
    """
    blocked, allowed = policy.properties.get("BLOCKED_IP_LIST"), policy.properties.get("ALLOWED_IP_LIST")
    return not _within(blocked or "", address) and (allowed is None or _within(allowed, address))


def listed(session: Session, items: list[AccountObject]) -> Result:
    """Answer SHOW NETWORK POLICIES.

    Args:
        session: Session that asks.
        items: The policies.

    Returns:
        A row each: https://docs.snowflake.com/en/sql-reference/sql/show-network-policies
    """
    rows = [
        (
            item.created,
            item.name,
            item.comment,
            *(len(_entries(item.properties.get(name, ""))) for name in _LISTS),
            0,
            0,
        )
        for item in items
    ]
    columns = [Column("created_on", "timestamp_ltz", precision=0, scale=3), Column("name"), Column("comment")]
    columns += [Column(name, "fixed", precision=38, scale=0) for name in (*_COUNTS, *_RULE_COUNTS)]
    return Result(columns, rows, statement_type=0x4400)


def describe(statement: Statement, tree: nodes.DescribeAccountObject) -> Result:
    """Run DESCRIBE NETWORK POLICY.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        A row for each list that the policy has: https://docs.snowflake.com/en/sql-reference/sql/desc-network-policy

    Raises:
        SnowflakeError: There is none of this name.
    """
    item = statement.session.engine.account.objects.get("NETWORK POLICY", identifiers.only_part(tree.this))
    rows: list[tuple[Any, ...]] = [
        (name, ",".join(_entries(item.properties[name]))) for name in _LISTS if name in item.properties
    ]
    return Result([Column("name"), Column("value")], rows, statement_type=0x4500)


def _entries(text: str) -> list[str]:
    return [entry for entry in text.split(", ") if entry]


def _within(text: str, address: str) -> bool:
    try:
        found = ipaddress.IPv4Address(address)
    except ValueError:
        return False
    return any(found in ipaddress.IPv4Network(entry, strict=False) for entry in _entries(text))
