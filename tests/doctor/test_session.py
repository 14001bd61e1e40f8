"""A session seen from inside, in the embedded Snowflake: what the doctor says of it, and that it leaves nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import snowflake.connector
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from include.doctor import snowflake as session
from include.doctor.findings import Finding, State
from include.doctor.snowflake import look
from include.doctor.subject import Login
from include.local import airflow
from tests.laptop import CANARY, Laptop

Looked = Callable[..., dict[str, Finding]]


@pytest.fixture
def looked(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> Looked:
    """Looks at a session of the laptop's connection with some changes; gives the findings by what they are of."""
    right = json.loads(airflow.environment(laptop.local / "snowflake")["AIRFLOW_CONN_SNOWFLAKE_DEFAULT"])

    def look_at(chosen: dict[str, str] | None = None, extra: dict[str, Any] | None = None, **changes: Any) -> Any:
        connection = {**right, **changes, "extra": {**right["extra"], **(extra or {})}}
        monkeypatch.setenv("AIRFLOW_CONN_LOOKED_AT", json.dumps(connection))
        found = list(look(Login("looked_at", tuple((chosen or {}).items())), 20, "3.12"))
        assert CANARY not in str(found)
        return {one.what: one for one in found}

    return look_at


def run(laptop: Laptop, *statements: str) -> list[Any]:
    """Runs statements as the administrator; gives their rows."""
    with snowflake.connector.connect(**laptop.parameters) as connection:
        return [connection.cursor().execute(statement).fetchall() for statement in statements]


def missing(findings: dict[str, Finding]) -> dict[str, str]:
    return {what: one.mend for what, one in findings.items() if one.state is not State.OK}


def test_a_session_that_has_all(looked: Looked, laptop: Laptop) -> None:
    found = looked()
    assert missing(found) == {}
    assert found["login"].words.startswith(f"{laptop.parameters['user']} by password")
    assert found["warehouse COMPUTE_WH"].words.endswith("auto-suspend 600 s")
    assert found["upload to a stage"].state is State.OK
    assert found["table SNOWPOD_TASK_RUNS"].words in ("", "not there yet: the first task makes it")
    left = run(laptop, *(f"SHOW {kind}" for kind in ("TABLES", "STAGES", "USER FUNCTIONS", "USER PROCEDURES")))
    assert "SNOWPOD_DOCTOR" not in str(left)


def test_a_wrong_password(looked: Looked) -> None:
    found = looked(password="not-it")
    assert missing(found) == {"login": "put the right login and password (or key) into the Airflow connection"}
    assert "Incorrect username or password" in found["login"].words


def test_a_key_that_the_user_does_not_have_and_then_has(looked: Looked, laptop: Laptop) -> None:
    key = generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    user = laptop.parameters["user"]
    found = looked(password=None, extra={"private_key_content": pem})
    assert missing(found) == {
        "login": f"ALTER USER {user} SET RSA_PUBLIC_KEY = '<the public key of this private key>';"
    }
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    run(laptop, f"ALTER USER {user} SET RSA_PUBLIC_KEY_2 = '{base64.b64encode(public).decode()}'")
    found = looked(password=None, extra={"private_key_content": pem})
    run(laptop, f"ALTER USER {user} UNSET RSA_PUBLIC_KEY_2")
    assert "by key pair" in found["login"].words


def test_a_role_that_is_not_there(looked: Looked) -> None:
    found = looked({"role": "NO_SUCH_ROLE"})
    assert missing(found) == {"role NO_SUCH_ROLE": "CREATE ROLE NO_SUCH_ROLE; and GRANT ROLE NO_SUCH_ROLE TO USER …;"}


def test_a_role_without_grants_and_what_they_mend(looked: Looked, laptop: Laptop) -> None:
    """What the doctor says is run as it stands, to one role directly and the rest through a role that it holds."""
    run(
        laptop,
        "CREATE ROLE POOR",
        "CREATE ROLE READERS",
        "GRANT USAGE ON DATABASE SNOWPOD TO ROLE READERS",
        "GRANT ROLE READERS TO ROLE POOR",
    )
    found = missing(looked({"role": "POOR"}))
    assert list(found) == [
        "USAGE on warehouse COMPUTE_WH",
        "USAGE on schema SNOWPOD.PUBLIC",
        "CREATE TABLE on schema SNOWPOD.PUBLIC",
        "CREATE STAGE on schema SNOWPOD.PUBLIC",
    ]
    run(laptop, *found.values())
    assert missing(looked({"role": "POOR"})) == {}
    run(laptop, "DROP ROLE POOR", "DROP ROLE READERS")


@pytest.mark.parametrize(
    ("chosen", "what", "mend"),
    [
        ({"warehouse": "NO_SUCH_WH"}, "warehouse NO_SUCH_WH", "CREATE WAREHOUSE NO_SUCH_WH AUTO_SUSPEND = 60;"),
        ({"schema": "NO_SUCH_SCHEMA"}, "schema SNOWPOD.NO_SUCH_SCHEMA", "CREATE SCHEMA SNOWPOD.NO_SUCH_SCHEMA;"),
    ],
)
def test_what_a_session_chose_that_is_not_there(looked: Looked, chosen: dict[str, str], what: str, mend: str) -> None:
    assert missing(looked(chosen))[what].startswith(mend)


@pytest.mark.parametrize(
    ("current", "row", "mend"),
    [
        ("WH", {"state": "SUSPENDED", "auto_resume": "true"}, ""),
        ("WH", {"state": "STARTED", "auto_resume": "false"}, ""),
        (None, {"state": "STARTED", "auto_resume": "true"}, "GRANT USAGE ON WAREHOUSE WH TO ROLE LOADER;"),
        ("WH", {"state": "SUSPENDED", "auto_resume": "false"}, "ALTER WAREHOUSE WH SET AUTO_RESUME = TRUE;"),
    ],
)
def test_a_warehouse_that_is_seen_can_be_used(current: str | None, row: dict[str, str], mend: str) -> None:
    """As a real account answers; the embedded Snowflake shows no warehouse without its use."""
    warehouse = {"name": "WH", "size": "X-Small", "auto_suspend": "60", **row}

    def ask(statement: str) -> list[dict[str, Any]]:
        return [warehouse] if statement.startswith("SHOW") else [{"NAME": current}]

    (found,) = session._warehouse(lambda *words: Finding("s", *words), ask, {"warehouse": "wh"}, "LOADER")
    assert found.mend.replace("wh", "WH") == mend
