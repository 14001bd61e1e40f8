"""`make doctor`: looks at this laptop; with ENVIRONMENT, at that environment as this shell sees it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from include.constants import ENVIRONMENT_VARIABLE
from include.local import airflow
from include.local.snowflake_server import ServerError

LOCAL = "local"


def main(words: Sequence[str]) -> int:
    """Run `python -m include.doctor`, on a laptop with the connections that make keeps for it.

    Args:
        words: the name of an environment or nothing, then words for the doctor.

    Returns:
        Its exit code.
    """
    name = (words[0] if words else "") or os.environ.get(ENVIRONMENT_VARIABLE) or LOCAL
    settings = dict(os.environ)
    if name == LOCAL:
        try:
            settings = airflow.environment()
        except ServerError as error:
            print(f"The embedded Snowflake was never started here: {error}", file=sys.stderr)
    settings[ENVIRONMENT_VARIABLE] = name
    return subprocess.run([sys.executable, "-m", "include.doctor", *words[1:]], env=settings, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
