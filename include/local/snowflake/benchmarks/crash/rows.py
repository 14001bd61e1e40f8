"""Operations that write rows."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd
from snowflake.connector.pandas_tools import write_pandas

from benchmarks.crash.operations import Operation, Record, counted, whole

if TYPE_CHECKING:
    from snowflake.connector.cursor import SnowflakeCursor

    from benchmarks.crash.client import Client

MANY, FRAME, DERIVED = 20, 200, 100


class Insert(Operation):
    """One row."""

    weight = 8
    setup = ("create table SINGLES (ID varchar)",)

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        client.execute("insert into SINGLES values (?)", [key])

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        return whole(cursor, "select ID, count(*) from SINGLES group by ID", 1, records)


class InsertMany(Operation):
    """Rows of one executemany."""

    setup = ("create table MANY (ID varchar, PLACE number)",)

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        client.execute_many("insert into MANY values (?, ?)", [[key, place] for place in range(MANY)])

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        return whole(cursor, "select ID, count(*) from MANY group by ID", MANY, records)


class MergeShared(Operation):
    """A counter in a table that all clients merge into."""

    setup = ("create table SHARED (K number, N number)",)
    table = "SHARED"

    def plan(self, client: Client, key: str) -> dict[str, Any]:
        """See `Operation`."""
        return {"key": random.randrange(8)}

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        client.execute(
            f"merge into {self.table} T using (select {detail['key']} as K) S on T.K = S.K "
            "when matched then update set N = T.N + 1 when not matched then insert (K, N) values (S.K, 1)"
        )

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        return counted(cursor, f"select K, N from {self.table}", records)


class MergeOwn(Operation):
    """Five counters at once in a table of the client's own."""

    weight = 3

    def plan(self, client: Client, key: str) -> dict[str, Any]:
        """See `Operation`."""
        return {"key": client.number}

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        client.execute(
            f"merge into OWN_{client.number} T using (select column1 as K from values (0), (1), (2), (3), (4)) S on T.K"
            " = S.K when matched then update set N = T.N + 1 when not matched then insert (K, N) values (S.K, 1)"
        )

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        for number in {record.client for record in records}:
            rows = cursor.execute(f"select K, N from OWN_{number}").fetchall()
            if len({n for _, n in rows}) > 1 or len(rows) not in (0, 5):
                yield f"a merge into OWN_{number} is there in part: {sorted(rows)}"
            mine = [record for record in records if record.client == number]
            yield from counted(cursor, f"select distinct {number}, N from OWN_{number}", mine)


class Replace(Operation):
    """CREATE OR REPLACE TABLE AS SELECT of a table of the client's own."""

    weight = 3

    def plan(self, client: Client, key: str) -> dict[str, Any]:
        """See `Operation`."""
        return {"order": client.done}

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        rows = f"table(generator(rowcount => {DERIVED}))"
        client.execute(
            f"create or replace table DERIVED_{client.number} as select '{key}' as ID, seq4() as PLACE from {rows}"
        )

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        for number in {record.client for record in records}:
            mine = sorted(
                (record for record in records if record.client == number),
                key=lambda record: int(record.detail["order"]),
            )
            last = max((place for place, record in enumerate(mine) if record.acknowledged), default=-1)
            if last < 0:
                continue
            rows = cursor.execute(f"select ID, count(*), sum(PLACE) from DERIVED_{number} group by ID").fetchall()
            possible = {record.id for record in mine[last:]}
            if len(rows) != 1 or rows[0][0] not in possible or rows[0][1:] != (DERIVED, DERIVED * (DERIVED - 1) // 2):
                yield f"DERIVED_{number} is {rows}, it should be one of {possible}"


class Transaction(Operation):
    """Two rows and a transfer between two shared accounts in one transaction; every third is rolled back."""

    weight = 5
    setup = (
        "create table PAIRS (ID varchar, SIDE varchar)",
        "create table ACCOUNTS (K number, N number)",
        "insert into ACCOUNTS select seq4(), 0 from table(generator(rowcount => 4))",
    )

    def plan(self, client: Client, key: str) -> dict[str, Any]:
        """See `Operation`."""
        return {"end": random.choice(["commit", "commit", "rollback"])}

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        giver, taker = random.sample(range(4), 2)
        client.execute("begin")
        client.execute("insert into PAIRS values (?, 'left')", [key])
        client.execute(f"update ACCOUNTS set N = N - 1 where K = {giver}")
        client.execute(f"update ACCOUNTS set N = N + 1 where K = {taker}")
        client.execute("insert into PAIRS values (?, 'right')", [key])
        client.execute(detail["end"])

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        kept = [record for record in records if record.detail["end"] == "commit"]
        yield from whole(cursor, "select ID, count(*) from PAIRS group by ID", 2, kept)
        total = cursor.execute("select count(*), sum(N) from ACCOUNTS").fetchone()
        if total != (4, 0):
            yield f"the accounts' number and sum are {total}, not (4, 0)"


class WritePandas(Operation):
    """A frame through write_pandas: a staged file and a COPY INTO."""

    weight = 2
    setup = ("create table FRAMES (ID varchar, PLACE number, S varchar)",)

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        frame = pd.DataFrame({"ID": key, "PLACE": range(FRAME), "S": "text"})
        client.timed(lambda: write_pandas(client.connection, frame, "FRAMES"), calls=5)

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        return whole(cursor, "select ID, count(*) from FRAMES group by ID", FRAME, records)


ROWS = (Insert, InsertMany, MergeShared, MergeOwn, Replace, Transaction, WritePandas)
