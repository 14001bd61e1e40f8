"""What an operation is, and what a client keeps of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snowflake.connector.cursor import SnowflakeCursor

    from benchmarks.crash.client import Client


@dataclass(frozen=True)
class Record:
    """One operation as its client saw it.

    Attributes:
        kind: Name of the operation.
        id: Unique.
        client: Number of the client.
        acknowledged: Whether every call was answered without an error; if not, it may have happened or not.
        detail: What was planned.
    """

    kind: str
    id: str
    client: int
    acknowledged: bool
    detail: dict[str, Any]


class Operation:
    """Something that clients do over and over.

    Attributes:
        weight: How often, compared to the others.
        setup: Statements that are run once, before the clients; `{runtime}` is the server's RUNTIME_VERSION.
    """

    weight = 4
    setup: tuple[str, ...] = ()

    def plan(self, client: Client, key: str) -> dict[str, Any]:
        """Decide what to do.

        Args:
            client: Who does it.
            key: Id of this operation.

        Returns:
            What the check needs to know, JSON-able.
        """
        return {}

    def run(self, client: Client, key: str, detail: dict[str, Any]) -> None:
        """Do it once.

        Args:
            client: Who does it; its `execute` takes the time of each call.
            key: Id of this operation.
            detail: What was planned.
        """
        raise NotImplementedError

    def violations(self, cursor: SnowflakeCursor, records: list[Record]) -> Iterable[str]:
        """Check what is there at the end.

        Args:
            cursor: A cursor of a fresh connection.
            records: All operations of this kind.

        Returns:
            What is wrong, in words; nothing when all is right.
        """
        raise NotImplementedError


def whole(cursor: SnowflakeCursor, query: str, size: int, records: list[Record]) -> Iterable[str]:
    """Check rows that carry their operation's id.

    Args:
        cursor: A cursor.
        query: Gives ids and how many rows each has.
        size: How many rows an operation writes.
        records: The operations.

    Yields:
        Each operation that is lost, there in part, or there twice, and each that nobody did.
    """
    found = dict(cursor.execute(query).fetchall())
    for record in records:
        count = found.pop(record.id, 0)
        if count != size and (record.acknowledged or count != 0):
            yield (
                f"{record.kind} {record.id} ({'acknowledged' if record.acknowledged else 'unknown'}) has {count} rows"
                f" of {size}"
            )
    yield from (f"rows of {key}, which nobody wrote" for key in found)


def counted(cursor: SnowflakeCursor, query: str, records: list[Record]) -> Iterable[str]:
    """Check counters that operations add 1 to.

    Args:
        cursor: A cursor.
        query: Gives keys and their counters.
        records: The operations, with "key" in their details.

    Yields:
        Each key that is there twice, or whose counter cannot be.
    """
    rows = cursor.execute(query).fetchall()
    found = dict(rows)
    if len(found) != len(rows):
        yield f"a key is there twice: {sorted(rows)}"
    for key in {record.detail["key"] for record in records}:
        mine = [record for record in records if record.detail["key"] == key]
        least = sum(record.acknowledged for record in mine)
        if not least <= found.get(key, 0) <= len(mine):
            yield f"the counter of {key} is {found.get(key, 0)}, {least} to {len(mine)} were possible"
