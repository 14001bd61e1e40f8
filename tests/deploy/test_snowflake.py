"""The set-up of a Snowflake account: run twice, and then used by the user that it makes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from include.deploy.snowflake import SETUP, address, filled, identifier, public_key
from include.deploy.snowflake.__main__ import main
from include.doctor.findings import State
from include.doctor.grants import MAKES
from include.doctor.snowflake import look
from include.doctor.subject import Login
from tests.laptop import Laptop

NAME = "SNOWPOD_TRIED"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SHOWN = ("warehouses", "resource monitors", "network policies", "roles", "users")
CREATES = re.compile(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP(?:ORARY)?\s+)?(TABLE|VIEW|STAGE|FILE\s+FORMAT|PROCEDURE|FUNCTION|SCHEMA|SEQUENCE)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "rsa_key.pub"
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    path.write_bytes(KEY.public_key().public_bytes(serialization.Encoding.PEM, form))
    return path


@pytest.fixture(scope="module")
def administrator(laptop: Laptop) -> Iterator[snowflake.connector.SnowflakeConnection]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("REQUESTS_CA_BUNDLE", str(laptop.local / "snowflake" / "ca-bundle.pem"))
        patched.setattr(snowflake.connector, "connect", _named(snowflake.connector.connect, laptop))
        with snowflake.connector.connect(connection_name="admin") as connection:
            yield connection


def _named(connect: Any, laptop: Laptop) -> Any:
    """Open the embedded Snowflake where the command names a connection of its user's file."""

    def opened(connection_name: str | None = None, **parameters: Any) -> Any:
        return connect(**(laptop.parameters if connection_name == "admin" else parameters))

    return opened


def state_of(connection: snowflake.connector.SnowflakeConnection) -> dict[str, list[tuple[Any, ...]]]:
    """All that the account says of what was made."""
    cursor = connection.cursor()
    found = {what: [row for row in cursor.execute(f"show {what}") if NAME in map(str, row)] for what in SHOWN}
    for what in (f"grants to role {NAME}", f"grants of role {NAME}", f"grants to user {NAME}"):
        found[what] = cursor.execute(f"show {what}").fetchall()
    found["policy"] = cursor.execute(f"describe network policy {NAME}").fetchall()
    return found


@pytest.fixture(scope="module")
def twice(
    administrator: snowflake.connector.SnowflakeConnection, key_file: Path
) -> Iterator[list[dict[str, list[tuple[Any, ...]]]]]:
    """What there is after the first run and after the second."""
    states = []
    words = ["--connection", "admin", "--name", NAME, "--address", "127.0.0.1", "--public-key", str(key_file)]
    for _ in range(2):
        assert main(words) == 0
        states.append(state_of(administrator))
    yield states
    cursor = administrator.cursor()
    for what in ("user", "network policy", "role", "database", "warehouse", "resource monitor"):
        cursor.execute(f"drop {what} {NAME}")


def test_a_second_run_changes_nothing(twice: list[dict[str, list[tuple[Any, ...]]]]) -> None:
    first, second = twice
    assert all(first.values())
    assert second == first


def test_the_role_has_these_rights_and_no_more(twice: list[dict[str, list[tuple[Any, ...]]]]) -> None:
    granted = {(row[1], row[2]) for row in twice[0][f"grants to role {NAME}"]}
    assert granted == {("USAGE", "WAREHOUSE"), ("USAGE", "DATABASE"), ("USAGE", "SCHEMA")} | {
        (f"CREATE {kind}", "SCHEMA") for kind in ("TABLE", "VIEW", "STAGE", "FILE FORMAT", "PROCEDURE", "FUNCTION")
    }
    assert {(row[2], row[3]) for row in twice[0][f"grants of role {NAME}"]} == {("ROLE", "SYSADMIN"), ("USER", NAME)}


def test_the_project_creates_nothing_else(root: Path) -> None:
    folders = ("include/runtime", "include/operators", "include/tasks", "configs")
    files = [
        path for folder in folders for path in (root / folder).rglob("*") if path.suffix in (".py", ".sql", ".yaml")
    ]
    created = {" ".join(kind.upper().split()) for path in files for kind in CREATES.findall(path.read_text())}
    granted = set(re.findall(r"GRANT CREATE ([A-Z ]+) ON SCHEMA", SETUP.read_text()))
    assert {"TABLE", "PROCEDURE", "FUNCTION", "STAGE"} <= created <= granted


@pytest.fixture
def connection(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> str:
    """The Airflow connection of the user that the set-up made: name and key; the rest is the user's default."""
    form = serialization.PrivateFormat.PKCS8
    pem = KEY.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    own = ("user", "password", "role", "warehouse", "database", "schema")
    extra = {name: value for name, value in laptop.parameters.items() if name not in own}
    extra["private_key_content"] = base64.b64encode(pem).decode()
    monkeypatch.setenv("AIRFLOW_CONN_TRIED", json.dumps({"conn_type": "snowflake", "login": NAME, "extra": extra}))
    return "tried"


def test_the_user_has_all_that_pipelines_need(
    twice: list[dict[str, list[tuple[Any, ...]]]],
    connection: str,
    administrator: snowflake.connector.SnowflakeConnection,
) -> None:
    found = list(look(Login(connection), 20, "3.12"))
    assert [finding for finding in found if finding.state is not State.OK] == []
    assert "by key pair" in next(finding.words for finding in found if finding.what == "login")

    administrator.cursor().execute(f"alter network policy {NAME} set allowed_ip_list = ('192.0.2.1')")
    (refused,) = [finding for finding in look(Login(connection), 20, "3.12") if finding.state is not State.OK]
    assert refused.what == "login"
    assert "is not allowed to access Snowflake" in refused.words


def test_the_doctor_asks_for_no_more_than_is_granted() -> None:
    assert {(kind.removeprefix("CREATE ")) for kind in MAKES} <= set(
        re.findall(r"GRANT CREATE ([A-Z ]+) ON SCHEMA", SETUP.read_text())
    )


def test_it_is_printed_without_a_connection(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--address", "203.0.113.0/24", "--address", "198.51.100.7", "--public-key", str(key_file)]) == 0
    printed = capsys.readouterr().out
    assert "<%" not in printed
    assert "ALLOWED_IP_LIST = ('203.0.113.0/24', '198.51.100.7')" in printed
    key = re.findall(r"RSA_PUBLIC_KEY = '([^']+)'", printed)[0]
    assert len(key) > 256  # more than a variable of Snowflake's SET takes


def test_its_names_are_those_of_snowflake_cli() -> None:
    variables = set(re.findall(r"<%\s*(.*?)\s*%>", SETUP.read_text()))
    assert variables == {"name", "schema", "size", "credits", "addresses", "public_key"}
    with pytest.raises(KeyError):
        filled("USE ROLE <% unknown %>", {})


@pytest.mark.parametrize(
    ("check", "text", "why"),
    [
        (identifier, "A; DROP DATABASE B", "is no name"),
        (identifier, "", "is no name"),
        (address, "0.0.0.0/0", "are no limit"),
        (address, "10.0.0.1/8", "has host bits set"),
        (address, "'); DROP", "Expected 4 octets"),
        (public_key, "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", "no public key"),
        (public_key, "-----BEGIN PUBLIC KEY-----\n'; DROP\n-----END PUBLIC KEY-----\n", "no public key"),
    ],
    ids=[
        "two statements",
        "no name",
        "all addresses",
        "bits beside the range",
        "no address",
        "a private key",
        "no key",
    ],
)
def test_other_names_are_refused(check: Any, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check(text)
