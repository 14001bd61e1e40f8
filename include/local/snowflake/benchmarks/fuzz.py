"""Thousands of broken statements to the embedded Snowflake, through the real connector.

Python -m benchmarks.fuzz [--statements 5000].

Half of them are good ones with their words mixed up, half are calls of Snowflake's reference with arguments of wrong
types and numbers. Each must end as a result or as an SQL error in Snowflake's words, soon, and the server must answer
the next good one. It starts a server of its own and exits with 1 if a statement was answered by anything else (HTTP
500, a lost connection, a time-out, an error that speaks of what the server is made of).
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import snowflake.connector

from embedded_snowflake import control
from tests import reference
from tests.mutations import mutated

FAULT = "statement failed: "
"""What the server logs where its own code raised: a refusal for the client, and for us something to mend."""
RENEWED = 200  # statements after which the table is made anew
LONGEST = 20
"""Seconds that a statement may take."""


def main() -> int:
    """Sends the statements and prints how they ended.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=20_240)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    ends: collections.Counter[str] = collections.Counter()
    slowest: list[tuple[float, str]] = []
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        state = Path(folder)
        server = control.start(state)
        os.environ["REQUESTS_CA_BUNDLE"] = str(server.ca_bundle)
        connection = snowflake.connector.connect(**control.connection_parameters(state), network_timeout=LONGEST)
        try:
            cursor = connection.cursor()
            for number in range(options.statements):
                if number % RENEWED == 0:
                    for good in reference.TABLE:
                        cursor.execute(good)
                statement = mutated(chance) if number % 2 else reference.made(chance)
                started = time.monotonic()
                end = _end_of(connection, statement)
                ends[end] += 1
                slowest = sorted([*slowest, (time.monotonic() - started, statement)], reverse=True)[:3]
                if end in ("foreign words", "no answer"):
                    print(f"{end}: {statement!r}")
            alive = connection.cursor().execute("select 1").fetchall() == [(1,)]
            same = control.status(state)
        finally:
            connection.close()
            faults = [
                line.partition(FAULT)[2]
                for log in state.glob("*.log")
                for line in log.read_text().splitlines()
                if FAULT in line
            ]
            control.stop(state)
    print(dict(ends), f"| the next good statement: {'answered' if alive else 'not answered'}")
    print(f"{len(faults)} faults of the server's own code, answered as refusals", *faults, sep="\n    ")
    for seconds, statement in slowest:
        print(f"{seconds:6.2f} s  {statement[:150]!r}")
    return (
        0
        if alive and same is not None and same.pid == server.pid and not ends["no answer"] and not ends["foreign words"]
        else 1
    )


def _end_of(connection: snowflake.connector.SnowflakeConnection, statement: str) -> str:
    try:
        connection.cursor().execute(statement)
    except (snowflake.connector.errors.ProgrammingError, snowflake.connector.errors.IntegrityError) as error:
        if reference.is_foreign(str(error), statement):
            print(error)
            return "foreign words"
        return "refused" if "not supported by the embedded" in str(error) else "SQL error"
    except snowflake.connector.errors.Error as error:
        print(f"{type(error).__name__}: {error}")
        return "no answer"
    return "result"


if __name__ == "__main__":
    sys.exit(main())
