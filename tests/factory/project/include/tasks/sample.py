"""Functions that the configurations of these tests name. None is ever imported or called: `broken` below would tell."""

from __future__ import annotations

import functools
from typing import Any

VERSION = "1"


def load(session: Any, table: str, rows: int = 10) -> dict[str, Any]:
    if not rows:
        return {"table": table, "rows": 0}
    return {"table": table, "rows": rows}


def anything(session: Any, **kwargs: Any) -> Any:
    return kwargs


def no_arguments(session: Any) -> None:
    return None


def keyword_only(session: Any, *, table: str) -> str:
    return table


def positional_only(session: Any, table: str, /) -> str:
    return table


def without_session(*, table: str) -> str:
    return table


def table_first(table: str) -> str:
    return table


async def asynchronous(session: Any) -> None:
    return None


def trains(session: Any) -> dict[str, Any]:
    import sklearn.linear_model

    return {"model": str(sklearn)}


def score(batch: Any) -> Any:
    return batch["A"]


def score_with_model(batch: Any, model: Any) -> Any:
    return model.predict(batch)


def score_with_option(batch: Any, model: Any = None, factor: float = 1.0) -> Any:
    return batch["A"] * factor


def score_three(batch: Any, model: Any, factor: float) -> Any:
    return batch["A"] * factor


def score_nothing() -> Any:
    return None


@functools.cache
def decorated(session: Any) -> None:
    return None


class Loader:
    """Not a function."""


partial = functools.partial(load, rows=1)
