from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from embedded_snowflake import control


def test_wrong_password(connection_parameters: dict[str, Any]) -> None:
    with pytest.raises(
        snowflake.connector.errors.DatabaseError, match="Incorrect username or password was specified"
    ) as caught:
        snowflake.connector.connect(**{**connection_parameters, "password": "wrong"})
    assert caught.value.errno == 390100


def test_unknown_user(connection_parameters: dict[str, Any]) -> None:
    with pytest.raises(snowflake.connector.errors.DatabaseError, match="Incorrect username or password was specified"):
        snowflake.connector.connect(**{**connection_parameters, "user": "SOMEBODY"})


@pytest.fixture(scope="module")
def key_pair() -> Any:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _private(key: Any) -> bytes:
    encoding, form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    return bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))


@pytest.mark.server
def test_key_pair(tmp_path: Path, key_pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    public = tmp_path / "key.pem"
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key_pair.public_key().public_bytes(serialization.Encoding.PEM, form))
    state = tmp_path / "state"
    try:
        server = control.start(state, public_key=public)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_bundle))
        parameters = {**control.connection_parameters(state), "authenticator": "SNOWFLAKE_JWT"}
        parameters.pop("password")
        with snowflake.connector.connect(**parameters, private_key=_private(key_pair)) as connection:
            assert connection.cursor().execute("select 1").fetchone() == (1,)
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        with pytest.raises(snowflake.connector.errors.DatabaseError, match="JWT token is invalid"):
            snowflake.connector.connect(**parameters, private_key=_private(stranger))
    finally:
        control.stop(state)


def test_a_key_that_alter_user_sets(connection_parameters: dict[str, Any], key_pair: Any) -> None:
    """One of the two is taken while it is set, as rotating keys needs it; a text that is no key is refused."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = key_pair.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    body = "".join(line for line in pem.splitlines() if "PUBLIC KEY" not in line)
    parameters = {**connection_parameters, "authenticator": "SNOWFLAKE_JWT", "private_key": _private(key_pair)}
    parameters.pop("password")
    user = connection_parameters["user"]
    with snowflake.connector.connect(**connection_parameters) as connection:
        cursor = connection.cursor()
        for name in ("rsa_public_key", "rsa_public_key_2"):
            with pytest.raises(snowflake.connector.errors.DatabaseError, match="JWT token is invalid"):
                snowflake.connector.connect(**parameters)
            cursor.execute(f"alter user {user} set {name} = '{body}'")
            with snowflake.connector.connect(**parameters) as other:
                assert other.cursor().execute("select current_user()").fetchone() == (user,)
            cursor.execute(f"alter user {user} unset {name}")
        with pytest.raises(snowflake.connector.errors.ProgrammingError, match="New public key rejected"):
            cursor.execute(f"alter user {user} set rsa_public_key = 'MIIB'")


def test_a_service_user_logs_in_by_its_key(connection_parameters: dict[str, Any], key_pair: Any) -> None:
    """A user who is no server's own: its defaults hold, and its network policy and DISABLED keep it out."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = key_pair.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    body = "".join(line for line in pem.splitlines() if "PUBLIC KEY" not in line)
    own = ("user", "password", "role", "warehouse", "database", "schema")
    parameters = {name: value for name, value in connection_parameters.items() if name not in own}
    parameters |= {"user": "SERVICE_ONE", "authenticator": "SNOWFLAKE_JWT", "private_key": _private(key_pair)}
    with snowflake.connector.connect(**connection_parameters) as connection:
        cursor = connection.cursor()
        cursor.execute("create or replace network policy NEAR allowed_ip_list = ('127.0.0.0/8')")
        cursor.execute(
            f"create or replace user SERVICE_ONE type = service rsa_public_key = '{body}' default_role = PUBLIC"
            " default_warehouse = COMPUTE_WH default_namespace = EMBEDDED.PUBLIC network_policy = NEAR"
        )
        with snowflake.connector.connect(**parameters) as other:
            names = "current_user(), current_role(), current_warehouse(), current_schema()"
            row = other.cursor().execute(f"select {names}").fetchone()
            assert row == ("SERVICE_ONE", "PUBLIC", "COMPUTE_WH", "PUBLIC")
        with pytest.raises(snowflake.connector.errors.ProgrammingError, match="attached to user SERVICE_ONE"):
            cursor.execute("drop network policy NEAR")
        for change, refusal in (
            ("alter network policy NEAR set blocked_ip_list = ('127.0.0.1')", "IP/Token 127.0.0.1 is not allowed"),
            ("alter user SERVICE_ONE unset network_policy", ""),
            ("alter user SERVICE_ONE set disabled = true", "User access disabled"),
        ):
            cursor.execute(change)
            if refusal:
                with pytest.raises(snowflake.connector.errors.DatabaseError, match=refusal):
                    snowflake.connector.connect(**parameters)
            else:
                snowflake.connector.connect(**parameters).close()
        cursor.execute("drop user SERVICE_ONE")
        with pytest.raises(snowflake.connector.errors.DatabaseError, match="JWT token is invalid"):
            snowflake.connector.connect(**parameters)
        cursor.execute("drop network policy NEAR")


def test_no_token_no_statement(connection_parameters: dict[str, Any]) -> None:
    connection = snowflake.connector.connect(**connection_parameters)
    connection.rest.update_tokens("forged", "forged")
    with pytest.raises(snowflake.connector.errors.Error):
        connection.cursor().execute("select 1")
    connection.close()


def test_context_of_a_connection(connection_parameters: dict[str, Any]) -> None:
    with snowflake.connector.connect(**connection_parameters) as connection:
        names = "current_database(), current_schema(), current_user(), current_role(), current_warehouse()"
        row = connection.cursor().execute(f"select {names}").fetchone()
        assert row == ("EMBEDDED", "PUBLIC", connection_parameters["user"], "SYSADMIN", "COMPUTE_WH")
        assert connection.database == "EMBEDDED"
