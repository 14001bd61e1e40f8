"""The operators of the target `toy`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from airflow.sdk import BaseOperator, Context


class _Painted(BaseOperator):
    def __init__(self, *, function: str, snowflake_conn_id: str, colour: str, size: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.function = function
        self.colour = colour
        self.size = size

    def loaded(self) -> Callable[..., Any]:
        module, _, name = self.function.rpartition(".")
        return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]


class ToyOperator(_Painted):
    """Calls `function(session, **op_kwargs)`, whose session is a word."""

    template_fields: Sequence[str] = ("op_kwargs",)

    def __init__(self, *, op_kwargs: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.op_kwargs = op_kwargs

    def execute(self, context: Context) -> Any:
        result = self.loaded()("toy session", **self.op_kwargs)
        return {"result": result, "colour": self.colour, "size": self.size}


class ToyBatchOperator(_Painted):
    """Calls `function(batch)`, whose batch is as many numbers as its input has columns."""

    template_fields: Sequence[str] = ("batch_output",)

    def __init__(
        self, *, batch_input: dict[str, Any], batch_output: dict[str, Any], model: str | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.batch_input = batch_input
        self.batch_output = batch_output

    def execute(self, context: Context) -> Any:
        values = self.loaded()(range(len(self.batch_input["columns"])))
        return {"table": self.batch_output["table"], "values": values, "colour": self.colour, "size": self.size}
