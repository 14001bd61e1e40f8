"""`show DAG --origins`: the file, line and layer of each setting, held to what is compiled of the same layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.factory import layers
from include.factory.check import Checker, check
from include.factory.commands.cli import main
from include.factory.commands.laid import FACTORY, Layer, Setting, laid
from include.factory.commands.origins import described, origins
from include.factory.document.positions import Positions
from include.factory.project import Project
from include.factory.targets import TARGETS
from tests.factory.conftest import HERE, PROJECT

VARIABLES = {"HOME": "/home/tests"}
RIGHT = sorted((HERE / "right").glob("*.yaml"))

DEFAULTS = """\
dag:
  catchup: false
  default_args: {owner: all, retries: 2, retry_delay: 30s}
snowflake: {connection: snowflake_default}
snowpark: {python: .venv/bin/python}
kubernetes:
  image: "registry.example.com/task:1"
  env: {A: 1, B: 2}
  volumes: [{name: data, emptyDir: {sizeLimit: 1Gi}}]
  volumeMounts: [{name: data, mountPath: /data}, {name: ca, mountPath: /ca}]
  tolerations: [{key: gpu}]
"""
ENVIRONMENT = """\
x-small: &small {limits: {memory: 1Gi}}
dag:
  default_args: {retries: "${RETRIES:-1}"}
snowflake: {connection: "${CONNECTION}"}
kubernetes:
  env: [{name: B, value: "3"}]
  volumes: [{name: data, emptyDir: {medium: Memory}}, {name: ca, configMap: {name: ca}}]
  resources: *small
"""
PIPELINE = """\
pipeline: sample
x-patient: &patient
  retries: 5
  retry_delay: 1m
params: {table: {default: T, type: string}, rows: 1}
tasks:
  load:
    sql: select 1
  train:
    <<: *patient
    python_callable: include.tasks.sample.load
    op_kwargs: {table: "{{ params.table }}"}
    dependencies: [load]
    retries: 7
    kubernetes: {tolerations: [], env: {A: "x"}}
  tell:
    python_callable: include.tasks.sample.anything
    op_kwargs: {rows: "{{ outputs.train.rows }}"}
    target: snowpark
    snowpark: {run_as: stored_procedure}
variants:
  pods:
    target: kubernetes
    params: {table: OTHER}
    kubernetes: {namespace: pods}
  both: {target: [snowpark, kubernetes]}
"""


@pytest.fixture
def sample(project: Project) -> Project:
    project.defaults_file.write_text(DEFAULTS)
    project.environment_file.write_text(ENVIRONMENT)
    (project.configs / "sample.yaml").write_text(PIPELINE)
    return Project(project.root, {"CONNECTION": "snowflake_ours"})


def _lines(project: Project, dag_id: str) -> list[str]:
    result = check(project)
    assert result.diagnostics == []
    return [" ".join(line.split()) for line in described(origins(project, result, dag_id)) if line]


@pytest.mark.parametrize(
    "line",
    [
        # Layer over layer, to the variable that the value comes from.
        "configs/defaults.yaml:2:3 defaults dag.catchup: false",
        "configs/environments/local.yaml:3:18 environment dag.default_args.retries: 1"
        " # RETRIES is not set; over 2 (configs/defaults.yaml:3:30, defaults)",
        "configs/environments/local.yaml:4:13 environment dag.default_args.snowflake_conn_id: snowflake_ours"
        " # as snowflake.connection; from CONNECTION; over snowflake_default (configs/defaults.yaml:4:13, defaults)",
        # A variant's param replaces the whole one.
        "configs/sample.yaml:24:14 variant params.table: OTHER"
        " # over {default: T, type: string} (configs/sample.yaml:5:10, pipeline)",
        "configs/sample.yaml:5:45 pipeline params.rows: 1",
        "- the factory dag.user_defined_macros.result_of: include.operators.outputs.result_of",
        # The task's own word, one that `<<` brings, and one of the default arguments.
        "configs/sample.yaml:14:5 task tasks.train.retries: 7 # over 1 (configs/environments/local.yaml:3:18,"
        " environment); over 2 (configs/defaults.yaml:3:30, defaults)",
        "configs/sample.yaml:4:3 task tasks.train.retry_delay: 1m # over 30s (configs/defaults.yaml:3:42, defaults)",
        "configs/defaults.yaml:3:18 defaults tasks.train.owner: all",
        # Kubernetes' lists by name, other lists as a whole, and a mapping that an alias brings.
        "configs/sample.yaml:15:41 task tasks.train.kubernetes.env[A]: x"
        " # over 1 (configs/defaults.yaml:8:9, defaults)",
        "configs/environments/local.yaml:6:9 environment tasks.train.kubernetes.env[B]: '3'"
        " # over 2 (configs/defaults.yaml:8:15, defaults)",
        "configs/environments/local.yaml:7:13 environment tasks.train.kubernetes.volumes[data]: {emptyDir: {medium:"
        " Memory}} # over {emptyDir: {sizeLimit: 1Gi}} (configs/defaults.yaml:9:13, defaults)",
        "configs/defaults.yaml:10:19 defaults tasks.train.kubernetes.volumeMounts[/data].name: data",
        "configs/sample.yaml:15:18 task tasks.train.kubernetes.tolerations: []"
        " # over [{key: gpu}] (configs/defaults.yaml:11:3, defaults)",
        "configs/environments/local.yaml:1:27 environment tasks.train.kubernetes.resources.limits.memory: 1Gi",
        "configs/sample.yaml:25:18 variant tasks.train.kubernetes.namespace: pods",
        # Where it runs, and what it waits for.
        "configs/sample.yaml:23:5 variant tasks.train.target: kubernetes",
        "configs/sample.yaml:19:5 task tasks.tell.target: snowpark"
        " # over kubernetes (configs/sample.yaml:23:5, variant)",
        "configs/sample.yaml:13:20 task tasks.train.dependencies[0]: load",
        "configs/sample.yaml:18:17 the factory tasks.tell.dependencies[0]: train"
        " # its result is used: outputs.train.rows",
        "- the factory tasks.train.operator: include.operators.SnowparkPodOperator",
        "- the factory tasks.load.split_statements: true",
        "configs/sample.yaml:20:16 task tasks.tell.snowpark.run_as: stored_procedure",
    ],
)
def test_a_setting(sample: Project, line: str) -> None:
    assert line in _lines(sample, "sample_pods")


def test_side_by_side_each_task_has_its_own(sample: Project) -> None:
    lines = _lines(sample, "sample_both")
    assert "configs/sample.yaml:26:10 variant tasks.kubernetes.train.target: kubernetes" in lines
    assert "- the factory tasks.snowpark.train.run_as: session" in lines
    assert "configs/sample.yaml:13:20 task tasks.snowpark.train.dependencies[0]: load" in lines
    assert any(line.startswith("- the factory dag.task_groups.snowpark") for line in lines)
    assert not any("tasks.snowpark.train.kubernetes" in line for line in lines)


def test_a_mapping_over_a_word_and_a_word_over_a_mapping(project: Project) -> None:
    project.defaults_file.write_text(
        "dag: {schedule: {__or__: ['s3://bucket/a', 's3://bucket/b']}, user_defined_macros: {a: 1}}\n"
    )
    project.environment_file.write_text("dag: {schedule: '@daily', user_defined_macros: {}}\n")
    (project.configs / "sample.yaml").write_text(
        "pipeline: sample\ndag:\n  schedule: {__and__: ['s3://bucket/c']}\ntasks: {load: {sql: select 1}}\n"
    )
    lines = [line for line in _lines(project, "sample") if "schedule" in line or "macros.a" in line]
    assert sorted(lines) == [
        "configs/defaults.yaml:1:85 defaults dag.user_defined_macros.a: 1",
        "configs/sample.yaml:3:3 pipeline dag.schedule: {__and__: ['s3://bucket/c']}"
        " # over '@daily' (configs/environments/local.yaml:1:7, environment);"
        " over {__or__: ['s3://bucket/a', 's3://bucket/b']} (configs/defaults.yaml:1:7, defaults)",
    ]


def test_a_task_that_the_factory_adds_stands_where_it_is_asked_for(project: Project) -> None:
    (project.configs / "sample.yaml").write_text(
        "pipeline: sample\ntasks:\n  list: {sql: select 1}\n"
        '  each: {python_callable: include.tasks.sample.anything, expand: {month: "{{ outputs.list }}"}}\n'
    )
    lines = _lines(project, "sample")
    assert "configs/sample.yaml:4:58 the factory tasks.each_items.operator: include.operators.MappedItems" in lines


def test_each_line_stands_alone(sample: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """So that `grep` finds all that is to know of a setting; each is said once."""
    lines = [line for line in _lines(sample, "sample_pods") if line]
    paths = [line.split("  #")[0].split(": ", 1)[0].rsplit(" ", 1)[-1] for line in lines]
    assert len(set(paths)) == len(paths)


def test_on_the_command_line(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (project.configs / "sample.yaml").write_text("pipeline: sample\ntasks:\n  load: {sql: select 1, retries: 4}\n")
    assert main(["--root", str(project.root), "show", "sample", "--origins"]) == 0
    out = capsys.readouterr().out
    assert "configs/sample.yaml:3:25    task         tasks.load.retries: 4  # over 1 (configs/defaults.yaml:4:32" in out
    assert "operator: include.operators.SnowflakeSQLOperator" in out
    assert main(["--root", str(project.root), "show", "smaple", "--origins"]) == 2


def _rebuilt(settings: list[Setting], section: str) -> dict[str, Any]:
    """Lay settings together again: what the compiler would have of them."""
    whole: dict[str, Any] = {}
    for setting in settings:
        if setting.path[0] == section:
            part = whole
            for key in setting.path[:-1]:
                part = part.setdefault(key, {})
            part[setting.path[-1]] = setting.origin.value
    return whole.get(section, {})


def _by_item(section: Mapping[str, Any], merge_keys: Mapping[str, str]) -> dict[str, Any]:
    """A merged section with its lists as they are spelled in origins."""
    return {
        name: {f"[{item[merge_keys[name]]}]": _item(item, merge_keys[name], merge_keys) for item in value}
        if name in merge_keys
        else value
        for name, value in section.items()
    }


def _item(item: Mapping[str, Any], key: str, merge_keys: Mapping[str, str]) -> Any:
    rest = {name: value for name, value in item.items() if name != key}
    return rest["value"] if rest.keys() == {"value"} else _by_item(rest, merge_keys)


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_what_it_tells_is_what_is_compiled(path: Path, checker: Checker) -> None:
    project = Project(PROJECT, VARIABLES)
    result = checker.check([path])
    (checked,) = result.files
    assert checked.pipeline is not None
    for variant in checked.pipeline.variants:
        dag_id = checked.pipeline.dag_id(variant)
        found = origins(project, result, dag_id)
        assert list(described(found))
        specs = (*result.settings.layers, checked.pipeline.spec, variant.spec)
        own = [setting for setting in found[""] if setting.origin.layer != FACTORY]
        own = [setting for setting in own if not setting.origin.note.startswith("as ")]
        dag = layers.section("dag", *specs)
        assert _without_empty(_rebuilt(own, "dag")) == _without_empty(dag)
        for task_id, config in checked.configs[dag_id]["tasks"].items():
            assert all(setting.path[:2] == ("tasks", task_id) for setting in found[task_id])
            below = [Setting(setting.path[2:], setting.origin) for setting in found[task_id]]
            _is_complete(config, below)
            for target in TARGETS.values():
                if told := _rebuilt(below, target.name):
                    name = task_id if task_id in checked.pipeline.tasks else task_id.partition(".")[2]
                    merged = target.merged(*specs, checked.pipeline.tasks[name].spec)
                    assert _with_text(told) == _with_text(_by_item(merged, target.merge_keys))


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(inner) for key, inner in value.items() if inner != {}}
    return value


def _is_complete(config: Mapping[str, Any], settings: list[Setting]) -> None:
    """Whatever dag-factory gets is told, under its own name or that of the pipeline."""
    told = {key for setting in settings for key in setting.path[:2]}
    renamed = {"function", "batch_input", "batch_output", "hook_params", "pre_execute", "snowflake_conn_id", "conn_id"}
    assert {key for key, value in config.items() if value not in (None, {}, [])} - told <= renamed


def _with_text(section: dict[str, Any]) -> dict[str, Any]:
    """`env` in short takes numbers and truth values."""
    env = section.get("env", {})
    texts = {name: value if isinstance(value, Mapping) else str(value).lower() for name, value in env.items()}
    return {**section, **({"env": texts} if env else {})}


KEYS = st.sampled_from(["x", "y", "schedule", "__type__"])
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.sampled_from(["a", "b"]),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=6,
)
SECTIONS = st.dictionaries(st.sampled_from(["image", "labels", "resources"]), VALUES, max_size=3)
ENV = st.none() | st.dictionaries(st.sampled_from(["A", "B"]), st.integers(0, 3)) | st.lists(
    st.fixed_dictionaries({"name": st.sampled_from(["A", "B"])}, optional={"value": st.just("9"), "valueFrom": VALUES}),
    max_size=2,
    unique_by=lambda item: item["name"],
)  # fmt: skip


@given(st.lists(st.tuples(SECTIONS, ENV), min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_whatever_the_layers_say_they_are_laid_as_the_compiler_does(said: list[tuple[dict[str, Any], Any]]) -> None:
    specs = [{"kubernetes": section | ({"env": env} if env is not None else {})} for section, env in said]
    given_layers = [Layer(f"{number}", spec, (), "f", spec, Positions(), {}) for number, spec in enumerate(specs)]
    told = _rebuilt(laid(given_layers, ("kubernetes",)), "kubernetes")
    merged = _by_item(TARGETS["kubernetes"].merged(*specs), {"env": "name"})
    assert _without_empty(_with_text(told)) == _without_empty(_with_text(merged))
