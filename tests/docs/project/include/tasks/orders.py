"""The functions that the examples of the docs name."""

from __future__ import annotations

from typing import Any


def train(session: Any, table: str, rows: int = 100) -> dict[str, Any]:
    return {"model": f"@MODELS/{table}", "rows": rows}


def score(batch: Any, model: Any = None) -> Any:
    return batch["AMOUNT"]
