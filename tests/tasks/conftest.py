"""An embedded Snowflake with the sample of flights in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas
import pytest
from snowflake.snowpark import Session

from include.runtime.session import open_session
from include.tasks.flight_features import COLUMNS
from tests.conftest import SNOWPARK_PYTHON
from tests.laptop import Laptop

Tables = dict[str, pandas.DataFrame]
SCHEMA = "FLIGHTS_TESTED"


@pytest.fixture(scope="session")
def sample(root: Path) -> Tables:
    """The sample as INFER_SCHEMA would type it."""
    folder = root / "include" / "data" / "flights"
    tables = {name: pandas.read_csv(folder / f"{name}.csv", na_values=["NA"]) for name in COLUMNS}
    for name in ("flights", "weather"):
        tables[name]["time_hour"] = pandas.to_datetime(tables[name]["time_hour"]).dt.tz_localize(None)
    return {name: table.convert_dtypes().rename(columns=str.upper) for name, table in tables.items()}


@pytest.fixture(scope="module")
def snowflake(laptop: Laptop) -> Iterator[Session]:
    """A session on the laptop's embedded Snowflake, in a schema of its own."""
    session = open_session(laptop.parameters, {})
    session.sql(f"CREATE OR REPLACE SCHEMA {SCHEMA}").collect()
    yield session
    session.sql(f"DROP SCHEMA {SCHEMA}").collect()
    session.close()


def in_snowpark(laptop: Laptop, code: str, **variables: str) -> Any:
    """Run code in the Snowpark interpreter, with a `session`; it prints JSON."""
    start = (
        f"import json; from include.runtime.session import open_session;"
        f" session = open_session({laptop.parameters!r}, {{}}); session.use_schema('{SCHEMA}')\n"
    )
    done = laptop.command("-c", start + code, python=SNOWPARK_PYTHON, **variables)
    assert done.code == 0, done.output
    return json.loads(done.output.splitlines()[-1])
