"""Writes figures as people read them, and says when one is not known."""

from __future__ import annotations

UNKNOWN = "not known"


def seconds(value: float | None) -> str:
    """Write a time.

    Args:
        value: seconds, or None.

    Returns:
        Such as `0.35 s`, `12.3 s`, `4 min 10 s`, `2 h 5 min`.
    """
    if value is None:
        return UNKNOWN
    if value < 1:
        return f"{value:.2f} s"
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min"


def size(value: float | None) -> str:
    """Write a number of bytes, in decimal units.

    Args:
        value: bytes, or None.

    Returns:
        Such as `512 B`, `1.5 MB`.
    """
    if value is None:
        return UNKNOWN
    for unit, factor in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if value >= factor:
            return f"{value / factor:,.1f} {unit}"
    return f"{value:,.0f} B"


def count(value: float | None) -> str:
    """Write a number of things.

    Args:
        value: the number, or None.

    Returns:
        Such as `10,000`.
    """
    return UNKNOWN if value is None else f"{value:,.0f}"


def figure(value: float | None) -> str:
    """Write a measured value, with five digits that count.

    Args:
        value: the value, or None.

    Returns:
        Such as `0.84612`, `1,234.5`, `1.2e-09`.
    """
    if value is None:
        return UNKNOWN
    if value and (abs(value) < 1e-4 or abs(value) >= 1e15):
        return f"{value:.3g}"
    if value == int(value):
        return f"{int(value):,}"
    decimals = max(0, 4 - len(str(int(abs(value)))) + 1) if abs(value) >= 1 else 5
    return f"{value:,.{decimals}f}"


def money(value: float | None, currency: str, complete: bool = True) -> str:
    """Write what something cost.

    Args:
        value: the amount, or None.
        currency: such as `USD`.
        complete: whether nothing is missing of it.

    Returns:
        Such as `0.00123 USD`, `at least 12.30 USD`; not "at least 0", which says nothing.
    """
    if value is None or (value == 0 and not complete):
        return UNKNOWN
    if value == 0:
        amount = "0"
    elif value >= 1:
        amount = f"{value:,.2f}"
    elif value >= 1e-6:
        amount = f"{value:.{2 - _exponent(value)}f}"
    else:
        amount = f"{value:.2e}"
    return f"{'' if complete else 'at least '}{amount} {currency}"


def listed(names: list[str], most: int = 6) -> str:
    """Write a list of names.

    Args:
        names: the names.
        most: how many of them are said.

    Returns:
        Such as `a, b and c`, `a, b, c and 12 others`.
    """
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1:,} others"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def factor(value: float) -> str:
    """Write how many times as much something is.

    Args:
        value: the factor, 1 at least.

    Returns:
        Such as `2.1 x`, `37 x`.
    """
    return f"{value:.1f} x" if value < 10 else f"{value:,.0f} x"


def _exponent(value: float) -> int:
    return int(f"{value:e}".partition("e")[2])
