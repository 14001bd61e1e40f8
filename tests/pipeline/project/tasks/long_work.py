"""Work that takes long, and shows that it goes on."""

from __future__ import annotations

import time
from typing import Any


def beat(session: Any, table: str) -> int:
    """Puts a row into a table, again and again, for ten minutes."""
    session.sql(f"create or replace table {table} (N integer)").collect()
    for number in range(1200):
        session.sql(f"insert into {table} values ({number})").collect()
        time.sleep(0.5)
    return 1200
