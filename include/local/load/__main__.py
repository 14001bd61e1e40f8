"""`make load`: runs of the taxi pipeline on the distributed Airflow, with faults meanwhile, and a check of each run.

python -m include.local.load --runs 50 --side-by-side 20
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from include.local import snowflake_server
from include.local.api import Api, ApiError
from include.local.distributed.__main__ import URL, running
from include.local.load import checks
from include.local.load.faults import FAULTS, Fault
from include.local.load.figures import Memory, summary
from include.local.load.runs import SIDE_BY_SIDE, SNOWPARK, Run, Try, ready, tries, trigger, wait


def main(arguments: list[str]) -> int:
    """Run a load.

    Args:
        arguments: the command line, without the program's name.

    Returns:
        The exit code: 0 if every run is right and nothing is left, else 1.
    """
    parser = argparse.ArgumentParser(prog="make load", description="Many runs at once, while parts of Airflow fail.")
    parser.add_argument("--runs", type=int, default=50, help="runs with the target snowpark (default: 50)")
    parser.add_argument("--side-by-side", type=int, default=20, help="runs with both targets (default: 20)")
    parser.add_argument("--minutes", type=float, default=60, help="how long they may take (default: 60)")
    parser.add_argument("--no-faults", action="store_true", help="break nothing meanwhile")
    options = parser.parse_args(arguments)
    if not running():
        print("No distributed Airflow runs here: `make distributed` starts one.", file=sys.stderr)
        return 1
    try:
        return _load(options.runs, options.side_by_side, 60 * options.minutes, () if options.no_faults else FAULTS)
    except ApiError as problem:
        print(problem, file=sys.stderr)
        return 1


def _load(snowpark: int, side_by_side: int, seconds: float, faults: Sequence[Fault]) -> int:
    api = Api(URL.read_text())
    counts = {SNOWPARK: snowpark, SIDE_BY_SIDE: side_by_side}
    ready(api, [dag_id for dag_id, count in counts.items() if count])
    stamp = time.strftime("%m%d%H%M%S")
    began = time.monotonic()
    runs = [
        run for dag_id, count in counts.items() for run in (trigger(api, dag_id, range(count), stamp) if count else ())
    ]
    print(f"load: {len(runs)} runs triggered in {time.monotonic() - began:.1f} s", flush=True)
    with Memory() as memory:
        states = wait(api, runs, seconds, _breaking(list(faults), began))
    took = time.monotonic() - began
    ended = {run: tries(api, run) for run in runs}
    wrong = [*_wrong(states, ended)]
    for line in wrong:
        print(f"WRONG {line}")
    print(f"load: {len(wrong)} mistakes" if wrong else "load: every run is right, and nothing is left")
    print(summary(len(runs), took, [one for several in ended.values() for one in several], memory.most))
    return 1 if wrong else 0


def _breaking(faults: list[Fault], began: float) -> Callable[[int, int], None]:
    """Return what makes each fault happen in its turn, and says how far the load is."""
    told = [-1]

    def look(ended: int, of: int) -> None:
        if ended != told[0]:
            told[0] = ended
            print(f"load: {time.monotonic() - began:5.0f} s: {ended} of {of} runs have ended", flush=True)
        while faults and ended >= faults[0].after * of:
            fault = faults.pop(0)
            print(f"load: {fault.name}", flush=True)
            fault.happen()

    return look


def _wrong(states: dict[Run, str], ended: dict[Run, list[Try]]) -> Iterator[str]:
    yield from checks.failures(states)
    succeeded = [run for run, state in states.items() if state == "success"]
    rows, names = _in_snowflake(succeeded)
    yield from checks.wrong_numbers(succeeded, rows)
    for run, several in ended.items():
        yield from checks.at_the_same_time(run, several)
    if any(run.dag_id == SIDE_BY_SIDE for run in states):
        yield from checks.left_in_cluster()
    yield from checks.left_processes()
    yield from checks.left_in_snowflake(names)


def _in_snowflake(runs: Sequence[Run]) -> tuple[dict[str, tuple[Any, ...]], list[str]]:
    """Return count and hash of each run's predictions by table, and the names of what tasks make for themselves."""
    os.environ["REQUESTS_CA_BUNDLE"] = str(snowflake_server.start().ca_bundle)
    import snowflake.connector

    rows: dict[str, tuple[Any, ...]] = {}
    with snowflake.connector.connect(**snowflake_server.connection_parameters()) as connection:
        cursor = connection.cursor()
        there = {row[1] for row in cursor.execute("show tables in account").fetchall()}
        for table in (f"{run.prefix}_PREDICTIONS_{target}" for run in runs for target in checks.targets_of(run)):
            if table in there:
                cursor.execute(f"select count(*), hash_agg(TRIP_ID, PREDICTED_SECONDS) from {table}")
                rows[table] = tuple(cursor.fetchone() or ())
        made = [
            row[1]
            for kind in ("user procedures", "user functions", "stages")
            for row in cursor.execute(f"show {kind} in account").fetchall()
        ]
    return rows, made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
