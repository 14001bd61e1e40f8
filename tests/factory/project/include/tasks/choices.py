"""Functions that choose among branches."""

from __future__ import annotations

from typing import Any


def chooses(session: Any, rows: int = 0) -> str | list[str] | None:
    if rows > 100:
        return ["left", "right"]
    return "left" if rows else None
