"""How figures are written, and that an unknown one is none."""

from __future__ import annotations

import pytest

from include.report import words


@pytest.mark.parametrize(
    ("value", "written"),
    [
        *((None, "not known"), (0, "0.00 s"), (0.349, "0.35 s"), (12.34, "12.3 s"), (60, "1 min"), (119.7, "2 min")),
        *((61.2, "1 min 1 s"), (3599.8, "1 h 0 min"), (7500, "2 h 5 min"), (360_000, "100 h 0 min")),
    ],
)
def test_seconds(value: float | None, written: str) -> None:
    assert words.seconds(value) == written


@pytest.mark.parametrize(
    ("value", "complete", "written"),
    [
        *((None, True, "not known"), (None, False, "not known"), (0, True, "0 EUR"), (0, False, "not known")),
        *((1234.5, True, "1,234.50 EUR"), (0.0012345, True, "0.00123 EUR"), (2, False, "at least 2.00 EUR")),
        *((0.5, True, "0.500 EUR"), (1.25e-9, True, "1.25e-09 EUR")),
    ],
)
def test_money(value: float | None, complete: bool, written: str) -> None:
    assert words.money(value, "EUR", complete) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        *((None, "not known"), (0.0, "0"), (238.279, "238.28"), (0.84612345, "0.84612"), (-0.023, "-0.02300")),
        *((1e-9, "1e-09"), (12_345_678.9, "12,345,679"), (3.0, "3"), (1e20, "1e+20")),
    ],
)
def test_figures(value: float | None, written: str) -> None:
    assert words.figure(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [(None, "not known"), (0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2**30, "1.1 GB")]
)
def test_sizes(value: float | None, written: str) -> None:
    assert words.size(value) == written


def test_lists() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed([str(number) for number in range(20)]) == "0, 1, 2, 3, 4 and 15 others"
