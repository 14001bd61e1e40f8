"""The command line, as a person or CI calls it."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from include.factory.commands.cli import main
from include.factory.project import Project
from tests.factory.conftest import BROKEN, HERE

ROOT = HERE.parents[1]
GOOD = """\
pipeline: sample
tasks:
  load:
    sql: select 1
  train:
    python_callable: include.tasks.sample.trains
    dependencies: [load]
"""
BAD = "pipeline: sample\ntasks:\n  load:\n    sql: select 1\n    retrys: 3\n"


def _run(project: Project, *words: str | Path) -> int:
    return main(["--root", str(project.root), *map(str, words)])


@pytest.fixture
def good(project: Project) -> Path:
    path = project.configs / "sample.yaml"
    path.write_text(GOOD)
    return path


@pytest.fixture
def bad(project: Project) -> Path:
    path = project.configs / "bad.yaml"
    path.write_text(BAD)
    return path


class TestValidate:
    def test_no_diagnostics(self, project: Project, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _run(project, "validate") == 0
        assert capsys.readouterr().out == "1 pipeline checked: no mistakes\n"

    def test_as_text(self, project: Project, good: Path, bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _run(project, "validate") == 1
        assert (
            capsys.readouterr().out == "configs/bad.yaml:5:5: `tasks.load.retrys` is not a key of the format.\n"
            "  5 |     retrys: 3\n"
            "    |     ^\n"
            "  Did you mean `retries`?\n"
            "\n"
            "2 pipelines checked: 1 mistake in 1 file\n"
        )

    def test_only_the_files_named(
        self, project: Project, good: Path, bad: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert _run(project, "validate", good) == 0
        assert _run(project, "validate", bad) == 1
        assert "1 pipeline checked" in capsys.readouterr().out

    def test_a_folder_linked_into_configs(
        self, project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shared = tmp_path / "shared"
        shared.mkdir()
        (shared / "sample.yaml").write_text(GOOD)
        (shared / "round").symlink_to(shared)
        (project.configs / "team").symlink_to(shared)

        assert _run(project, "validate") == 0
        assert "1 pipeline checked: no mistakes" in capsys.readouterr().out

    def test_a_layer_is_checked_as_one(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        production = project.environments / "production.yaml"
        assert _run(project, "validate", production) == 0
        production.write_text("kubernets: {}\n")

        assert _run(project, "validate") == 1
        assert _run(project, "validate", production) == 1
        assert (
            "configs/environments/production.yaml:1:1: `kubernets` is not a key of the format."
            in capsys.readouterr().out
        )

    def test_diagnostics_of_all_files_at_once(
        self, project: Project, bad: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for path in (BROKEN / "code").glob("*.yaml"):
            (project.configs / path.name).write_text(path.read_text())

        assert _run(project, "validate", "--format", "json") == 1
        found = json.loads(capsys.readouterr().out)
        assert {Path(one["file"]).name for one in found} == {path.name for path in project.configs.glob("*.yaml")} - {
            "defaults.yaml"
        }

    def test_as_json(self, project: Project, bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _run(project, "validate", "--format", "json") == 1
        assert json.loads(capsys.readouterr().out) == [
            {
                "file": "configs/bad.yaml", "line": 5, "column": 5, "path": "tasks.load.retrys", "level": "error",
                "code": "unknown-key",
                "message": "`tasks.load.retrys` is not a key of the format.", "hint": "Did you mean `retries`?",
            }
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("form", "says"),
        [
            ("text", "configs/warned.yaml:13:36: warning: `count` names the table `{{ params.trips }}`, which"),
            ("text", "1 pipeline checked: no mistakes, 1 warning"),
            ("json", '"level": "warning"'),
            ("github", "::warning file=configs/warned.yaml,line=13,col=36,title=unordered::"),
            ("sarif", '"level": "warning"'),
        ],
    )
    def test_a_warning_is_no_mistake(
        self, project: Project, form: str, says: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (project.configs / "warned.yaml").write_text((HERE / "warned" / "sql.yaml").read_text())
        assert _run(project, "validate", "--no-build", "--format", form) == 0
        assert says in capsys.readouterr().out

    def test_for_github(self, project: Project, bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
        bad.write_text(BAD.replace("retrys: 3", "trigger_rule: 100%"))

        assert _run(project, "validate", "--format", "github") == 1
        line = capsys.readouterr().out.splitlines()[0]
        assert line.startswith(
            "::error file=configs/bad.yaml,line=5,col=19,title=wrong-value::`tasks.load.trigger_rule` cannot be"
            " `100%25`."
        )

    def test_as_sarif(self, project: Project, bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _run(project, "validate", "--format", "sarif") == 1
        report = json.loads(capsys.readouterr().out)
        (result,) = report["runs"][0]["results"]
        assert report["version"] == "2.1.0"
        assert result["ruleId"] == "unknown-key"
        assert result["message"]["text"] == "`tasks.load.retrys` is not a key of the format. Did you mean `retries`?"
        location = result["locations"][0]["physicalLocation"]
        assert location == {
            "artifactLocation": {"uri": "configs/bad.yaml"},
            "region": {"startLine": 5, "startColumn": 5},
        }

    @pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
    def test_no_report_shows_a_secret(self, project: Project, form: str, capsys: pytest.CaptureFixture[str]) -> None:
        for path in (BROKEN / "secrets").glob("*.yaml"):
            (project.configs / path.name).write_text(path.read_text())

        assert _run(project, "validate", "--format", form) == 1
        reported = capsys.readouterr().out
        for secret in ("hunter2", "s3cret", "AKIA", "ghp_", "abcdef123456", "MIIEv", "q7Zf0"):
            assert secret not in reported

    def test_airflow_is_asked_too(self, project: Project, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _run(project, "validate") == 0
        good.write_text(
            "pipeline: sample\ntasks:\n  first:\n    operator: tests.factory.operators_for_tests.Raises\n    at:"
            " start\n"
        )

        assert _run(project, "validate", "--no-build") == 0
        assert _run(project, "validate") == 1
        assert "configs/sample.yaml:3:3: Airflow refuses it: RuntimeError: raised at start" in capsys.readouterr().out

    def test_without_building_it_imports_neither_airflow_nor_task_code(self, project: Project) -> None:
        code = (
            "import sys; from include.factory.commands.cli import main; code = main(['--root', sys.argv[1], 'validate',"
            " '--no-build']); print(code, sorted(m for m in sys.modules if m.split('.')[0] in ('airflow', 'dagfactory',"
            " 'kubernetes') or '.tasks' in m))"
        )
        (project.configs / "sample.yaml").write_text((HERE / "right" / "kubernetes_all.yaml").read_text())
        ran = subprocess.run(
            [sys.executable, "-c", code, str(project.root)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert ran.stdout.splitlines()[-1] == "0 []"


class TestPlan:
    def test_what_there_is(self, project: Project, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _run(project, "plan") == 0
        assert (
            capsys.readouterr().out == "sample: 2 tasks, no schedule\n  load   Snowflake (SQL)\n"
            "  train  snowpark (session in the interpreter), after load\n"
        )

    def test_a_schedule_in_hours(self, project: Project, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
        schedule = "{__type__: datetime.timedelta, hours: 6}"
        good.write_text(GOOD.replace("tasks:", f"dag: {{start_date: 2026-01-01, schedule: {schedule}}}\ntasks:"))

        assert _run(project, "plan") == 0
        assert capsys.readouterr().out.startswith("sample: 2 tasks, schedule 21600 s\n")

    def test_what_an_edit_changes(self, project: Project, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
        def git(*words: str) -> None:
            identity = ["-c", "user.name=Tests", "-c", "user.email=tests@example.com"]
            subprocess.run(["git", *identity, *words], cwd=project.root, check=True, capture_output=True)

        git("init", "-q")
        git("add", ".")
        git("commit", "-q", "-m", "before")
        good.write_text(
            GOOD.replace("    dependencies: [load]\n", "    retries: 5\n    retry_delay: 1m\n")
            .replace("tasks:", 'dag: {schedule: "@daily", start_date: 2026-01-01}\ntarget: kubernetes\ntasks:')
            .replace("select 1", "select 2")
        )
        (project.configs / "other.yaml").write_text(GOOD.replace("sample\n", "other\n", 1))

        assert _run(project, "plan", "--against", "HEAD") == 0
        assert capsys.readouterr().out.splitlines() == [
            "other comes: 2 tasks, no schedule.",
            "sample:",
            "  the schedule changes from no schedule to schedule @daily.",
            "  start_date comes: 2026-01-01.",
            "  load: sql changes from select 1 to select 2.",
            "  train moves from snowpark (session in the interpreter) to kubernetes (pod).",
            "  train no longer waits for load.",
        ]
        git("add", ".")
        git("commit", "-q", "-m", "after")
        assert _run(project, "plan", "--against", "HEAD") == 0
        assert capsys.readouterr().out == "Nothing changes against HEAD.\n"

    def test_no_such_revision(self, project: Project, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _run(project, "plan", "--against", "nowhere") == 2
        assert "git knows no revision `nowhere` here" in capsys.readouterr().err

    def test_files_with_diagnostics_are_left_out_aloud(
        self, project: Project, good: Path, bad: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert _run(project, "plan") == 1
        reported = capsys.readouterr()
        assert "sample: 2 tasks" in reported.out
        assert "configs/bad.yaml" in reported.err


class TestShow:
    def test_what_dag_factory_gets_and_the_graph(
        self, project: Project, good: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert _run(project, "show", "sample") == 0
        reported = capsys.readouterr().out
        assert "operator: include.operators.SnowparkOperator" in reported
        assert "#   train: snowpark (session in the interpreter) <- load" in reported

    def test_no_such_dag(self, project: Project, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _run(project, "show", "smaple") == 2
        assert capsys.readouterr().err == "There is no DAG `smaple`. Did you mean `sample`?\n"


class TestNew:
    def test_it_validates_and_its_own_test_passes(
        self, project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("include.constants.ROOT", project.root)
        assert _run(project, "new", "orders") == 0
        assert _run(project, "validate") == 0
        assert "1 pipeline checked: no mistakes" in capsys.readouterr().out
        spec = runpy.run_path(str(project.root / "tests" / "pipeline" / "test_orders.py"))
        spec["test_it_has_no_mistakes_and_gives_its_dags"]()

    @pytest.mark.parametrize("name", ["My orders", "Orders", "2024", "a-b"])
    def test_a_name_that_cannot_be_a_module(
        self, project: Project, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert _run(project, "new", name) == 2
        assert "use lower-case letters, digits and `_`" in capsys.readouterr().err

    def test_nothing_is_overwritten(self, project: Project, good: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert _run(project, "new", "sample") == 2
        assert "configs/sample.yaml is there already" in capsys.readouterr().err
        assert good.read_text() == GOOD


def test_the_reference_is_written_and_checked(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(project, "reference", "--check") == 1
    assert "Run `python -m include.factory reference`." in capsys.readouterr().err
    assert _run(project, "reference") == 0
    assert "wrote docs/reference/dag.md" in capsys.readouterr().out
    (project.root / "docs" / "reference" / "of_old.md").write_text("a page that is no longer one")
    assert _run(project, "reference", "--check") == 1
    assert _run(project, "reference") == 0
    assert _run(project, "reference", "--check") == 0
    assert not (project.root / "docs" / "reference" / "of_old.md").exists()


def test_schema(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(project, "schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Snowpod pipeline"
