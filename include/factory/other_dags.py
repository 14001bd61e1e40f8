"""Checks what a pipeline says of other DAGs of the project: that they, and their tasks, are there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from include.factory.config import Config
from include.factory.diagnostics import Diagnostic, KeyPath, did_you_mean, hint_by_name
from include.factory.pipeline import Pipeline, Task
from include.factory.results import Facts, Ids, Named
from include.factory.templates.jinja import is_template

_STANDARD = "airflow.providers.standard."
_NAMES_A_DAG = {
    "TriggerDagRunOperator": "trigger_dag_id",
    "ExternalTaskSensor": "external_dag_id",
    "ExternalTaskMarker": "external_dag_id",
}
"""Airflow's operators that name another DAG, and the argument by which they do."""
_NAMES_TASKS = {"external_task_id": "tasks", "external_task_ids": "tasks", "external_task_group_id": "task_groups"}
"""Arguments that name something in that DAG, and where that is among its ids."""
NEAR = 0.85
"""How alike two ids must be for one to be the other misspelt.

The same Airflow may have DAGs of other tools, not known here.
"""
_PIPELINE = re.compile(r"""^["']?pipeline["']?\s*:\s*["']?([A-Za-z][A-Za-z0-9_-]*)""", re.MULTILINE)


def facts_of(pipeline: Pipeline, configs: Mapping[str, Config]) -> Facts:
    """Return what the checks across files ask of a pipeline.

    Args:
        pipeline: One without mistakes of its own.
        configs: What it compiles to, by DAG id.
    """
    dags = {dag_id: Ids(tuple(one["tasks"]), tuple(one.get("task_groups") or ())) for dag_id, one in configs.items()}
    return Facts(pipeline.name, dags, tuple(filter(None, map(_named, pipeline.tasks.values()))))


def other_dag_diagnostics(facts: Facts, known: Mapping[str, Ids], unsure: Collection[str]) -> Iterator[Diagnostic]:
    """Check the DAGs, and the tasks of DAGs, that a pipeline's operators name.

    Args:
        facts: What the pipeline names.
        known: The ids in all DAGs of the project, by the DAG's id.
        unsure: Names of pipelines with mistakes: which DAGs and tasks they have is not known.

    Returns:
        A mistake for each id that is almost one of the project's, or a pipeline's name in place of a DAG's id, and for
        each task that a DAG of the project does not have.
    """
    for named in facts.named:
        for path, dag_id in named.dags:
            if dag_id not in known and not any(dag_id == name or dag_id.startswith(f"{name}_") for name in unsure):
                yield from _unknown(dag_id, path, known)
        if len(named.dags) == 1 and named.dags[0][1] in known:
            dag_id = named.dags[0][1]
            for part, path, name in named.within:
                there = set(known[dag_id].task_groups if part == "task_groups" else known[dag_id].tasks)
                if name not in there:
                    kind = part.replace("_", " ")
                    message = f"The DAG `{dag_id}` has no {kind.removesuffix('s')} `{name}`."
                    yield Diagnostic(path, message, hint_by_name(name, there, kind), "unknown-task")


def _named(task: Task) -> Named | None:
    argument = _NAMES_A_DAG.get(str(task.action).rpartition(".")[2])
    if task.kind != "operator" or argument is None or not task.action.startswith(_STANDARD):
        return None
    within = ((part, path, name) for key, part in _NAMES_TASKS.items() for path, name in _given(task, key))
    return Named(tuple(_given(task, argument)), tuple(within))


def pipeline_names(text: str, stem: str) -> set[str]:
    """Return what a file with mistakes may call its pipeline.

    Args:
        text: The file's text.
        stem: Its name without the extension.
    """
    return {stem, *_PIPELINE.findall(text)}


def _unknown(dag_id: str, path: KeyPath, known: Mapping[str, Ids]) -> Iterator[Diagnostic]:
    variants = sorted(other for other in known if other.startswith(f"{dag_id}_"))
    near = did_you_mean(dag_id, set(known), NEAR)
    elsewhere = f"If it is a DAG of another tool, write `\"{{{{ '{dag_id}' }}}}\"`."
    if variants:
        ids = ", ".join(f"`{other}`" for other in variants)
        hint = f"Each variant of a pipeline is a DAG: name one of {ids}. {elsewhere}"
    elif near is not None and _letters(near) != _letters(dag_id):
        hint = f"Did you mean `{near}`? {elsewhere}"
    else:
        return
    yield Diagnostic(path, f"There is no DAG `{dag_id}` in this project.", hint, "unknown-dag")


def _letters(dag_id: str) -> str:
    """Return an id without its digits: `sales_2024` is no misspelt `sales_2025`."""
    return re.sub(r"\d+", "", dag_id)


def _given(task: Task, argument: str) -> Iterator[tuple[KeyPath, str]]:
    """Return the constant texts that a task gives for an argument, itself or by mapping, with their places."""
    for path, key, value in task.given():
        for index, one in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if key == argument and isinstance(one, str) and not is_template(one):
                yield (*path, *(() if index is None else (index,))), one
