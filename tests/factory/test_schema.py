"""The schema itself: complete, and of one mind with the checker."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from include.factory.document.reading import YamlLoader
from include.factory.document.schema import SCHEMA_FILE, schema
from include.factory.document.variables import expand
from include.factory.project import Project
from tests.factory.conftest import BROKEN, HERE, name_of_broken

ROOT = HERE.parents[1]
SHAPES = [path for path in sorted(BROKEN.glob("*/*.yaml")) if path.parent.name in ("shape", "misplaced")]
# Well-formed, and wrong in a way that a schema cannot tell.
OTHERS = [path for path in sorted(BROKEN.glob("*/*.yaml")) if path.parent.name not in ("yaml", "shape", "misplaced")]
TOLD_BY_ANOTHER_CHECK = {"shape/operator_and_sql", "misplaced/section_of_sql", "misplaced/sql_pinned"}
FROM_THE_ENVIRONMENT = {"environment_types"}
"""A number that is in the environment is text to an editor."""
ALSO_A_SHAPE = {
    "assets/outlet_combined",
    "assets/outlet_is_number",
    "assets/parts_key",
    "assets/schedule_is_mapping",
    "comparison/is_true",
    "comparison/key_is_text",
    "comparison/negative_tolerance",
    "comparison/tolerance_is_text",
    "comparison/tolerance_misspelt",
    "comparison/unknown_key",
    "container/argument_is_number",
    "container/command_is_text",
    "container/entrypoint",
    "container/is_text",
    "container/misspelt_kind",
    "container/op_kwargs",
    "container/resources_within",
    "container/two_kinds",
    "dag_factory/file",
    "dag_factory/relative_start",
    "dependencies/twice",
    "environment/no_number",
    "environment/too_small",
    "kubernetes/pull_policy",
    "kubernetes/pull_secret",
    "kubernetes_containers/init_containers",
    "kubernetes_containers/item_is_text",
    "mapping/list_of_names",
    "mapping/over_mapping",
    "mapping/over_nothing",
    "mapping/over_number",
    "mapping/rows_of_values",
    "operators/expand_is_list",
    "params/value_is_mapping",
    "schedule/run_type",
}


def _is_valid(path: Path) -> bool:
    value, _ = expand(yaml.load(path.read_text(encoding="utf-8-sig"), YamlLoader), {"HOME": "/home/tests"})
    return bool(Draft202012Validator(schema()).is_valid(value))


def test_it_is_a_schema_of_draft_2020_12() -> None:
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema())


def _objects(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        yield path, part
        for key, base in part.items():
            yield from _objects(base, f"{path}/{key}")
    elif isinstance(part, list):
        for index, base in enumerate(part):
            yield from _objects(base, f"{path}/{index}")


def test_every_key_has_a_description() -> None:
    bare = []
    for path, part in _objects(schema()):
        if path.endswith("/properties"):
            continue  # the names of keys, one of which is `properties`
        for key, base in part.get("properties", {}).items():
            reference = base.get("$ref", "").removeprefix("#/$defs/")
            if not base.get("description") and not schema()["$defs"].get(reference, {}).get("description"):
                bare.append(f"{path}/{key}")
    assert bare == []


def test_no_unknown_keys_where_the_format_is_ours() -> None:
    # Operators' arguments, classes and callbacks take what they take; the others are Kubernetes' own objects, or
    # branches of one schema.
    open_on_purpose = {"operator_task", "typed", "callback", "one_callback", "task", "assets"}
    for name, part in {**schema()["$defs"], "pipeline": schema()}.items():
        if part.get("type") == "object" and name not in open_on_purpose:
            assert "additionalProperties" in part, name
    for name in ("our_task", "dag", "default_args", "snowflake", "snowpark", "kubernetes", "variant", "layer"):
        assert schema()["$defs"][name]["additionalProperties"] is False, name


@pytest.mark.parametrize("path", sorted((HERE / "right").glob("*.yaml")), ids=lambda path: path.stem)
def test_an_editor_marks_nothing_in_what_is_right(path: Path) -> None:
    assert _is_valid(path) == (path.stem not in FROM_THE_ENVIRONMENT)


@pytest.mark.parametrize("path", SHAPES, ids=name_of_broken)
def test_an_editor_marks_what_the_checker_calls_a_wrong_shape(path: Path) -> None:
    assert _is_valid(path) == (name_of_broken(path) in TOLD_BY_ANOTHER_CHECK)


@pytest.mark.parametrize("path", OTHERS, ids=name_of_broken)
def test_the_checker_knows_more_than_the_schema(path: Path) -> None:
    assert _is_valid(path) == (name_of_broken(path) not in ALSO_A_SHAPE)


def test_the_layers_of_the_project_fit_their_schema() -> None:
    layer = json.loads(SCHEMA_FILE.with_name("layer.schema.json").read_text())
    registry: Registry[Any] = Registry().with_resources(
        [
            ("pipeline.schema.json", Resource.from_contents(schema())),
            ("layer.schema.json", Resource.from_contents(layer)),
        ]
    )
    validator = Draft202012Validator(layer, registry=registry)
    project = Project(ROOT, os.environ)
    for path in (project.defaults_file, *project.environments.glob("*.yaml")):
        validator.validate(yaml.load(path.read_text(), YamlLoader))
        assert not validator.is_valid({"dag": {"shcedule": None}})
