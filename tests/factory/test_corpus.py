"""Each file in a folder of broken/ has one mistake, found where the .txt beside it says, with its message and hint.

No file in right/ has one.

Adding a file adds a test.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from include.factory.build import build
from include.factory.check import Checker
from include.factory.compile import compile_pipeline
from tests.factory.conftest import BROKEN, HERE, name_of_broken

FILES = sorted(BROKEN.glob("*/*.yaml"))
WARNED = sorted((HERE / "warned").glob("*.yaml"))
RIGHT = sorted((HERE / "right").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=name_of_broken)
def test_the_diagnostic_is_found_at_its_place_with_its_hint(path: Path, checker: Checker) -> None:
    place, message, hint = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()

    found = checker.pipeline(path)

    assert found.pipeline is None
    reported = [
        (f"{one.position.line}:{one.position.column} {one.code}", one.message, one.hint)
        for one in found.diagnostics
        if one.position
    ]
    assert reported == [(place, message, hint)]


@pytest.mark.parametrize("path", WARNED, ids=lambda path: path.stem)
def test_a_warning_is_found_at_its_place_and_the_pipeline_loads(path: Path, checker: Checker) -> None:
    found = checker.pipeline(path)

    assert found.diagnostics == ()
    assert found.configs
    ((warning),) = found.warnings
    place, message, hint = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert f"{warning.position.line}:{warning.position.column} {warning.code}" == place
    assert (warning.message, warning.hint, warning.level) == (message, hint, "warning")


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_what_is_right_is_not_refused_and_builds(path: Path, checker: Checker) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    found = checker.pipeline(path)

    assert found.diagnostics == ()
    assert found.warnings == ()
    assert found.pipeline is not None
    for dag_id, config in compile_pipeline(found.pipeline, checker.settings).items():
        dag = build(dag_id, config)
        assert dag.task_ids
        assert DagSerialization.to_dict(dag)["dag"]["dag_id"] == dag_id


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(FILES) >= 297
    assert len(RIGHT) >= 30
