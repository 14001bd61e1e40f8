"""Checks of prices that a JSON Schema cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath


def price_diagnostics(prices: Any, path: KeyPath = ("prices",)) -> Iterator[Diagnostic]:
    """Find what is no price: YAML has words for numbers that are none, or have no end.

    Args:
        prices: The section `prices` of a layer, as far as its shape is right.
        path: Where it stands.

    Yields:
        A mistake for each.
    """
    if isinstance(prices, Mapping):
        for key, value in prices.items():
            yield from price_diagnostics(value, (*path, key))
    elif isinstance(prices, float) and not math.isfinite(prices):
        word = ".nan" if math.isnan(prices) else ".inf" if prices > 0 else "-.inf"
        hint = "Write a number, or remove the price: what it is for is then not known."
        yield Diagnostic(path, f"`{path[-1]}` is `{word}`, which is no price.", hint, "wrong-value")
