"""Files of contract cases: how values are read, and what a mistake in one of them says."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.contract.loading import CaseError, load_cases, load_differences, load_refusals, load_topic


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("null", None),
        ("true", True),
        ("yes", "yes"),
        ("-12", -12),
        ("99999999999999999999999999999999999999", 10**38 - 1),
        ("2.50", Decimal("2.50")),
        ("-0.1", Decimal("-0.1")),
        ("2.5e0", 2.5),
        ("-1e-7", -1e-7),
        ("-.inf", -math.inf),
        ("2024-01-31", datetime.date(2024, 1, 31)),
        ("10:11:12.5", datetime.time(10, 11, 12, 500000)),
        ("2024-01-31 10:11:12", datetime.datetime(2024, 1, 31, 10, 11, 12)),
        (
            "2024-01-31 10:11:12+01:00",
            datetime.datetime(2024, 1, 31, 10, 11, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
        ),
        ("!hex ff00", b"\xff\x00"),
        ('"3"', "3"),
        ('"[\\n  1\\n]"', "[\n  1\n]"),
    ],
)
def test_a_value_has_its_type(tmp_path: Path, written: str, value: Any) -> None:
    [case] = load_topic(_file(tmp_path, f"{{what: w, sql: select 1, rows: [[{written}]]}}"))
    assert case.rows is not None
    assert repr(case.rows) == repr([(value,)])


def test_not_a_number_is_a_float(tmp_path: Path) -> None:
    [case] = load_topic(_file(tmp_path, "{what: w, sql: select 1, rows: [[.nan]]}"))
    assert case.rows is not None
    assert math.isnan(case.rows[0][0])


def test_aliases_and_before_give_statements(tmp_path: Path) -> None:
    path = tmp_path / "texts.yaml"
    path.write_text(
        "topic: Texts\nbefore:\n  - begin\nshared:\n  - &T\n    - create table T (A int)\n    - truncate T\n"
        "cases:\n  - what: w\n    sql:\n      - *T\n      - select 1\n    error: '7 No: not this'\n"
    )
    [case] = load_topic(path)
    assert case.sql == ("begin", "create table T (A int)", "truncate T", "select 1")
    assert case.error == (7, "No: not this")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{what: w, rows: [[1]]}", "case 1 (w): `sql` is missing"),
        ("{sql: select 1, rows: [[1]]}", "case 1: `what` is missing"),
        ("{what: w, sql: select 1}", "case 1 (w): it has either `rows` or `error`"),
        ("{what: w, sql: select 1, rows: [[1]], error: 1 x}", "case 1 (w): it has either `rows` or `error`"),
        ("{what: w, sql: select 1, rows: [1]}", "case 1 (w): `rows` is a list of lists"),
        ("{what: w, sql: [1], rows: [[1]]}", "case 1 (w): `sql` is a statement, or a list of statements"),
        ("{what: w, sql: select 1, error: wrong}", "case 1 (w): `error` is a number and a part of the message"),
        ("{what: w, sql: select 1, rows: [[1]], types: fixed}", "case 1 (w): `types` is a list of names"),
        ("{what: w, sql: select 1, row: [[1]]}", "case 1 (w): `row` is not known"),
        ("{what: 1, sql: select 1, rows: [[1]]}", "case 1 (1): `what` is a text"),
        ("{what: w, sql: a, sql: b, rows: [[1]]}", "`sql` stands twice"),
        ("{what: w, sql: a, rows: [[2024-13-01]]}", "month must be in 1..12"),
        ("just words", "case 1: it is no mapping"),
    ],
)
def test_a_mistake_names_file_and_case(tmp_path: Path, entry: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        load_topic(_file(tmp_path, entry))
    assert str(caught.value).startswith("texts.yaml: ")
    assert message in str(caught.value)


def test_two_cases_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    one = "{what: w, sql: select 1, rows: [[1]]}"
    with pytest.raises(CaseError, match=r"case 2 \(w\): there is one of this name already"):
        load_topic(_file(tmp_path, one, one))


def test_a_file_of_no_topic_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "verses.yaml").write_text("topic: Verses\ncases: []\n")
    with pytest.raises(CaseError, match=r"verses.yaml: name it in TOPICS"):
        load_cases(tmp_path)


def test_the_contract_is_not_less() -> None:
    assert len(load_cases()) >= 365
    assert len(load_differences()) >= 47
    assert len(load_refusals()) >= 56


def _file(folder: Path, *entries: str) -> Path:
    path = folder / "texts.yaml"
    path.write_text("\n".join(["topic: Texts", "cases:", *(f"  - {entry}" for entry in entries)]))
    return path
