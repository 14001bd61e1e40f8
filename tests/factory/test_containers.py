"""A container runs on the one target that runs containers, whatever the variant; all that looks at tasks knows it."""

from __future__ import annotations

from typing import Any

import pytest

from include.factory.check import Checker
from include.factory.commands.laid import FACTORY
from include.factory.commands.origins import origins
from include.factory.commands.plan import changes, described
from include.factory.project import Project
from include.factory.results import Checked
from include.factory.target_checks import unused_sections
from include.local.pods import has_pods
from tests.factory.conftest import HERE, PROJECT

OURS = "include.operators.ContainerPodOperator"


@pytest.fixture(scope="module")
def checked(checker: Checker) -> Checked:
    found = checker.pipeline(HERE / "right" / "containers.yaml")
    assert found.diagnostics == ()
    return found


@pytest.mark.parametrize("variant", ["snowpark", "kubernetes", "both"])
def test_it_runs_there_in_every_variant(checked: Checked, variant: str) -> None:
    tasks = checked.configs[f"sample_{variant}"]["tasks"]
    operators = {name: task["operator"] for name, task in tasks.items()}
    own = {"count", "convert", "each"} | ({"snowpark.report", "kubernetes.report"} if variant == "both" else {"report"})
    assert {name for name, operator in operators.items() if operator == OURS} == own


def test_what_uses_its_result_waits_for_it(checked: Checked) -> None:
    tasks = checked.configs["sample_both"]["tasks"]
    assert tasks["convert"]["dependencies"] == tasks["kubernetes.train"]["dependencies"] == ["count"]
    assert tasks["snowpark.report"]["dependencies"] == ["snowpark.train"]
    assert tasks["snowpark.report"]["container"]["command"][1].endswith(" snowpark")


def test_a_run_with_one_needs_a_cluster(checked: Checked) -> None:
    assert has_pods(checked.configs["sample_snowpark"])
    alone: dict[str, Any] = {"tasks": {"count": checked.configs["sample_snowpark"]["tasks"]["count"]}}
    assert has_pods(alone)


def test_words_for_it(checked: Checked) -> None:
    plan = {"sample_snowpark": checked.configs["sample_snowpark"]}
    assert "  count    kubernetes (program in a pod)" in list(described(plan))
    tasks = plan["sample_snowpark"]["tasks"]
    before = {"sample_snowpark": {"tasks": {**tasks, "count": {"operator": "include.operators.SnowparkOperator"}}}}
    (moved,) = (line for line in changes(before, plan) if "count moves" in line)
    assert moved.endswith("to kubernetes (program in a pod).")


def test_its_section_is_used(checked: Checked) -> None:
    assert checked.pipeline is not None
    assert not [line for line in unused_sections(checked.pipeline) if "convert" in line]


def test_no_file_says_where_it_runs(checker: Checker) -> None:
    """Its kind does: the variant's target is that of the others."""
    result = checker.check([HERE / "right" / "containers.yaml"])
    found = origins(Project(PROJECT, {"HOME": "/home/tests"}), result, "sample_snowpark")
    told = {setting.path[-1]: setting.origin for setting in found["count"]}
    assert (told["target"].value, told["target"].layer) == ("kubernetes", FACTORY)
    assert {setting.path[-1]: setting.origin for setting in found["train"]}["target"].layer == "variant"
