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


def test_an_answered_statement_can_be_asked_for_again(connection: Any) -> None:
    cursor = connection.cursor().execute(_QUERY)
    for _ in range(2):  # as a client does whose answer was lost on its way
        answer = connection.rest.request(f"/queries/{cursor.sfqid}/result", method="get")
        assert (answer["success"], answer["data"]["total"]) == (True, ROWS)
    scanned = cursor.execute(f"select count(*), max(ID) from table(result_scan('{cursor.sfqid}'))")
    assert scanned.fetchall() == [(ROWS, ROWS - 1)]
