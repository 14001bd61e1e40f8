"""Operations on stages, functions and procedures."""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.crash.operations import Operation, Record, whole

if TYPE_CHECKING:
    from snowflake.connector.cursor import SnowflakeCursor

    from benchmarks.crash.client import Client

COMPUTED, WRITTEN, CALLED = 50, 5, 40
_OPTIONS = "language python runtime_version = '{runtime}' handler = 'run'"


class Put(Operation):
    """A file of random bytes."""

    setup = ("create stage FILES",)

    def plan(self, client: Client, key: str) -> dict[str, Any]:
        """See `Operation`."""
        path = client.folder / f"{key}.bin"
        path.write_bytes(os.urandom(random.randint(1, 60_000)))
        return {"digest": _digest(path)}

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        client.execute(f"put 'file://{client.folder}/{key}.bin' @FILES auto_compress = false", calls=2)

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        with tempfile.TemporaryDirectory(prefix="crash-files-") as name:
            cursor.execute(f"get @FILES 'file://{name}'")
            found = {path.stem: _digest(path) for path in Path(name).iterdir()}
        for record in records:
            digest = found.get(record.id)
            if digest is None and record.acknowledged:
                yield f"the file of {record.id} is lost"
            elif digest is not None and digest != record.detail["digest"]:
                yield f"the file of {record.id} is damaged"


class Compute(Operation):
    """A vectorised function in INSERT … SELECT."""

    setup = (
        "create table COMPUTED (ID varchar, X number, Y number)",
        (
            f"create function TWICE_AND_ONE(X number) returns number {_OPTIONS} packages = ('pandas') as $$\n"
            "from _snowflake import vectorized\nimport pandas\n@vectorized(input=pandas.DataFrame)\n"
            "def run(frame):\n    return frame[0] * 2 + 1\n$$"
        ),
    )

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        rows = f"(select seq4() as X from table(generator(rowcount => {COMPUTED})))"
        client.execute(f"insert into COMPUTED select '{key}', X, TWICE_AND_ONE(X) from {rows}")

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        return whole(cursor, "select ID, count_if(Y = 2 * X + 1) from COMPUTED group by ID", COMPUTED, records)


class Call(Operation):
    """A permanent procedure that writes rows with its session."""

    weight = 1
    setup = (
        "create table PROCEEDS (ID varchar, PLACE number)",
        (
            f"create procedure WRITE_ROWS(ID varchar, N number) returns number {_OPTIONS} packages ="
            " ('snowflake-snowpark-python') as $$\ndef run(session, key, n):\n    rows = f'table(generator(rowcount =>"
            " {n}))'\n    session.sql(f\"insert into PROCEEDS select '{key}', seq4() from {rows}\").collect()\n "
            "   return n\n$$"
        ),
    )

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        client.execute(f"call WRITE_ROWS('{key}', {WRITTEN})")

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        return whole(cursor, "select ID, count(*) from PROCEEDS group by ID", WRITTEN, records)


class Define(Operation):
    """A permanent function or procedure of its own, that returns a number known to the client."""

    weight = 2

    def plan(self, client: Client, key: str) -> dict[str, Any]:
        """See `Operation`."""
        kind = random.choice(["function", "procedure"])
        return {"kind": kind, "name": f"DEFINED_{client.number}_{client.done}", "value": random.randrange(1000)}

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """See `Operation`."""
        kind = detail["kind"]
        body, packages = ("session", "packages = ('snowflake-snowpark-python')") if kind == "procedure" else ("", "")
        options = _OPTIONS.format(runtime=client.runtime)
        client.execute(
            f"create {kind} {detail['name']}() returns number {options} {packages} as 'def run({body}): return"
            f" {detail['value']}'"
        )

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """See `Operation`."""
        named = {
            str(row[1])
            for kind in ("user functions", "procedures")
            for row in cursor.execute(f"show {kind}").fetchall()
        }
        kept = [record for record in records if record.acknowledged]
        yield from (
            f"{record.detail['kind']} {record.detail['name']} is lost"
            for record in kept
            if record.detail["name"] not in named
        )
        kept = [record for record in kept if record.detail["name"] in named]
        for record in random.sample(kept, min(CALLED, len(kept))):
            call = "call" if record.detail["kind"] == "procedure" else "select"
            value = cursor.execute(f"{call} {record.detail['name']}()").fetchone()
            if value != (record.detail["value"],):
                yield f"{record.detail['name']} gives {value}, not {record.detail['value']}"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


OBJECTS = (Put, Compute, Call, Define)
