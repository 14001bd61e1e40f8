"""Each DAG carries its pipeline's name as a tag: by it the UI finds the DAGs of a pipeline in Airflow's database."""

from __future__ import annotations

from collections.abc import Callable

from include.constants import PIPELINE_TAG, TAG_LENGTH
from include.factory.build import build
from include.factory.results import Checked

TASKS = "tasks:\n  first: {sql: select 1}\nvariants:\n  a: {target: snowpark}\n  b: {target: kubernetes}\n"


def tags(checked: Checked) -> list[list[str]]:
    return [sorted(build(dag_id, config).tags) for dag_id, config in checked.configs.items()]


def test_every_variant_has_the_tag_beside_its_own(check_text: Callable[[str], Checked]) -> None:
    found = tags(check_text("pipeline: taxi\ndag: {tags: [ml]}\n" + TASKS))
    assert len(found) == 2
    assert all({"ml", f"{PIPELINE_TAG}taxi"} <= set(one) for one in found)


def test_a_pipeline_that_says_the_tag_itself_has_it_once(check_text: Callable[[str], Checked]) -> None:
    (config, _) = check_text(f"pipeline: taxi\ndag: {{tags: ['{PIPELINE_TAG}taxi']}}\n" + TASKS).configs.values()
    assert config["tags"] == [f"{PIPELINE_TAG}taxi"]


def test_a_long_name_does_not_break_the_dag(check_text: Callable[[str], Checked]) -> None:
    name = "a" * 120
    for one in tags(check_text(f"pipeline: {name}\n" + TASKS)):
        assert f"{PIPELINE_TAG}{name}"[:TAG_LENGTH] in one
