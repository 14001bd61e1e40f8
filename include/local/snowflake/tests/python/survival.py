"""Kill a server of its own with SIGKILL and look for its functions and procedures afterwards: `survival.py STATE`.

A script, since the server's certificate authority must be in the environment before the first connection.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import snowflake.connector

from embedded_snowflake import control


def main(state: Path) -> None:
    server = control.start(state)
    os.environ["REQUESTS_CA_BUNDLE"] = str(server.ca_bundle)
    try:
        with snowflake.connector.connect(**control.connection_parameters(state)) as connection:
            cursor = connection.cursor()
            ((version,),) = cursor.execute(
                "select distinct runtime_version from information_schema.packages"
            ).fetchall()
            options = f"language python runtime_version='{version}' handler='run'"
            cursor.execute(f"create function kept(x int default 5) returns int {options} as 'def run(x): return x + 1'")
            cursor.execute(f"create temporary function passing() returns int {options} as 'def run(): return 1'")
            cursor.execute(
                f"create procedure counted() returns int {options} packages=('snowflake-snowpark-python') "
                "as 'def run(session): return session.sql(\"select kept(1)\").collect()[0][0]'"
            )
            os.kill(server.pid, signal.SIGKILL)
        control.start(state)
        with snowflake.connector.connect(**control.connection_parameters(state)) as connection:
            cursor = connection.cursor()
            assert cursor.execute("select kept()").fetchall() == [(6,)]
            assert cursor.execute("call counted()").fetchall() == [(2,)]
            assert [row[1] for row in cursor.execute("show user functions").fetchall()] == ["KEPT"]
            cursor.execute("drop function kept(int)")
        control.stop(state)
        control.start(state)
        with snowflake.connector.connect(**control.connection_parameters(state)) as connection:
            assert connection.cursor().execute("show user functions").fetchall() == []
    finally:
        control.stop(state)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
