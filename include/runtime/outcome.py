"""What comes back from a task: its JSON, or its error as text."""

from __future__ import annotations

import json
import math
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from include.runtime.errors import NotJsonError, TaskError

_HERE = Path(__file__).parent
_CLIENTS = ("/snowflake/connector/", "/snowflake/snowpark/")
"""Folders of Snowflake's clients: how an error passed through them tells a user nothing."""
_ADVICE = {
    "set": "sorted(…) of it, a list",
    "frozenset": "sorted(…) of it, a list",
    "generator": "list(…) of it",
    "date": "its .isoformat()",
    "datetime": "its .isoformat()",
    "time": "its .isoformat()",
    "timedelta": "its .total_seconds()",
    "Timestamp": "its .isoformat()",
    "Decimal": "str(…) of it, to keep each digit, or float(…)",
    "bytes": "its .hex()",
    "bytearray": "its .hex()",
    "coroutine": "what it awaits: make the function a plain `def`",
}
"""What to return in place of a value, by the name of its type."""


def checked(function: str, value: Any) -> Any:
    """Return the value if JSON can hold it, as JSON gives it back (a tuple becomes a list).

    Args:
        function: the function's dotted path, for the message.
        value: what it returned.

    Returns:
        The value, of plain JSON types only.

    Raises:
        NotJsonError: with the part that does not fit, and what to return in its place.
    """
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        where, what, hint = next(_unfit(value, "the result"), ("the result", str(error), "plain values"))
        raise NotJsonError(
            f"{function} returned something that is not JSON: {where} is {what}. Return {hint}. JSON has numbers,"
            " strings, lists, dicts and None; data goes to a table or a stage, and its name is returned."
        ) from None


def failure(error: BaseException) -> str:
    """Return the error as the task's log shows it.

    A user's own mistake without a traceback, else the traceback of the function alone.

    Args:
        error: what was raised.

    Returns:
        Lines of text; the last one says what was raised.
    """
    if isinstance(error, TaskError):
        return str(error)
    trace = error.__traceback__
    while trace and trace.tb_next and Path(trace.tb_frame.f_code.co_filename).parent == _HERE:
        trace = trace.tb_next
    reported = traceback.TracebackException(type(error), error, trace)
    ours = [frame for frame in reported.stack if not any(folder in frame.filename for folder in _CLIENTS)]
    if len(ours) < len(reported.stack):
        ours = [frame for frame in ours if Path(frame.filename).parent != _HERE]
        reported.stack = traceback.StackSummary.from_list(ours)
        # The connector's own error of the same statement, with the same text.
        reported.__cause__ = reported.__context__ = None
    lines = list(reported.format())
    return "".join(lines if reported.stack else lines[-1:]).rstrip()


def _unfit(value: Any, where: str) -> Iterator[tuple[str, str, str]]:
    """Return the parts of a value that JSON has no word for.

    Where each is, what it is, and what to return in its place.
    """
    if value is None or isinstance(value, (str, bool, int)):
        return
    if isinstance(value, float):
        if not math.isfinite(value):
            yield where, repr(value), "None, or text"
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, (str, int, float, type(None))):
                yield f"a key of {where}", f"a {type(key).__name__}", "text as keys"
            yield from _unfit(item, f"{where}[{key!r}]")
        return
    if isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _unfit(item, f"{where}[{index}]")
        return
    kind = type(value)
    yield (
        where,
        f"a {kind.__module__.partition('.')[0] + '.' if kind.__module__ != 'builtins' else ''}{kind.__name__}",
        _advice(value),
    )


def _advice(value: Any) -> str:
    kind = type(value)
    if kind.__name__ == "DataFrame":
        write = "its .write.save_as_table(…)" if kind.__module__.startswith("snowflake.") else "session.write_pandas(…)"
        return f"the name of a table, filled by {write}"
    if hasattr(value, "tolist"):  # numpy's scalars and arrays, pandas' Series and indexes
        return "its .tolist(), plain values"
    if isinstance(value, Iterator):
        return "list(…) of it"
    if isinstance(value, Mapping):
        return "dict(…) of it"
    return _ADVICE.get(kind.__name__, "plain values")
