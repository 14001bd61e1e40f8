"""The embedded Snowflake's speed beside stock fakesnow's, Snowpark local testing's and plain pandas', in one run.

    python -m benchmarks.speed [--rows 1000000] [--rounds 5]

All targets are measured from one client process,
in turns, so that a busy machine slows all of them; both servers start for it, the embedded one on a state of its own.

What `write_pandas` takes by default is nearly all the client's own: it compresses the frame's Parquet file by gzip,
which Arrow does at its slowest level, before it asks the server anything. The column of plain pandas shows that file
alone; `compression="snappy"` needs a twentieth of it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from embedded_snowflake import control

COLUMNS = ("embedded", "fakesnow", "local testing", "pandas")
QUIET = {"session_parameters": {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False}}
_LONG_SECONDS = 8.0
_REASON_LENGTH = 160


@dataclass
class Row:
    """One measure.

    Attributes:
        title: what is measured.
        seconds: of each run, by target.
        cannot: why a target was not measured.
        memory: MB resident after it, of the embedded server and of its Python processes.
    """

    title: str
    seconds: dict[str, list[float]] = field(default_factory=dict)
    cannot: dict[str, str] = field(default_factory=dict)
    memory: tuple[float, float] = (0.0, 0.0)


def measure(title: str, actions: dict[str, Callable[[], object]], rounds: int) -> Row:
    """Runs every target's action once unmeasured, then in turns; one that takes long only once.

    Args:
        title: what is measured.
        actions: what to run, by target.
        rounds: how often.

    Returns:
        The measure; a target that fails is told with its reason.
    """
    row = Row(title)
    for number in range(rounds + 1):
        for target, action in actions.items():
            if target in row.cannot or (number and target in row.seconds and row.seconds[target][0] > _LONG_SECONDS):
                continue
            start = time.perf_counter()
            try:
                action()
            except Exception as error:
                row.cannot[target] = " ".join(f"{type(error).__name__}: {error}".split())[:_REASON_LENGTH]
                continue
            seconds = time.perf_counter() - start
            if number or seconds > _LONG_SECONDS:
                row.seconds.setdefault(target, []).append(seconds)
    return row


def show(row: Row) -> None:
    """Prints a measure.

    Args:
        row: the measure.
    """
    cells = []
    for target in COLUMNS:
        seconds = row.seconds.get(target)
        cells.append(
            f"{_time(min(seconds))} {_time(statistics.median(seconds))}"
            if seconds
            else "cannot"
            if target in row.cannot
            else ""
        )
    ratios = []
    for target in ("fakesnow", "pandas"):
        both = row.seconds.get(target), row.seconds.get("embedded")
        ratios.append(f"{statistics.median(both[1]) / statistics.median(both[0]):.2f}" if both[0] and both[1] else "")
    memory = f"{row.memory[0]:.0f} + {row.memory[1]:.0f}" if row.memory[0] else ""
    print(
        " | ".join(
            [
                f"{row.title:34}",
                *(f"{cell:>17}" for cell in cells),
                *(f"{ratio:>9}" for ratio in ratios),
                f"{memory:>10}",
            ]
        ),
        flush=True,
    )


def main(rows: int, rounds: int) -> None:
    """Measures everything and prints it.

    Args:
        rows: of the tables.
        rounds: how often each measure is run.
    """
    from benchmarks import targets

    warnings.filterwarnings("ignore")
    titles = [*(f"{title:>17}" for title in COLUMNS), f"{'/fakesnow':>9}", f"{'/pandas':>9}", f"{'MB':>10}"]
    print("minimum and median of each; MB: the embedded server and its Python processes, resident")
    print(" | ".join([f"{'':34}", *titles]), flush=True)
    with tempfile.TemporaryDirectory(prefix="snowflake-speed-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        for row in starts(folder, rounds=3):
            show(row)
        server = stack.enter_context(_embedded(folder / "state"))
        port = stack.enter_context(_fakesnow())
        _first_connection(port)
        model = targets.trained(targets.trips(10_000))
        plain = targets.Plain(rows, folder, model)
        local = targets.LocalTesting(rows)
        embedded = targets.Connected("embedded", _embedded_parameters(folder / "state"), rows)
        stock = targets.Connected("fakesnow", _fakesnow_parameters(port), rows)
        databases: list[Any] = [embedded, stock, local]

        def run(title: str, method: str, *arguments: Any, rounds: int = rounds) -> None:
            actions = {
                target.name: partial(getattr(target, method), *arguments)
                for target in [*databases, plain]
                if hasattr(target, method)
            }
            row = measure(title, actions, rounds)
            row.memory = _memory(server.pid)
            show(row)
            reasons.update({f"{target}, {title}": reason for target, reason in row.cannot.items()})

        reasons: dict[str, str] = {}
        run("connect", "connect", rounds=20)
        run("select 1", "select_one", rounds=200)
        run("write_pandas, snappy", "write", "snappy")
        run("write_pandas, gzip (default)", "write", "gzip", rounds=2)
        run("to_pandas", "read")
        run("group-by", "group")
        for target in list(databases):
            try:
                target.prepare_python(model)
            except Exception as error:
                databases.remove(target)
                reasons[f"{target.name}, Python"] = " ".join(str(error).split())[:_REASON_LENGTH]
        run("vectorised UDF, trivial", "trivial")
        run("vectorised UDF, scikit-learn model", "predict")
        run("procedure, warm", "call", rounds=20)
        time.sleep(1)
        show(Row("after a second of rest", memory=_memory(server.pid)))
        print("\ncannot:", *(f"  {place}: {reason}" for place, reason in reasons.items()), sep="\n")


def starts(folder: Path, rounds: int) -> list[Row]:
    """Starts new servers and calls procedures in them for the first time.

    Args:
        folder: for their states.
        rounds: how many.

    Returns:
        The measures.
    """
    from benchmarks import targets

    rows = [
        Row("server start to first answer"),
        Row("procedure, first in a new server"),
        Row("procedure, first of its kind"),
    ]
    for number in range(rounds):
        start = time.perf_counter()
        with _fakesnow() as port:
            _first_connection(port)
            rows[0].seconds.setdefault("fakesnow", []).append(time.perf_counter() - start)
        start = time.perf_counter()
        state = folder / f"state-{number}"
        with _embedded(state):
            rows[0].seconds.setdefault("embedded", []).append(time.perf_counter() - start)
            embedded = targets.Connected("embedded", _embedded_parameters(state), 1)
            for place, name in ((1, "FIRST"), (2, "SECOND")):
                embedded.prepare_procedure(name)
                start = time.perf_counter()
                embedded.call(name)
                rows[place].seconds.setdefault("embedded", []).append(time.perf_counter() - start)
    return rows


@contextlib.contextmanager
def _embedded(state: Path) -> Iterator[control.Server]:
    server = control.start(state)
    os.environ["REQUESTS_CA_BUNDLE"] = str(server.ca_bundle)
    try:
        yield server
    finally:
        control.stop(state)


def _embedded_parameters(state: Path) -> dict[str, Any]:
    return {**control.connection_parameters(state), **QUIET}


@contextlib.contextmanager
def _fakesnow() -> Iterator[int]:
    """A stock fakesnow server; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [str(sys.executable), "-m", "fakesnow", "-s", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.kill()


def _fakesnow_parameters(port: int) -> dict[str, Any]:
    where = {"host": "127.0.0.1", "port": port, "protocol": "http", "database": "ML", "schema": "PUBLIC"}
    # It answers what it cannot do with HTTP 500, which the connector would repeat for minutes.
    return {
        "user": "fake",
        "password": "snow",
        "account": "fakesnow",
        **where,
        "network_timeout": 5,
        "login_timeout": 5,
        **QUIET,
    }


def _first_connection(port: int) -> None:
    import snowflake.connector

    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
        time.sleep(0.02)
    snowflake.connector.connect(**_fakesnow_parameters(port)).close()


def _memory(pid: int) -> tuple[float, float]:
    """MB resident of a process, and of the processes that it started and theirs.

    Pages that several share count once: it is PSS.
    """
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            children.setdefault(int(status.read_text().rpartition(")")[2].split()[1]), []).append(
                int(status.parent.name)
            )
    below, found = list(children.get(pid, [])), 0.0
    while below:
        child = below.pop()
        found += _proportional(child)
        below += children.get(child, [])
    return _proportional(pid), found


def _proportional(pid: int) -> float:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024
    return 0.0


def _time(seconds: float) -> str:
    return (
        f"{seconds * 1000:.1f} ms"
        if seconds < 0.1
        else f"{seconds * 1000:.0f} ms"
        if seconds < 1
        else f"{seconds:.2f} s"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The embedded Snowflake's speed beside others'.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    # The workers' threads of OpenMP sleep while they wait; so must those of plain pandas.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    main(options.rows, options.rounds)
