"""Airflow starts here: the DAGs of all pipelines in configs/ are built into this module."""

import sys
from pathlib import Path

# Counted here, not imported: until it is on the path there is no `include` to import from.
ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # wherever Airflow mounts the project
    sys.path.insert(0, str(ROOT))

from include.factory import register_dags  # noqa: E402

register_dags(globals(), ROOT)
