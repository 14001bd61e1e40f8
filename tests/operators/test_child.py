"""What a child process of a task finds in its environment: the project and the pipe, nothing of Airflow's."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowException
from airflow.sdk import DAG

from include.operators import SnowparkOperator
from tests.conftest import ROOT

RECORDER = """\
#!/bin/sh
env > "{seen}"
echo started >> "{seen}.starts"
exit 3
"""


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of the interpreter that an operator starts."""
    file, python = tmp_path / "seen", tmp_path / "python"
    python.write_text(RECORDER.format(seen=file))
    python.chmod(0o700)
    monkeypatch.setenv(
        "AIRFLOW_CONN_SNOWFLAKE_DEFAULT", '{"conn_type": "snowflake", "login": "ann", "password": "of-the-connection"}'
    )
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "sqlite:////of-airflow.db")
    monkeypatch.setenv("_AIRFLOW_WWW_USER_PASSWORD", "of-the-admin")
    monkeypatch.setenv("OF_THE_USER", "kept")
    monkeypatch.setenv("PYTHONPATH", "/of/the/user")
    with DAG("dag"):
        operator = SnowparkOperator(
            task_id="task", function="include.tasks.taxi.train", python=str(python), op_kwargs={}
        )
    names = {"dag_id": "dag", "task_id": "task", "run_id": "monday", "try_number": 1, "map_index": -1}
    context: Any = {"ti": SimpleNamespace(**names), "outlet_events": {}}
    with pytest.raises(AirflowException, match="the Snowpark interpreter ended with exit code 3"):
        operator.execute(context)
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)


def test_nothing_of_airflow_is_in_it(seen: dict[str, str]) -> None:
    assert [name for name in seen if name.lstrip("_").startswith("AIRFLOW")] == []
    assert "of-the-admin" not in str(seen)
    assert "of-the-connection" not in str(seen)


@pytest.mark.usefixtures("seen")
def test_the_interpreter_is_started_once(tmp_path: Path) -> None:
    assert (tmp_path / "seen.starts").read_text() == "started\n"


def test_the_users_variables_are_and_the_project_can_be_imported(seen: dict[str, str]) -> None:
    assert seen["OF_THE_USER"] == "kept"
    assert seen["PYTHONPATH"] == f"{ROOT}:/of/the/user"
    assert seen["SNOWPOD_CONNECTION_FD"].isdigit()
    assert seen["PYTHONUNBUFFERED"] == "1"
