"""What all tests share: where the project is, its trips, and what a test needs."""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from snowflake.snowpark import Session
from snowflake.snowpark.session import _get_active_sessions

from include.local.real_flights import provide
from include.runtime.session import open_session
from tests.laptop import Laptop, laptop_in
from tests.scripted_snowflake import ScriptedSnowflake, scripted_snowflake
from tests.two_at_a_time import CLUSTER, ByModule

ROOT = Path(__file__).resolve().parents[1]
TRIPS = Path(os.environ.get("SNOWPOD_TEST_TRIPS") or ROOT / "include" / "data" / "taxi")
SNOWPARK_PYTHON = ROOT / ".local" / "venvs" / "snowpark" / "bin" / "python"


NEEDS = {"server": "server", "account": "server", "laptop": "server", "cluster": "cluster", "page": "browser"}
"""The marker of a test by a fixture that it uses, itself or through another.

Tests that start one by themselves say so by a marker.
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for marker in sorted({NEEDS[name] for name in getattr(item, "fixturenames", ()) if name in NEEDS}):
            item.add_marker(marker)
    if hasattr(config, "workerinput"):  # the longest group first
        items.sort(key=lambda item: not item.nodeid.startswith(CLUSTER))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByModule:
    return ByModule(config, log)


def pytest_unconfigure() -> None:
    # Snowpark logs once more when Python ends, to a stream that pytest has closed by then.
    logging.raiseExceptions = False
    # A session that a test left open would ask its server at exit, again and again, and that is gone by then.
    for left in _get_active_sessions(require_at_least_one=False):
        atexit.unregister(left._close_at_exit)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def trips() -> Path:
    """The folder of trips that SNOWPOD_TEST_TRIPS names, else the project's invented sample."""
    return TRIPS


@pytest.fixture(scope="session")
def real_flights() -> Path:
    """The folder of New York's real flights of 2013, as `make data` brings them."""
    try:
        return provide()
    except subprocess.CalledProcessError as error:
        missing = f"no package index: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    with laptop_in(tmp_path_factory.mktemp("laptop")) as laptop:
        yield laptop


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedSnowflake]:
    """A Snowflake that answers what the test says."""
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    (tmp_path / "stage").mkdir()
    with scripted_snowflake(tmp_path / "stage") as snowflake:
        yield snowflake


@pytest.fixture
def session(scripted: ScriptedSnowflake) -> Iterator[Session]:
    """A Snowpark session on it."""
    opened = open_session(scripted.parameters, {})
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def environment_left_alone() -> Iterator[None]:
    """Fail a test that leaves another environment behind: what a later test starts would run in it."""
    before = _variables()
    yield
    assert _variables() == before


def _variables() -> dict[str, str]:
    """What decides how the commands and Airflow run; imports set others, and dag-factory's telemetry."""
    telemetry = "AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY"
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("AIRFLOW", "SNOWPOD_")) and name != telemetry
    }
