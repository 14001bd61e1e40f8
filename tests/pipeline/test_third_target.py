"""A third target is a file of include/factory/targets and an entry of the schema; no other file knows of it."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.laptop import Finished, Laptop
from tests.project import make_project

TOY = Path(__file__).parent / "toy"
SECTION = {
    "description": "How toys run.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "colour": {"description": "What they look like.", "enum": ["red", "blue"]},
        "size": {"description": "How large they are.", "type": "integer"},
    },
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the target `toy`."""
    root = make_project(tmp_path_factory.mktemp("toys") / "project", TOY)
    shutil.copy(TOY / "targets" / "toy.py", root / "include" / "factory" / "targets")
    shutil.copy(TOY / "operators" / "toy.py", root / "include" / "operators")
    file = root / "schemas" / "pipeline.schema.json"
    schema = json.loads(file.read_text())
    definitions = schema["$defs"]
    definitions["toy"] = SECTION
    definitions["target"]["enum"].append("toy")
    for holder in (schema, definitions["our_task"], definitions["variant"], definitions["layer"]):
        holder["properties"]["toy"] = {"$ref": "#/$defs/toy"}
    file.write_text(json.dumps(schema))
    return root


@pytest.fixture
def factory(project: Path, tmp_path: Path) -> Iterator[Laptop]:
    """The commands of the factory in that project, whose pipeline is as it was afterwards."""
    file = project / "configs" / "toys.yaml"
    text = file.read_text()
    yield Laptop(tmp_path, tmp_path, {}, project)
    file.write_text(text)


def edited(factory: Laptop, old: str, new: str) -> Finished:
    file = factory.root / "configs" / "toys.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    return factory.command("-m", "include.factory", "validate", "-v", "--no-build", "configs/toys.yaml")


def test_a_pipeline_runs_on_it(laptop: Laptop, project: Path) -> None:
    there = dataclasses.replace(laptop, root=project)

    done = there.run("toys_there", CLUSTER="none")

    assert done.code == 0, done.output
    results = {task["task_id"]: task["result"] for task in there.latest("toys_there")["tasks"]}
    assert results == {
        "greeting": {"result": "toy session greets toy", "colour": "red", "size": 3},
        "doubling": {"table": "DOUBLED_toy", "values": [0, 2, 4], "colour": "blue", "size": 1},
    }


def test_a_table_that_one_target_did_not_write_fails_the_comparison_whose_result_is_kept(
    laptop: Laptop, project: Path
) -> None:
    laptop.sql("create or replace table NUMBERS as select 1 as A, 2 as B, 3 as C")
    there = dataclasses.replace(laptop, root=project)

    done = there.run("toys_both", CLUSTER="none")  # a toy returns a table's name, and writes none

    assert done.code != 0
    tasks = {task["task_id"]: task for task in there.latest("toys_both")["tasks"]}
    assert {name: task["state"] for name, task in tasks.items()} == {
        "toy.greeting": "success",
        "snowpark.greeting": "success",
        "toy.doubling": "success",
        "snowpark.doubling": "success",
        "compare": "failed",
    }
    assert tasks["compare"]["tries"] == 1  # another try would find the same
    found = tasks["compare"]["result"]
    assert (found["equal"], found["words"]) == (False, "DOUBLED: DOUBLED_toy is not there.")
    (table,) = found["tables"]
    assert (table["missing"], table["rows"]) == (["toy"], {"toy": None, "snowpark": 1})
    assert "DOUBLED_toy and DOUBLED_snowpark of the task `doubling`: DOUBLED_toy is not there." in done.output


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        (
            "{size: 3}",
            "{sise: 3}",
            "8:11: `tasks.greeting.toy.sise` is not a key of the format.",
            "Did you mean `size`?",
        ),
        (
            "{size: 3}",
            "{color: red}",
            "8:11: `tasks.greeting.toy.color` is not a key of the format.",
            "Write `colour`.",
        ),
        (
            "toy: {size: 3}",
            "size: 3",
            "8:5: `tasks.greeting.size` is not a key of the format.",
            "Put it under `toy`: `toy: {size: …}`.",
        ),
        ("{size: 3}", "{size: 10}", "8:17: 10 is no size for a toy.", "Write 9 at most."),
        (
            "{colour: blue}",
            "{colour: green}",
            "13:19: `tasks.doubling.toy.colour` cannot be `green`.",
            "There are these choices: `blue`, `red`.",
        ),
        (
            "{target: toy}",
            "{target: moon}",
            "17:19: `variants.there.target` cannot be `moon`.",
            "There are these choices: `kubernetes`, `snowpark`, `toy`.",
        ),
    ],
)
def test_its_section_is_checked(factory: Laptop, old: str, new: str, message: str, hint: str) -> None:
    done = edited(factory, old, new)

    assert done.code == 1
    assert f"configs/toys.yaml:{message}" in done.output
    assert hint in done.output
    assert "1 mistake in 1 file" in done.output


def test_a_section_for_it_waits(factory: Laptop) -> None:
    edited(factory, "{target: toy}", "{target: snowpark}\n")
    done = edited(factory, "{target: [toy, snowpark]}", "{target: [snowpark, kubernetes]}")

    assert done.code == 0, done.output
    assert "`tasks.greeting.toy` waits: `greeting` runs on kubernetes and snowpark now." in done.output


def test_the_plan_says_what_runs_there(factory: Laptop) -> None:
    done = factory.command("-m", "include.factory", "plan")

    assert done.code == 0, done.output
    lines = [" ".join(line.split()) for line in done.output.splitlines()]
    for line in (
        "greeting toy, in red",
        "doubling toy, in blue, after greeting",
        "toy.greeting toy, in red",
        "snowpark.doubling snowpark (UDF), after snowpark.greeting",
        "compare snowpark (session in the interpreter), after toy.doubling, snowpark.doubling",
    ):
        assert line in lines, done.output


def test_it_is_compiled_as_the_layers_say(factory: Laptop) -> None:
    done = factory.command("-m", "include.factory", "show", "toys_there")

    assert done.code == 0, done.output
    tasks: dict[str, Any] = yaml.safe_load(done.output)["toys_there"]["tasks"]
    assert tasks["greeting"] == {
        "operator": "include.operators.toy.ToyOperator",
        "function": "include.tasks.toys.greet",
        "snowflake_conn_id": "snowflake_default",
        "op_kwargs": {"name": "toy"},
        "colour": "red",
        "size": 3,
    }
