"""Builds Airflow DAGs from dag-factory's configuration."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any

from airflow.sdk import DAG, Asset

from include.constants import STORED_PROCEDURE
from include.factory.builder import Builder, cast_with_type, import_string, write_by_rows
from include.factory.config import Config
from include.factory.dag_params import set_params

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
    dag: DAG = Builder(dag_id, {**cast, "doc_md": doc_md}).build()["dag"]
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
        set_params(dag, params)
    return dag


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
