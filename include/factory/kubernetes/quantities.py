"""Kubernetes' quantities, and the resources that they measure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath, did_you_mean, hint_by_name

# Kubernetes, "Quantity": a decimal number with a decimal exponent, an SI suffix or a binary one.
_QUANTITY = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)(?P<suffix>[eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$")
_FACTORS = {
    **{
        suffix: Decimal(10) ** power
        for suffix, power in (
            ("n", -9),
            ("u", -6),
            ("m", -3),
            ("k", 3),
            ("M", 6),
            ("G", 9),
            ("T", 12),
            ("P", 15),
            ("E", 18),
        )
    },
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", start=1)},
}
_RESOURCES = {"cpu", "memory", "ephemeral-storage"}
_MEANT = {
    **dict.fromkeys(("b", "core", "cores", "cpu"), ""),
    **{f"{letter}{byte}": f"{letter.upper()}i" for letter in "kmgt" for byte in ("", "b")},
}
"""Units that people write, in lower case, and Kubernetes' own."""


def resource_diagnostics(resources: Any) -> Iterator[Diagnostic]:
    """Check a container's `resources`, each amount by itself.

    Args:
        resources: The mapping with `requests` and `limits`; anything else has no mistakes of this kind.

    Returns:
        What Kubernetes refuses, or takes for something else than was meant; paths begin at `resources`.
    """
    if not isinstance(resources, dict):
        return
    for part in ("requests", "limits"):
        amounts = resources.get(part)
        for name, value in amounts.items() if isinstance(amounts, dict) else ():
            yield from _wrong_amount(name, value, ("resources", part, name))


def over_limits(resources: Any) -> Iterator[Diagnostic]:
    """Return what asks for more than its limit; argument and result as above."""
    if not isinstance(resources, dict):
        return
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    for name, request in requests.items():
        asked, most = quantity(request), quantity(limits.get(name)) if name in limits else None
        if asked is not None and most is not None and asked > most:
            message = f"It asks for more {name} (`{request}`) than its limit (`{limits[name]}`)."
            yield Diagnostic(
                ("resources", "requests", name), message, "Raise the limit, or ask for less.", "out-of-range"
            )


def quantity(value: Any) -> Decimal | None:
    """Read a Kubernetes quantity.

    Args:
        value: Text or a number.

    Returns:
        The amount in units (cores, bytes); None if it is no quantity.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _QUANTITY.match(str(value))
    if match is None:
        return None
    suffix = match["suffix"] or ""
    if suffix in _FACTORS:
        return Decimal(str(value)[: -len(suffix)]) * _FACTORS[suffix]
    return Decimal(str(value))


def quantity_hint(value: Any) -> str:
    """Return what to write in place of what is no quantity."""
    match = re.match(r"^(\d+(?:\.\d+)?)([A-Za-z]+)$", re.sub(r"\s+", "", str(value)))
    if match:
        number, unit = match.groups()
        known = _MEANT[unit.lower()] if unit.lower() in _MEANT else did_you_mean(unit, tuple(_FACTORS))
        if known is not None:
            return f"Did you mean `{number}{known}`?"
    return "Write a number and a unit: `500m` (half a core), `2`, `512Mi`, `1Gi`."


def _wrong_amount(name: str, value: Any, path: KeyPath) -> Iterator[Diagnostic]:
    if name not in _RESOURCES and "/" not in name and not name.startswith("hugepages-"):
        hint = (
            "Write the device's full name, such as `nvidia.com/gpu`."
            if "gpu" in name
            else hint_by_name(name, _RESOURCES, "resources")
        )
        yield Diagnostic(path, f"Kubernetes has no resource `{name}`.", hint, "unknown-key", on="key")
        return
    if isinstance(value, str) and "{{" in value:
        return
    amount = quantity(value)
    if amount is None:
        yield Diagnostic(path, f"`{value}` is not a quantity.", quantity_hint(value), "wrong-quantity")
    elif amount < 0:
        yield Diagnostic(path, f"`{value}` is less than nothing.", "Write a positive quantity.", "wrong-quantity")
    elif name == "cpu" and str(value)[-1:] == "i":
        message = f"`{value}` is an amount of memory; CPU is counted in cores."
        yield Diagnostic(path, message, "Write `500m` for half a core, or `2`.", "wrong-quantity")
    elif name in ("memory", "ephemeral-storage") and 0 < amount < 1024:
        hint = (
            f"Write `{str(value).rstrip('m')}Mi`." if str(value).endswith("m") else f"Write `{value}Mi` or `{value}Gi`."
        )
        yield Diagnostic(path, f"`{value}` is {amount.normalize():f} bytes of {name}.", hint, "wrong-quantity")
