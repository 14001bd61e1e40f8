"""docs/values.md has the tables that the tests of all modes go by."""

from __future__ import annotations

from include.constants import ROOT
from tests.value_cases import tables


def test_the_page_has_each_value_that_is_tested() -> None:
    page = (ROOT / "docs" / "values.md").read_text(encoding="utf-8")
    for table in tables():
        assert table in page
