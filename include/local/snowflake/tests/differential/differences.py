"""Compares what the engines make of a program."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.differential.engines import OnPandas, OnSnowpark, Rows
from tests.differential.programs import Program

_EXACT = 10**8

Answer = tuple[list[str], Rows] | Exception


@dataclass(frozen=True)
class Difference:
    """A program whose result is not the expected one.

    Attributes:
        program: The program.
        engine: Whose result it is.
        kind: `error`, `names`, `count` or `rows`.
        expected: The names and rows of pandas.
        found: Those of the engine, or its error.
    """

    program: Program
    engine: str
    kind: str
    expected: Answer
    found: Answer

    def __str__(self) -> str:
        steps = "\n".join(f"  {step}" for step in self.program.steps)
        return (
            f"{self.engine}: {self.kind}\n  {self.program.table}\n{steps}\n  expected {self.expected}\n  found   "
            f" {self.found}"
        )


def difference(program: Program, engine: OnSnowpark, name: str) -> Difference | None:
    """Run a program on an engine and on pandas.

    Args:
        program: The program.
        engine: The engine.
        name: What to call it.

    Returns:
        How its result differs from that of pandas; None where it does not.
    """
    expected = OnPandas().run(program)
    try:
        found = engine.run(program)
    except Exception as error:  # whatever it says: the program is a right one
        return Difference(program, name, "error", expected, error)
    if found[0] != expected[0]:
        return Difference(program, name, "names", expected, found)
    if len(found[1]) != len(expected[1]):
        return Difference(program, name, "count", expected, found)
    pairs = zip(sorted(found[1], key=_key), sorted(expected[1], key=_key), strict=True)
    same = all(_same(a, b) for left, right in pairs for a, b in zip(left, right, strict=True))
    return None if same else Difference(program, name, "rows", expected, found)


def _key(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((value is None, "" if value is None else _text(value)) for value in row)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value)
    return f"{float(value):+.6e}" if isinstance(value, (int, float, Decimal)) else str(value)


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, float) and isinstance(expected, (int, float, Decimal)):
        return math.isclose(found, float(expected), rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(found, bool) != isinstance(expected, bool):
        return False
    if isinstance(found, Decimal) and isinstance(expected, Decimal) and abs(expected) > _EXACT:
        return math.isclose(
            found, expected, rel_tol=1e-14
        )  # a variance has 15 digits or so: see "Different" on the server's page
    return bool(found == expected)
