"""The loader: which DAGs it registers, what they look like in Airflow, and what it does with files that are broken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.definitions.param import process_params
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError
from airflow.serialization.serialized_objects import DagSerialization

from include.factory.import_errors import PipelineError
from include.factory.project import Project
from include.factory.register import register
from tests.factory.conftest import HERE

ROOT = HERE.parents[1]
ONE = "tasks:\n  first: {sql: select 1}\n"
SIDE_BY_SIDE = """\
pipeline: sample
description: A sample
params: {table: T, rows: {default: 3, type: integer}}
tasks:
  create:
    sql: include/tasks/create.sql
  load:
    python_callable: include.tasks.sample.load
    op_kwargs: {table: "{{ params.table }}", rows: "{{ params.rows }}"}
    dependencies: [create]
    target: snowpark
  train:
    python_callable: include.tasks.sample.trains
    dependencies: [load]
    retry_delay: 1m30s
    snowpark: {run_as: stored_procedure, packages: [scikit-learn]}
    kubernetes: {env: {STAGE: "{{ target }}"}}
  score:
    batch_callable: include.tasks.sample.score_with_model
    input: {table: "{{ outputs.load.table }}", columns: [A]}
    output: {table: "S_{{ target }}", column: B}
    model: "{{ outputs.train.model }}"
variants:
  here: {target: snowpark}
  there: {target: kubernetes}
  both: {target: [snowpark, kubernetes]}
"""


def _write(project: Project, name: str, text: str) -> None:
    (project.configs / name).write_text(text, encoding="utf-8")


def _registered(project: Project) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    register(namespace, project.root)
    return namespace


def _complaint(dag: DAG) -> str:
    with pytest.raises(PipelineError) as caught:
        DagSerialization.to_dict(dag)
    return str(caught.value)


@pytest.fixture
def dags(project: Project) -> dict[str, Any]:
    _write(project, "sample.yaml", SIDE_BY_SIDE)
    return _registered(project)


def test_a_variant_is_a_dag(dags: dict[str, Any]) -> None:
    assert set(dags) == {"sample_here", "sample_there", "sample_both"}


def test_the_same_task_becomes_the_operator_of_the_target(dags: dict[str, Any]) -> None:
    def operators(name: str) -> dict[str, str]:
        return {task.task_id: type(task).__name__ for task in dags[name].tasks}

    assert operators("sample_here") == {
        "create": "SnowflakeSQLOperator",
        "load": "SnowparkOperator",
        "train": "SnowparkOperator",
        "score": "SnowparkBatchOperator",
    }
    assert operators("sample_there") == {
        "create": "SnowflakeSQLOperator",
        "load": "SnowparkOperator",  # pinned
        "train": "SnowparkPodOperator",
        "score": "SnowparkBatchPodOperator",
    }


def test_side_by_side_has_a_group_for_each_target_and_compares(dags: dict[str, Any]) -> None:
    dag = dags["sample_both"]

    assert {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks} == {
        "create": [],
        "load": ["create"],
        "snowpark.train": ["load"],
        "kubernetes.train": ["load"],
        "snowpark.score": ["load", "snowpark.train"],
        "kubernetes.score": ["kubernetes.train", "load"],
        "compare": ["kubernetes.score", "snowpark.score"],
    }
    assert set(dag.task_group.get_task_group_dict()) == {None, "snowpark", "kubernetes"}
    assert type(dag.get_task("compare")).__name__ == "ComparisonOperator"
    assert dag.get_task("compare").op_kwargs == {
        "outputs": [
            {
                "task": "score",
                "tables": {"snowpark": "S_snowpark", "kubernetes": "S_kubernetes"},
                "asked": {"column": "B"},
            }
        ],
        "models": [
            {
                "task": "train",
                "used_by": "score",
                "models": {
                    target: f"{{{{ result_of(ti, '{target}.train') | default(none) }}}}"
                    for target in ("snowpark", "kubernetes")
                },
                "metrics": {},
            }
        ],
    }
    assert dag.get_task("kubernetes.train").task_display_name == "train"


def test_references_become_what_airflow_renders(dags: dict[str, Any]) -> None:
    here, both = dags["sample_here"], dags["sample_both"]

    assert here.get_task("load").op_kwargs == {"table": "{{ params.table }}", "rows": "{{ params.rows }}"}
    assert here.get_task("score").batch_input["table"] == "{{ result_of(ti, 'load', 'table') }}"
    assert here.get_task("score").batch_output["table"] == "S_snowpark"
    assert both.get_task("kubernetes.score").model == "{{ result_of(ti, 'kubernetes.train', 'model') }}"
    assert here.get_task("create").sql == "create table if not exists {{ params.table }} (n integer);\n"


def test_a_run_gives_its_tasks_the_params(dags: dict[str, Any]) -> None:
    dag = dags["sample_both"]
    for task in dag.tasks:
        assert process_params(dag, task, {"rows": 5}, suppress_exception=False) == {"table": "T", "rows": 5}
    with pytest.raises(ParamValidationError):
        process_params(dag, dag.get_task("load"), {"rows": "five"}, suppress_exception=False)


def test_layers_lie_over_each_other(dags: dict[str, Any]) -> None:
    train = dags["sample_here"].get_task("train")

    assert train.retry_delay.total_seconds() == 90  # the task's
    assert train.retries == 1  # the defaults'
    assert train.run_as == "stored_procedure"
    assert dags["sample_here"].get_task("load").run_as == "session"


def test_a_broken_file_harms_no_other(project: Project) -> None:
    _write(project, "sample.yaml", SIDE_BY_SIDE)
    _write(project, "broken.yaml", "pipeline: broken\ntasks:\n  first:\n    sqll: select 1\n")

    registered = _registered(project)

    broken = registered.pop("broken configs/broken.yaml")
    assert set(registered) == {"sample_here", "sample_there", "sample_both"}
    assert broken.relative_fileloc == "configs/broken.yaml"
    broken.relative_fileloc = "dags/snowpod.py"  # as Airflow's importer does
    assert broken.relative_fileloc == "configs/broken.yaml"
    assert "configs/broken.yaml:4:5: `tasks.first.sqll` is not a key of the format." in _complaint(broken)
    assert "Did you mean `sql`?" in _complaint(broken)


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ("operator: tests.factory.operators_for_tests.Raises\n    at: start", "RuntimeError: raised at start"),
        ("operator: tests.factory.operators_for_tests.Raises\n    at: serialisation", "raised at serialisation"),
        ("operator: tests.factory.operators_that_exit.Never", "SystemExit: raised by the import"),
        ("sql: select 1\n    executor: NoSuchExecutor", "NoSuchExecutor"),
    ],
)
def test_what_airflow_refuses_harms_only_its_own_pipeline(
    project: Project, task: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    _write(project, "sample.yaml", SIDE_BY_SIDE)
    _write(project, "refused.yaml", f"pipeline: refused\ntasks:\n  first:\n    {task}\n")

    registered = _registered(project)

    assert says in _complaint(registered.pop("broken configs/refused.yaml"))
    assert says in caplog.text, "`airflow dags test` shows no import errors, only the log"
    assert set(registered) == {"sample_here", "sample_there", "sample_both"}


@pytest.mark.parametrize("sql", ["{{ ? }}", "{% for %}", "a\\0b.sql", f"{'a' * 5000}.sql"])
def test_what_cannot_be_compiled_harms_only_its_own_pipeline(project: Project, sql: str) -> None:
    _write(project, "sample.yaml", SIDE_BY_SIDE)
    _write(project, "odd.yaml", f'pipeline: odd\ntasks:\n  first:\n    sql: "{sql}"\n')

    registered = _registered(project)

    assert set(registered) == {"sample_here", "sample_there", "sample_both", "broken configs/odd.yaml"}
    assert "configs/odd.yaml:" in _complaint(registered["broken configs/odd.yaml"])


def test_a_dag_id_belongs_to_the_file_of_its_name(project: Project) -> None:
    for name in ("a_copy.yaml", "sample.yaml", "z_copy.yaml"):
        _write(project, name, SIDE_BY_SIDE)

    registered = _registered(project)

    assert {"sample_here", "broken configs/a_copy.yaml", "broken configs/z_copy.yaml"} <= set(registered)
    assert "configs/sample.yaml has the same DAG ids" in _complaint(registered["broken configs/a_copy.yaml"])


def test_broken_defaults_are_said_once(project: Project) -> None:
    _write(project, "sample.yaml", SIDE_BY_SIDE)
    _write(project, "defaults.yaml", "dag: {catchup: no}\n")

    registered = _registered(project)

    assert list(registered) == ["broken configs/defaults.yaml"]
    assert "`dag.catchup` must be `true` or `false`" in _complaint(registered["broken configs/defaults.yaml"])


def test_an_unknown_environment_is_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWPOD_ENVIRONMENT", "prodction")
    _write(project, "sample.yaml", SIDE_BY_SIDE)

    registered = _registered(project)

    assert "Did you mean `production`?" in _complaint(registered["broken configs/environments/prodction.yaml"])


class TestAtATaskRun:
    @pytest.fixture(autouse=True)
    def asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "sample_both")

    def test_only_the_dag_asked_for_is_built(self, project: Project) -> None:
        _write(project, "sample.yaml", SIDE_BY_SIDE)
        _write(project, "other.yaml", SIDE_BY_SIDE.replace("pipeline: sample", "pipeline: other"))
        _write(project, "broken.yaml", "pipeline: [\n")

        assert list(_registered(project)) == ["sample_both"]

    @pytest.mark.parametrize("line", ["pipeline: sample", "'pipeline': \"sample\"  # its name", '"pipeline":   sample'])
    def test_it_is_found_in_a_file_of_any_name(self, project: Project, line: str) -> None:
        (project.configs / "team").mkdir()
        _write(project, "team/anything.yaml", SIDE_BY_SIDE.replace("pipeline: sample", line))
        _write(project, "sample.yaml", SIDE_BY_SIDE.replace("pipeline: sample", "pipeline: other"))

        assert list(_registered(project)) == ["sample_both"]

    @pytest.mark.parametrize(
        "task",
        [
            "operator: tests.factory.operators_for_tests.Raises\n    at: start",
            "operator: tests.factory.operators_that_exit.Never",
            'sql: "a\\0b.sql"',
        ],
    )
    @pytest.mark.parametrize("name", ["sample", "sam", "sample_both"])
    def test_a_file_of_a_like_name_that_cannot_be_built_harms_it_not(
        self, project: Project, name: str, task: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        _write(project, "anything.yaml", SIDE_BY_SIDE)
        _write(project, f"{name}.yaml", f"pipeline: {name}_bo\ntasks:\n  first:\n    {task}\n")

        assert list(_registered(project)) == ["sample_both"]
        assert caplog.text == "", "what is wrong with another pipeline is nothing for this task's log"

    def test_a_file_broken_meanwhile_says_why_in_the_task_log(
        self, project: Project, caplog: pytest.LogCaptureFixture
    ) -> None:
        _write(project, "sample.yaml", SIDE_BY_SIDE.replace("retry_delay", "retry_dely"))

        assert _registered(project) == {}
        assert "Did you mean `retry_delay`?" in caplog.text

    @pytest.mark.parametrize(
        ("files", "why"),
        [
            ({"sample.yaml": SIDE_BY_SIDE.replace("retry_delay", "retry_dely")}, "Did you mean `retry_delay`?"),
            ({"sample.yaml": "pipeline: ["}, "This is not YAML"),
            ({"sample.yaml": SIDE_BY_SIDE.replace("both:", "all:")}, "No file in configs/ gives it any more."),
            ({}, "No file in configs/ gives it any more."),
            ({"sample.yaml": SIDE_BY_SIDE, "defaults.yaml": "dag: {catchup: no}"}, "`dag.catchup` must be"),
        ],
        ids=["mistake", "syntax", "variant_gone", "file_gone", "defaults"],
    )
    def test_a_task_of_a_dag_that_is_not_there_fails_with_the_reason(
        self, project: Project, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], why: str
    ) -> None:
        monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_TASK_ID", "snowpark.train")
        for name, text in files.items():
            _write(project, name, text)

        registered = _registered(project)

        assert list(registered) == ["sample_both"]
        (task,) = registered["sample_both"].tasks
        assert task.task_id == "snowpark.train"
        for run in (lambda: task.execute({}), lambda: task.resume_execution("execute_complete", {}, {})):
            with pytest.raises(AirflowFailException, match="There is no DAG sample_both now") as failed:
                run()
            assert why in str(failed.value)


def test_the_loader_needs_neither_a_path_nor_telemetry(project: Project) -> None:
    """As Airflow runs it: the file alone, from anywhere; dag-factory must not call home."""
    code = (
        "import runpy, sys; found = runpy.run_path(sys.argv[1]); from dagfactory import telemetry; "
        "print(sorted(name for name in found if name.startswith('taxi')), telemetry.should_emit())"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH",)}
    environment.pop("AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY", None)
    ran = subprocess.run(
        [sys.executable, "-c", code, str(ROOT / "dags" / "snowpod.py")],
        cwd=project.root, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip

    reported = ran.stdout.splitlines()[-1]
    assert "taxi_trip_duration_side_by_side" in reported
    assert reported.endswith("False")


def test_airflow_takes_the_loader_for_a_dag_file() -> None:
    content = Path(ROOT / "dags" / "snowpod.py").read_text().lower()
    assert "airflow" in content
    assert "dag" in content


@pytest.mark.parametrize("other", ["a", "z/sales_eu", "z/sales"])
def test_a_task_starts_from_the_file_that_has_its_dag(
    project: Project, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    """Two claim it, one of them by its file's name: which has it does not depend on who asks."""
    _write(project, "sales.yaml", "pipeline: sales_eu\ntasks:\n  of_sales: {sql: select 1}\n")
    (project.configs / "z").mkdir()
    _write(project, f"{other}.yaml", f"pipeline: sales\nvariants: {{eu: {{target: snowpark}}}}\n{ONE}")
    _write(project, "sales_us.yaml", f"pipeline: sales_us\n{ONE}")
    whole = _registered(project)
    for dag_id in ("sales_eu", "sales_us"):
        monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", dag_id)
        monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_TASK_ID", "first")
        assert _registered(project)[dag_id].task_ids == whole[dag_id].task_ids


def test_a_task_whose_file_has_its_name_reads_no_others(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.configs / "team").mkdir()
    _write(project, "team/sales.yaml", f"pipeline: sales\nvariants: {{north_east: {{target: snowpark}}}}\n{ONE}")
    _write(project, "other.yaml", f"pipeline: other\n{ONE}")
    read: list[str] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: (read.append(path.name), whole(path))[1])
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "sales_north_east")
    assert set(_registered(project)) == {"sales_north_east"}
    assert "sales.yaml" in read
    assert "other.yaml" not in read
