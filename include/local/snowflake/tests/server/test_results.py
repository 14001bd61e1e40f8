"""Large results: fetched in parts, again, and later."""

from __future__ import annotations

from typing import Any

from snowflake.snowpark import Session

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


def test_a_result_without_rows(session: Session) -> None:
    empty = session.sql("select 1 as A, 'x' as B, 1.5::float as C").filter("A > 1")
    for frame in (empty.to_pandas(), empty.to_pandas(block=False).result(), *empty.to_pandas_batches()):
        assert (len(frame), list(frame.columns)) == (0, ["A", "B", "C"])
    assert empty.collect() == list(empty.to_local_iterator()) == empty.collect(block=False).result() == []
    assert (empty.to_arrow().num_rows, empty.to_arrow().column_names) == (0, ["A", "B", "C"])


def test_a_result_without_rows_is_fetched_in_every_way(cursor: Any) -> None:
    sql = "select 1 as A where false"
    assert cursor.execute(sql).fetch_arrow_all() is None
    assert cursor.execute(sql).fetch_arrow_all(force_return_table=True).num_rows == 0
    assert (
        len(cursor.execute(sql).fetch_pandas_all())
        == sum(len(part) for part in cursor.execute(sql).fetch_pandas_batches())
        == 0
    )
    assert sum(len(batch.to_pandas()) for batch in cursor.execute(sql).get_result_batches()) == 0
