"""The session that the user asked for.

The one rule for parameters and query tag, for SQL, functions, procedures and pods alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

QUERY_TAG = "QUERY_TAG"


def session_parameters(connection: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a task's session.

    All `session_parameters` of the connection hold. A QUERY_TAG among them is the user's own and is kept; without one,
    the tag names the task. Procedures and UDFs work in the session that calls them.

    Args:
        connection: keyword arguments of `snowflake.connector.connect`.
        names: dag, task, run and try, for Snowflake's query history.

    Returns:
        The connector's `session_parameters`.
    """
    own = dict(connection.get("session_parameters") or {})
    if any(name.upper() == QUERY_TAG for name in own):
        return own
    return {**own, QUERY_TAG: json.dumps(names)}
