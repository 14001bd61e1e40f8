"""A file at which a check, or the compiler, stumbles harms no other.

A gap in them is said as a mistake of the file that shows it.
"""

from __future__ import annotations

from typing import Any

import pytest

from include.factory import check
from include.factory.project import Project

TEXT = "pipeline: {name}\ntasks:\n  first: {{sql: select 1}}\n"


@pytest.mark.parametrize("part", ["reference_diagnostics", "operator_diagnostics", "compile_pipeline"])
def test_others_are_there_all_the_same(project: Project, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("odd", "right"):
        (project.configs / f"{name}.yaml").write_text(TEXT.format(name=name), encoding="utf-8")
    real = getattr(check, part)

    def stumbles(pipeline: Any, *rest: Any) -> Any:
        if pipeline.name == "odd":
            raise TypeError("unheard of")
        return real(pipeline, *rest)

    monkeypatch.setattr(check, part, stumbles)

    result = check.check(project)

    (diagnostic,) = result.diagnostics
    assert (diagnostic.file, diagnostic.code) == ("configs/odd.yaml", "not-compiled")
    assert "TypeError: unheard of (test_stumbling.py:" in diagnostic.message
    assert {dag_id for checked in result.files for dag_id in checked.configs} >= {"right"}
