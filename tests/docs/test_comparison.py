"""The pipeline on the page about the comparison: it compares what the page says."""

from __future__ import annotations

from pathlib import Path

from include.factory.check import Checker
from tests.docs.conftest import DOCS, blocks


def test_its_pipeline_compares_two_tables(docs_checker: Checker, tmp_path: Path) -> None:
    path = tmp_path / "scores.yaml"
    path.write_text(blocks(DOCS / "comparison.md", "yaml")[0])

    checked = docs_checker.pipeline(path)

    assert checked.diagnostics == ()
    compare = checked.configs["scores_side_by_side"]["tasks"]["compare"]
    assert [(one["task"], one["tables"]["kubernetes"]) for one in compare["op_kwargs"]["outputs"]] == [
        ("score", "SCORES_kubernetes"),
        ("by_day", "DAYS_kubernetes"),
    ]
