"""The module `_snowflake` that handlers import in Snowflake."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])


def vectorized(input: type, max_batch_size: int | None = None, **_: Any) -> Callable[[_Function], _Function]:
    """Mark a handler as taking batches.

    Args:
        input: pandas.DataFrame, the only type that Snowflake knows.
        max_batch_size: Most rows in one call; None for as many as come.

    Returns:
        The decorator.
    """

    def mark(function: _Function) -> _Function:
        function._sf_vectorized_input = input  # type: ignore[attr-defined]
        function._sf_max_batch_size = max_batch_size  # type: ignore[attr-defined]
        return function

    return mark


def install() -> None:
    """Make `import _snowflake` work."""
    module = types.ModuleType("_snowflake")
    module.vectorized = vectorized  # type: ignore[attr-defined]
    sys.modules["_snowflake"] = module
