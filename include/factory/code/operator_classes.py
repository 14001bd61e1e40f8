"""Checks the operators that `operator:` tasks name: that they exist, are operators, and take what they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from include.factory.airflow_arguments import OF_TASK
from include.factory.code.calls import (
    SET_BY_THE_FACTORY,
    argument_diagnostics,
    import_diagnostics,
    missing_diagnostic,
)
from include.factory.code.classes import class_diagnostics, value_diagnostics
from include.factory.code.python_operators import session_diagnostics
from include.factory.connections import sql_argument
from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.durations import TASK_DURATIONS
from include.factory.flow.mapping import mapped_names
from include.factory.pipeline import Pipeline, Task
from include.factory.project import Settings
from include.factory.python.modules import Definition, Hidden, Missing
from include.factory.python.signatures import Signature
from include.factory.python.sources import Sources, is_base_operator
from include.factory.sections import below

_OF_MAPPING = frozenset({"expand", "expand_kwargs", "partial"})
"""Keys of dynamic task mapping, whose values are arguments of the operator."""
_GROUPS = frozenset({"task_group_name", "parent_group_name"})
_OF_DAG_FACTORY = _GROUPS | {"variables_as_arguments", "decorator"}
_REPLACED = {
    "SnowflakeOperator": (
        "Write `sql` in place of `operator`, or use"
        " `airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator`, which takes `conn_id` in place of"
        " `snowflake_conn_id`."
    ),
    "S3ToSnowflakeOperator": (
        "Use "
        "`airflow.providers.snowflake.transfers.copy_into_snowflake.CopyFromExternalStageToSnowflakeOperator`, "
        "which takes `files` in place of `s3_keys`."
    ),
}
"""Operator that Snowflake's provider has removed -> what to do instead (changelog of the provider, 5.0.0 and 6.0.0)."""


def operator_class_diagnostics(task: Task, pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Check the operator of a task against its source.

    Args:
        task: An `operator:` task.
        pipeline: Its pipeline.
        settings: What the pipeline lies over.

    Returns:
        What is wrong between the task and the operator.
    """
    sources = settings.sources
    definition = sources.find(task.action)
    wrong = _not_an_operator(definition, task, sources)
    if wrong is not None:
        yield wrong
    elif isinstance(definition, Definition):
        yield from class_diagnostics(task.arguments, ("tasks", task.name), sources)
        yield from _values(task, definition, sources)
        signature = sources.signature(definition)
        if signature is not None:
            yield from _arguments(task, signature, pipeline, settings)


def _not_an_operator(definition: Definition | Missing | Hidden, task: Task, sources: Sources) -> Diagnostic | None:
    path = ("tasks", task.name, "operator")
    if isinstance(definition, Missing):
        return _moved(task.action, path, sources) or missing_diagnostic(definition, task.action, "operator", path)
    if isinstance(definition, Hidden):
        return None
    if not isinstance(definition.node, ast.ClassDef):
        message = f"`{task.action}` is not an operator but a function or a value."
        return Diagnostic(path, message, "For a function of your own, use `python_callable`.", "not-an-operator")
    ancestors = sources.ancestors(definition)
    if None not in ancestors and not any(one is not None and is_base_operator(one) for one in ancestors):
        message = f"`{task.action}` is a class but not an operator: it does not inherit from BaseOperator."
        return Diagnostic(path, message, "Name an operator or a sensor.", "not-an-operator")
    return None


def _moved(name: str, path: KeyPath, sources: Sources) -> Diagnostic | None:
    """Return an operator of Airflow 2 that is elsewhere in Airflow 3, or that another one has replaced."""
    if name.startswith("airflow.") and (hint := _REPLACED.get(name.rpartition(".")[2])):
        message = f"There is no operator `{name}` any more: another one replaces it."
        return Diagnostic(path, message, hint, "unknown-operator")
    wanted = {"DummyOperator": "EmptyOperator"}.get(name.rpartition(".")[2], name.rpartition(".")[2])
    if not name.startswith(("airflow.operators.", "airflow.sensors.")):
        return None
    for package in ("airflow.providers.standard.operators", "airflow.providers.standard.sensors"):
        for module in sorted(sources.beside(package)):
            found = sources.module(f"{package}.{module}")
            if found is not None and isinstance(found.names.get(wanted), ast.ClassDef):
                message = f"There is no operator `{name}`: Airflow 3 has it elsewhere."
                return Diagnostic(path, message, f"Write `{package}.{module}.{wanted}`.", "unknown-operator")
    return None


def _values(task: Task, definition: Definition, sources: Sources) -> Iterator[Diagnostic]:
    """Check lengths of time and dates among the arguments, those of all mapped tasks included."""
    path = ("tasks", task.name)
    own = {key: value for key, value in task.arguments.items() if key not in _OF_MAPPING and key not in TASK_DURATIONS}
    yield from value_diagnostics(own, definition, path, sources)
    if isinstance(task.arguments.get("partial"), dict):
        yield from value_diagnostics(task.arguments["partial"], definition, (*path, "partial"), sources)


def _arguments(task: Task, signature: Signature, pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    path = ("tasks", task.name)
    mapped = {name: where for where, name, _ in task.given() if where[2] in _OF_MAPPING}
    mapped |= {name: (*path, "expand", name) for name in task.arguments.get("expand") or {}}
    given = {*task.arguments, *mapped} - _OF_MAPPING
    hook_names = ("pre_execute", "post_execute") if "run_if" not in task.spec else ("post_execute",)
    hooks = {key for key in hook_names if isinstance(task.arguments.get(key), str)}
    not_given = given & {*SET_BY_THE_FACTORY, *_OF_DAG_FACTORY, "sla", *hooks}
    for key in sorted(not_given):
        message = f"`{key}` is not a task's to give."
        hint = OF_TASK["task_group"] if key in _GROUPS else OF_TASK.get(key, "Remove it: the factory sets it.")
        yield Diagnostic((*path, key), message, hint, "set-by-the-factory", on="key")
    # Python operators of Airflow need one; the others never have it.
    python_callable = task.arguments.get("python_callable")
    if isinstance(python_callable, str):
        where = (*path, "python_callable")
        found = settings.sources.find(python_callable)
        if isinstance(found, Missing):
            yield missing_diagnostic(found, python_callable, "function", where)
        elif isinstance(found, Definition):
            # Some of the operators call it in another Python, but all import it in Airflow's.
            yield from import_diagnostics(found, python_callable, where, settings, called=False)
            yield from session_diagnostics(task, found, where, settings.sources)
    defaults = below(pipeline, None, settings).section("dag").get("default_args") or {}
    also = {"task_id", sql_argument(task.action) or "", *defaults}
    if mapped_names(task) is None:  # only the run knows what the instances get
        also |= {parameter.name for parameter in signature.parameters}
    names = given - not_given
    for one in argument_diagnostics(signature, task.action, names, path, path, kind="argument", also=also):
        yield replace(one, path=mapped.get(str(one.path[-1]), one.path))
