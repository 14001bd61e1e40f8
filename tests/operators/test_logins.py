"""Each way to log in, by each way that a task takes to Snowflake: what reaches Snowflake is looked at there.

`hook` is what SQL tasks use; `file` is what a pod mounts, and what the Snowpark interpreter reads from its pipe.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from airflow.providers.common.compat.sdk import AirflowException
from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.log import redact
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from include.constants import CONNECTION_FILE_VARIABLE
from include.operators import CheckSnowflakeConnection, SnowflakeSQLOperator
from include.operators.connection import connection_parameters
from include.runtime.errors import NoSessionError
from include.runtime.session import connection_parameters as handed_over
from include.runtime.session import open_session
from tests.answering import answering
from tests.scripted_snowflake import RefusedError, ScriptedSnowflake

Write = Callable[..., None]
CONTEXT: Any = {"ti": SimpleNamespace(dag_id="d", task_id="t", run_id="r", try_number=1, map_index=-1)}


@pytest.fixture
def write(connected: ScriptedSnowflake, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes the Airflow connection `mine`, which leads to the scripted Snowflake."""

    def written(login: str | None = "ann", password: str | None = None, **extra: Any) -> None:
        place = {"account": "scripted", "host": "127.0.0.1", "port": connected.port}
        connection = {"conn_type": "snowflake", "login": login, "password": password, "schema": "RAW"}
        monkeypatch.setenv("AIRFLOW_CONN_MINE", json.dumps({**connection, "extra": {**place, **extra}}))

    return written


@pytest.fixture(params=["hook", "file"])
def login(
    request: pytest.FixtureRequest, connected: ScriptedSnowflake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], dict[str, Any]]:
    """Logs in on one of the ways, and gives what Snowflake was sent."""

    def by_hook() -> dict[str, Any]:
        SnowflakeHook("mine").get_conn().close()
        return connected.logins[-1]

    def by_file() -> dict[str, Any]:
        file = tmp_path / "connection.json"
        file.write_text(json.dumps(connection_parameters("mine")))
        monkeypatch.setenv(CONNECTION_FILE_VARIABLE, str(file))
        open_session({**handed_over(), "protocol": "http"}, {}).close()
        return connected.logins[-1]

    return by_hook if request.param == "hook" else by_file


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def test_a_key_pair_with_a_passphrase(login: Any, write: Write, key: RSAPrivateKey, tmp_path: Path) -> None:
    file = tmp_path / "key.p8"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"of the key")))
    write(password="of the key", private_key_file=str(file))
    sent = login()
    assert sent["AUTHENTICATOR"] == "SNOWFLAKE_JWT"
    assert jwt.decode(sent["TOKEN"], key.public_key(), algorithms=["RS256"])["sub"] == "SCRIPTED.ANN"
    assert "of the key" not in json.dumps(sent)


def test_a_programmatic_access_token(login: Any, write: Write) -> None:
    write(password="a-pat", authenticator="programmatic_access_token")
    sent = login()
    assert (sent["AUTHENTICATOR"], sent["TOKEN"]) == ("PROGRAMMATIC_ACCESS_TOKEN", "a-pat")


@pytest.mark.parametrize("provider", ["OIDC", "oidc"])
def test_a_workload_identity_reads_its_token_where_the_task_runs(
    login: Any, write: Write, provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An identity goes to Snowflake's own hosts only, and to those that the environment names.
    monkeypatch.setenv("SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES", "127.0.0.1")
    token = jwt.encode({"iss": "https://cluster", "sub": "system:serviceaccount:snowpod:tasks"}, "k" * 32, "HS256")
    file = tmp_path / "token"
    file.write_text(token)
    write(login=None, authenticator="WORKLOAD_IDENTITY", workload_identity_provider=provider, token_file_path=str(file))
    sent = login()
    assert (sent["AUTHENTICATOR"], sent["PROVIDER"], sent["TOKEN"]) == ("WORKLOAD_IDENTITY", "OIDC", token)
    handed_on = connection_parameters("mine")
    assert handed_on["token_file_path"] == str(file)
    assert "token" not in handed_on


def test_a_workload_identity_of_aws_is_taken_from_the_tasks_own_environment(
    login: Any, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES", "127.0.0.1")
    for name, value in {"ACCESS_KEY_ID": "AKIA1", "SECRET_ACCESS_KEY": "of-aws", "DEFAULT_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    write(login=None, authenticator="WORKLOAD_IDENTITY", workload_identity_provider="AWS")
    assert login()["PROVIDER"] == "AWS"
    assert "of-aws" not in json.dumps(connection_parameters("mine"))


class Tokens:
    """Who gives OAuth tokens: what it was asked, and how it answers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.status = 200
        self.lifetime = 600
        self.port = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    def respond(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(parse_qs(body["form"]))
        return self.status, {"access_token": f"access-{len(self.asked)}", "expires_in": self.lifetime}


@pytest.fixture
def tokens() -> Iterator[Tokens]:
    played = Tokens()
    with answering(played.respond) as port:
        played.port = port
        yield played


@pytest.mark.parametrize("grant", [{"grant_type": "client_credentials"}, {"refresh_token": "a-refresh-token"}])
def test_oauth(login: Any, write: Write, tokens: Tokens, grant: dict[str, str]) -> None:
    given = {"authenticator": "oauth", "token_endpoint": tokens.endpoint, "scope": "session:role:LOADER", **grant}
    write(login="client", password="client-secret", **given)
    sent = login()
    assert (sent["AUTHENTICATOR"], sent["TOKEN"]) == ("OAUTH", f"access-{len(tokens.asked)}")
    assert tokens.asked[0]["grant_type"] == [grant.get("grant_type", "refresh_token")]
    assert tokens.asked[0]["scope"] == ["session:role:LOADER"]
    assert "client-secret" not in json.dumps(sent)


def test_of_oauth_only_the_access_token_is_handed_on(write: Write, tokens: Tokens) -> None:
    write(
        login="client",
        password="client-secret",
        authenticator="oauth",
        token_endpoint=tokens.endpoint,
        refresh_token="a-refresh-token",
    )
    handed_on = connection_parameters("mine")
    assert handed_on["token"] == "access-1"
    assert not handed_on.keys() & {"client_id", "client_secret", "refresh_token", "grant_type", "token_endpoint"}
    assert redact("client-secret and a-refresh-token and access-1") == "*** and *** and ***"


def test_a_sql_task_asks_for_one_token(write: Write, tokens: Tokens, connected: ScriptedSnowflake) -> None:
    write(
        login="c", password="s", authenticator="oauth", token_endpoint=tokens.endpoint, grant_type="client_credentials"
    )
    SnowflakeSQLOperator(task_id="t", conn_id="mine", sql=["select 1", "select 2"]).execute(CONTEXT)
    assert len(tokens.asked) == len(connected.logins) == 1


def test_each_try_gets_another_token(write: Write, tokens: Tokens, connected: ScriptedSnowflake) -> None:
    """A pod that waited longer for a node than its token lives is refused, and the next try is not."""
    write(
        login="c", password="s", authenticator="oauth", token_endpoint=tokens.endpoint, grant_type="client_credentials"
    )
    connected.login = RefusedError(390318, "OAuth access token expired.", "08001")
    with pytest.raises(NoSessionError, match=r"did not open a session for the user of its oauth login: .*expired"):
        open_session({**connection_parameters("mine"), "protocol": "http"}, {})
    connected.login = None
    open_session({**connection_parameters("mine"), "protocol": "http"}, {}).close()
    assert [sent["TOKEN"] for sent in connected.logins][-1] == "access-2"


@pytest.mark.parametrize("way", ["sql", "check", "function"])
@pytest.mark.parametrize(("status", "final"), [(401, True), (400, True), (503, False)])
def test_a_token_that_is_refused_is_told(
    write: Write, tokens: Tokens, status: int, final: bool, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
    tokens.status = status
    write(
        login="c",
        password="s3cr3t",
        authenticator="oauth",
        token_endpoint=tokens.endpoint,
        grant_type="client_credentials",
    )
    ways = {
        "sql": lambda: SnowflakeSQLOperator(task_id="t", conn_id="mine", sql="select 1").execute(CONTEXT),
        "check": lambda: CheckSnowflakeConnection(task_id="t", snowflake_conn_id="mine").execute(CONTEXT),
        "function": lambda: connection_parameters("mine"),
    }
    with pytest.raises(AirflowException, match=f"No OAuth token for the Airflow connection mine: {status}") as caught:
        ways[way]()
    assert isinstance(caught.value, AirflowFailException) is final
    assert "s3cr3t" not in str(caught.value)
