"""Command line of the embedded Snowflake: start, stop, status."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from embedded_snowflake import control


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Command-line arguments; the process's own by default.

    Returns:
        Exit code: 0 done; 1 it failed, or `status` found no running server.
    """
    parser = argparse.ArgumentParser(prog="embedded-snowflake", description="The embedded Snowflake.")
    parser.add_argument("command", choices=["start", "stop", "status"])
    parser.add_argument(
        "--state", type=Path, default=control.DEFAULT_STATE, help="folder of its data (default: %(default)s)"
    )
    parser.add_argument(
        "--python",
        action="append",
        type=Path,
        default=[],
        help="interpreter for Python functions and procedures (repeatable; default: the one that this runs in)",
    )
    parser.add_argument("--user", default=None, help=f"user who may log in (default: {control.DEFAULT_USER})")
    parser.add_argument("--database", default=None, help=f"database to open in (default: {control.DEFAULT_DATABASE})")
    parser.add_argument("--listen", default=None, help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--public-key", type=Path, default=None, help="PEM file of a public key that may log in, too")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print the running server")
    options = parser.parse_args(arguments)
    as_json = options.format == "json"
    try:
        if options.command == "start":
            server = control.start(
                options.state,
                pythons=options.python,
                user=options.user,
                database=options.database,
                listen=options.listen,
                public_key=options.public_key,
            )
            where = f"{server.host}:{server.port} (connection file: {server.connections})"
            print(_json(server) if as_json else f"Embedded Snowflake is running on {where}")
        elif options.command == "stop":
            stopped = control.stop(options.state)
            print("Embedded Snowflake stopped." if stopped else "Embedded Snowflake was not running.")
        else:
            found = control.status(options.state)
            if found is None:
                print("null" if as_json else "Embedded Snowflake is not running.")
                return 1
            where = f"{found.host}:{found.port} (process {found.pid})"
            print(_json(found) if as_json else f"Embedded Snowflake is running on {where}")
    except control.ControlError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _json(server: control.Server) -> str:
    return json.dumps(dataclasses.asdict(server), default=str)


if __name__ == "__main__":
    sys.exit(main())
