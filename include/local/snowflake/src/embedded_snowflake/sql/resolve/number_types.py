"""Read DuckDB's types of NUMBERs."""

from __future__ import annotations

INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)


def number_scale(duck_type: str | None) -> int | None:
    """Give the scale of a NUMBER.

    Args:
        duck_type: DuckDB's type.

    Returns:
        Digits after the point; None when it is no NUMBER.
    """
    if duck_type in INTEGERS:
        return 0
    found = decimal(duck_type)
    return found[1] if found is not None else None


def is_number(duck_type: str | None) -> bool:
    """Tell whether a type is one of numbers, FLOAT included.

    Args:
        duck_type: DuckDB's type.

    Returns:
        True for a NUMBER and a FLOAT.
    """
    return duck_type in ("DOUBLE", "FLOAT") or number_scale(duck_type) is not None


def decimal(duck_type: str | None) -> tuple[int, int] | None:
    """Read the parameters of a DECIMAL.

    Args:
        duck_type: DuckDB's type.

    Returns:
        Its width and scale; None when it is no DECIMAL.
    """
    if duck_type is None or not duck_type.startswith("DECIMAL("):
        return None
    width, scale = duck_type.removeprefix("DECIMAL(").rstrip(")").split(",")
    return int(width), int(scale)
