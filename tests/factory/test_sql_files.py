"""What becomes of the text of a `.sql` file."""

from __future__ import annotations

from include.factory.check import Checker
from tests.factory.conftest import HERE


def test_a_byte_order_mark_is_no_part_of_the_sql(checker: Checker) -> None:
    file = HERE / "project" / "include" / "tasks" / "with_mark.sql"
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    found = checker.pipeline(HERE / "right" / "sql_file_with_byte_order_mark.yaml")
    assert found.configs["sample"]["tasks"]["first"]["sql"] == file.read_text(encoding="utf-8-sig")
