"""The reference pages are what the schema says; each key has an example, which is right where it stands."""

from __future__ import annotations

import enum
import inspect
import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import yaml
from airflow.configuration import conf
from jsonschema import Draft202012Validator

from include.factory import layers
from include.factory.build import build
from include.factory.check import Checker, check
from include.factory.commands.pages import COMMAND, WITHIN, Key, keys, kinds_of, stale
from include.factory.document.schema import schema
from include.factory.durations import seconds
from include.factory.project import Project
from include.factory.results import Checked
from include.factory.targets import DEFAULT_TARGET, TARGETS
from include.operators.pod import DEFAULTS, OPERATOR_KEYS
from include.operators.pod_manifest import pod_manifest
from include.operators.snowpark import _RuntimeOperator
from include.report.costs import Prices
from include.runtime import batch
from include.runtime.request import BatchOutput
from tests.docs.conftest import ROOT

Spec = dict[str, Any]

SMALLEST: Spec = {
    "pipeline": "sample",
    "params": {"table": "ORDERS", "rows": 100},
    "tasks": {
        "load": {"sql": "select 1"},
        "train": {"python_callable": "include.tasks.orders.train", "op_kwargs": {"table": "ORDERS"}},
    },
}
KINDS: dict[str, Spec] = {
    "sql": {"sql": "select %(day)s"},
    "python_callable": {"python_callable": "include.tasks.orders.train", "op_kwargs": {"table": "ORDERS"}},
    "batch_callable": {
        "batch_callable": "include.tasks.orders.score",
        "input": {"table": "ORDERS", "columns": ["AMOUNT"]},
        "output": {"table": "SCORES", "column": "SCORE"},
    },
    "container": {"container": {"command": ["env"], "env": {"ROWS": "{{ params.rows }}"}}},
    "operator": {"operator": "airflow.providers.standard.operators.empty.EmptyOperator"},
}
"""The smallest task of each kind."""
OF_TARGETS: dict[str, Spec] = {
    "sql": {"sql": "create table DAYS_{{ target }} (ID int)"},
    "python_callable": {
        "python_callable": "include.tasks.months.sums",
        "op_kwargs": {"table": "SUMS_{{ target }}"},
    },
    "batch_callable": {"output": {"table": "SCORES_{{ target }}"}},
}
"""What makes a table of each target's own of them."""


def _task(kind: str, more: Spec) -> Spec:
    task = layers.merge(KINDS[kind], more)
    if "compare" in more:
        task = layers.merge(task, OF_TARGETS.get(kind, {}))
    if kind == "batch_callable" and {"expand", "expand_kwargs"} & more.keys():
        task = layers.merge(task, {"output": {"table": "SCORES_{{ mapped.rows }}"}})
    if kind == "container" and {"expand", "expand_kwargs"} & more.keys():
        task = layers.merge(task, {"container": {"env": {"ROWS": "{{ mapped.rows }}"}}})
    after = {name: {"sql": "select 1", "dependencies": ["sample"]} for name in more.get("branches", ())}
    return {"tasks": {"sample": task, **after}}


def _on(target: str) -> Callable[[Any], list[Spec]]:
    return lambda spec: [{target: spec}, _task("python_callable", {"target": target, target: spec})]


def _takes(kind: str, spec: Spec) -> bool:
    """Whether an example is one for this kind, too: of operators other arguments are mapped."""
    return kind != "operator" or not {"expand", "expand_kwargs", "map_index_template"} & spec.keys()


PLACES: dict[str, Callable[[Any], list[Spec]]] = {
    "": lambda spec: [spec],
    "variant": lambda spec: [{"variants": {"one": {"target": "snowpark", **spec}}}],
    "dag": lambda spec: [{"dag": {"start_date": "2026-01-01", **spec}}],
    "default_args": lambda spec: [{"dag": {"default_args": spec}}, *(_task(kind, spec) for kind in KINDS)],
    "param": lambda spec: [{"params": {"sample": spec}}],
    "snowflake": lambda spec: [{"snowflake": spec}, _task("sql", {"snowflake": spec})],
    **{target: _on(target) for target in TARGETS},
    "task": lambda spec: [_task("operator", {**spec, "bash_command": "true"})],
    "our_task": lambda spec: [_task(kind, spec) for kind in kinds_of(next(iter(spec))) if _takes(kind, spec)],
    "layer": lambda spec: [{key: value for key, value in spec.items() if key not in ("dag", "prices", "loaders")}],
    "schedule": lambda value: [{"dag": {"start_date": "2026-01-01", "schedule": value}}],
    "asset": lambda value: [
        {"dag": {"start_date": "2026-01-01", "schedule": value if isinstance(value, dict) else [value]}},
        _task("sql", {"outlets": [value]}),
    ],
    "asset_parts": lambda spec: [_task("operator", {"inlets": [spec]})],
    "assets": lambda value: [{"dag": {"start_date": "2026-01-01", "schedule": {"__and__": value}}}],
    "callback": lambda value: [{"dag": {"on_failure_callback": value}}, _task("sql", {"on_retry_callback": value})],
    "duration": lambda value: [{"dag": {"dagrun_timeout": value}}, _task("sql", {"execution_timeout": value})],
    "when": lambda value: [{"dag": {"start_date": value}}],
    "import_path": lambda value: [_task("python_callable", {"python_callable": value})],
    "name": lambda value: [{"pipeline": value}],
    "quantity": lambda value: [
        {"kubernetes": {"resources": {"limits": {"memory" if "Gi" in str(value) else "cpu": value}}}}
    ],
    "target": lambda value: [{"target": value}],
}
"""Where what is listed under a part of the schema stands in a pipeline; some at several places."""
IN_LAYERS: dict[str, Callable[[Spec], Spec]] = {
    "layer": lambda spec: spec,
    "prices": lambda spec: {"prices": spec},
    "price": lambda spec: {"prices": {"credit": {"price": 1, "source": "a contract", **spec}}},
}
"""Where what is listed under a part of the schema stands in a layer."""
NOT_PLACED = {"typed", "prices", "price"}
"""Parts with examples that stand in others, or in layers alone."""
BESIDE: dict[tuple[str, str], Spec] = {
    ("param", "title"): {"default": 1},
    ("param", "items"): {"default": ["a"], "type": "array"},
    ("param", "minItems"): {"default": ["a"], "type": "array"},
    ("param", "maxItems"): {"default": ["a"], "type": "array"},
    ("param", "properties"): {"default": {"city": "Oslo"}, "type": "object"},
    ("param", "required"): {"default": {"city": "Oslo"}, "type": "object"},
    ("param", "values_display"): {"default": 10, "enum": [10, 100]},
    ("param", "enum"): {"default": 10},
    ("param", "const"): {"default": 100},
    ("param", "format"): {"default": "2026-01-01", "type": "string"},
    ("param", "pattern"): {"default": "ORDERS", "type": "string"},
    ("kubernetes", "volumes"): {"volumeMounts": [{"name": "cache", "mountPath": "/cache"}]},
    ("kubernetes", "volumeMounts"): {"volumes": [{"name": "cache", "emptyDir": {}}]},
    ("our_task", "map_index_template"): {"expand": {"rows": [10, 100]}},
    ("asset_parts", "group"): {"name": "orders"},
    ("asset_parts", "extra"): {"name": "orders"},
    ("asset_parts", "watchers"): {"name": "orders"},
    ("our_task", "container"): KINDS["container"],
    ("our_task", "input"): KINDS["batch_callable"],
    ("our_task", "output"): KINDS["batch_callable"],
}
"""What else must stand where a key stands."""
EVERY = keys()


def _name(key: Key) -> str:
    return f"{key.part or 'pipeline'}-{key.name}"


def _placed(key: Key, example: Any) -> list[Spec]:
    value = example
    for part in reversed(key.path):
        value = [value] if part == "[]" else {"x-sample" if part == "x-…" else part: value}
    beside = BESIDE.get((key.part, key.path[0]), {"default": 100} if key.part == "param" else {})
    return [layers.merge(SMALLEST, spec) for spec in PLACES[key.part](layers.merge(beside, value))]


def _checked(checker: Checker, spec: Mapping[str, Any]) -> Checked:
    path = checker.settings.root / "configs" / "sample.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    return checker.pipeline(path)


def _is_right(checker: Checker, spec: Mapping[str, Any]) -> None:
    checked = _checked(checker, spec)
    assert [(one.message, one.hint) for one in checked.diagnostics] == []
    for dag_id, config in checked.configs.items():
        assert build(dag_id, config).task_ids


def test_the_pages_are_what_the_schema_says() -> None:
    assert stale(Project(ROOT, os.environ)) == [], f"run {COMMAND}"


@pytest.mark.parametrize("key", EVERY, ids=_name)
def test_a_key_has_an_example(key: Key) -> None:
    assert key.examples, "add `examples` to it in schemas/pipeline.schema.json"
    for example in key.examples:
        part = {**schema(), **key.schema}
        wrong = Draft202012Validator({"$defs": part["$defs"], **key.schema}).iter_errors(example)
        assert [one.message for one in wrong] == []


@pytest.mark.parametrize("key", [key for key in EVERY if key.part not in NOT_PLACED], ids=_name)
def test_its_example_is_right_where_it_stands(key: Key, docs_checker: Checker) -> None:
    assert key.part in PLACES, "say in PLACES where it stands"
    for example in key.examples:
        for spec in _placed(key, example):
            _is_right(docs_checker, spec)


@pytest.mark.parametrize(
    "name", [name for name, part in schema()["$defs"].items() if "examples" in part and name != "param"]
)
def test_an_example_of_a_kind_of_value_is_right(name: str, docs_checker: Checker) -> None:
    for example in schema()["$defs"][name]["examples"]:
        assert Draft202012Validator({"$defs": schema()["$defs"], **schema()["$defs"][name]}).is_valid(example)
        for spec in PLACES[name](example) if name in PLACES else ():
            _is_right(docs_checker, layers.merge(SMALLEST, spec))


def test_every_kind_of_value_has_an_example() -> None:
    """But those that are listed key by key or described where they are used."""
    listed = {key.part for key in EVERY} | {"task", "operator_task"} | set(WITHIN)
    assert [name for name, part in schema()["$defs"].items() if name not in listed and "examples" not in part] == []


OF_TASKS = [
    key for key in EVERY if key.part == "our_task" and len(key.path) == 1 and key.name not in KINDS and key.examples
]


# What a page does not give an operator is an argument of the operator's own, or none.
OF_KINDS = [(key, kind) for key, kind in product(OF_TASKS, KINDS) if kind != "operator" or kind in kinds_of(key.name)]


@pytest.mark.parametrize(("key", "kind"), OF_KINDS, ids=lambda one: getattr(one, "name", one))
def test_a_key_is_for_the_kinds_that_its_page_says(key: Key, kind: str, docs_checker: Checker) -> None:
    beside = {} if key.path[0] in KINDS["batch_callable"] else BESIDE.get((key.part, key.path[0]), {})
    spec = layers.merge(SMALLEST, _task(kind, {**beside, key.name: key.examples[0]}))
    found = _checked(docs_checker, spec).diagnostics
    misplaced = [one for one in found if one.code in ("misplaced-key", "unknown-key", "nothing-to-compare")]
    assert (not misplaced) == (kind in kinds_of(key.name)), [one.message for one in found]


def test_the_examples_of_layers_are_right(docs_project: Project) -> None:
    for key in EVERY:
        if key.part in IN_LAYERS:
            for example in key.examples:
                name = "x-sample" if key.name == "x-…" else key.name
                path = docs_project.environments / "sample.yaml"
                path.write_text(yaml.safe_dump(IN_LAYERS[key.part]({name: example})), encoding="utf-8")
                result = check(Project(docs_project.root, {"SNOWPOD_ENVIRONMENT": "sample"}), [])
                path.unlink()
                assert result.layers[1].diagnostics == ()


def _of_airflow() -> dict[tuple[str, str], Any]:
    """What Airflow itself takes where nobody says anything, by its own classes."""
    from airflow.sdk import DAG, BaseOperator

    dag, task = DAG("sample"), BaseOperator(task_id="sample")
    of_dag = {name: getattr(dag, name, None) for name in schema()["$defs"]["dag"]["properties"]}
    of_dag |= {
        "timezone": str(dag.timezone),
        "is_paused_upon_creation": conf.getboolean("core", "dags_are_paused_at_creation"),
    }
    of_task = {name: getattr(task, name, None) for name in schema()["$defs"]["default_args"]["properties"]}
    return {("dag", name): value for name, value in of_dag.items()} | {
        ("default_args", name): value for name, value in of_task.items()
    }


def _of_pods() -> dict[tuple[str, str], Any]:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

    plain = KubernetesPodOperator(task_id="sample")
    pod = pod_manifest({"image": "a"})["spec"]
    found = {key: DEFAULTS.get(name, getattr(plain, name, None)) for key, name in OPERATOR_KEYS.items()}
    found |= {key: pod["containers"][0][key] for key in ("resources", "imagePullPolicy")}
    found["hostNetwork"] = pod.get("hostNetwork", False)
    return {("kubernetes", key): value for key, value in found.items()}


def _of_ours(checker: Checker) -> dict[tuple[str, str], Any]:
    spec = {"pipeline": "sample", "tasks": {"sample": KINDS["python_callable"]}}
    compiled = _checked(checker, spec).configs["sample"]["tasks"]["sample"]
    return {
        ("", "target"): DEFAULT_TARGET.name,
        ("layer", "loaders"): checker.settings.loaders,
        ("prices", "currency"): Prices.of({}).currency,
        ("snowflake", "connection"): compiled["snowflake_conn_id"],
        ("snowflake", "task_runs"): inspect.signature(_RuntimeOperator.__init__).parameters["task_runs"].default,
        ("snowpark", "python"): os.path.relpath(compiled["python"], checker.settings.root),
        ("snowpark", "run_as"): compiled["run_as"],
        ("our_task", "output.type"): batch._output_type(BatchOutput("SCORES", "SCORE")),
    }


def test_a_default_is_what_holds_where_nobody_says_anything(docs_checker: Checker) -> None:
    """By the code that decides it; a default of the schema that no code here tells fails."""
    holds = _of_airflow() | _of_pods() | _of_ours(docs_checker)
    for key in EVERY:
        if "default" in key.schema:
            value = holds[key.part, key.name]
            said = key.schema["default"]
            if isinstance(said, str) and not isinstance(value, str) and not isinstance(value, enum.Enum):
                said = seconds(said)
                value = value.total_seconds() if isinstance(value, timedelta) else value
            assert value == said, key.name
