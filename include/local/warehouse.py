"""The embedded Snowflake for the commands of a laptop."""

from __future__ import annotations

import sys

from include.local import places
from include.local.snowflake import control


def provide() -> control.Server | None:
    """Start the embedded Snowflake unless it runs, and say where it is.

    Returns:
        The server, or None with a message on standard error when it does not start.
    """
    try:
        server = control.start(places.SNOWFLAKE)
    except control.ControlError as error:
        print(error, file=sys.stderr)
        return None
    print(f"snowflake: embedded, on {server.host}:{server.port}", flush=True)
    return server
