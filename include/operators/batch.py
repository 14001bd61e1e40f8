"""What a `batch_callable` is given, whatever the target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:

    class _Operator:
        """What stands after the mixin: an operator that hands a request to the runtime."""

        def __init__(self, **kwargs: Any) -> None: ...
        def request(self) -> dict[str, Any]: ...
else:
    _Operator = object

BATCH = ("batch_input", "batch_output", "model")
"""The template fields that it adds."""


class BatchArguments(_Operator):
    """Mixin of the batch operators of both targets.

    Args:
        batch_input: `table` and `columns`.
        batch_output: `table`, `column`, `type` (FLOAT) and `keep` (columns of the input that go along; all).
        model: stage path of the file that the function gets loaded as its second argument.
    """

    mode: ClassVar[str]
    """How the runtime runs the function: a mode of `include.runtime.request.Request`."""

    def __init__(self, *, batch_input: dict[str, Any], batch_output: dict[str, Any], model: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.batch_input = batch_input
        self.batch_output = batch_output
        self.model = model

    def request(self) -> dict[str, Any]:
        """The request of the base class, with mode, input, output and model."""
        return {**super().request(), "mode": self.mode, "input": self.batch_input, "output": self.batch_output, "model": self.model}
