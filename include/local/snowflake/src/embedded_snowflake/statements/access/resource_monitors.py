"""Resource monitors: how many credits warehouses may use. Here nothing uses any, so that no trigger ever fires.

https://docs.snowflake.com/en/user-guide/resource-monitors
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.results import Column, Result
from embedded_snowflake.state.account_objects import AccountObject
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session

PROPERTIES = frozenset({"CREDIT_QUOTA", "END_TIMESTAMP", "FREQUENCY", "NOTIFY_USERS", "START_TIMESTAMP", "TRIGGERS"})
_FREQUENCIES = ("MONTHLY", "DAILY", "WEEKLY", "YEARLY", "NEVER")
_AT = {"notify_at": "NOTIFY", "suspend_at": "SUSPEND", "suspend_immediately_at": "SUSPEND_IMMEDIATE"}
_MOST = {"NOTIFY": 5, "SUSPEND": 1, "SUSPEND_IMMEDIATE": 1}
_NAMES = (
    "name credit_quota used_credits remaining_credits level frequency start_time end_time notify_at suspend_at"
    " suspend_immediately_at created_on owner comment notify_users"
)


def checked(item: AccountObject, given: dict[str, str]) -> dict[str, str]:
    """Check the properties that a monitor gets.

    Args:
        item: The monitor as it is.
        given: They, as written.

    Returns:
        They, those that are one of several words in upper case.

    Raises:
        SnowflakeError: One has no such value, or FREQUENCY comes without START_TIMESTAMP.
    """
    kept = {**given}
    if "FREQUENCY" in kept:
        kept["FREQUENCY"] = kept["FREQUENCY"].upper()
    after = {**item.properties, **kept}
    if "FREQUENCY" in after and "START_TIMESTAMP" not in after:
        raise _invalid(after["FREQUENCY"], "FREQUENCY")
    for name, right in (("CREDIT_QUOTA", _is_number), ("FREQUENCY", _FREQUENCIES.__contains__)):
        if name in kept and not right(kept[name]):
            raise _invalid(kept[name], name)
    for action, most in _MOST.items():
        if len(list(_thresholds(after, action))) > most:
            raise _invalid(kept["TRIGGERS"], "TRIGGERS")
    return kept


def listed(session: Session, items: list[AccountObject]) -> Result:
    """Answer SHOW RESOURCE MONITORS.

    Args:
        session: Session that asks.
        items: The monitors.

    Returns:
        A row each: https://docs.snowflake.com/en/sql-reference/sql/show-resource-monitors
    """
    used = {item.properties.get("RESOURCE_MONITOR") for item in session.engine.account.objects.all("WAREHOUSE")}
    rows = [_row(session, item, used=item.name in used) for item in items]
    return Result([_column(name) for name in _NAMES.split()], rows, statement_type=0x4400)


def _row(session: Session, item: AccountObject, *, used: bool) -> tuple[Any, ...]:
    given = item.properties
    quota = f"{Decimal(given['CREDIT_QUOTA']):.2f}" if "CREDIT_QUOTA" in given else None
    start = given.get("START_TIMESTAMP")
    at = (",".join(f"{number}%" for number in _thresholds(given, action)) or None for action in _AT.values())
    return (
        item.name,
        quota,
        "0.00",
        quota,
        "WAREHOUSE" if used else None,
        given.get("FREQUENCY", "MONTHLY"),
        str(item.created.replace(microsecond=0)) if start is None or start.upper() == "IMMEDIATELY" else start,
        given.get("END_TIMESTAMP"),
        *at,
        item.created,
        session.engine.account.grants.owner(Securable("RESOURCE MONITOR", name=item.name)),
        item.comment or None,
        given.get("NOTIFY_USERS"),
    )


def _column(name: str) -> Column:
    return Column(name, "timestamp_ltz", precision=0, scale=3) if name == "created_on" else Column(name)


def _thresholds(given: dict[str, str], action: str) -> Iterator[int]:
    for trigger in filter(None, given.get("TRIGGERS", "").split(", ")):
        threshold, what = trigger.split(" ")
        if what == action:
            yield int(threshold)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text) >= 0
    except InvalidOperation:
        return False


def _invalid(value: str, name: str) -> SnowflakeError:
    return SnowflakeError(f"SQL compilation error:\ninvalid value '{value}' for property '{name}'", 1008, "22023")
