"""What a task took: the same measures on every target and in every mode. What is not known is None, never 0."""

from __future__ import annotations

import json
import os
import time
from typing import Any, Literal

from include.constants import NODE_VARIABLE, POD_VARIABLE
from include.runtime import cpu, memory, shipping
from include.runtime.guarded import known
from include.runtime.request import Request

Measures = dict[str, Any]

KEYS = (
    "target",
    "run_as",
    "state",
    "try_number",
    "started",
    "queued_seconds",
    "startup_seconds",
    "work_seconds",
    "cpu_seconds",
    "memory_bytes",
    "statements",
    "warehouse",
    "warehouse_size",
    "warehouse_seconds",
    "rows_read",
    "rows_written",
    "bytes_read",
    "bytes_written",
    "version",
    "pod",
)
"""What is measured of one try of a task; docs/measures.md says what each is."""
POD_KEYS = (
    "name",
    "node",
    "image",
    "image_pull_seconds",
    "scheduled_seconds",
    "cpu_request",
    "cpu_limit",
    "memory_request",
    "memory_limit",
)
"""What is known of a task's pod."""
IN_THIS_PROCESS = ("session", "stream")
"""Modes in which the function runs in the runtime's own process."""


def unknown() -> Measures:
    """Return measures of which nothing is known yet."""
    return dict.fromkeys(KEYS)


class Meter:
    """Measures one request, from its beginning to its end.

    Attributes:
        measures: What is known so far.
    """

    def __init__(self, request: Request | None = None) -> None:
        """Note what the request says.

        Args:
            request: What is measured; None for one that could not be read.
        """
        self._started = request.started if request else None
        self._in_this_process = request is not None and request.mode in IN_THIS_PROCESS
        self._called: float | None = None
        self._cpu_before: float | None = None
        self.measures = unknown()
        if request:
            self.measures |= {
                "target": request.target,
                "run_as": _run_as(request),
                "try_number": request.query_tag.get("try_number"),
                "started": request.started,
                "pod": _pod(),
            }

    def called(self) -> None:
        """Note that the function itself begins."""
        self._called = time.monotonic()
        # Without the interpreter's start, its imports and the login: as of a procedure, the function's alone.
        self._cpu_before = known(cpu.seconds) if self._in_this_process else None
        if self._started is not None:
            # Two clocks, of the worker and of the pod's node, need not agree to the millisecond.
            self.measures["startup_seconds"] = max(0.0, time.time() - self._started)

    def ended(self, state: Literal["success", "failed"]) -> None:
        """Note how the function ended, and what its process took.

        Args:
            state: How.
        """
        self.measures["state"] = state
        if self._called is not None:
            self.measures["work_seconds"] = time.monotonic() - self._called
        if self._in_this_process:
            self.measures |= {"cpu_seconds": cpu.since(self._cpu_before), "memory_bytes": known(memory.peak)}
        self.measures["version"] = known(shipping.version)


def _run_as(request: Request) -> str:
    return "pod" if request.mode == "session" and POD_VARIABLE in os.environ else request.mode


def _pod() -> Measures | None:
    """Return what this pod knows of itself; None outside of one."""
    try:
        known: Measures = json.loads(os.environ[POD_VARIABLE])
    except (KeyError, ValueError):
        return None
    return dict.fromkeys(POD_KEYS) | known | {"node": os.environ.get(NODE_VARIABLE)}
