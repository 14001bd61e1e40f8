"""What all tests share: where the project is, and the real trips where a machine has them."""

from __future__ import annotations

import logging
import os
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


@pytest.fixture(autouse=True)
def environment_left_alone() -> Iterator[None]:
    """Fail a test that leaves another environment behind: what a later test starts would run in it."""
    before = _variables()
    yield
    assert _variables() == before


def _variables() -> dict[str, str]:
    """What decides how the commands and Airflow run; imports set others, and dag-factory's telemetry."""
    telemetry = "AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY"
    return {name: value for name, value in os.environ.items() if name.startswith(("AIRFLOW", "SNOWPOD_")) and name != telemetry}
