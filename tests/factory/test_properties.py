"""Mutated configurations: the checker never crashes, and lets nothing through that the loader cannot build."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.sdk.execution_time.comms import _new_encoder
from airflow.serialization.serialized_objects import DagSerialization
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from include.factory.accept import is_plain
from include.factory.check import Checker, check
from include.factory.diagnostics import KeyPath
from include.factory.document.reading import Document, YamlLoader, read
from include.factory.project import Project
from include.factory.python.sources import all_sources
from include.factory.refusals import build_diagnostics
from include.factory.register import register
from include.factory.results import Checked
from tests.factory.conftest import HERE, PROJECT
from tests.factory.test_corpus import RIGHT, WARNED

TEXTS = {
    path.stem: path.read_text(encoding="utf-8-sig")
    for path in sorted((HERE / "right").glob("*.yaml"))
    if path.stem != "long_chain"
}
MANY = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 10**12), st.floats(allow_nan=False), st.text(max_size=8),
    st.sampled_from([
        "snowpark", "first", "{{ params.x }}", "{{ outputs.first.x }}", "{{ target }}", "{{", "{% if %}", "@daily",
        "5m", "0 * * * *", "2024-01-31", "include.tasks.sample.load",
        "airflow.providers.standard.operators.empty.EmptyOperator", "x.sql", "1Gi", "${NO_SUCH}",
    ]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda base: st.lists(base, max_size=3) | st.dictionaries(st.text(max_size=6), base, max_size=3),
    max_leaves=5,
)


def _paths(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    found = [path]
    if isinstance(value, dict):
        for key, base in value.items():
            found += _paths(base, (*path, key))
    elif isinstance(value, list):
        for index, base in enumerate(value):
            found += _paths(base, (*path, index))
    return found


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A right configuration with one to three places changed, as YAML."""
    value = yaml.load(TEXTS[draw(st.sampled_from(sorted(TEXTS)))], YamlLoader)
    for _ in range(draw(st.integers(1, 3))):
        value = copy.deepcopy(value)  # an alias is one object in two places
        path = draw(st.sampled_from(_paths(value)[1:] or [()]))
        if not path:
            break
        parent = value
        for part in path[:-1]:
            parent = parent[part]
        how = draw(st.sampled_from(["replace", "remove", "rename", "move", "add"]))
        if how == "replace":
            parent[path[-1]] = draw(VALUES)
        elif how == "remove":
            del parent[path[-1]]
        elif isinstance(parent, dict):
            name = str(path[-1])
            if how == "rename":
                at = draw(st.integers(0, max(0, len(name) - 1)))
                parent[name[:at] + name[at + 1 :]] = parent.pop(path[-1])
            elif how == "move":
                other = draw(st.sampled_from(sorted(key for key in parent if isinstance(key, str)) or [name]))
                parent[other], parent[path[-1]] = parent[path[-1]], parent.get(other)
            else:
                parent[draw(st.text(max_size=6))] = draw(VALUES)
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A copy of the tests' own project, for one pipeline at a time; its code is read once for all of them."""
    root = tmp_path_factory.mktemp("agreeing") / "project"
    shutil.copytree(PROJECT, root)
    sources = all_sources(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("include.factory.project.all_sources", lambda _: sources)
        yield Project(root, {"HOME": "/home/tests"})


def _agreed(text: str, project: Project) -> None:
    """Validate a pipeline, and load it: the loader gives all its DAGs if nothing was said of it, and else none.

    What it gives, Airflow can write down and read again.
    """
    (project.configs / "sample.yaml").write_text(text, encoding="utf-8")
    result = check(project)
    said = [*result.diagnostics, *build_diagnostics(result)]
    assert not said or not any(is_plain(config) for one in result.files for config in one.configs.values()), (
        "what is the format's own, it checks itself"
    )
    namespace: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", project.variables["HOME"])
        register(namespace, project.root)
    broken = {name for name in namespace if name.startswith("broken ")}
    assert broken == ({"broken configs/sample.yaml"} if said else set())
    assert namespace.keys() - broken == (set() if said else {dag_id for one in result.files for dag_id in one.configs})
    for name in namespace.keys() - broken:
        written = DagSerialization.to_dict(namespace[name])
        _new_encoder().encode(written)  # as it goes from the process that parses to the one that keeps it
        DagSerialization.from_dict(json.loads(json.dumps(written)))


@MANY
@given(text=mutated())
def test_validate_and_the_loader_agree_on_mutants(text: str, alone: Project) -> None:
    note(text)
    _agreed(text, alone)


@pytest.mark.parametrize("path", [*WARNED, *RIGHT], ids=lambda path: path.stem)
def test_validate_and_the_loader_agree_on_the_corpus(path: Path, alone: Project) -> None:
    _agreed(path.read_text(encoding="utf-8-sig"), alone)


@MANY
@given(
    name=st.sampled_from(sorted(TEXTS)),
    at=st.integers(0, 2000),
    length=st.integers(0, 5),
    put=st.text(max_size=4) | st.sampled_from(list("\t{}[]*&!:,'\"|>%@`#-?")),
)
def test_the_checker_takes_any_text(
    name: str, at: int, length: int, put: str, tmp_path: Path, checker: Checker
) -> None:
    text = TEXTS[name]
    text = text[:at] + put + text[at + length :]
    note(text)
    _check(text.encode("utf-8", errors="surrogatepass"), tmp_path, checker)


@settings(MANY, max_examples=100)
@given(content=st.binary(max_size=200))
def test_the_checker_takes_any_bytes(content: bytes, tmp_path: Path, checker: Checker) -> None:
    _check(content, tmp_path, checker)


def _check(content: bytes, folder: Path, checker: Checker) -> Checked:
    path = folder / "sample.yaml"
    path.write_bytes(content)
    checked = checker.pipeline(path)
    assert (checked.pipeline is None) == bool(checked.diagnostics)
    lines = content.count(b"\n") + content.count(b"\r") + content.count(b"\xc2\x85") + content.count(b"\xe2\x80") + 1
    for diagnostic in checked.diagnostics:
        assert diagnostic.message
        assert diagnostic.hint
        assert diagnostic.position is not None
        assert 1 <= diagnostic.position.line <= lines + 1
    return checked


def test_a_right_file_reads_as_it_should(tmp_path: Path) -> None:
    """The mutations start from something."""
    assert len(TEXTS) > 30
    assert all(isinstance(read(HERE / "right" / f"{name}.yaml"), Document) for name in TEXTS)
