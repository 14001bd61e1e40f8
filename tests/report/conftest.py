from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.report.airflow_database import Writer, make


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("airflow") / "airflow.db"
    make(path)
    return path


@pytest.fixture
def written(empty_database: Path, tmp_path: Path) -> Iterator[Writer]:
    """Airflow's metadata database, empty, to write runs into."""
    path = Path(shutil.copy(empty_database, tmp_path))
    with create_engine(f"sqlite:///{path}").connect() as connection:
        yield Writer(connection)
