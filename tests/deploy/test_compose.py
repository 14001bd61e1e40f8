"""The Compose file: Compose reads it, its services run what there is, and its secrets stay out of git and images."""

from __future__ import annotations

import base64
import fnmatch
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.cli.cli_parser import get_parser
from airflow.secrets.local_filesystem import LocalFilesystemBackend
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from include.deploy import compose_env
from include.deploy.snowflake.__main__ import DEFAULT_NAME, DEFAULT_SCHEMA
from include.operators.connection import connection_parameters
from tests.deploy.values import DEPLOY

COMPOSE = DEPLOY / "compose"
AIRFLOW = ("migrations", "api-server", "scheduler", "dag-processor", "triggerer", "worker")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8"))["services"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder as its user has it: with secrets."""
    made = shutil.copytree(COMPOSE, tmp_path / "compose")
    shutil.copy(made / "connections.example.json", made / "connections.json")
    compose_env.write(made)
    return made


def compose() -> list[str]:
    """Return the command of a Compose that is there; the test is skipped without one."""
    for command in (["docker-compose"], ["docker", "compose"]):
        if shutil.which(command[0]) and not subprocess.run([*command, "version"], capture_output=True).returncode:
            return command
    pytest.skip("no Compose: `apt-get install docker-compose`, or Docker's own plugin")


def test_compose_takes_it(folder: Path) -> None:
    done = subprocess.run(
        [*compose(), "--file", "compose.yaml", "config"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    read = yaml.safe_load(done.stdout)["services"]
    assert set(AIRFLOW) < read.keys()
    assert "${" not in done.stdout


def test_without_its_secrets_compose_refuses_it(folder: Path) -> None:
    text = (folder / "compose.yaml").read_text(encoding="utf-8")
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "FERNET_KEY", "JWT_SECRET", "API_SECRET_KEY"):
        used = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)
        assert used
        assert set(used) == {":?"}  # unset or empty is an error, not an empty password


@pytest.mark.parametrize("name", [name for name in AIRFLOW if name != "worker"])
def test_airflow_has_its_command(services: dict[str, Any], name: str) -> None:
    get_parser().parse_args(services[name]["command"])
    test = services[name].get("healthcheck", {}).get("test", [])
    if test[1:2] == ["airflow"]:
        get_parser().parse_args(test[2:])


def test_who_signs_and_who_knows_the_database(services: dict[str, Any]) -> None:
    # With two secrets each task is refused (apache/airflow #59803). A worker runs what users wrote: it has neither.
    def having(variable: str) -> tuple[set[str], set[str]]:
        found = {name: services[name]["environment"].get(variable) for name in AIRFLOW}
        return {name for name, value in found.items() if value}, {value for value in found.values() if value}

    assert having("AIRFLOW__API_AUTH__JWT_SECRET") == ({"api-server", "scheduler"}, {"${JWT_SECRET:?}"})
    with_database, urls = having("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")
    assert with_database == set(AIRFLOW) - {"worker"}
    assert len(urls) == 1
    assert "postgres" not in str(services["worker"]["environment"])


def test_the_worker_is_celerys(services: dict[str, Any]) -> None:
    # Of the provider `apache-airflow-providers-celery`, which a laptop's environment has not.
    assert services["worker"]["command"] == ["celery", "worker"]


def test_tasks_report_to_the_api_server(services: dict[str, Any]) -> None:
    # Without it each container asks itself (apache/airflow #48061).
    for name in AIRFLOW:
        where = services[name]["environment"]["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
        assert where == "http://api-server:8080/execution/"
    assert services["api-server"]["ports"] == ["127.0.0.1:${AIRFLOW_PORT:-8080}:8080"]


def test_whatever_stays_is_watched(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert (service.get("restart") == "unless-stopped") == ("healthcheck" in service), name


def test_the_worker_alone_has_the_connections(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "secrets" in service] == ["worker"]


def test_the_example_is_the_connection_that_production_names(root: Path, folder: Path, monkeypatch: Any) -> None:
    layer = yaml.safe_load((root / "configs" / "environments" / "production.yaml").read_text())
    name = layer["snowflake"]["connection"]
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    example = (folder / "connections.example.json").read_text()
    assert "PUT-HERE" in example
    filled = re.sub("PUT-HERE[A-Z0-9-]+", base64.b64encode(pem).decode(), example)
    (folder / "connections.json").write_text(filled)

    connection = LocalFilesystemBackend(connections_file_path=str(folder / "connections.json")).get_connection(name)

    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", connection.as_json())
    parameters = connection_parameters(name)
    assert base64.b64decode(parameters["private_key"]) == key.private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )
    # What include/deploy/snowflake/setup.sql makes, by its own defaults.
    assert {parameters[what] for what in ("user", "role", "warehouse", "database")} == {DEFAULT_NAME}
    assert parameters["schema"] == DEFAULT_SCHEMA


def test_images_are_named_in_full(services: dict[str, Any]) -> None:
    for service in services.values():
        assert re.fullmatch(r"\$\{SNOWPOD_AIRFLOW_IMAGE:\?.*\}|(postgres|redis):\d[\w.-]+", service["image"])


def test_env_has_all_that_the_file_asks_for(folder: Path) -> None:
    text = (folder / "compose.yaml").read_text(encoding="utf-8")
    said = dict(line.split("=", 1) for line in (folder / ".env").read_text().splitlines() if not line.startswith("#"))
    assert set(re.findall(r"(?<!\$)\$\{(\w+)", text)) == said.keys()
    assert all(said.values())
    assert len(base64.urlsafe_b64decode(said["FERNET_KEY"])) == 32
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600


def test_env_is_not_written_over(folder: Path) -> None:
    before = (folder / ".env").read_text()
    with pytest.raises(FileExistsError):
        compose_env.write(folder)
    assert (folder / ".env").read_text() == before


def excluded(ignored: Path, path: str) -> bool:
    """Tell whether a .dockerignore leaves a path out: the last line that fits decides."""
    out = False
    for line in _lines(ignored):
        pattern = line.removeprefix("!")
        if any(fnmatch.fnmatch("/".join(path.split("/")[:end]), pattern) for end in range(1, path.count("/") + 2)):
            out = not line.startswith("!")
    return out


def _lines(path: Path) -> Iterator[str]:
    return (line for line in path.read_text().splitlines() if line and not line.startswith("#"))


@pytest.mark.parametrize("name", ["include/deploy/compose/.env", "include/deploy/compose/connections.json"])
def test_secrets_are_in_no_commit_and_no_image(root: Path, name: str) -> None:
    ignored = subprocess.run(["git", "check-ignore", "--quiet", name], cwd=root, check=False)
    assert ignored.returncode == 0
    assert excluded(root / ".dockerignore", name)
    assert not excluded(root / ".dockerignore", "include/operators/pod.py")
