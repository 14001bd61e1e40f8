"""What runs inside Snowflake around a function that is a stored procedure.

Arguments and result as JSON, prints and logs kept.

Snowflake gives a client nothing of what a procedure prints, so it goes along with the result, or as a note of the
error.
"""

from __future__ import annotations

import io
import json
import logging
import re
import time
from contextlib import redirect_stdout
from typing import Any

from include.runtime import cpu, errors, memory
from include.runtime.functions import call_function
from include.runtime.guarded import known
from include.runtime.outcome import checked
from include.runtime.values import decoded

LOG_LIMIT = 256 * 1024
"""Characters that are kept of what a procedure prints: the last ones."""
_BEGIN, _END = "--- printed and logged before the error ---", "--- end of the log ---"
_NOTE = re.compile(rf"\n?{re.escape(_BEGIN)}\n(?P<log>.*?)\n{re.escape(_END)}", re.DOTALL)
_MISTAKE = re.compile(
    r"^include\.runtime\.errors\.(?P<kind>\w+): (?P<text>.*?)(?: in function \w+ with handler \w+)?\s*\Z",
    re.DOTALL | re.MULTILINE,
)


def run_inside(function: str, session: Any, op_kwargs: str) -> str:
    """Call a function as the body of a procedure.

    Args:
        function: its dotted path.
        session: the procedure's session.
        op_kwargs: its keyword arguments, encoded, as JSON.

    Returns:
        `{"result": …, "log": text, "measures": {"cpu_seconds", "memory_bytes"}}` as JSON.

    Raises:
        Exception: whatever the function raised, or a TaskError; what was printed before is a note of it.
    """
    started, cpu_before = time.monotonic(), known(cpu.seconds)
    printed = io.StringIO()
    handler = logging.StreamHandler(printed)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("snowflake").setLevel(logging.WARNING)
    try:
        with redirect_stdout(printed):
            result = checked(function, call_function(function, session, decoded(json.loads(op_kwargs))))
        known(lambda: memory.report(started))
        took = {"cpu_seconds": cpu.since(cpu_before), "memory_bytes": known(memory.peak)}
        return json.dumps({"result": result, "log": _last(printed), "measures": took})
    except Exception as error:
        if text := _last(printed):
            error.add_note(f"{_BEGIN}\n{text}\n{_END}")
        raise
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def split_error(message: str) -> tuple[str, errors.TaskError]:
    """Take apart the error of a procedure that `run_inside` is the body of.

    Args:
        message: Snowflake's.

    Returns:
        What the procedure printed before, and the TaskError that it raised or, of anything else, the message without
        the log.
    """
    note = _NOTE.search(message)
    rest = message[: note.start()] + message[note.end() :] if note else message
    diagnostic = _MISTAKE.search(rest)
    kind: type[errors.TaskError] | None = getattr(errors, diagnostic["kind"], None) if diagnostic else None
    reported = kind(diagnostic["text"]) if diagnostic and kind else errors.ProcedureFailedError(rest)
    return note["log"] if note else "", reported


def _last(printed: io.StringIO) -> str:
    text = printed.getvalue().rstrip("\n")
    return (
        text
        if len(text) <= LOG_LIMIT
        else f"… the first {len(text) - LOG_LIMIT:,} characters are left out\n{text[-LOG_LIMIT:]}"
    )
