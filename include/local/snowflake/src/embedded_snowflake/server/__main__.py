"""The server process. Started by `control.start`; see there."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uvicorn

from embedded_snowflake import control
from embedded_snowflake.python import PythonObjects
from embedded_snowflake.server import connections, tls
from embedded_snowflake.server.http import Server
from embedded_snowflake.state.auth import Authenticator
from embedded_snowflake.state.engine import Engine

logger = logging.getLogger(__name__)


def main() -> int:
    """Run the server until it is told to stop.

    Returns:
        Exit code.
    """
    parser = argparse.ArgumentParser(
        description="Server of the embedded Snowflake; start it with `embedded-snowflake start`."
    )
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--python", type=Path, action="append", default=[])
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    os.umask(0o077)
    state: Path = options.state
    settings = control.read_settings(state)
    started = time.monotonic()
    addresses = [settings["listen"]] if settings["listen"] not in ("0.0.0.0", "::") else []
    certificate, key = tls.ensure_certificates(state, addresses)
    os.environ["REQUESTS_CA_BUNDLE"] = str(state / "ca-bundle.pem")  # for the workers
    public_key = state / control.PUBLIC_KEY
    authenticator = Authenticator(
        settings["user"], settings["password"], public_key.read_text() if public_key.exists() else None
    )
    engine = Engine(state, authenticator, settings["port"])
    engine.create_database(settings["database"], exists=True)
    _load_python(engine, options.python)
    _write_connections(state, settings)
    server = Server(engine, authenticator, settings["instance"])
    config = uvicorn.Config(
        server.app,
        host=settings["listen"],
        port=settings["port"],
        http=connections.watching(server.client_left),
        ssl_certfile=str(certificate),
        ssl_keyfile=str(key),
        log_level="warning",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=75,
    )
    logger.info(
        "ready to listen on %s:%s after %.2f s", settings["listen"], settings["port"], time.monotonic() - started
    )
    try:
        uvicorn.Server(config).run()
    finally:
        engine.close()
    return 0


def _load_python(engine: Engine, interpreters: list[Path]) -> None:
    engine.python = PythonObjects(engine.state, _by_version(interpreters))


def _by_version(interpreters: list[Path]) -> dict[str, Path]:
    """Interpreters by "major.minor", asked of each."""
    found = {}
    for interpreter in interpreters:
        ask = [str(interpreter), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        found[subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()] = interpreter
    return found


def _write_connections(state: Path, settings: dict[str, Any]) -> None:
    """Write the standard connection file that any Snowflake client reads."""
    values = {
        "account": "embedded",
        "user": settings["user"],
        "password": settings["password"],
        "role": "SYSADMIN",
        "warehouse": "COMPUTE_WH",
        "database": settings["database"],
        "schema": "PUBLIC",
        "host": "localhost",
        "port": settings["port"],
        "protocol": "https",
        "insecure_mode": True,
        # Connectors from 5 on know no REQUESTS_CA_BUNDLE; older ones do not know this.
        "extra_root_store_path": str(state / "ca.pem"),
        # No cloud's metadata services are asked on which platform the client runs: they answer late, or never.
        "platform_detection_timeout_seconds": 0,
    }
    lines = [f"[{control.CONNECTION_NAME}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items())]
    control.write_private(state / "connections.toml", "\n".join(lines) + "\n")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C in the terminal is for the client
    sys.exit(main())
