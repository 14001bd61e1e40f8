"""Try the limits of the worker pool in the server's own interpreter: `limits.py FOLDER INTERPRETER`.

A script, since the pool's package needs what only the server's environment has.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.python.workers import Code, Limits, Pool

DECLARED = {"kind": "float", "precision": 38, "scale": 0}
REQUEST: dict[str, object] = {"kind": "scalar", "handler": "run", "imports": [], "arguments": [], "names": []}
REQUEST |= {"returns": DECLARED, "columns": None, "strict": False}


def code(source: str) -> Code:
    return Code((source,), "any", "RUN with handler run", {**REQUEST, "code": source})


def refusal(action: Callable[[], None]) -> SnowflakeError:
    try:
        action()
    except SnowflakeError as error:
        return error
    raise AssertionError("nothing was refused")


def main(folder: Path, interpreter: Path) -> None:
    pool = Pool({"any": interpreter}, folder / "workers", Limits(functions=1, procedures=1, idle_seconds=0.4))
    stuck = code("import time\ndef run():\n    time.sleep(600)")

    def compute() -> None:
        with pool.function(stuck) as worker:
            worker.call({"op": "batch", "rows": 1}, b"", 1.0)

    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with pool.procedure(code("def run(): return 1.0")):
            held.set()
            release.wait(30)

    def one_more() -> None:
        with pool.procedure(stuck):
            raise AssertionError("one procedure too many was let in")

    try:
        error = refusal(compute)
        assert "took longer than 1 seconds" in error.message, error.message
        assert (error.code, error.sqlstate) == (100357, "P0000")
        holder = threading.Thread(target=hold)
        holder.start()
        held.wait(30)
        error = refusal(one_more)
        assert "1 Python procedures run already" in error.message, error.message
        release.set()
        holder.join(30)
        with pool.function(code("def run(): return 1.0")):
            assert len(list((folder / "workers").iterdir())) == 1
        deadline = time.monotonic() + 20
        while list((folder / "workers").iterdir()):  # each worker has its own, which goes with it
            assert time.monotonic() < deadline, "an idle worker was kept for good"
            time.sleep(0.05)
    finally:
        pool.close()
    assert not (folder / "workers").exists()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
