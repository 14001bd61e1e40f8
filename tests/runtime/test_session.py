"""The connection as the runtime takes it over, and the session that it opens with it."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from include.constants import CONNECTION_FILE_VARIABLE, CONNECTION_PIPE_VARIABLE
from include.runtime import session as module
from include.runtime.errors import NoSessionError, RefusedSessionError
from include.runtime.session import connection_parameters, open_session, run_logged
from tests.scripted_snowflake import RefusedError, ScriptedSnowflake

PARAMETERS = {"user": "ann", "password": "p" * 3000}


class TestConnection:
    @pytest.fixture(autouse=True)
    def _none_handed_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in (CONNECTION_PIPE_VARIABLE, CONNECTION_FILE_VARIABLE):
            monkeypatch.delenv(name, raising=False)

    def test_none_is_told(self) -> None:
        with pytest.raises(RefusedSessionError, match="neither SNOWPOD_CONNECTION_FD nor SNOWPOD_CONNECTION_FILE"):
            connection_parameters()

    def test_a_file_is_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "connection.json").write_text(json.dumps(PARAMETERS))
        monkeypatch.setenv(CONNECTION_FILE_VARIABLE, str(tmp_path / "connection.json"))
        assert connection_parameters() == PARAMETERS

    @pytest.mark.parametrize(
        ("content", "says"), [(None, "No such file or directory"), ("user: hunter2", "it is not JSON")]
    )
    def test_a_file_that_cannot_be_read_is_told_without_what_it_holds(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, says: str
    ) -> None:
        path = tmp_path / "connection.json"
        if content:
            path.write_text(content)
        monkeypatch.setenv(CONNECTION_FILE_VARIABLE, str(path))
        with pytest.raises(RefusedSessionError, match=f"cannot be read: {says}. Check the key") as caught:
            connection_parameters()
        assert "hunter2" not in str(caught.value)

    def test_a_pipe_is_read_and_its_end_ends_the_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ended = threading.Event()
        monkeypatch.setattr(module.os, "_exit", lambda code: code == 113 and ended.set())
        reading, writing = os.pipe()
        monkeypatch.setenv(CONNECTION_PIPE_VARIABLE, str(reading))
        os.write(writing, json.dumps(PARAMETERS).encode() + b"\n")
        assert connection_parameters() == PARAMETERS
        assert CONNECTION_PIPE_VARIABLE not in os.environ
        assert not ended.wait(0.05)
        os.close(writing)
        assert ended.wait(10)

    def test_a_pipe_that_ends_too_early_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        reading, writing = os.pipe()
        monkeypatch.setenv(CONNECTION_PIPE_VARIABLE, str(reading))
        os.write(writing, b'{"user": ')
        os.close(writing)
        with pytest.raises(NoSessionError, match="ended before it handed the Snowflake connection over"):
            connection_parameters()


class TestSession:
    def test_its_query_tag_names_the_task(self, scripted: ScriptedSnowflake) -> None:
        open_session(scripted.parameters, {"dag_id": "trips", "try_number": 2}).close()
        (login,) = scripted.logins
        assert json.loads(login["SESSION_PARAMETERS"]["QUERY_TAG"]) == {"dag_id": "trips", "try_number": 2}

    @pytest.mark.parametrize(("own", "seconds"), [({}, 0.0), ({"platform_detection_timeout_seconds": 0.1}, 0.1)])
    def test_it_takes_one_request_and_asks_no_clouds_metadata_service(
        self, scripted: ScriptedSnowflake, own: dict[str, float], seconds: float
    ) -> None:
        connection = open_session(scripted.parameters | own, {}).connection
        assert (len(scripted.logins), scripted.asked) == (1, [])
        assert connection.platform_detection_timeout_seconds == seconds
        connection.close()

    def test_a_query_tag_of_the_connection_is_kept(self, scripted: ScriptedSnowflake) -> None:
        own = {"session_parameters": {"query_tag": "cost centre 7", "TIMEZONE": "Asia/Kolkata"}}
        open_session(scripted.parameters | own, {"dag_id": "trips"}).close()
        (login,) = scripted.logins
        assert login["SESSION_PARAMETERS"].items() >= {"query_tag": "cost centre 7", "TIMEZONE": "Asia/Kolkata"}.items()
        assert "trips" not in str(login["SESSION_PARAMETERS"])

    def test_a_login_that_is_refused_is_told_and_final(self, scripted: ScriptedSnowflake) -> None:
        scripted.login = RefusedError(390100, "Incorrect username or password was specified.", "08001")
        with pytest.raises(RefusedSessionError) as caught:
            open_session(scripted.parameters, {})
        assert "did not open a session for ann" in str(caught.value)
        assert "What to do: check login and password" in str(caught.value)
        assert "correct horse" not in str(caught.value)

    def test_that_nothing_answers_is_told_and_not_final(self, scripted: ScriptedSnowflake) -> None:
        nobody = {"port": 1, "login_timeout": 1}
        with pytest.raises(NoSessionError, match="What to do: check that it runs"):
            open_session(scripted.parameters | nobody, {})

    @pytest.mark.parametrize("role", [None, "LOADER"])
    def test_what_snowflake_does_not_find_is_told(self, scripted: ScriptedSnowflake, role: str | None) -> None:
        scripted.session |= {"warehouseName": None, "schemaName": None}
        with pytest.raises(RefusedSessionError) as caught:
            open_session(scripted.parameters | ({"role": role} if role else {}), {})
        reported = f"There is no warehouse WH and no schema RAW, or ann may not use it{' as LOADER' if role else ''}."
        assert str(caught.value).startswith(reported)

    def test_a_statement_names_its_query_in_the_log(
        self, scripted: ScriptedSnowflake, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        scripted.answers["^SELECT 1"] = [{"ONE": 1}]
        session = open_session(scripted.parameters, {})
        assert [row["ONE"] for row in run_logged(session, "SELECT 1")] == [1]
        session.close()
        assert any(message.startswith("Snowflake query id: ") for message in caplog.messages)
