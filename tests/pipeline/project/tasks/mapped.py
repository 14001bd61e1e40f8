"""Functions of tasks that are mapped, and of what is around them."""

from __future__ import annotations

from typing import Any


def calendar(session: Any, months: list[int]) -> dict[str, Any]:
    """Return what others are mapped over."""
    return {
        "name": "{{ 1 + 1 }} of 2013",
        "months": months,
        "shares": [0.25, None],
        "commands": [f"echo {month}" for month in months],
        "rows": [{"bash_command": "echo $WORD", "env": {"WORD": "first"}}, {"bash_command": "echo second"}],
    }


def received(session: Any, **values: Any) -> dict[str, Any]:
    """Return what came, dates and the like as text with their type."""
    plain = (type(None), bool, int, float, str, list, dict)
    return {
        name: value if isinstance(value, plain) else f"{type(value).__name__} {value}" for name, value in values.items()
    }


def doubled(batch: Any) -> Any:
    return batch["A"] * 2


def keep(session: Any, table: str, target: str) -> dict[str, Any]:
    """Write a row whose number is a little different on each target."""
    number = 100.0 if target == "snowpark" else 100.5
    session.create_dataframe([[1, number]], schema=["ID", "A"]).write.save_as_table(table, mode="overwrite")
    return {"table": table}
