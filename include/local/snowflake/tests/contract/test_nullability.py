"""Which columns of a result may be NULL, as clients are told."""

from __future__ import annotations

import pytest
from snowflake.connector.cursor import SnowflakeCursor

JOINED = [
    ("select * from L join R using (K)", [False, False, True, False]),
    ("select * from L left join R using (K)", [False, False, True, True]),
    ("select * from L right join R using (K)", [False, True, True, False]),
    ("select * from ((select * from L) as A inner join (select * from R) as B using (K))", [False, False, True, False]),
    ("select A.*, B.C from (L as A left join R as B on A.K = B.K)", [False, False, True, True]),
]


@pytest.mark.parametrize(("sql", "nullable"), JOINED, ids=[sql for sql, _ in JOINED])
def test_columns_of_joins(account_cursor: SnowflakeCursor, sql: str, nullable: list[bool]) -> None:
    account_cursor.execute("create or replace temporary table L (K number not null, A number not null, B number)")
    account_cursor.execute("create or replace temporary table R (K number not null, C number not null)")
    account_cursor.execute(sql)
    assert [column.is_nullable for column in account_cursor.description] == nullable


def test_counts_of_a_change_are_never_null(account_cursor: SnowflakeCursor) -> None:
    account_cursor.execute("create or replace temporary table L (K number)")
    account_cursor.execute("insert into L values (1)")
    assert [column.is_nullable for column in account_cursor.description] == [False]
