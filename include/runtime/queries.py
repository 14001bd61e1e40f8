"""What Snowflake did for a task, as its log names it: query ids, and links where the account has a page for each."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from include.runtime.history import ENDED, Row, seconds

if TYPE_CHECKING:
    from snowflake.connector import SnowflakeConnection

log = logging.getLogger(__name__)

SNOWFLAKE = ".snowflakecomputing.com"
"""How the hosts of real accounts end."""
PRIVATE = ".privatelink"
FIRST_REGION = "us-west-2"
"""The region of an account locator that names none."""
SHOWN = 50
"""Queries that a log names at most: of a thousand none is looked for there."""


def link(host: str, query_id: str) -> str | None:
    """Return the address of a query's page in Snowsight.

    Args:
        host: the account's host, such as `myorg-account1.snowflakecomputing.com`.
        query_id: the query.

    Returns:
        The address; None for what is no account of Snowflake's, or one that is reached by a private link alone.
    """
    name = host.lower()
    if not name.endswith(SNOWFLAKE) or PRIVATE in name:
        return None
    account, _, region = name.removesuffix(SNOWFLAKE).partition(".")
    organization, dash, own = account.partition("-")
    # An organization's name has no hyphen; a locator has none either, and goes with its region.
    place = (organization, own) if dash and not region else (region or FIRST_REGION, account)
    parts = "/".join(quote(part, safe="") for part in place)
    return f"https://app.snowflake.com/{parts}/#/compute/history/queries/{quote(query_id, safe='')}/detail"


def named(connection: SnowflakeConnection, query_id: str) -> str:
    """Return how a log names a query.

    Args:
        connection: the one that it was sent by.
        query_id: the query.

    Returns:
        Its id, and a link where there is one.
    """
    address = link(str(connection.host or ""), query_id)
    return f"{query_id} {address}" if address else query_id


def log_all(connection: SnowflakeConnection, rows: Sequence[Row]) -> None:
    """Name the statements of a session in the log, the first ones first.

    Args:
        connection: the session's.
        rows: the history's rows, the newest first.
    """
    ended = [row for row in reversed(rows) if row.get("EXECUTION_STATUS") in ENDED]
    for row in ended[:SHOWN]:
        what = f"{row.get('QUERY_TYPE') or 'statement'}, {seconds(row):.2f} s"
        log.info("Snowflake query id: %s (%s)", named(connection, row["QUERY_ID"]), what)
    if len(ended) > SHOWN:
        log.info("%d more are in Snowflake's query history, by session %s", len(ended) - SHOWN, connection.session_id)
