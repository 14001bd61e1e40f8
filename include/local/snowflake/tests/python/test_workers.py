"""Workers that die, get stuck or take too much are errors of their statement and of nothing else."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import DatabaseError, ProgrammingError

from tests.environments import ROOT, WORKER_PYTHON
from tests.waiting import until

from .conftest import Define


def value_of(cursor: SnowflakeCursor, sql: str) -> Any:
    ((value,),) = cursor.execute(sql).fetchall()
    return value


@pytest.mark.parametrize(
    ("death", "words"),
    [
        ("os._exit(3)", "exit code 3"),
        ("os.kill(os.getpid(), 11)", "killed by SIGSEGV"),
        ("sys.exit('enough')", "SystemExit: enough"),
    ],
)
def test_a_dead_worker_is_an_sql_error_and_the_next_call_works(
    cursor: SnowflakeCursor, define: Define, death: str, words: str
) -> None:
    define(
        "function dies(yes boolean) returns int", f"import os, sys\ndef run(yes):\n    if yes: {death}\n    return 1"
    )
    with pytest.raises(ProgrammingError, match=rf"(?s)Python Interpreter Error:.*{words}.*in function DIES") as caught:
        cursor.execute("select dies(true)")
    assert caught.value.errno == 100357
    assert value_of(cursor, "select dies(false)") == 1


def test_a_worker_that_wants_too_much_memory_is_refused_it(cursor: SnowflakeCursor, define: Define) -> None:
    define("function hungry(gigabytes int) returns int", "def run(gigabytes): return len(bytearray(gigabytes << 30))")
    with pytest.raises(ProgrammingError, match="Function available memory exhausted"):
        cursor.execute("select hungry(64)")
    assert value_of(cursor, "select hungry(0)") == 0


def test_a_stuck_worker_is_killed_when_its_statement_is_cancelled(
    cursor: SnowflakeCursor, define: Define, connection_parameters: dict[str, Any], schema: str, tmp_path: Path
) -> None:
    code = "import os, time\ndef run(session, path):\n    open(path, 'w').write(str(os.getpid()))\n    time.sleep(600)"
    define("procedure stuck(path varchar) returns int", code, options="packages=('snowflake-snowpark-python')")
    with snowflake.connector.connect(**{**connection_parameters, "schema": schema}) as other:
        stuck = other.cursor()
        stuck.execute_async(f"call stuck('{tmp_path / 'pid'}')")
        until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        query_id = str(stuck.sfqid)
        assert stuck.abort_query(query_id)
        until(lambda: not other.is_still_running(other.get_query_status(query_id)))
        with pytest.raises(DatabaseError, match="SQL execution canceled"):
            other.get_query_status_throw_if_error(query_id)
    until(lambda: not _alive(int((tmp_path / "pid").read_text())))


def test_workers_are_kept_warm_and_limited_in_number(cursor: SnowflakeCursor, define: Define) -> None:
    define("function process_id() returns int", "import os\ndef run(): return os.getpid()")
    assert value_of(cursor, "select process_id()") == value_of(cursor, "select process_id()")
    pids = set()
    for number in range(12):
        define(f"function process_id_{number}() returns int", "import os\ndef run(): return os.getpid()")
        pids.add(value_of(cursor, f"select process_id_{number}()"))
    assert len(pids) == 12
    until(lambda: sum(map(_alive, pids)) <= 8)


def test_functions_are_computed_for_many_sessions_at_once(
    define: Define, connection_parameters: dict[str, Any], schema: str, cursor: SnowflakeCursor
) -> None:
    define("function slow(x int) returns int", "import time\ndef run(x):\n    time.sleep(0.05)\n    return x * x")
    found: dict[int, Any] = {}

    def ask(number: int) -> None:
        with snowflake.connector.connect(**{**connection_parameters, "schema": schema}) as connection:
            found[number] = value_of(connection.cursor(), f"select slow({number})")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == {number: number * number for number in range(8)}


@pytest.mark.server
def test_limits_of_time_and_number(tmp_path: Path) -> None:
    command = [
        str(sys.executable),
        "-m",
        "tests.python.limits",
        str(tmp_path),
        str(WORKER_PYTHON),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]


def _alive(pid: int) -> bool:
    """Whether it runs; a dead one whose parent has not asked yet does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
