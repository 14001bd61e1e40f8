"""Set up a Snowflake account for the pipelines: `python -m include.deploy.snowflake --help`."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from include.deploy.snowflake import SETUP, SIZES, address, filled, identifier, public_key

DEFAULT_NAME = "SNOWPOD_PRODUCTION"
DEFAULT_SCHEMA = "PIPELINES"


def main(arguments: list[str] | None = None) -> int:
    """Run setup.sql, or print it.

    Args:
        arguments: of the command line.

    Returns:
        The exit code: 0, or 1 with what Snowflake says of the statement that it refused.
    """
    given = _parser().parse_args(arguments)
    values = {
        "name": given.name,
        "schema": given.schema,
        "size": given.size,
        "credits": str(given.credits),
        "addresses": ", ".join(given.address),
        "public_key": given.public_key,
    }
    sql = filled(SETUP.read_text(encoding="utf-8"), values)
    if given.connection is None:
        print(sql)
        return 0
    import snowflake.connector

    with snowflake.connector.connect(connection_name=given.connection) as connection:
        try:
            for cursor in connection.execute_stream(io.StringIO(sql), remove_comments=True):
                row = cursor.fetchone()
                print(f"{' '.join(str(cursor.query).split())[:80]:80}  {row[0] if row else ''}")
        except snowflake.connector.errors.ProgrammingError as error:
            print(f"Snowflake refused: {error.msg}\n  {error.query}", file=sys.stderr)
            return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m include.deploy.snowflake", description="Set up a Snowflake account for the pipelines."
    )
    parser.add_argument("--connection", help="of an ACCOUNTADMIN in connections.toml; without it the SQL is printed")
    parser.add_argument(
        "--name",
        type=identifier,
        default=DEFAULT_NAME,
        help="of role, user, warehouse, database … (%(default)s)",
    )
    parser.add_argument("--schema", type=identifier, default=DEFAULT_SCHEMA, help="where tables go (%(default)s)")
    parser.add_argument("--size", choices=SIZES, default="XSMALL", help="of the warehouse (%(default)s)")
    parser.add_argument("--credits", type=int, default=100, help="that it may use in a month (%(default)s)")
    parser.add_argument(
        "--address",
        type=address,
        action="append",
        required=True,
        help="from where Airflow and its pods call; again for more",
    )
    parser.add_argument(
        "--public-key", type=_key_file, required=True, help="file: openssl rsa -in rsa_key.p8 -pubout -out rsa_key.pub"
    )
    return parser


def _key_file(path: str) -> str:
    try:
        return public_key(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{path}: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
