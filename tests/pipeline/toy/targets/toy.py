"""The target `toy`: functions in Airflow's own interpreter, painted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from include.factory.diagnostics import Diagnostic
from include.factory.target import Target


class Toy(Target):
    """Runs any function where Airflow is."""

    def where(self, task: Mapping[str, Any]) -> str:
        """Return the target and its colour."""
        return f"{self.name}, in {task['colour']}"

    def section_diagnostics(self, section: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """Check the size."""
        if section.get("size", 0) > 9:
            yield Diagnostic(("size",), f"{section['size']} is no size for a toy.", "Write 9 at most.", "wrong-size")


TARGET = Toy(
    operators={
        "python_callable": "include.operators.toy.ToyOperator",
        "batch_callable": "include.operators.toy.ToyBatchOperator",
    },
    misnamed={"color": "Write `colour`."},
)
