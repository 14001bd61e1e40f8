"""Reading Python from its source: what real operators take, as Python itself says it."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path

import pytest

from include.factory.python.function_bodies import imported_packages, returned_keys
from include.factory.python.modules import Definition, Hidden, Missing
from include.factory.python.sources import Sources, all_sources
from tests.factory.conftest import HERE, PROJECT

ROOT = HERE.parents[1]
OPERATORS = [
    "airflow.providers.standard.operators.bash.BashOperator",
    "airflow.providers.standard.operators.empty.EmptyOperator",
    "airflow.providers.standard.operators.python.PythonOperator",
    "airflow.providers.standard.operators.python.ShortCircuitOperator",
    "airflow.providers.standard.operators.python.BranchPythonOperator",
    "airflow.providers.standard.operators.python.BranchPythonVirtualenvOperator",
    "airflow.providers.standard.operators.python.BranchExternalPythonOperator",
    "airflow.providers.standard.operators.python.ShortCircuitOperator",
    "airflow.providers.standard.operators.datetime.BranchDateTimeOperator",
    "airflow.providers.standard.operators.trigger_dagrun.TriggerDagRunOperator",
    "airflow.providers.standard.sensors.external_task.ExternalTaskSensor",
    "airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator",
    "airflow.providers.snowflake.operators.snowflake.SnowflakeSqlApiOperator",
    "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator",
    "include.operators.SnowparkOperator",
    "include.operators.SnowparkBatchOperator",
    "include.operators.SnowparkPodOperator",
    "include.operators.SnowparkBatchPodOperator",
    "include.operators.CheckSnowflakeConnection",
]


@pytest.fixture(scope="module")
def sources() -> Sources:
    return all_sources(ROOT)


@pytest.mark.parametrize("name", OPERATORS)
def test_what_an_operator_takes_is_what_python_says(sources: Sources, name: str) -> None:
    definition = sources.find(name)
    assert isinstance(definition, Definition)
    signature = sources.signature(definition)
    assert signature is not None

    module, _, attribute = name.rpartition(".")
    operator = getattr(importlib.import_module(module), attribute)
    taken: set[str] = set()
    for ancestor in operator.__mro__:
        if "__init__" in vars(ancestor):
            taken |= set(inspect.signature(inspect.unwrap(vars(ancestor)["__init__"])).parameters) - {
                "self",
                "args",
                "kwargs",
            }
        if ancestor.__name__ == "BaseOperator":
            break
    known = {parameter.name for parameter in signature.parameters}
    assert known <= taken
    # What a subclass hands up itself cannot be given once more.
    assert {"task_id", "retries", "trigger_rule"} <= known
    own = (
        set(inspect.signature(inspect.unwrap(vars(operator)["__init__"])).parameters)
        if "__init__" in vars(operator)
        else set()
    )
    assert own - {"self", "args", "kwargs"} <= known
    assert not signature.any_keyword


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("airflow.providers.standard.operators.bash.BashOperator", {"bash_command", "task_id"}),
        ("airflow.providers.standard.operators.empty.EmptyOperator", {"task_id"}),
        ("include.operators.SnowparkOperator", {"function", "python", "task_id"}),
        ("airflow.sdk.Asset", set()),
        ("datetime.timedelta", set()),
    ],
)
def test_what_must_be_given(sources: Sources, name: str, required: set[str]) -> None:
    definition = sources.find(name)
    assert isinstance(definition, Definition)
    signature = sources.signature(definition)
    assert signature is not None
    assert {parameter.name for parameter in signature.parameters if parameter.required} == required


@pytest.mark.parametrize("name", OPERATORS)
def test_ancestors_are_in_pythons_order(sources: Sources, name: str) -> None:
    definition = sources.find(name)
    assert isinstance(definition, Definition)
    module, _, attribute = name.rpartition(".")
    order = [one.__name__ for one in getattr(importlib.import_module(module), attribute).__mro__]
    found = [
        one.node.name for one in sources.ancestors(definition) if one is not None and isinstance(one.node, ast.ClassDef)
    ]
    # Those above BaseOperator are no matter of a pipeline's: some are hidden from the source by conditional imports.
    assert found[: found.index("BaseOperator")] == [one for one in order[: order.index("BaseOperator")] if one in found]
    assert len(found) == len(set(found))


def test_a_diamond_is_read_in_pythons_order(tmp_path: Path) -> None:
    (tmp_path / "shapes.py").write_text(
        "class Base:\n    def __init__(self, *, a): ...\n"
        "class Left(Base): ...\n"
        "class Right(Base):\n    def __init__(self, *, b, **kwargs): super().__init__(**kwargs)\n"
        "class Both(Left, Right): ...\n"
    )
    sources = Sources([tmp_path])
    both = sources.find("shapes.Both")
    assert isinstance(both, Definition)
    assert [
        one.node.name for one in sources.ancestors(both) if one is not None and isinstance(one.node, ast.ClassDef)
    ] == [
        "Both",
        "Left",
        "Right",
        "Base",
    ]
    signature = sources.signature(both)
    assert signature is not None
    assert {parameter.name for parameter in signature.parameters} == {"a", "b"}


def test_names_that_are_not_there(sources: Sources) -> None:
    assert sources.find("include.tasks.taxi.nothing") == Missing(
        "include.tasks.taxi", "nothing", _near(sources, "include.tasks.taxi.nothing")
    )
    missing = sources.find("include.taskz.taxi.train")
    assert isinstance(missing, Missing)
    assert (missing.where, missing.name) == ("include", "taskz")
    assert "tasks" in missing.near


def _near(sources: Sources, name: str) -> frozenset[str]:
    found = sources.find(name)
    assert isinstance(found, Missing)
    assert "train" in found.near
    return found.near


def test_what_the_source_does_not_show_is_not_called_missing(tmp_path: Path) -> None:
    (tmp_path / "tricks.py").write_text("from os.path import *\n")
    (tmp_path / "lazy.py").write_text("def __getattr__(name):\n    return 1\n")
    (tmp_path / "broken.py").write_text("def f(:\n")
    found = Sources([tmp_path])
    assert isinstance(found.find("tricks.join"), Hidden)
    assert isinstance(found.find("lazy.anything"), Hidden)
    assert found.module("broken") is None


def test_imports_are_followed(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text(
        "from .inner import f as g\ntry:\n    from .new import h\nexcept ImportError:\n    from .inner import f as h\n"
    )
    (tmp_path / "pack" / "inner.py").write_text("def f(session, *, a): ...\n")
    (tmp_path / "pack" / "new.py").write_text("def h(session): ...\n")
    sources = Sources([tmp_path])
    for name, home in (("pack.g", "pack.inner"), ("pack.h", "pack.new")):
        definition = sources.find(name)
        assert isinstance(definition, Definition)
        assert definition.module.name == home


def test_what_a_function_returns_and_imports() -> None:
    sources = Sources([PROJECT])

    def find(name: str) -> Definition:
        definition = sources.find(f"include.tasks.sample.{name}")
        assert isinstance(definition, Definition)
        return definition

    assert returned_keys(find("load")) == {"table", "rows"}
    assert returned_keys(find("anything")) is None
    assert set(imported_packages(find("trains"))) >= {"sklearn", "functools"}
