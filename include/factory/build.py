"""Builds Airflow DAGs from dag-factory's configuration, and does with them what Airflow will do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import reduce
from operator import and_, or_
from typing import Any

from airflow.dag_processing.dagbag import DagBag, _validate_executor_fields
from airflow.sdk import DAG, Asset
from airflow.sdk.execution_time.comms import _new_encoder
from airflow.serialization.serialized_objects import DagSerialization

from include.constants import RUN_IF, STORED_PROCEDURE
from include.factory.builder import Builder, cast_with_type, import_string, write_by_rows
from include.factory.config import Config

_PLAIN_TYPES = ("airflow.sdk.Param", "datetime.timedelta", "pendulum.parse", RUN_IF)
_NOT_DAG_FACTORYS = frozenset(
    {
        "allowed_run_types",
        "deadline",
        "disable_bundle_versioning",
        "fail_fast",
        "jinja_environment_kwargs",
        "max_consecutive_failed_dag_runs",
        "owner_links",
        "rerun_with_latest_version",
        "template_undefined",
        "user_defined_filters",
    }
)
"""Arguments of Airflow's DAG that dag-factory 1.1.0 does not hand on."""
_COMBINE: dict[str, Callable[[Any, Any], Any]] = {"__and__": and_, "__or__": or_}


def build(dag_id: str, config: Config) -> DAG:
    """Build one DAG.

    Args:
        dag_id: Its id.
        config: dag-factory's configuration; not changed.

    Returns:
        The DAG.

    Raises:
        Exception: whatever dag-factory, Airflow or an operator raises on a configuration that it cannot take.
    """
    cast = cast_with_type(config)
    for task in cast["tasks"].values():
        write_by_rows(task)
    if isinstance(cast.get("schedule"), dict):
        cast["schedule"] = _assets(cast["schedule"])
    # Given to the DAG once its tasks are made: else each task holds a copy of each param, and making and serialising
    # these copies takes most of a parse. A run gives its tasks the DAG's params anyway
    # (airflow.sdk.definitions.param.process_params).
    params = cast.pop("params", None)
    # Airflow takes a text that ends in `.md` for the name of a file.
    doc_md = f"{cast['doc_md'].rstrip()}\n" if cast.get("doc_md") else None
    others = {key: cast.pop(key) for key in _NOT_DAG_FACTORYS & cast.keys()}
    if "user_defined_filters" in others:
        others["user_defined_filters"] = {
            name: import_string(path) for name, path in others["user_defined_filters"].items()
        }
    if "template_undefined" in others:
        others["template_undefined"] = import_string(others["template_undefined"])
    setups = [task_id for task_id, task in cast["tasks"].items() if task.pop("setup", False)]
    teardowns = [task_id for task_id, task in cast["tasks"].items() if task.pop("teardown", False)]
    dag: DAG = Builder(dag_id, {**cast, "doc_md": doc_md}, {}).build()["dag"]
    for task_id in setups:
        dag.get_task(task_id).as_setup()  # type: ignore[no-untyped-call]
    for task_id in teardowns:
        dag.get_task(task_id).as_teardown()
    dag.tags = set(config.get("tags") or ())  # without dag-factory's own
    for task in dag.tasks:
        _name_mapped(task)
    for key, value in others.items():
        setattr(dag, key, value)
    if params:
        dag.params = params
    return dag


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
    _validate_executor_fields(dag)
    DagBag(dag_folder=os.devnull, collect_dags=False).bag_dag(dag)
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
    return ours and all(name in _PLAIN_TYPES for name in _types(config))


def _types(value: Any) -> Iterator[str]:
    """Every `__type__` in a configuration."""
    if isinstance(value, dict):
        if "__type__" in value:
            yield value["__type__"]
        for inner in value.values():
            yield from _types(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _types(inner)


def _name_mapped(task: Any) -> None:
    """Name what runs the instances of a mapped task, which Airflow asks the operator's class for, by its arguments."""
    if task.is_mapped and task.partial_kwargs.get("run_as") == "stored_procedure":
        task._operator_name = STORED_PROCEDURE


def _assets(part: Any) -> Any:
    """`__and__` and `__or__` over assets, which dag-factory itself combines only in files that it reads."""
    if isinstance(part, str):
        return Asset(part)
    if isinstance(part, dict):
        word = next(iter(part))
        return reduce(_COMBINE[word], [_assets(inner) for inner in part[word]])
    return part
