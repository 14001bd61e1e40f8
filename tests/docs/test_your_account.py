"""What docs/your-account.md and docs/your-cluster.md say to write is taken: layers, connections, secrets backends."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.configuration import conf
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from include.factory.document.schema import layer_shape
from include.factory.target_checks import section_diagnostics
from include.operators.connection import connection_parameters
from tests.answering import answering
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "your-account.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


CONNECTIONS = {"-".join(read["extra"])[8:]: read for read in map(json.loads, blocks("json"))}
BACKENDS = {lines.partition("=")[2].partition("\n")[0].rsplit(".", 1)[1]: lines for lines in blocks("ini")}
TOKEN = {"access_token": "an-access-token", "expires_in": 600}


@pytest.mark.parametrize("page", ["your-account", "your-cluster"])
def test_each_layer_has_its_right_form(page: str) -> None:
    written = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / f"{page}.md").read_text(), re.DOTALL)
    assert written
    for text in written:
        layer = yaml.safe_load(text.replace("${SNOWPOD_TASK_IMAGE}", "registry.example.com/snowpod-task:1.0.0"))
        assert layer_shape(layer) == []
        assert list(section_diagnostics(layer, ())) == []


@pytest.mark.parametrize("name", CONNECTIONS)
def test_each_connection_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = json.loads(json.dumps(CONNECTIONS[name]))
    extra = connection["extra"]
    if "private_key_content" in extra:
        cipher = BestAvailableEncryption(connection["password"].encode())
        pem = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, cipher)
        assert base64.b64encode(pem).decode()[:22] == extra["private_key_content"][:22]
        extra["private_key_content"] = base64.b64encode(pem).decode()
    with answering(lambda *asked: (200, TOKEN)) as port:
        if "token_endpoint" in extra:
            extra["token_endpoint"] = f"http://127.0.0.1:{port}/token"
        monkeypatch.setenv("AIRFLOW_CONN_SNOWFLAKE_PRODUCTION", json.dumps(connection))
        found = connection_parameters("snowflake_production")
    assert found["account"] == "acme-production"
    assert found.keys() & {"private_key", "token", "workload_identity_provider"}


class Kept:
    """The backend of the page, with a place of its own for its secrets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        monkeypatch.setattr("airflow.sdk.configuration._secrets_backend_cache", {})

    def set(self, name: str, **changes: Any) -> None:
        for line in BACKENDS[name].splitlines():
            variable, _, value = line.partition("=")
            if variable.endswith("KWARGS"):
                value = json.dumps(json.loads(value) | changes)
            self._patch.setenv(variable, value)
        assert conf.get("secrets", "backend").endswith(name)

    def found(self) -> dict[str, Any]:
        return connection_parameters("snowflake_production")


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    return Kept(monkeypatch)


CONNECTION = {
    "conn_type": "snowflake",
    "login": "SNOWPOD",
    "password": "pass/word+=@ñ",
    "extra": {"account": "acme-production"},
}


def is_it(found: dict[str, Any]) -> bool:
    return (found["user"], found["password"], found["account"]) == ("SNOWPOD", "pass/word+=@ñ", "acme-production")


def test_in_a_file_that_is_read_anew(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "connections.json"
    kept.set("LocalFilesystemBackend", connections_file_path=str(file))
    file.write_text(json.dumps({"snowflake_production": CONNECTION}))
    assert is_it(kept.found())


def test_in_vault(kept: Kept) -> None:
    pytest.importorskip("airflow.providers.hashicorp.secrets.vault", reason="the provider is not installed")
    asked = []

    def vault(method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        asked.append(path)
        if path.endswith("/auth/kubernetes/login"):
            return 200, {"auth": {"client_token": "t", "lease_duration": 60}}
        if path.startswith("/v1/secret/data/airflow/connections/snowflake_production"):
            fields = CONNECTION | {"extra": json.dumps(CONNECTION["extra"])}
            return 200, {"data": {"data": fields, "metadata": {"version": 1}}}
        return 200, {"data": {"id": "t"}}

    with answering(vault) as port:
        token = ROOT / "docs" / "your-account.md"  # any file: the Vault that is played takes any token
        kept.set("VaultBackend", url=f"http://127.0.0.1:{port}", kubernetes_jwt_path=str(token))
        assert is_it(kept.found())
    assert "/v1/auth/kubernetes/login" in asked


def test_in_aws_secrets_manager(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("airflow.providers.amazon.aws.secrets.secrets_manager", reason="the provider is not installed")
    asked = []

    def manager(method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        asked.append(body["SecretId"])
        return 200, {"ARN": "a", "Name": body["SecretId"], "SecretString": json.dumps(CONNECTION)}

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "of-a-test")
    with answering(manager) as port:
        kept.set("SecretsManagerBackend", endpoint_url=f"http://127.0.0.1:{port}")
        assert is_it(kept.found())
    assert {*asked} == {"airflow/connections/snowflake_production"}
