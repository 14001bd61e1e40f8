"""`make sql`: runs SQL in the embedded Snowflake and prints the last statement's result as CSV.

    python -m include.local.sql "select count(*) from TAXI_TRIPS"

Through the ordinary connector.
"""

from __future__ import annotations

import csv
import os
import sys

from include.local import snowflake_server


def main(arguments: list[str]) -> int:
    """Run the statements.

    Args:
        arguments: one text of SQL; several statements are separated by semicolons.

    Returns:
        The exit code: 0, or 1 with Snowflake's message on standard error.
    """
    if len(arguments) != 1 or not arguments[0].strip():
        print('What to run? make sql Q="select count(*) from TAXI_TRIPS"', file=sys.stderr)
        return 1
    try:
        server = snowflake_server.start()
    except snowflake_server.ServerError as error:
        print(error, file=sys.stderr)
        return 1
    os.environ["REQUESTS_CA_BUNDLE"] = str(server.ca_bundle)
    import snowflake.connector

    connection = snowflake.connector.connect(**snowflake_server.connection_parameters())
    try:
        *_, cursor = connection.execute_string(arguments[0])
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(column.name for column in cursor.description)
        writer.writerows(cursor)
    except snowflake.connector.errors.Error as error:
        print(error.msg, file=sys.stderr)
        return 1
    finally:
        connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
