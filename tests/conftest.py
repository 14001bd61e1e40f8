"""What all tests share: where the project is, and the real trips where a machine has them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.laptop import Laptop, laptop_in

ROOT = Path(__file__).resolve().parents[1]
REAL_TRIPS = ROOT.parent / "shared" / "data" / "taxi"
SNOWPARK_PYTHON = ROOT / ".local" / "venvs" / "snowpark" / "bin" / "python"


def pytest_unconfigure() -> None:
    # Snowpark logs once more when Python ends, to a stream that pytest has closed by then.
    logging.raiseExceptions = False


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def trips() -> Path:
    """10,000 real trips where the machine has them, else the project's invented sample."""
    return REAL_TRIPS if REAL_TRIPS.is_dir() else ROOT / "include" / "data" / "taxi"


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    with laptop_in(tmp_path_factory.mktemp("laptop")) as laptop:
        yield laptop
