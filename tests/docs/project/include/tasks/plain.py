"""Functions without a session, as PythonOperator calls them."""

from __future__ import annotations


def count(table: str) -> int:
    return len(table)


def report(rows: str) -> None:
    print(rows)


def months() -> list[list[int]]:
    return [[1], [2]]


def load_month(month: int, table: str) -> None:
    print(month, table)
