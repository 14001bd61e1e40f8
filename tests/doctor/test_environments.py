"""The command on environments that are wrong, and on one that can reach nothing."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from include.doctor.cli import main
from include.factory.commands.cli import main as factory
from tests.conftest import ROOT

PASSWORD = "correct-horse-7f"


Doctor = Callable[..., tuple[int, list[dict[str, str]]]]


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Runs the command here, in an environment of Airflow's own that has the given variables."""
    for name in list(os.environ):
        if name.startswith(("AIRFLOW_CONN", "SNOWPOD_")):
            monkeypatch.delenv(name)
    own = {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
    for name, value in {**own, "_AIRFLOW_PROCESS_CONTEXT": "server"}.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, **variables: str) -> tuple[int, list[dict[str, str]]]:
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            code = main([*words, "--format", "json"])
        said = capsys.readouterr()
        assert PASSWORD not in said.out + said.err
        return code, json.loads(said.out)

    return run


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("configs", "include", "dags"):
        (tmp_path / name).mkdir()
    shutil.copytree(ROOT / "configs", tmp_path / "configs", dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "include")
    (tmp_path / "include").symlink_to(ROOT / "include")
    return tmp_path


def missing(findings: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {one["what"]: one for one in findings if one["state"] == "missing"}


def test_the_factorys_command_line_starts_it_too(capfd: pytest.CaptureFixture[str]) -> None:
    assert factory(["doctor", "--help"]) == 0
    assert "python -m include.doctor" in capfd.readouterr().out


def test_an_unknown_environment_is_one_line(doctor: Doctor) -> None:
    code, findings = doctor("configuration", "--environment", "prodution")
    assert code == 1
    found = missing(findings)["configs/environments/prodution.yaml:1"]
    assert "There is no environment `prodution`" in found["words"]
    assert found["mend"] == "export SNOWPOD_ENVIRONMENT=…"


def test_a_variable_that_is_not_set_is_one_line(doctor: Doctor, copied: Path) -> None:
    file = copied / "configs" / "environments" / "production.yaml"
    file.write_text(file.read_text().replace("${SNOWPARK_PYTHON:-/opt/snowpark/bin/python}", "${SNOWPARK_PYTHON}"))
    words = ("configuration", "--root", str(copied), "--environment", "production")
    code, findings = doctor(*words)
    (found,) = [one for one in findings if "SNOWPARK_PYTHON" in one["words"]]
    assert (code, found["state"]) == (1, "missing")
    code, findings = doctor(*words, SNOWPARK_PYTHON="/x", AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"))
    assert (code, missing(findings)) == (0, {})


def test_a_cache_that_cannot_be_written_is_told(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    _, findings = doctor("configuration", SNOWPOD_CACHE=str(tmp_path / "file"))
    assert "cannot be written" in missing(findings)["cache"]["words"]
    _, findings = doctor("configuration", SNOWPOD_CACHE="off")
    assert "cache" not in missing(findings)


@pytest.fixture
def silent() -> Iterator[int]:
    """A port at which connections are taken and nothing is said."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def connection(**changes: Any) -> str:
    extra = {"account": "acme", "host": "127.0.0.1", "port": 1, **changes.pop("extra", {})}
    return json.dumps({"conn_type": "snowflake", "login": "ann", "password": PASSWORD, "extra": extra, **changes})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "There is no Airflow connection snowflake_default"),
        (connection(conn_type="postgres"), "is of type postgres, not snowflake"),
        (connection(), "Nothing answers at 127.0.0.1:1"),
        (
            connection(extra={"private_key_file": "/nowhere/key.p8"}),
            "its private_key_file *** cannot be read here: No such file",
        ),
        (connection(extra={"authenticator": "WORKLOAD_IDENTITY"}), "it names no workload_identity_provider"),
    ],
    ids=["not-there", "wrong-type", "nothing-answers", "no-key", "no-provider"],
)
def test_a_connection_that_cannot_work_is_one_line(doctor: Doctor, given: str | None, said: str) -> None:
    variables = {"AIRFLOW_CONN_SNOWFLAKE_DEFAULT": given} if given else {}
    code, findings = doctor("snowflake", **variables)
    found = missing(findings)["Airflow connection"]
    assert code == 1
    assert said in found["words"]
    assert found["mend"]


def test_hosts_that_do_not_answer_take_no_longer_than_the_limit(silent: int, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    cluster = {"name": "c", "cluster": {"server": f"http://127.0.0.1:{silent}"}}
    context = {"name": "c", "context": {"cluster": "c", "user": "u"}}
    kubeconfig.write_text(
        json.dumps(
            {"clusters": [cluster], "contexts": [context], "users": [{"name": "u", "user": {}}], "current-context": "c"}
        )
    )
    variables = {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW_CONN_SNOWFLAKE_DEFAULT": connection(extra={"port": silent}),
        "AIRFLOW_CONN_KUBERNETES_DEFAULT": json.dumps(
            {"conn_type": "kubernetes", "extra": {"kube_config_path": str(kubeconfig)}}
        ),
    }
    command = [sys.executable, "-m", "include.doctor", "snowflake", "kubernetes", "--limit", "3"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 1
    assert done.stdout.count("none within 3 s") + done.stdout.count("does not answer") == 2, done.stdout
    assert PASSWORD not in done.stdout + done.stderr
