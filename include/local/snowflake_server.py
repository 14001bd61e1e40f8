"""The embedded Snowflake of this project: its command line with the project's own names, and its connection file.

The one place that knows of it: include/local/snowflake is a distribution of its own, in an environment of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.constants import ROOT
from include.local import places

VENVS = ROOT / ".local" / "venvs"
COMMAND = VENVS / "embedded" / "bin" / "embedded-snowflake"
WORKER_PYTHON = VENVS / "snowpark" / "bin" / "python"
USER = DATABASE = "SNOWPOD"
CONNECTION = "embedded"
PASSWORD_VARIABLE = "EMBEDDED_SNOWFLAKE_PASSWORD"


class ServerError(Exception):
    """The server cannot be started or stopped; the message says why and what to do."""


@dataclass(frozen=True)
class Server:
    """A running embedded Snowflake.

    Attributes:
        host: Name that clients connect to.
        port: TLS port.
        ca_bundle: Path of the certificates to trust; clients take it through REQUESTS_CA_BUNDLE.
        pid: Its process.
    """

    host: str
    port: int
    ca_bundle: Path
    pid: int


def start(state: Path = places.SNOWFLAKE) -> Server:
    """Start the server, or find it running.

    Args:
        state: Folder of its data; made when missing.

    Returns:
        The running server.

    Raises:
        ServerError: It did not come up, or its environment is missing.
    """
    found = json.loads(
        _run(
            *("start", "--format", "json", "--state", state, "--python", WORKER_PYTHON),
            *("--user", USER, "--database", DATABASE),
        )
    )
    return Server(found["host"], found["port"], Path(found["ca_bundle"]), found["pid"])


def stop(state: Path = places.SNOWFLAKE) -> None:
    """Stop the server, if it runs; its data stays.

    Args:
        state: Folder of its data.

    Raises:
        ServerError: It could not be ended.
    """
    if state.exists():
        _run("stop", "--state", state)


def provide() -> Server | None:
    """Start the server unless it runs, and say where it is.

    Returns:
        The server, or None with a message on standard error when it does not start.
    """
    try:
        server = start()
    except ServerError as error:
        print(error, file=sys.stderr)
        return None
    print(f"snowflake: embedded, on {server.host}:{server.port}", flush=True)
    return server


def connection_parameters(state: Path = places.SNOWFLAKE) -> dict[str, Any]:
    """Read the parameters with which a client connects.

    Args:
        state: Folder of a server that was started.

    Returns:
        Parameters of `snowflake.connector.connect`.

    Raises:
        ServerError: No server was ever started there.
    """
    path = state / "connections.toml"
    if not path.exists():
        raise ServerError(f"{path} is missing: start the embedded Snowflake first (`make snowflake`).")
    parameters: dict[str, Any] = tomllib.loads(path.read_text())[CONNECTION]
    return parameters


def _run(*words: str | Path) -> str:
    if not COMMAND.exists():
        raise ServerError(f"{COMMAND} is missing: make the environments first with `make setup`.")
    done = subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerError(done.stderr.strip())
    return done.stdout


if __name__ == "__main__":
    sys.exit(0 if provide() else 1)
