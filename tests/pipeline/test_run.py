"""`make run` of any pipeline: what it says of one, and what it refuses before anything starts.

Two other configs of the project are bad.
"""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.laptop import Laptop

OTHERS = ("configs/broken.yaml", "configs/refused.yaml")


@pytest.fixture(scope="module")
def odd(users: Laptop) -> dict[str, Any]:
    done = users.run("odd_results")
    assert done.code == 0, done.output
    return {**users.latest("odd_results"), "output": done.output}


def test_a_text_is_shown_as_the_text_that_it_is(odd: dict[str, Any]) -> None:
    results = {task["task_id"]: task["result"] for task in odd["tasks"] if task["map_index"] is None}
    assert results == {
        "bracket": "[3 files] done",
        "brace": "{not json",
        "json_text": '{"a": 1}',
        "nothing": "",
        "fails": None,
        "last": "hello 3",
    }


def test_the_instances_of_a_mapped_task_have_their_index(odd: dict[str, Any]) -> None:
    assert {task["map_index"]: task["result"] for task in odd["tasks"] if task["task_id"] == "mapped"} == {
        0: "one",
        1: "two",
    }
    lines = odd["output"].splitlines()
    for name, result in (("mapped[0]", '"one"'), ("mapped[1]", '"two"')):
        assert any(line.startswith(name) and line.endswith(result) for line in lines)
        assert any(line.split()[:2] == ["success", name] for line in lines)


def test_the_verdict_is_airflows(odd: dict[str, Any]) -> None:
    assert {task["task_id"]: task["state"] for task in odd["tasks"]}["fails"] == "failed"
    assert odd["state"] == "success", "its last task ran all the same"
    assert "odd_results: success" in odd["output"]
    _, _, error = odd["output"].partition("fails failed:")
    assert "Bash command failed" in error


def test_the_report_is_named_at_the_end_and_says_what_failed(odd: dict[str, Any], users: Laptop) -> None:
    verdict, path = odd["output"].splitlines()[-2:]
    folder = users.local / "runs" / "odd_results"
    assert verdict.startswith("Failed: fails; succeeded in ")
    assert (users.root / path.removeprefix("report: ")).resolve() == folder / "report.html"
    report = json.loads((folder / "report.json").read_text())
    assert (report["verdict"], report["run_id"]) == (verdict, odd["run_id"])
    assert {task["task_id"] for task in report["tasks"]} == {task["task_id"] for task in odd["tasks"]}
    assert verdict.partition(";")[0] in (folder / "report.html").read_text()


@pytest.mark.parametrize(
    ("conf", "says"),
    [
        ("{word: 1}", "CONF is no JSON (Expecting property name enclosed in double quotes"),
        ("word=1", """Write an object in single quotes: CONF='{"word": "hello"}'"""),
        ("[1]", """CONF must be a JSON object, not [1]. Write the params by name: CONF='{"word": "hello"}'"""),
        ('"text"', 'CONF must be a JSON object, not "text".'),
        ('{"wrod": 1}', "CONF: `wrod` is no param of this pipeline. Did you mean `word`?"),
        (
            '{"number": "x"}',
            """CONF: `number` cannot be "x": 'x' is not of type 'integer'. It takes {"type": "integer"}""",
        ),
        ('{"number": null}', "CONF: `number` cannot be null"),
    ],
)
def test_a_wrong_conf_is_said_and_nothing_else(users: Laptop, conf: str, says: str) -> None:
    done = users.command("-m", "include.local.run", "odd_results", "--conf", conf)
    assert done.code == 2
    assert says in done.output
    assert len(done.output.splitlines()) <= 2
    assert not any(other in done.output for other in OTHERS)


@pytest.mark.parametrize(
    ("dag_id", "says", "others"),
    [
        ("broken", "configs/broken.yaml:4:5: `tasks.first.sqll` is not a key", ["refused.yaml"]),
        ("odd_result", "There is no DAG odd_result. Did you mean `odd_results`?", ["broken.yaml", "refused.yaml"]),
        (
            "needs_another",
            "start_it starts odd_results, but a single run has no other beside it: start Airflow",
            ["broken.yaml"],
        ),
    ],
)
def test_what_cannot_run_says_its_own_reason(users: Laptop, dag_id: str, says: str, others: list[str]) -> None:
    done = users.command("-m", "include.local.run", dag_id)
    assert done.code == 2
    assert says in done.output
    assert not any(other in done.output for other in others)


def test_what_airflow_refuses_is_said_of_its_own_file(users: Laptop) -> None:
    done = users.command("-m", "include.local.run", "refused")
    assert done.code == 2
    assert "configs/refused.yaml:" in done.output
    assert "NoSuchExecutor" in done.output
    assert "broken.yaml" not in done.output


def test_what_the_environment_needs_is_looked_for_first(users: Laptop, tmp_path: Path) -> None:
    needs = {"SNOWPOD_ENVIRONMENT": "production", "SNOWPARK_PYTHON": str(tmp_path / "python")}
    done = users.command("-m", "include.local.run", "taxi_trip_duration_kubernetes", **needs)
    assert done.code == 2
    assert f"The Snowpark interpreter {tmp_path}/python of stage_files" in done.output
    assert "There is no Airflow connection snowflake_production" in done.output
    assert "AIRFLOW_CONN_SNOWFLAKE_PRODUCTION" in done.output
    assert "this machine is in none" in done.output
    assert "The image registry.example.com/snowpod-task:1.0.0 of train" in done.output
    assert "snowflake: embedded" not in done.output, "nothing has started yet"


def test_an_unknown_environment_is_said(users: Laptop) -> None:
    done = users.command("-m", "include.local.run", "odd_results", SNOWPOD_ENVIRONMENT="prodction")
    assert done.code == 2
    assert "Did you mean `production`?" in done.output


def test_validate_says_what_the_loader_says(users: Laptop) -> None:
    done = users.command("-m", "include.factory", "validate")
    assert done.code == 1
    assert done.output.splitlines()[-1].endswith("checked: 2 mistakes in 2 files")
    for other in OTHERS:
        assert f"{other}:" in done.output
    code = "from include.factory import register_dags; found = {}; register_dags(found); print(sorted(found))"
    python = users.root / ".venv" / "bin" / "python"
    loads = subprocess.run([python, "-c", code], cwd=users.root, capture_output=True, text=True, check=True)
    assert [name for name in ast.literal_eval(loads.stdout.splitlines()[-1]) if name.startswith("broken ")] == [
        f"broken {other}" for other in OTHERS
    ]
