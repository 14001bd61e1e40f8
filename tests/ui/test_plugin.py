"""What Airflow's processes load of the plugin, and what its UI is told of it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from fastapi.testclient import TestClient

from tests.conftest import ROOT

pytestmark = pytest.mark.server
LOADED = """
import json, sys
import airflow.sdk.execution_time.task_runner
from airflow.sdk import plugins_manager
from airflow.sdk._shared.plugins_manager.plugins_manager import _load_plugins_from_plugin_directory as load
before = set(sys.modules)
(plugin,), errors = load(sys.argv[1])
assert not errors, errors
plugin.on_load(), plugin.macros, plugin.listeners
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_a_task_imports_next_to_nothing_of_it() -> None:
    command = [sys.executable, "-c", LOADED, str(ROOT / "include" / "plugins")]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    ours = {"snowpod", "include", "include.ui", "include.ui.plugin", "include.ui.notes"}
    assert ours <= loaded
    assert {name for name in loaded - ours if not name.startswith(("airflow.", "pluggy"))} == set()


def test_airflow_shows_the_pages_where_people_look_for_them(ann: TestClient) -> None:
    answer = ann.get("/api/v2/plugins", headers={"accept": "application/json"}).json()
    assert ann.get("/api/v2/plugins/importErrors").json()["import_errors"] == []
    (plugin,) = [one for one in answer["plugins"] if one["name"] == "snowpod"]
    views = {view["destination"]: view["href"] for view in plugin["external_views"]}
    assert views == {
        "nav": "snowpod/",
        "dag": "snowpod/dags/{DAG_ID}",
        "dag_run": "snowpod/runs/{DAG_ID}/{RUN_ID}",
    }
    assert len({view["url_route"] for view in plugin["external_views"]}) == 3
    assert plugin["operator_extra_links"] == ["<include.ui.links.ReportLink object>"]
