"""Start, stop and look at the embedded Snowflake: a server process of its own on a state folder."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT_STATE = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "embedded-snowflake"
DEFAULT_USER = "EMBEDDED"
DEFAULT_DATABASE = "EMBEDDED"
PASSWORD_VARIABLE = "EMBEDDED_SNOWFLAKE_PASSWORD"
CONNECTION_NAME = "embedded"
PUBLIC_KEY = "public_key.pem"
START_SECONDS = 60.0
STOP_SECONDS = 15.0


class ControlError(Exception):
    """The server cannot be started or stopped; the message says why and what to do."""


@dataclass(frozen=True)
class Server:
    """A running embedded Snowflake.

    Attributes:
        host: Name that clients connect to.
        port: TLS port.
        pid: Process id of the server.
        connections: Path of its `connections.toml`.
        ca_bundle: Path of the certificates to trust; clients take it through REQUESTS_CA_BUNDLE.
    """

    host: str
    port: int
    pid: int
    connections: Path
    ca_bundle: Path


def start(
    state: Path = DEFAULT_STATE,
    *,
    pythons: Sequence[Path] = (),
    user: str | None = None,
    database: str | None = None,
    listen: str | None = None,
    public_key: Path | None = None,
    seconds: float = START_SECONDS,
) -> Server:
    """Start the server on a state folder, or find it running. Safe to call from several processes at once.

    The password comes from the environment variable EMBEDDED_SNOWFLAKE_PASSWORD; without it the one kept in the state,
    made up at the first start. User, port and address are kept in the state too, so that a restart answers where it
    did.

    Args:
        state: Folder for its data, certificates, log and connection file; made when missing.
        pythons: Interpreters for Python functions and procedures; default: the one that this runs in.
        user: User who may log in; default: as before, else EMBEDDED.
        database: Database that a connection opens in, made when missing; default: as before, else EMBEDDED.
        listen: Address to listen on; default: as before, else 127.0.0.1.
        public_key: PEM file of a public key whose owner may log in as the user too; kept in the state.
        seconds: How long to wait for it to answer.

    Returns:
        The running server.

    Raises:
        ControlError: It did not come up.
    """
    state = state.resolve()
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _lock(state):
        running = status(state)
        if running is not None:
            return running
        settings = _settings(state, user, database, listen)
        if public_key is not None:
            write_private(state / PUBLIC_KEY, public_key.read_text())
        log = state / "server.log"
        command = [sys.executable, "-m", "embedded_snowflake.server", "--state", str(state)]
        for python in pythons or [Path(sys.executable)]:
            # Not resolved: a virtual environment's interpreter is a link, and following it leaves the environment.
            command += ["--python", str(Path(python).absolute())]
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=state,
                env=_server_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            running = status(state)
            if running is not None:
                return running
            if process.poll() is not None:
                raise ControlError(
                    f"The embedded Snowflake ended at its start (exit {process.returncode}).\n{_tail(log)}"
                )
            time.sleep(0.05)
        process.kill()
        process.wait()
        raise ControlError(
            f"The embedded Snowflake did not answer on port {settings['port']} within {seconds:.0f} s.\n{_tail(log)}"
        )


def stop(state: Path = DEFAULT_STATE, *, seconds: float = STOP_SECONDS) -> bool:
    """Stop the server of a state folder; its data stays.

    Args:
        state: Its state folder.
        seconds: How long to wait for a clean end before killing it. Nothing acknowledged is lost either way.

    Returns:
        True when a server was running.

    Raises:
        ControlError: The process could not be ended.
    """
    state = state.resolve()
    if not state.exists():
        return False
    with _lock(state):
        running = status(state)
        if running is None:
            return False
        for sent in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, sent)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                if not _alive(running.pid):
                    return True
                time.sleep(0.05)
        raise ControlError(f"Process {running.pid} of the embedded Snowflake does not end; end it yourself.")


def status(state: Path = DEFAULT_STATE) -> Server | None:
    """Ask the server of a state folder for its health.

    Args:
        state: Its state folder.

    Returns:
        The server when it runs and answers, else None.
    """
    state = state.resolve()
    settings = _read_settings(state)
    authority = state / "ca.pem"
    if settings is None or not authority.exists():
        return None
    try:
        context = ssl.create_default_context(cafile=str(authority))
        address = f"https://localhost:{settings['port']}/health"
        # Straight to it: a proxy of the environment must not see or answer this.
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        with opener.open(address, timeout=5) as answer:
            health = json.load(answer)
    except (OSError, ValueError):
        return None
    # Another project's server may have taken the port; its certificate would differ, and so does its instance.
    if health.get("instance") != settings["instance"]:
        return None
    return Server(
        "localhost", int(settings["port"]), int(health["pid"]), state / "connections.toml", state / "ca-bundle.pem"
    )


def connection_parameters(state: Path = DEFAULT_STATE) -> dict[str, Any]:
    """Read the parameters with which a client connects.

    Args:
        state: State folder of a server that was started.

    Returns:
        Parameters of `snowflake.connector.connect`.

    Raises:
        ControlError: No server was ever started there.
    """
    path = state.resolve() / "connections.toml"
    if not path.exists():
        raise ControlError(f"{path} is missing: start the embedded Snowflake first.")
    parameters: dict[str, Any] = tomllib.loads(path.read_text())[CONNECTION_NAME]
    return parameters


def read_settings(state: Path) -> dict[str, Any]:
    """Read what `start` decided for a state folder.

    Args:
        state: State folder.

    Returns:
        instance, user, password, database, port, listen.

    Raises:
        ControlError: There are none.
    """
    settings = _read_settings(state)
    if settings is None:
        raise ControlError(f"{state / 'settings.json'} is missing: start the server with `embedded-snowflake start`.")
    return settings


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all.

    Args:
        path: File to write or replace.
        text: Its content.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(path)


def _settings(state: Path, user: str | None, database: str | None, listen: str | None) -> dict[str, Any]:
    """Settle user, password, database, port and address for this start, keeping what the state has."""
    kept = _read_settings(state) or {}
    port = kept.get("port")
    address = listen or kept.get("listen", "127.0.0.1")
    settings = {
        "instance": kept.get("instance", secrets.token_hex(8)),
        "user": (user or kept.get("user", DEFAULT_USER)).upper(),
        "password": os.environ.get(PASSWORD_VARIABLE) or kept.get("password", secrets.token_urlsafe(24)),
        "database": (database or kept.get("database", DEFAULT_DATABASE)).upper(),
        "port": port if port and _free(address, port) else _free_port(address),
        "listen": address,
    }
    write_private(state / "settings.json", json.dumps(settings, indent=1))
    return settings


def _read_settings(state: Path) -> dict[str, Any] | None:
    try:
        settings: dict[str, Any] = json.loads((state / "settings.json").read_text())
    except (OSError, ValueError):
        return None
    return settings


def _free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
    return port


def _server_environment() -> dict[str, str]:
    """Give the server no settings of some other Snowflake client or of Python."""
    dropped = ("PYTHONHOME", "PYTHONSTARTUP", PASSWORD_VARIABLE)
    return {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not name.startswith(("SNOWFLAKE_", "AIRFLOW_"))
    }


def _alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # our own child would stay a zombie, and look alive
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _tail(log: Path, lines: int = 15) -> str:
    return f"Last lines of {log}:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


@contextlib.contextmanager
def _lock(state: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server of a state folder."""
    with (state / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
