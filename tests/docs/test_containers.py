"""The example of the page on containers is a pipeline that the tests run in real pods."""

from __future__ import annotations

import re

from tests.docs.conftest import DOCS, ROOT


def test_the_example_is_the_one_that_runs() -> None:
    page = (DOCS / "containers.md").read_text(encoding="utf-8")
    example = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[0]
    runs = ROOT / "tests" / "kubernetes" / "project" / "configs" / "shell_and_jq.yaml"
    assert example == runs.read_text(encoding="utf-8")
