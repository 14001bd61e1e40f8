"""What comes back from a task: its JSON, or its error as text."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

from include.runtime.errors import NotJsonError, TaskMistake


def checked(function: str, value: Any) -> Any:
    """The value if JSON can hold it, as JSON gives it back (a tuple becomes a list).

    Args:
        function: the function's dotted path, for the message.
        value: what it returned.

    Returns:
        The value, of plain JSON types only.

    Raises:
        NotJsonError: with the type that does not fit and what to return in its place.
    """
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise NotJsonError(
            f"{function} returned something that is not JSON ({error}). Return numbers, strings, lists, dicts or None: "
            "write data to a table or a stage and return its name."
        ) from None


def failure(error: BaseException) -> str:
    """The error as the task's log shows it: a user's own mistake without a traceback, else the traceback of the function alone.

    Args:
        error: what was raised.

    Returns:
        Lines of text; the last one says what was raised.
    """
    if isinstance(error, TaskMistake):
        return str(error)
    here = Path(__file__).parent
    trace = error.__traceback__
    while trace and trace.tb_next and Path(trace.tb_frame.f_code.co_filename).parent == here:
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace)).rstrip()
