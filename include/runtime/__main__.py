"""A pod's entry point: `python -m include.runtime`, with the request as JSON in SNOWPOD_REQUEST.

The connection is a file (SNOWPOD_CONNECTION_FILE), mounted from a Kubernetes Secret. The result goes where
KubernetesPodOperator's sidecar looks for it; an error goes to the log and to the container's termination
message (Kubernetes API, `terminationMessagePath`), so that it outlives the pod.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from include.constants import FAILED_FOR_GOOD, REQUEST_VARIABLE, XCOM_FOLDER
from include.runtime.imports import uncollected

with uncollected():
    from include.runtime.main import run_reporting

XCOM_FILE = Path(XCOM_FOLDER, "return.json")
TERMINATION_LOG = Path("/dev/termination-log")
TERMINATION_LIMIT = 4096
"""Bytes that Kubernetes keeps of a termination message."""
FAILED = 1


def main() -> int:
    """Run the request.

    Returns:
        The exit code: 0, `FAILED` or `FAILED_FOR_GOOD`.
    """
    outcome = run_reporting(os.environ[REQUEST_VARIABLE])
    if XCOM_FILE.parent.is_dir():
        # Of a function that failed: what it took.
        XCOM_FILE.write_text(json.dumps(outcome if "result" in outcome else {"measures": outcome.get("measures")}))
    if "error" in outcome:
        print(outcome["error"], flush=True)
        if TERMINATION_LOG.exists():
            TERMINATION_LOG.write_bytes(outcome["error"].encode()[-TERMINATION_LIMIT:])
        return FAILED_FOR_GOOD if outcome["final"] else FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
