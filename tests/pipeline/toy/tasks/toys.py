"""Functions that run anywhere, as they only look at what they get."""

from __future__ import annotations

from typing import Any


def greet(session: Any, name: str) -> str:
    return f"{session} greets {name}"


def doubled(batch: Any) -> list[int]:
    return [2 * value for value in (batch if isinstance(batch, range) else batch["A"])]
