from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.translate import pairs

CASES = [(path.stem, pair) for path in pairs.files() for pair in pairs.read(path.read_text())]


@pytest.fixture(scope="module")
def translator() -> Iterator[pairs.Translator]:
    with pairs.translator() as opened:
        yield opened


@pytest.mark.parametrize(
    "pair", [pair for _, pair in CASES], ids=[f"{topic}: {pair.snowflake}" for topic, pair in CASES]
)
def test_duckdb_is_given(translator: pairs.Translator, pair: pairs.Pair) -> None:
    assert pair.duckdb, "it says nothing about DuckDB's SQL: python -m tests.unit.translate writes it"
    assert translator.translate(pair.snowflake) == pair.duckdb


def test_files_are_written_as_they_are_read() -> None:
    for path in pairs.files():
        assert pairs.written(pairs.read(path.read_text())) == path.read_text(), path.name
