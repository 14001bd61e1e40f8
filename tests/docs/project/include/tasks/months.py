"""What the page on mapping and flow names."""

from __future__ import annotations

from typing import Any


def load(session: Any) -> dict[str, Any]:
    return {"months": [1, 2, 3], "table": "SALES"}


def statistics(session: Any, table: str, month: int) -> dict[str, float]:
    return {"mean": session.table(table).filter(f"MONTH = {month}").count()}


def predict(batch: Any) -> Any:
    return batch["AMOUNT"]


def report(session: Any, means: list[float]) -> float:
    return max(means)


def choose(session: Any) -> str:
    return "small"


def sums(session: Any, table: str) -> dict[str, Any]:
    return {"table": table}
