"""The split of pipelines over several loader files: who has which, and that all say together what one says alone."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from include.constants import ROOT
from include.factory.cache.pipelines import Pipelines
from include.factory.check import Checker, check
from include.factory.commands.cli import main
from include.factory.import_errors import PipelineError
from include.factory.loaders import file_of, loader_of, loaders_in, number_of
from include.factory.project import Project
from include.factory.register import register

NAMES = [f"team_{number % 7}/pipeline_{number:04}.yaml" for number in range(2000)]
TRIGGER = "operator: airflow.providers.standard.operators.trigger_dagrun.TriggerDagRunOperator"
ONE_TASK = "tasks:\n  first: {sql: select 1}\n"


def _pipeline(name: str, more: str = "") -> str:
    return f"pipeline: {name}\n{ONE_TASK}{more}"


def _triggers(name: str, *dag_ids: str) -> str:
    tasks = "".join(f"  t{place}: {{{TRIGGER}, trigger_dag_id: {one}}}\n" for place, one in enumerate(dag_ids))
    return f"pipeline: {name}\ntasks:\n{tasks}"


def _variants(*names: str) -> str:
    return "variants:\n" + "".join(f"  {name}: {{target: snowpark}}\n" for name in names)


FILES = {
    "trips_hourly": _pipeline("trips_hourly"),
    "report": _pipeline("report", _variants("here", "there_too")),
    # Ids that two claim: by a name, by a variant, by a file that is not named as its pipeline.
    "report_here": _pipeline("report_here"),
    "copy_of_trips": _pipeline("trips_hourly"),
    "a/sales": _pipeline("sales"),
    "b/sales": _pipeline("sales"),
    "hidden": _pipeline("${UNSET_TEAM:-trips}_daily"),
    "trips_daily": _pipeline("trips_daily"),
    "quoted": f'{{"pipeline": "b_sales", {ONE_TASK.replace("tasks:", "tasks: {").strip()}}}}}\n',
    "bom": "\ufeff" + _pipeline("with_bom"),
    "with_bom": _pipeline("with_bom"),
    # DAGs of others, that are there, almost there, of another tool, of a file with mistakes, of one that is refused.
    "names_some": _triggers("names_some", "trips_hourly", "dbt_nightly", "trips_hourli", "Trips_Hourly", "report"),
    "names_variants": _triggers("names_variants", "report_there_too", "report_there_to", "report_hear", "trips_dialy"),
    "names_broken": _triggers("names_broken", "broken_one", "broken_one_a", "broken_onee", "report_here", "no_name_y"),
    "names_digits": _triggers("names_digits", "trips_2025", "copy_of_trips", "with_bomb", "sales_eu"),
    "broken_one": "pipeline: broken_one\ntasks:\n  load: {sqll: select 1}\n",
    "no_name": "tasks:\n  load: {sql: select 1}\n",
    "trips_2024": _pipeline("trips_2024"),
    "größe/日本": _pipeline("unicode"),
}


@pytest.fixture
def split(project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], dict[int, dict[str, Any]]]:
    """Write FILES, set the number of loaders, and run each of them as Airflow does."""
    monkeypatch.setattr("include.factory.handover.AIRFLOW_HOME", str(project.root / "home"))
    monkeypatch.setattr("include.factory.pages.code_tab.AIRFLOW_HOME", str(project.root / "home"))
    project.dags.mkdir()
    shutil.copy(ROOT / "dags" / "snowpod.py", project.dags)
    for name, text in FILES.items():
        path = project.configs / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(number: int) -> dict[int, dict[str, Any]]:
        _ask_for(project, number)
        assert main(["--root", str(project.root), "loaders"]) == 0
        return {one: _parsed(project, one) for one in range(1, number + 1)}

    return run


def _ask_for(project: Project, number: int | str) -> None:
    text = (project.configs / "environments" / "local.yaml").read_text().partition("loaders:")[0]
    (project.configs / "environments" / "local.yaml").write_text(f"{text}loaders: {number}\n")


def _parsed(project: Project, number: int) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__file__": str(project.dags / file_of(number))}
    register(namespace, project.root)
    del namespace["__file__"]
    return namespace


def _said(dag: DAG) -> str:
    with pytest.raises(PipelineError) as caught:
        DagSerialization.to_dict(dag)
    return str(caught.value)


def _whole(namespace: dict[str, Any]) -> dict[str, str]:
    """What a loader gives: nothing of a DAG, and of a broken file what is said of it."""
    return {key: _said(dag) if key.startswith("broken ") else "" for key, dag in namespace.items()}


# Who has which


def test_a_file_stays_with_its_loader() -> None:
    """The rule is what it was when the DAGs in somebody's database were split by it."""
    assert [loader_of(name, range(1, 9)) for name in NAMES[:12]] == STAYS
    assert {loader_of(name, (1,)) for name in NAMES} == {1}


def test_the_parts_are_even() -> None:
    for number in (2, 3, 4, 8):
        parts = Counter(loader_of(name, range(1, number + 1)) for name in NAMES)
        assert set(parts) == set(range(1, number + 1))
        assert max(parts.values()) < 1.25 * len(NAMES) / number


def test_only_what_a_new_loader_gets_moves() -> None:
    for number in range(1, 9):
        before = {name: loader_of(name, range(1, number + 1)) for name in NAMES}
        after = {name: loader_of(name, range(1, number + 2)) for name in NAMES}
        moved = {name for name in NAMES if before[name] != after[name]}
        assert {after[name] for name in moved} == {number + 1}
        assert len(moved) < 1.3 * len(NAMES) / (number + 1)


@pytest.mark.parametrize("there", [(1, 3, 4), (1, 2), (1, 4), (1,)])
def test_what_a_missing_loader_should_have_others_take(there: tuple[int, ...]) -> None:
    for name in NAMES:
        wanted = loader_of(name, (1, 2, 3, 4))
        found = loader_of(name, there)
        assert found in there
        assert found == wanted or wanted not in there


@pytest.mark.parametrize("name", ["größe/日本.yaml", "größe/x.yaml", "a b/'c'.yml", "x" * 4000, "bad\udcff.yaml", ""])
def test_any_name_is_in_a_part(name: str) -> None:
    assert loader_of(name, (1, 2, 3)) in (1, 2, 3)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("snowpod.py", 1), ("snowpod_2.py", 2), ("snowpod_64.py", 64), ("snowpod_1.py", None), ("snowpod_02.py", None),
        ("snowpod_0.py", None), ("snowpod_two.py", None), ("other.py", None), ("snowpod_2.pyc", None), ("", None),
    ],
)  # fmt: skip
def test_a_loader_knows_its_number_by_its_name(name: str, number: int | None) -> None:
    assert number_of(Path(name)) == number


def test_only_copies_of_the_first_count(tmp_path: Path) -> None:
    (tmp_path / "snowpod.py").write_text("one")
    (tmp_path / "snowpod_2.py").write_text("on")  # half written
    (tmp_path / "snowpod_3.py").symlink_to("snowpod.py")
    (tmp_path / "snowpod_4.py").mkdir()
    (tmp_path / "snowpod_6.py").write_text("one")
    assert loaders_in(tmp_path, 5) == (1, 3)
    assert loaders_in(tmp_path / "nothing", 5) == (1,)


# What they say together


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_together_they_give_what_one_gives_alone(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]], number: int
) -> None:
    alone: dict[str, Any] = {}
    register(alone, project.root)
    expected = _whole(alone)
    assert len([key for key in expected if key.startswith("broken ")]) >= 10

    parts = split(number)

    assert sorted(key for part in parts.values() for key in part) == sorted(expected)  # each once
    assert {key: said for part in parts.values() for key, said in _whole(part).items()} == expected
    assert len(list(filter(None, parts.values()))) == number


def test_each_file_may_be_a_part_of_its_own(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]]
) -> None:
    """Whatever is in the same part."""
    split(1)
    whole = {one.path: one.diagnostics for one in check(project).files}
    assert {path: Pipelines(project).part([path])[0].diagnostics for path in whole} == whole


def test_a_part_checks_few_files_of_others(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    split(1)
    for number in range(300):
        (project.configs / f"many_{number:03}.yaml").write_text(_pipeline(f"many_{number:03}"))
    looked_at = []
    pipelines = Pipelines(project)
    one = pipelines.checker._pipeline
    monkeypatch.setattr(pipelines.checker, "_pipeline", lambda path: looked_at.append(path.stem) or one(path))

    pipelines.part([project.configs / "many_007.yaml", project.configs / "names_some.yaml"])

    assert not [name for name in looked_at if name.startswith("many_") and name != "many_007"]


def test_linked_folders_and_files_are_in_one_part_by_their_own_path(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]]
) -> None:
    (project.root / "shared").mkdir()
    (project.root / "shared" / "elsewhere.yaml").write_text(_pipeline("elsewhere"))
    (project.configs / "linked").symlink_to(project.root / "shared", target_is_directory=True)
    (project.configs / "file.yaml").symlink_to(project.root / "shared" / "elsewhere.yaml")

    parts = split(4)

    found = Counter(key for part in parts.values() for key in part)
    assert found["elsewhere"] == 1
    assert {count for key, count in found.items()} == {1}


def test_a_broken_layer_is_one_import_error(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]]
) -> None:
    split(3)
    (project.configs / "defaults.yaml").write_text("dag: {schedul: null}\n")
    assert [list(_parsed(project, number)) for number in (1, 2, 3)] == [["broken configs/defaults.yaml"], [], []]


def test_a_task_finds_its_dag_through_any_loader(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    split(3)
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "report_there_too")
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_TASK_ID", "first")
    assert {number: list(_parsed(project, number)) for number in (1, 2, 3, 7)} == {
        number: ["report_there_too"] for number in (1, 2, 3, 7)
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "`loaders` is `0`; it must be at least 1."),
        ("-1", "`loaders` is `-1`; it must be at least 1."),
        ("1000", "`loaders` is `1000`; it must be at most 64."),
        ("four", "`loaders` must be a whole number, not `four`."),
        ("2.5", "`loaders` must be a whole number, not `2.5`."),
        ("true", "`loaders` must be a whole number, not `true`."),
        ("[2]", "`loaders` must be a whole number, not"),
        ("${N}", "The environment variable N is not set."),
        ("${MANY:-many}", "`loaders` must be a whole number, not `many`."),
    ],
)
def test_a_number_that_there_cannot_be_is_told_where_it_stands(project: Project, text: str, said: str) -> None:
    _ask_for(project, text)
    found = [one for layer in Checker(project).layers for one in layer.diagnostics]
    assert {(one.file, one.path) for one in found} == {("configs/environments/local.yaml", ("loaders",))}
    assert said in found[0].message


def test_an_environment_variable_may_give_the_number(project: Project) -> None:
    _ask_for(project, "${LOADERS:-3}")
    assert Checker(project).settings.loaders == 3
    assert Checker(Project(project.root, {"LOADERS": "5"})).settings.loaders == 5


# The files


def _validated(project: Project, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    capsys.readouterr()
    main(["--root", str(project.root), "validate", "--no-build", "--format", "json"])
    said = json.loads(capsys.readouterr().out)
    return [(one["message"], one["hint"]) for one in said if one["code"] == "loader-files"]


def test_the_command_writes_what_any_environment_asks_for(
    project: Project, split: Callable[[int], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (project.configs / "environments" / "production.yaml").write_text("loaders: 3\n")
    _ask_for(project, 1)
    message, hint = _validated(project, capsys)[0]
    assert message == "`loaders` is 3, but `dags/snowpod_2.py`, `dags/snowpod_3.py` are no copy of snowpod.py."
    assert "make loaders" in hint

    main(["--root", str(project.root), "loaders"])

    assert sorted(file.name for file in project.dags.iterdir()) == ["snowpod.py", "snowpod_2.py", "snowpod_3.py"]
    assert _validated(project, capsys) == []
    assert _parsed(project, 2) == {}  # here they are not asked for


def test_what_is_not_needed_goes_on_demand_only(
    project: Project, split: Callable[[int], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    split(3)
    (project.dags / "snowpod_of_mine.py").write_text("")
    _ask_for(project, 2)
    assert [message for message, _ in _validated(project, capsys)] == [
        "`loaders` is 2: `dags/snowpod_3.py` is not needed."
    ]

    main(["--root", str(project.root), "loaders"])
    assert (project.dags / "snowpod_3.py").exists()
    main(["--root", str(project.root), "loaders", "--remove"])

    there = sorted(file.name for file in project.dags.iterdir())
    assert there == ["snowpod.py", "snowpod_2.py", "snowpod_of_mine.py"]
    assert _validated(project, capsys) == []


# A change of the number


def test_a_dag_that_moves_is_given_up_when_the_new_loader_has_it(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]]
) -> None:
    first = split(1)[1]
    good = {key for key in first if not key.startswith("broken ")}
    _ask_for(project, 3)
    main(["--root", str(project.root), "loaders"])
    mine = {key for key in _parsed(project, 1) if key.startswith("broken ")}

    meanwhile = _parsed(project, 1)  # Airflow does not know the new files yet
    assert {key for key in meanwhile if not key.startswith("broken ")} == good
    assert {key for key in meanwhile if key.startswith("broken ")} == mine  # each is told once, by its own loader
    new = {2: _parsed(project, 2), 3: _parsed(project, 3)}
    assert {_home(meanwhile[key]) for key in good & set(new[2])} == {"team/snowpod_2.py"}
    assert {_home(dag) for key, dag in new[2].items() if key in good} == {"team/snowpod.py"}  # as Airflow sets it
    assert _parsed(project, 1).keys() == meanwhile.keys()

    _let_pass(project, 61)
    _parsed(project, 2)
    half = _parsed(project, 1)
    assert good & set(half) == good - set(new[2])  # one has taken its own, the other not yet
    _parsed(project, 3)
    assert good & set(_parsed(project, 1)) == good - set(new[2]) - set(new[3])


def test_a_loader_that_is_not_needed_gives_up_its_dags_when_others_have_them(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]]
) -> None:
    third = {key for key in split(3)[3] if not key.startswith("broken ")}
    assert third
    _ask_for(project, 2)

    given = _parsed(project, 3)
    assert set(given) == third
    taken = {1: _parsed(project, 1), 2: _parsed(project, 2)}
    for number, part in taken.items():
        assert all(_home(given[key]) == f"team/{file_of(number)}" for key in third & set(part))
    assert third <= set(taken[1]) | set(taken[2])

    _let_pass(project, 61)
    for number in (1, 2):
        _parsed(project, number)
    assert _parsed(project, 3) == {}


def test_several_changes_in_a_row_lose_nothing(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]]
) -> None:
    good = {key for part in split(4).values() for key in part if not key.startswith("broken ")}
    for number in (2, 3, 4, 1, 4):
        _ask_for(project, number)
        given: set[str] = set()
        for one in (1, 2, 3, 4):
            part = _parsed(project, one)
            given |= {key for key in part if not key.startswith("broken ")}
        assert given == good


def test_a_folder_that_is_linked_anew_at_each_commit_is_the_same(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]], tmp_path: Path
) -> None:
    """As git-sync does it, and what Airflow parses is the link."""
    split(1)
    link = tmp_path / "repo"

    def parsed_after(number: int) -> dict[str, Any]:
        _ask_for(project, number)
        main(["--root", str(project.root), "loaders"])
        commit = tmp_path / f"commit_{number}"
        shutil.copytree(project.root, commit, ignore=shutil.ignore_patterns("home"))
        link.unlink(missing_ok=True)
        link.symlink_to(commit)
        return _parsed(Project(link), 1)

    good = {key for key in parsed_after(1) if not key.startswith("broken ")}
    assert {key for key in parsed_after(3) if not key.startswith("broken ")} == good


@pytest.mark.parametrize("ahead", [86400.0, float("nan")], ids=str)
def test_a_clock_that_was_ahead_keeps_no_dag_with_its_old_loader(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]], ahead: float
) -> None:
    split(1)
    _ask_for(project, 2)
    main(["--root", str(project.root), "loaders"])
    _parsed(project, 1)
    _let_pass(project, -ahead)
    _parsed(project, 1)
    _let_pass(project, 61)
    second = set(_parsed(project, 2))
    assert not second & set(_parsed(project, 1))


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"split": [2], "before": [], "since": 0, "latest": 0}', "[" * 9999]
)
def test_a_mark_that_is_none_is_none(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]], content: str
) -> None:
    whole = split(2)
    for mark in (project.root / "home" / "snowpod-loaders").rglob("*.json"):
        mark.write_text(content)
    assert {number: set(_parsed(project, number)) for number in whole} == {
        number: set(part) for number, part in whole.items()
    }


def test_a_home_that_cannot_be_written_is_no_mistake(
    project: Project, split: Callable[[int], dict[int, dict[str, Any]]]
) -> None:
    (project.root / "home").write_text("a file")
    assert {key for part in split(2).values() for key in part} == set(split(1)[1])


def _home(dag: DAG) -> str:
    """Where Airflow says that a DAG of `team/snowpod.py` was found."""
    dag.fileloc = "/anywhere/team/snowpod.py"
    dag.relative_fileloc = "team/snowpod.py"
    return str(dag.relative_fileloc)


def _let_pass(project: Project, seconds: float) -> None:
    """Let the loaders' latest parses be some time ago."""
    for path in (project.root / "home" / "snowpod-loaders").rglob("*.json"):
        mark = json.loads(path.read_text())
        path.write_text(json.dumps(mark | {"since": mark["since"] - seconds, "latest": mark["latest"] - seconds}))


STAYS = [8, 5, 8, 8, 5, 7, 6, 4, 3, 8, 3, 7]
