from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector

from embedded_snowflake import control
from tests.environments import ROOT

pytestmark = pytest.mark.server


@pytest.fixture
def own_state(tmp_path: Path) -> Any:
    yield tmp_path / "state"
    control.stop(tmp_path / "state")


def _connect(state: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> snowflake.connector.SnowflakeConnection:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(state / "ca-bundle.pem"))
    return snowflake.connector.connect(**{**control.connection_parameters(state), **changes})


def test_two_starts_at_once_give_one_server(own_state: Path) -> None:
    command = [sys.executable, "-m", "embedded_snowflake", "start", "--state", str(own_state)]
    starts = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    lines = {start.communicate(timeout=60)[0] for start in starts}
    assert [start.returncode for start in starts] == [0, 0]
    assert len(lines) == 1
    running = control.status(own_state)
    assert running is not None
    assert control.start(own_state).pid == running.pid


def test_secrets_are_for_the_owner_only(own_state: Path) -> None:
    control.start(own_state)
    for name in ("connections.toml", "settings.json", "server.key"):
        assert stat.S_IMODE((own_state / name).stat().st_mode) == 0o600, name


def test_acknowledged_work_outlives_a_kill(own_state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = control.start(own_state)
    before = _connect(own_state, monkeypatch)
    cursor = before.cursor()
    cursor.execute("create table KEPT (A int)")
    cursor.execute("insert into KEPT values (1), (2)")
    cursor.execute('create table "kept_lower" (A int)')
    cursor.execute("create stage KEPT_FILES")
    (tmp_path / "a.txt").write_text("a")
    cursor.execute(f"put 'file://{tmp_path}/a.txt' @KEPT_FILES auto_compress=false")
    for statement in (
        "create role READER",
        "create warehouse KEPT_WH initially_suspended = true",
        "grant role READER to user EMBEDDED",
    ):
        cursor.execute(statement)
    cursor.execute("grant select on future tables in schema PUBLIC to role READER")
    cursor.execute("grant select, insert on table KEPT to role READER")
    cursor.execute("revoke insert on table KEPT from role READER")
    cursor.execute("begin")
    cursor.execute("insert into KEPT values (3)")
    os.kill(server.pid, signal.SIGKILL)
    assert control.status(own_state) is None
    again = control.start(own_state)
    assert again.port == server.port
    before.close()
    with _connect(own_state, monkeypatch) as connection:
        cursor = connection.cursor()
        assert cursor.execute("select A from KEPT order by A").fetchall() == [(1,), (2,)]
        with pytest.raises(snowflake.connector.ProgrammingError, match="KEPT_LOWER' does not exist"):
            cursor.execute("select A from KEPT_LOWER")
        assert [row[0] for row in cursor.execute("list @KEPT_FILES").fetchall()] == ["kept_files/a.txt"]
        texts = [
            row[0]
            for row in cursor.execute("select QUERY_TEXT from table(information_schema.query_history())").fetchall()
        ]
        assert "insert into KEPT values (1), (2)" in texts
        granted = {(row[1], row[3]) for row in cursor.execute("show grants to role READER").fetchall()}
        assert granted == {("SELECT", "EMBEDDED.PUBLIC.KEPT")}
        assert [row[1:4] for row in cursor.execute("show grants of role READER").fetchall()] == [
            ("READER", "USER", "EMBEDDED")
        ]
        assert [row[3] for row in cursor.execute("show future grants to role READER").fetchall()] == [
            "EMBEDDED.PUBLIC.<TABLE>"
        ]
        assert [row[:2] for row in cursor.execute("show warehouses like 'kept%'").fetchall()] == [
            ("KEPT_WH", "SUSPENDED")
        ]


# DuckDB does so by itself once the log has grown to 16 MB, and when its last connection is closed.
_CHECKPOINTS = """
import sys
from pathlib import Path
from embedded_snowflake.state.auth import Authenticator
from embedded_snowflake.state.engine import Engine

for _ in range(2):
    engine = Engine(Path(sys.argv[1]), Authenticator("SOMEBODY", ""), 0)
    engine.root.execute("checkpoint _fs_global")
    engine.close()
"""


def test_the_catalogue_is_written_out_and_read_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _CHECKPOINTS, tmp_path], cwd=ROOT, check=True, timeout=60)


def test_a_stop_leaves_nothing_running(own_state: Path) -> None:
    server = control.start(own_state)
    assert control.stop(own_state)
    assert not control.stop(own_state)
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)


def test_the_password_of_the_environment_counts(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDED_SNOWFLAKE_PASSWORD", "of-the-environment")
    control.start(own_state)
    assert control.connection_parameters(own_state)["password"] == "of-the-environment"
    with _connect(own_state, monkeypatch) as connection:
        assert connection.cursor().execute("select 1").fetchone() == (1,)


def test_without_a_server_the_parameters_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(control.ControlError, match="start the embedded Snowflake first"):
        control.connection_parameters(tmp_path)
