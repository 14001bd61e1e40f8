"""Names of branches stand for the ids of the tasks that begin them, in the group of the target where there is one."""

from __future__ import annotations

from include.factory.check import Checker
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
