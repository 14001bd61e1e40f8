"""Large results: fetched in parts, again, and later."""

from __future__ import annotations

from typing import Any

ROWS = 170_000  # more than three parts
_QUERY = f"select seq4() as ID, 'name ' || seq4() as NAME from table(generator(rowcount => {ROWS}))"


def test_parts_of_a_large_result_can_be_fetched_again(cursor: Any) -> None:
    batches = cursor.execute(_QUERY).get_result_batches()
    assert len(batches) > 3
    first = [[tuple(row) for row in batch] for batch in batches]
    assert sum(len(rows) for rows in first) == ROWS
    # The server has dropped them once all were fetched; the result itself it still has.
    assert [[tuple(row) for row in batch] for batch in batches] == first


def test_an_answered_statement_can_be_asked_for_again(cursor: Any) -> None:
    cursor.execute(_QUERY)
    query_id = cursor.sfqid
    expected = cursor.fetchall()
    for _ in range(2):
        cursor.get_results_from_sfqid(query_id)
        assert cursor.fetchall() == expected
    assert cursor.execute(f"select count(*), max(ID) from table(result_scan('{query_id}'))").fetchall() == [(ROWS, ROWS - 1)]
