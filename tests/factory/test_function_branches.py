"""Names of branches stand for the ids of the tasks that begin them, in the group of the target where there is one."""

from __future__ import annotations

from collections.abc import Callable

from include.factory.check import Checker
from include.factory.commands.plan import changes
from include.factory.results import Checked
from tests.factory.conftest import HERE


def test_names_become_the_ids_of_the_first_tasks(checker: Checker) -> None:
    configs = checker.pipeline(HERE / "right" / "branches_of_functions.yaml").configs

    assert configs["sample_one"]["tasks"]["choose"]["branches"] == {
        "left": ["left"],
        "right": ["right"],
        "full": ["clear", "stage"],
    }
    both = configs["sample_both"]["tasks"]
    assert both["kubernetes.choose"]["branches"] == {
        "left": ["kubernetes.left"],
        "right": ["kubernetes.right"],
        "full": ["kubernetes.clear", "kubernetes.stage"],
    }
    assert both["pinned"]["branches"] == {
        "left_of_all": ["snowpark.left_of_all", "kubernetes.left_of_all"],
        "right_of_all": ["snowpark.right_of_all", "kubernetes.right_of_all"],
    }


def test_a_plan_says_what_changes_in_the_words_of_the_pipeline(check_text: Callable[[str], Checked]) -> None:
    text = (
        "pipeline: sample\ntasks:\n"
        "  choose: {python_callable: include.tasks.sample.anything, branches: [left]}\n"
        "  left: {sql: select 1, dependencies: [choose]}\n  right: {sql: select 1, dependencies: [choose, left]}\n"
    )
    then = check_text(text).configs
    now = check_text(text.replace("[left]}", "[left, right], run_if: '{{ ds }}'}", 1)).configs

    assert list(changes(then, now)) == [
        "sample:",
        "  choose: branches changes from left to left, right.",
        "  choose: run_if comes: {{ ds }}.",
    ]
