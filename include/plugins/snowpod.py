"""Airflow starts here for the project's pages: its plugins folder is this one. All the rest is in `include.ui`."""

import sys
from pathlib import Path

# Counted here, not imported: until it is on the path there is no `include` to import from.
ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from include.ui.plugin import SnowpodPlugin  # noqa: E402

__all__ = ["SnowpodPlugin"]
