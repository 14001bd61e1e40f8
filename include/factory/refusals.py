"""Says which part of a pipeline without other mistakes dag-factory, Airflow or an operator refuses."""

from __future__ import annotations

from collections.abc import Iterator

from include.factory.accept import accept
from include.factory.build import build
from include.factory.config import Config
from include.factory.diagnostics import START, Diagnostic, KeyPath, Located
from include.factory.document.positions import located
from include.factory.pages.explain import explain
from include.factory.results import Checked, Result


def build_diagnostics(result: Result) -> list[Located]:
    """Build and serialise the DAGs of pipelines that have no mistakes otherwise.

    Args:
        result: What came of the files.

    Returns:
        The mistakes of each pipeline that dag-factory, Airflow or an operator refuses.
    """
    found: list[Located] = []
    for checked in result.files:
        try:
            for dag_id, config in checked.configs.items():
                dag = build(dag_id, config)
                explain(dag, checked.pages[dag_id], checked.name, checked.text)
                accept(dag, config)
        except (Exception, SystemExit) as problem:  # an operator, or its module, may raise anything
            found += refusals(checked, problem)
    return found


def refusals(checked: Checked, problem: BaseException) -> tuple[Located, ...]:
    """Return what dag-factory, Airflow or an operator raised, as mistakes of the pipeline's file.

    Args:
        checked: The file.
        problem: What was raised on the whole.

    Returns:
        A mistake for each part (schedule, param, default_args, task, asset of a task) that is refused by itself, at its
        place; if none is, one for the whole.
    """
    found: dict[KeyPath, Diagnostic] = {}
    pipeline = checked.pipeline
    for variant in pipeline.variants if pipeline is not None and checked.configs else ():
        config = checked.configs[pipeline.dag_id(variant)] if pipeline is not None else {}
        for path, part in _parts(config):
            try:
                accept(build("part", part), part)
            except (Exception, SystemExit) as why:
                where = ("variants", variant.name, *path) if variant.name and path[0] in variant.spec else path
                found.setdefault(path, _refusal(why, where))
    return located(found.values() or [_refusal(problem)], checked.name, checked.text)


def _refusal(problem: BaseException, path: KeyPath = ()) -> Diagnostic:
    message = f"Airflow refuses it: {type(problem).__name__}: {problem}"
    hint = (
        "The message is Airflow's or the operator's own; most often an argument has a value that the operator does not"
        " take."
    )
    return Diagnostic(path, message, hint, "refused", on="key" if path else "value", position=None if path else START)


def _parts(config: Config) -> Iterator[tuple[KeyPath, Config]]:
    """Return DAGs' configurations with one part each of another's, and the pipeline's key that the part is from."""
    alone: Config = {"default_args": {"owner": "parts"}, "start_date": "2024-01-01"}
    nothing: Config = {"operator": "airflow.providers.standard.operators.empty.EmptyOperator"}
    if "schedule" in config:
        yield ("dag", "schedule"), {**alone, "schedule": config["schedule"], "tasks": {"nothing": nothing}}
    for name, param in (config.get("params") or {}).items():
        yield ("params", name), {**alone, "params": {name: param}, "tasks": {"nothing": nothing}}
    rest = {
        key: value
        for key, value in config.items()
        if key not in ("schedule", "params", "tasks", "task_groups", "default_args")
    }
    yield ("dag",), {**alone, **rest, "tasks": {"nothing": nothing}}
    default_args = {"owner": "parts", **config["default_args"]}
    yield ("dag", "default_args"), {**alone, "default_args": default_args, "tasks": {"nothing": nothing}}
    for task_id, task in config["tasks"].items():
        name = task_id.partition(".")[2] or task_id
        own = {key: value for key, value in task.items() if key not in ("dependencies", "task_group_name")}
        for key in ("inlets", "outlets"):
            for index, asset in enumerate(own[key]) if isinstance(own.get(key), list) else ():
                yield ("tasks", name, key, index), {**alone, "tasks": {"nothing": {**nothing, key: [asset]}}}
        without = {key: value for key, value in own.items() if key not in ("inlets", "outlets")}
        yield ("tasks", name), {**alone, "tasks": {task_id: without}}
