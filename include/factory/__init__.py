"""From pipelines in YAML to Airflow DAGs: read, check, compile to dag-factory's configuration, build.

Importing this imports neither Airflow nor dag-factory: `validate` starts in a moment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from include.factory.garbage import uncollected

__all__ = ["register_dags"]


def register_dags(namespace: dict[str, Any], root: Path | None = None) -> None:
    """Build the DAGs of all pipelines into a module's namespace; when a task runs, only the DAG it belongs to.

    A file with mistakes harms no other: in place of its DAGs it gets an object that Airflow lists as the import error
    of the YAML file itself.

    Args:
        namespace: The `globals()` of the module in the DAGs folder.
        root: The project root; the one this package is in if None.
    """
    with uncollected():
        from include.factory.register import register

        register(namespace, root)
