"""Functions that do next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    from snowflake.snowpark import Session


def select_one(session: Session) -> int:
    """One statement, and its one value."""
    return int(session.sql("select 1").collect()[0][0])


def same(batch: pandas.DataFrame) -> Any:
    """The first column."""
    return batch["N"]
