"""Functions that say what they got, and functions that end in other ways than by returning JSON."""

from __future__ import annotations

import logging
import os
import sys
from decimal import Decimal
from typing import Any


def got(session: Any, **values: Any) -> dict[str, list[str]]:
    """The type and the text of each value."""
    return {name: [type(value).__name__, str(value)] for name, value in values.items()}


def speaks(session: Any, fails: bool = False) -> str:
    """Prints and logs, and fails or not."""
    print("a line that was printed")
    logging.getLogger("speaks").info("a line that was logged")
    session.sql("select 1").collect()
    if fails:
        raise ValueError("after both lines")
    return "spoken"


def exits(session: Any, code: int | str | None = None) -> None:
    """Ends as a script would."""
    sys.exit(code)


def vanishes(session: Any, code: int = 0) -> None:
    """Ends the whole process."""
    os._exit(code)


def prints_much(session: Any) -> str:
    """Prints five megabytes, three of them in one line."""
    for _ in range(20_000):
        print("x" * 100)
    print("y" * 3_000_000)
    return "[much] printed"


def gives(session: Any, what: str) -> Any:
    """Something that is no JSON."""
    import numpy
    import pandas

    return {
        "generator": (number for number in range(3)),
        "pandas": pandas.DataFrame({"A": [1]}),
        "snowpark": session.sql("select 1 as a"),
        "scalar": {"count": numpy.int64(3)},
        "set": {1, 2},
        "decimal": [Decimal("1.5")],
    }[what]


def returns(session: Any, value: Any) -> Any:
    """The value."""
    return value


def closed(**context: Any) -> bool:
    """A gate that lets nothing through."""
    return False


def session_says(session: Any) -> dict[str, str]:
    """What the user asked for: time zone and query tag, as the session has them."""
    return {name: session.sql(f"show parameters like '{name}'").collect()[0][1] for name in ("TIMEZONE", "QUERY_TAG")}
