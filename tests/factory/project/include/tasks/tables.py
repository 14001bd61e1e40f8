"""Functions that write tables, as the source shows."""

from __future__ import annotations

from typing import Any


def saves(session: Any, table: str) -> None:
    session.table("A").write.mode("overwrite").save_as_table(table)


def creates(session: Any, source: str, target: str) -> None:
    session.sql(f"create or replace table {target} as select * from {source}").collect()
