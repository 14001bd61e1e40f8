"""Does with a DAG what Airflow does with it after the loader.

Apart from building, as it imports the scheduler's side of Airflow, which no task's process has or needs.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from airflow.dag_processing.dagbag import DagBag, _validate_executor_fields
from airflow.sdk import DAG
from airflow.sdk.execution_time.comms import _new_encoder
from airflow.serialization.serialized_objects import DagSerialization

from include.constants import RUN_IF
from include.factory.config import Config

_PLAIN_TYPES = frozenset({"airflow.sdk.Param", "datetime.timedelta", "pendulum.parse", RUN_IF})


def accept(dag: DAG, config: Config) -> None:
    """Do all that Airflow does with a DAG after the loader, and that may fail.

    What fails there, Airflow 3.3.2 blames on the loader, and marks all of the loader's DAGs stale.

    Args:
        dag: The DAG.
        config: What it was built from.

    Raises:
        Exception: whatever Airflow, a cluster policy or an operator raises on it.
    """
    dag.validate()  # type: ignore[no-untyped-call]
    if any(task.executor for task in dag.tasks):
        _validate_executor_fields(dag)
    bag = _bag()
    bag.bag_dag(dag)
    bag.dags.clear()
    if not is_plain(config):
        # It goes from the process that parses to the one that writes it down, with all others of the loader.
        _new_encoder().encode(DagSerialization.to_dict(dag))


def is_plain(config: Config) -> bool:
    """Whether a DAG holds only our operators and plain values, so that the checks cover all of it.

    To serialise it would show nothing new, and take most of the loader's time.

    Args:
        config: What the DAG is built from.

    Returns:
        False if it has an operator or a class (`__type__`) of someone else.
    """
    ours = all(task["operator"].startswith("include.operators.") for task in config["tasks"].values())
    return ours and _has_plain_types(config)


def _has_plain_types(value: Any) -> bool:
    if isinstance(value, dict):
        return ("__type__" not in value or value["__type__"] in _PLAIN_TYPES) and all(
            map(_has_plain_types, value.values())
        )
    return all(map(_has_plain_types, value)) if isinstance(value, list) else True


@cache
def _bag() -> DagBag:
    """Return a bag to put one DAG after the other into; to make one takes longer than all else here."""
    return DagBag(dag_folder=os.devnull, collect_dags=False)
