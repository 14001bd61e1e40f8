"""What a mapped task is mapped over, once it is known: a small task before it finds that out."""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from typing import Any, Literal

from airflow.providers.common.compat.sdk import conf
from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from jinja2 import UndefinedError

from include.operators.outputs import SkippedError
from include.operators.templates import NativeTemplates
from include.runtime.errors import NotPassableError
from include.runtime.values import decoded, encoded

log = logging.getLogger(__name__)

Shape = Literal["combinations", "rows", "values"]


class MappedItems(NativeTemplates, BaseOperator):
    """Returns the list that another task is mapped over, which Airflow must have as a task's whole result.

    Args:
        mapped_task: the id of that task, for messages.
        over: what it is mapped over, as the pipeline writes it; templated, types kept.
        shape: what `over` is: lists by name, of which each combination is an instance (`combinations`); a list of
            mappings, each an instance (`rows`); a list of anything, each a value of one argument (`values`).
        encode: whether values that are no JSON go in the encoding of `include.runtime.values`, for our operators.
    """

    custom_operator_name = "items to map over"
    template_fields: Sequence[str] = ("over",)

    def __init__(self, *, mapped_task: str, over: Any, shape: Shape, encode: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mapped_task = mapped_task
        self.over = over
        self.shape = shape
        self.encode = encode

    def execute(self, context: Context) -> list[Any]:
        """Find the list.

        Args:
            context: Airflow's template context; not used.

        Returns:
            One item for each instance of the mapped task.

        Raises:
            AirflowFailException: what a template gave is no list, or too long a one; the message says which.
            AirflowSkipException: a template names the result of a task that was skipped.
        """
        try:
            items = self._items(decoded(self.over))
        except (
            UndefinedError
        ) as error:  # filters give their values, and say what is not there, once these are asked for
            raise self._unfilled(error) from None
        if items:
            log.info("%s is mapped over %s", self.mapped_task, _count(len(items)))
        else:
            log.info("%s is mapped over nothing: it is skipped", self.mapped_task)
        try:
            return [encoded(item, f"item {number}") for number, item in enumerate(items)] if self.encode else items
        except NotPassableError as error:
            raise AirflowFailException(f"{self.mapped_task} cannot be mapped: {error}") from None

    def _unfilled(self, error: UndefinedError) -> Exception:
        # Under a trigger rule that takes what is skipped, too; there is nothing to map over then.
        return (
            AirflowSkipException(f"skipped: {error}") if isinstance(error, SkippedError) else super()._unfilled(error)
        )

    def _items(self, over: Any) -> list[Any]:
        if self.shape == "combinations":
            lists = {name: self._listed(values, f"expand.{name}") for name, values in over.items()}
            self._limit(math.prod(map(len, lists.values())))  # before they are made: of three lists there are many
            return [dict(zip(lists, values, strict=True)) for values in itertools.product(*lists.values())]
        rows = self._listed(over, "expand" if self.shape == "values" else "expand_kwargs")
        self._limit(len(rows))
        if self.shape == "values":
            return rows
        for number, row in enumerate(rows):
            if not isinstance(row, Mapping):
                raise self._refused(f"expand_kwargs[{number}]", row, "a mapping from names to values")
        return rows

    def _limit(self, count: int) -> None:
        longest = conf.getint("core", "max_map_length")
        if count > longest:
            raise AirflowFailException(
                f"{self.mapped_task} would be mapped over {count:,} items; Airflow maps over {longest:,} at most"
                " (`max_map_length` in its section [core]). Give each instance several of them."
            )

    def _listed(self, value: Any, where: str) -> list[Any]:
        # A text is a sequence, too, and never what is meant; of a set nobody knows the order, of a mapping which part.
        if isinstance(value, Sequence | Iterator | ItemsView | KeysView | ValuesView) and not isinstance(
            value, str | bytes
        ):
            return list(value)
        parts = ": its `.items()`, `.keys()` or `.values()`" if isinstance(value, Mapping) else ""
        raise self._refused(where, value, f"a list{parts}")

    def _refused(self, where: str, value: Any, wanted: str) -> AirflowFailException:
        shown = repr(value)
        shown = shown if len(shown) <= 60 else shown[:59] + "…"
        return AirflowFailException(
            f"{self.mapped_task} cannot be mapped: {where} gave {shown}, a {type(value).__name__},"
            f" and must give {wanted}."
        )


def _count(number: int) -> str:
    return f"{number:,} item" if number == 1 else f"{number:,} items"
