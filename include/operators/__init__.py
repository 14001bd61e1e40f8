"""The operators that pipelines compile to: Airflow's side of a task.

Imported one by one, on first use: a DAG without pods need not pay for the Kubernetes client.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "ComparisonOperator": "include.operators.comparison",
    "ContainerPodOperator": "include.operators.container",
    "MappedItems": "include.operators.mapping",
    "SnowflakeSQLOperator": "include.operators.sql",
    "SnowparkBatchOperator": "include.operators.snowpark",
    "SnowparkBatchPodOperator": "include.operators.snowpark_pod",
    "SnowparkOperator": "include.operators.snowpark",
    "SnowparkPodOperator": "include.operators.snowpark_pod",
    "CheckSnowflakeConnection": "include.operators.connection_check",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
