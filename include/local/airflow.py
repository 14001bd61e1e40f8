"""The environment in which a laptop's Airflow runs: its home, its connections, its trust in the embedded Snowflake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from include.constants import ENVIRONMENT_VARIABLE, ROOT
from include.local import pods, snowflake_server
from include.local.places import HOME, SNOWFLAKE


def environment(snowflake: Path = SNOWFLAKE, home: Path = HOME) -> dict[str, str]:
    """Return this process' environment, with what makes Airflow this project's own.

    Args:
        snowflake: state folder of a running embedded Snowflake.
        home: Airflow's home folder.

    Returns:
        The environment for `airflow` and all that it starts.
    """
    preferred = {
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        # `airflow standalone` starts as many workers at once; the default of 32 is for servers.
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__API__HOST": "127.0.0.1",
        # Airflow 3.3.2 forgets the import error of a fixed YAML file at the next refresh (300 s), and lists those of
        # others anew at the parse that follows (30 s).
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "60",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "10",
        # A busy laptop may need longer than a server to import the providers; past the limit no DAG would be there.
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "120",
        "AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT": "180",
        "AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY": "False",
        # Each task's first connection would ask the metadata services of three clouds on which of them it runs.
        "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
        ENVIRONMENT_VARIABLE: "local",
    }
    # Whatever the shell says: a local command never works in another Airflow's home or in an account.
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "include" / "plugins"),
        "AIRFLOW_CONN_SNOWFLAKE_DEFAULT": json.dumps(
            _snowflake_connection(snowflake_server.connection_parameters(snowflake))
        ),
        # The embedded Snowflake has a certificate authority of its own; its bundle holds the machine's authorities too.
        "REQUESTS_CA_BUNDLE": str(snowflake / "ca-bundle.pem"),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        # `airflow standalone` starts the others by their name.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    }
    shell = {name: value for name, value in os.environ.items() if not _set_aside(name, value)}
    return {**preferred, **shell, **own, **pods.environment(snowflake / "ca-bundle.pem")}


def _set_aside(name: str, value: str) -> bool:
    """Whether a variable of the shell must not reach Airflow here."""
    if (
        name == "KUBECONFIG"
    ):  # beside a connection with a kubeconfig of its own, the provider refuses it ("mutually exclusive")
        return True
    if name == "AIRFLOW__LOGGING__LOGGING_LEVEL":
        return value.upper() != "DEBUG"
    # `include.local.log` reads from a run's log why a task failed: plain text, from level INFO on.
    return name.startswith("AIRFLOW__LOGGING__") or name in ("FORCE_COLOR", "PY_COLORS", "CLICOLOR_FORCE")


def prepare_database(settings: dict[str, str]) -> None:
    """Make Airflow's metadata database, or bring it to this Airflow's version.

    Args:
        settings: what `environment` gave.

    Raises:
        subprocess.CalledProcessError: `airflow db migrate` failed; its output is in `db-migrate.log` in Airflow's home.
    """
    home = Path(settings["AIRFLOW_HOME"])
    stamp = home / ".migrated"
    pins = (ROOT / "requirements.txt").read_text()
    if stamp.exists() and stamp.read_text() == pins:
        return
    home.mkdir(parents=True, exist_ok=True)
    print("airflow: making the metadata database", flush=True)
    with (home / "db-migrate.log").open("w") as log:
        subprocess.run([airflow(), "db", "migrate"], env=settings, check=True, stdout=log, stderr=subprocess.STDOUT)
    stamp.write_text(pins)


def airflow() -> str:
    """Path of the `airflow` command beside this interpreter."""
    return str(Path(sys.executable).parent / "airflow")


def _snowflake_connection(parameters: dict[str, object]) -> dict[str, object]:
    """Connector parameters as an Airflow connection of type snowflake."""
    own = {"user", "password", "schema", "protocol"}
    return {
        "conn_type": "snowflake",
        "login": parameters["user"],
        "password": parameters["password"],
        "schema": parameters["schema"],
        "extra": {
            **{name: value for name, value in parameters.items() if name not in own},
            # The certificate is no public authority's: there is nobody to ask whether it was revoked.
            "insecure_mode": True,
            # What a run that was cut off still runs in Snowflake ends with it.
            "session_parameters": {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False, "ABORT_DETACHED_QUERY": True},
        },
    }
