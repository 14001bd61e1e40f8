"""One of the client processes: `python -m benchmarks.crash.worker PARAMETERS NUMBER SECONDS`."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.crash.client import Client
from benchmarks.crash.objects import OBJECTS
from benchmarks.crash.operations import Operation
from benchmarks.crash.rows import ROWS

OPERATIONS: tuple[type[Operation], ...] = (*ROWS, *OBJECTS)


def work(client: Client, seconds: float) -> None:
    """Do operations for a time: each kind once, then by chance.

    Args:
        client: Who does them.
        seconds: For how long.
    """
    deadline = time.monotonic() + seconds
    operations = [kind() for kind in OPERATIONS]
    weights = [operation.weight for operation in operations]
    first = random.sample(operations, len(operations))
    while time.monotonic() < deadline:
        operation = first.pop() if first else random.choices(operations, weights)[0]
        key = client.begin()
        entry: dict[str, Any] = {"kind": type(operation).__name__, "id": key, "client": client.number}
        entry["detail"] = operation.plan(client, key)
        try:
            operation.run(client, key, entry["detail"])
            entry["acknowledged"] = True
        except Exception as error:  # some of the connector's own are KeyErrors, where a session is gone
            entry |= {
                "acknowledged": False,
                "error": f"{type(error).__name__}: {str(error)[:300]}",
                "errno": getattr(error, "errno", None),
            }
            client.leave()
        client.note(entry)
    client.leave()


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    place = Path(sys.argv[1]).parent / sys.argv[2]
    place.mkdir()
    work(Client(given["connection"], place, int(sys.argv[2]), given["runtime"]), float(sys.argv[3]))
