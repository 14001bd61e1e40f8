"""Functions that say what they got in a pod."""

from __future__ import annotations

import os
import sys
from typing import Any


def got(session: Any, **values: Any) -> dict[str, Any]:
    """The type and the text of each value, and two variables."""
    return {
        **{name: [type(value).__name__, str(value)] for name, value in values.items()},
        "env": [os.environ["FLAG"], os.environ["COUNT"]],
    }


def session_says(session: Any) -> dict[str, str]:
    """What the user asked for: time zone and query tag, as the session has them."""
    return {name: session.sql(f"show parameters like '{name}'").collect()[0][1] for name in ("TIMEZONE", "QUERY_TAG")}


def exits(session: Any) -> None:
    """Ends as a script would."""
    sys.exit()


def vanishes(session: Any) -> None:
    """Ends the whole process, as if all were well."""
    os._exit(0)


def returns(session: Any, value: Any) -> Any:
    """The value."""
    return value
