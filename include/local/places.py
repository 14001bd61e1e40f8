"""Where local state is. SNOWPOD_LOCAL names its folder; without it that is `.local` in the checkout.

What all checkouts of a user share is in `~/.cache/snowpod`, or where XDG_CACHE_HOME says.
"""

from __future__ import annotations

import os
from pathlib import Path

from include.constants import ROOT

LOCAL = Path(os.environ.get("SNOWPOD_LOCAL") or ROOT / ".local").resolve()
HOME = LOCAL / "airflow"
"""Airflow's home."""
SNOWFLAKE = LOCAL / "snowflake"
"""The embedded Snowflake's state."""
RUNS = LOCAL / "runs"
"""Logs and summaries of runs, a folder for each DAG."""
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "snowpod"
"""What all checkouts of a user share."""
