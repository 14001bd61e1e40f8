"""The functions that the examples of the docs name."""

from __future__ import annotations

from typing import Any


def train(session: Any, table: str, rows: int = 100) -> dict[str, Any]:
    return {"model": f"@MODELS/{table}", "rows": rows}


def score(batch: Any, model: Any = None) -> Any:
    return batch["AMOUNT"]


def count(session: Any, table: str) -> int:
    return int(session.table(table).count())


def report(session: Any, rows: int) -> None:
    print(rows)


def months(session: Any) -> list[int]:
    return [1, 2]


def load_month(session: Any, month: int, table: str) -> None:
    print(month, table)
