"""Checks what a pipeline names in Python: that it exists, and that it takes what the pipeline gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from include.factory import layers
from include.factory.arguments import wrong_argument
from include.factory.calls import SET_BY_THE_FACTORY, argument_diagnostics, missing_diagnostic
from include.factory.connections import sql_argument
from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name
from include.factory.durations import TASK_DURATIONS
from include.factory.graph import task_templates
from include.factory.packages import lacking
from include.factory.pipeline import Pipeline, Task
from include.factory.signatures import (
    Definition,
    Hidden,
    Missing,
    Sources,
    imported_packages,
    is_base_operator,
    project_sources,
    returned_keys,
)
from include.factory.templates import mapped_task, names

OF_MAPPING = frozenset({"expand", "partial"})
"""Keys of dag-factory for dynamic task mapping."""
OF_DAG_FACTORY = frozenset({"task_group_name", "parent_group_name", "variables_as_arguments", "decorator"})

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


class CodeCheck:
    """Checks pipelines against the source of what they name; one instance serves all files of a run."""

    def __init__(self, root: Path, anything: Sources) -> None:
        self._root = root
        self._callables = project_sources(root)
        self._anything = anything

    def diagnostics(self, pipeline: Pipeline, base: Mapping[str, Any]) -> list[Diagnostic]:
        """Check one pipeline.

        Args:
            pipeline: The pipeline.
            base: The merged layers under it.

        Returns:
            What is wrong between the pipeline and the code it names.
        """
        found: list[Diagnostic] = []
        for task in pipeline.tasks.values():
            check = {
                "operator": self._operator,
                "python_callable": self._python_callable,
                "batch_callable": self._batch_callable,
            }.get(task.kind)
            if check is not None and isinstance(task.action, str):
                found += check(task, pipeline, base)
            found += self._callbacks(task.spec, ("tasks", task.name))
            found += self._outputs(task, pipeline)
            for key in ("inlets", "outlets") if task.kind != "operator" else ():
                found += self.typed(task.spec.get(key), ("tasks", task.name, key))
        dag = pipeline.spec.get("dag") or {}
        found += self._callbacks(dag, ("dag",))
        found += self._callbacks(dag.get("default_args") or {}, ("dag", "default_args"))
        return found

    def typed(self, value: Any, path: KeyPath) -> Iterator[Diagnostic]:
        """Check every `__type__` in a value: that the class exists and takes the other keys."""
        if isinstance(value, list):
            for index, part in enumerate(value):
                yield from self.typed(part, (*path, index))
        if not isinstance(value, dict):
            return
        for key, part in value.items():
            yield from self.typed(part, (*path, key))
        name = value.get("__type__")
        if not isinstance(name, str) or "." not in name:
            return
        definition = self._anything.find(name)
        if isinstance(definition, Missing):
            yield missing_diagnostic(definition, name, "class", (*path, "__type__"))
        elif (
            isinstance(definition, Definition) and isinstance(definition.node, ast.ClassDef) and "__args__" not in value
        ):
            signature = self._anything.signature(definition)
            given = [key for key in value if key != "__type__"]
            if signature is not None:
                yield from argument_diagnostics(signature, name, given, path, path, kind="argument")
            yield from self._values(value, definition, path)

    def _values(self, given: Mapping[str, Any], definition: Definition, path: KeyPath) -> Iterator[Diagnostic]:
        """Lengths of time and dates that the class wants, and that are none."""
        types = self._anything.types(definition)
        for key, value in given.items():
            if key in types and (wrong := wrong_argument(value, types[key], (*path, key))):
                yield wrong

    def _callbacks(self, value: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
        for key, callbacks in value.items():
            if key.startswith("on_") and key.endswith("_callback"):
                listed = isinstance(callbacks, list)
                for index, callback in enumerate(callbacks if listed else [callbacks]):
                    yield from self._callback(callback, (*path, key, index) if listed else (*path, key))

    def _callback(self, callback: Any, path: KeyPath) -> Iterator[Diagnostic]:
        """One callback: that it exists, and takes Airflow's context and what it is given."""
        arguments = (
            {key: value for key, value in callback.items() if key != "callback"} if isinstance(callback, dict) else {}
        )
        name = callback.get("callback") if isinstance(callback, dict) else callback
        if not isinstance(name, str):
            return
        where = (*path, "callback") if isinstance(callback, dict) else path
        definition = self._anything.find(name)
        if isinstance(definition, Missing):
            yield missing_diagnostic(definition, name, "function", where)
        yield from self._importable(definition, name, True, where)
        signature = self._anything.signature(definition) if isinstance(definition, Definition) else None
        if signature is None:
            return
        if isinstance(definition, Definition) and not isinstance(definition.node, ast.ClassDef):
            if not signature.any_positional and not any(parameter.positional for parameter in signature.parameters):
                message = f"`{name}` takes no context: it has no positional parameter."
                yield Diagnostic(where, message, "Give it one: `def f(context, …)`.", "wrong-arguments")
                return
            signature = signature.without_first()
        yield from argument_diagnostics(signature, name, arguments, path, where, kind="argument", giver="the callback")

    def _importable(
        self, definition: Definition | Missing | Hidden, name: str, called: bool, path: KeyPath
    ) -> Iterator[Diagnostic]:
        """Check a function that Airflow itself imports: Airflow's Python must have what its module imports."""
        if not isinstance(definition, Definition) or not definition.module.path.is_relative_to(self._root):
            return
        for imported, line in imported_packages(definition, called).items():
            if find_spec(imported) is None and self._anything.module(imported) is None:
                message = (
                    f"`{name}` imports {imported} ({definition.module.path.name}:{line}), which Airflow's own Python"
                    " does not have."
                )
                hint = (
                    "Put what Airflow calls into a module of its own, apart from tasks' functions; or import it inside"
                    " those functions."
                )
                yield Diagnostic(path, message, hint, "not-importable")

    def _outputs(self, task: Task, pipeline: Pipeline) -> Iterator[Diagnostic]:
        """Keys of another task's result, where that task's function shows what it returns."""
        for path, text, other in task_templates(task, self._root):
            for parts in dict.fromkeys(names(text)):
                source = pipeline.tasks.get(parts[1]) if parts[0] == "outputs" and len(parts) > 2 else None
                if source is None or source.kind != "python_callable" or not isinstance(source.action, str):
                    continue
                definition = self._callables.find(source.action)
                keys = returned_keys(definition) if isinstance(definition, Definition) else None
                if keys is not None and parts[2] not in keys:
                    where = f" (in {other})" if other else ""
                    message = (
                        f"`{{{{ {'.'.join(parts[:3])} }}}}`{where} does not exist: `{source.action}` returns no"
                        f" `{parts[2]}`."
                    )
                    word = "" if other else ".".join(parts[:3])
                    yield Diagnostic(path, message, hint_by_name(parts[2], keys, "keys"), "unknown-output", word=word)

    def _operator(self, task: Task, pipeline: Pipeline, base: Mapping[str, Any]) -> Iterator[Diagnostic]:
        path = ("tasks", task.name)
        definition = self._anything.find(task.action)
        if isinstance(definition, Missing):
            yield self._moved(task.action, path) or missing_diagnostic(
                definition, task.action, "operator", (*path, "operator")
            )
            return
        if isinstance(definition, Hidden):
            return
        ancestors = list(self._anything.ancestors(definition))
        if not isinstance(definition.node, ast.ClassDef):
            message = f"`{task.action}` is not an operator but a function or a value."
            yield Diagnostic(
                (*path, "operator"), message, "For a function of your own, use `python_callable`.", "not-an-operator"
            )
            return
        if None not in ancestors and not any(one is not None and is_base_operator(one) for one in ancestors):
            message = f"`{task.action}` is a class but not an operator: it does not inherit from BaseOperator."
            yield Diagnostic((*path, "operator"), message, "Name an operator or a sensor.", "not-an-operator")
            return
        yield from self.typed(task.arguments, path)
        own = {
            key: value for key, value in task.arguments.items() if key not in OF_MAPPING and key not in TASK_DURATIONS
        }
        yield from self._values(own, definition, path)
        if isinstance(task.arguments.get("partial"), dict):
            yield from self._values(task.arguments["partial"], definition, (*path, "partial"))
        signature = self._anything.signature(definition)
        if signature is None:
            return
        yield from _expand(task, path)
        given = {
            *task.arguments,
            *_keys(task.arguments.get("expand")),
            *_keys(task.arguments.get("partial")),
        } - OF_MAPPING
        for key in sorted(given & (SET_BY_THE_FACTORY | OF_DAG_FACTORY)):
            message = f"`{key}` is not a task's to give: the factory sets it."
            yield Diagnostic(
                (*path, key),
                message,
                "Remove it. Params and dates belong to the pipeline.",
                "set-by-the-factory",
                on="key",
            )
        given -= SET_BY_THE_FACTORY | OF_DAG_FACTORY
        # Python operators of Airflow need one; the others never have it.
        python_callable = task.arguments.get("python_callable")
        if isinstance(python_callable, str):
            found = self._anything.find(python_callable)
            if isinstance(found, Missing):
                yield missing_diagnostic(found, python_callable, "function", (*path, "python_callable"))
            # Some of the operators call it in another Python, but all import it in Airflow's.
            yield from self._importable(found, python_callable, False, (*path, "python_callable"))
        defaults = layers.section("dag", base, pipeline.spec).get("default_args") or {}
        also = {"task_id", sql_argument(task.action) or "", *defaults}
        for diagnostic in argument_diagnostics(signature, task.action, given, path, path, kind="argument", also=also):
            within = next((key for key in OF_MAPPING if diagnostic.path[-1] in _keys(task.arguments.get(key))), None)
            yield replace(diagnostic, path=(*path, within, diagnostic.path[-1])) if within else diagnostic

    def _moved(self, name: str, path: KeyPath) -> Diagnostic | None:
        """Return an operator of Airflow 2 that is elsewhere in Airflow 3, or that another one has replaced."""
        if name.startswith("airflow.") and (hint := _REPLACED.get(name.rpartition(".")[2])):
            message = f"There is no operator `{name}` any more: another one replaces it."
            return Diagnostic((*path, "operator"), message, hint, "unknown-operator")
        wanted = {"DummyOperator": "EmptyOperator"}.get(name.rpartition(".")[2], name.rpartition(".")[2])
        if not name.startswith(("airflow.operators.", "airflow.sensors.")):
            return None
        for package in ("airflow.providers.standard.operators", "airflow.providers.standard.sensors"):
            for module in sorted(self._anything.beside(package)):
                found = self._anything.module(f"{package}.{module}")
                if found is not None and isinstance(found.names.get(wanted), ast.ClassDef):
                    message = f"There is no operator `{name}`: Airflow 3 has it elsewhere."
                    return Diagnostic(
                        (*path, "operator"), message, f"Write `{package}.{module}.{wanted}`.", "unknown-operator"
                    )
        return None

    def _python_callable(self, task: Task, pipeline: Pipeline, base: Mapping[str, Any]) -> Iterator[Diagnostic]:
        path = ("tasks", task.name)
        definition = self._callables.find(task.action)
        wrong = list(_not_a_function(definition, task))
        yield from wrong
        if wrong or not isinstance(definition, Definition):
            return
        signature = self._callables.signature(definition)
        if signature is not None:
            first = next((parameter for parameter in signature.parameters if parameter.positional), None)
            op_kwargs = task.spec.get("op_kwargs") or {}
            if first is None and not signature.any_positional:
                message = f"`{task.action}` takes no Session: it has no positional parameter."
                yield Diagnostic((*path, task.kind), message, "Give it one: `def f(session, …)`.", "no-session")
            elif first is not None and first.name in op_kwargs:
                message = (
                    f"`{first.name}` is the first parameter of `{task.action}`, which gets the Session, and `op_kwargs`"
                    " gives it too."
                )
                hint = f"Put the Session first: `def {task.action.rpartition('.')[2]}(session, {first.name}, …)`."
                yield Diagnostic((*path, "op_kwargs", first.name), message, hint, "no-session", on="key")
            else:
                where = (*path, "op_kwargs")
                taken = signature.without_first()
                yield from argument_diagnostics(
                    taken, task.action, op_kwargs, where, (*path, task.kind), kind="op_kwarg"
                )
        if layers.section("snowpark", base, pipeline.spec, task.spec).get("run_as") == "stored_procedure":
            yield from self._packages(task, definition, pipeline, base, ())

    def _batch_callable(self, task: Task, pipeline: Pipeline, base: Mapping[str, Any]) -> Iterator[Diagnostic]:
        path = ("tasks", task.name)
        definition = self._callables.find(task.action)
        wrong = list(_not_a_function(definition, task))
        yield from wrong
        if wrong or not isinstance(definition, Definition):
            return
        signature = self._callables.signature(definition)
        if signature is not None:
            given = 2 if task.spec.get("model") is not None else 1
            takes = [parameter for parameter in signature.parameters if parameter.positional]
            needs = sum(parameter.required for parameter in signature.parameters)
            if given < needs == 2:
                message = (
                    f"`{task.action}` takes a model (`{takes[1].name}`), and the task names none."
                    if len(takes) > 1
                    else ""
                )
                hint = "Add `model`, mostly `{{ outputs.<task>.<key> }}`."
                yield Diagnostic((*path, task.kind), message, hint, "no-model")
            elif needs > given:
                needed = ", ".join(parameter.name for parameter in signature.parameters if parameter.required)
                message = f"`{task.action}` takes ({needed}); a batch_callable gets a batch and at most a model."
                yield Diagnostic((*path, task.kind), message, "Give the other parameters defaults.", "wrong-arguments")
            elif given > len(takes) and not signature.any_positional:
                if takes:
                    message = f"`{task.action}` takes no model."
                    yield Diagnostic(
                        (*path, "model"), message, "Remove `model`, or add a second parameter.", "no-model", on="key"
                    )
                else:
                    message = f"`{task.action}` takes no batch: it has no positional parameter."
                    yield Diagnostic((*path, task.kind), message, "Give it one: `def f(batch)`.", "wrong-arguments")
        yield from self._packages(task, definition, pipeline, base, ("pandas",))

    def _packages(
        self,
        task: Task,
        definition: Definition,
        pipeline: Pipeline,
        base: Mapping[str, Any],
        always: tuple[str, ...],
    ) -> Iterator[Diagnostic]:
        # What the task itself says for Snowpark is checked even where it runs in pods, so that moving it there is one
        # word.
        if "snowpark" not in pipeline.targets_of(task) and "snowpark" not in task.spec:
            return
        packages = [*always, *(layers.section("snowpark", base, pipeline.spec, task.spec).get("packages") or [])]
        for imported, (line, package) in lacking(imported_packages(definition), packages).items():
            path = ("tasks", task.name, "snowpark", "packages")
            message = (
                f"`{task.action}` imports {imported} ({definition.module.path.name}:{line}); `snowpark.packages` lacks"
                f" {package}."
            )
            yield Diagnostic(
                path, message, f"Add `{package}` to `snowpark: {{packages: […]}}` of the task.", "missing-package"
            )


def _keys(value: Any) -> set[str]:
    return set(value) if isinstance(value, dict) else set()


def _expand(task: Task, path: KeyPath) -> Iterator[Diagnostic]:
    """Dynamic task mapping: what `expand` and `partial` may hold."""
    for key in OF_MAPPING & task.arguments.keys():
        if not isinstance(task.arguments[key], dict) or not task.arguments[key]:
            yield Diagnostic(
                (*path, key),
                f"`{key}` must be a mapping of arguments.",
                f"Write `{key}: {{argument: …}}`.",
                "wrong-type",
            )
    if "partial" in task.arguments and "expand" not in task.arguments:
        yield Diagnostic(
            (*path, "partial"),
            "`partial` is for tasks with `expand`.",
            "Add `expand`, or give the arguments directly.",
            "misplaced-key",
            on="key",
        )
    for name in _keys(task.arguments.get("expand")):
        value = task.arguments["expand"][name]
        if not isinstance(value, list | dict) and mapped_task(value) is None:
            source = str(value).removesuffix(".output")  # as dag-factory has it
            name_of = source if source != value and source not in (task.name, "") else "<task>"
            hint = f"Write a list, or another task's whole result: `{{{{ outputs.{name_of} }}}}`."
            yield Diagnostic(
                (*path, "expand", name), f"The task cannot be mapped over `{value}`.", hint, "wrong-expand"
            )


def _not_a_function(definition: Definition | Missing | Hidden, task: Task) -> Iterator[Diagnostic]:
    path = ("tasks", task.name, task.kind)
    if isinstance(definition, Missing):
        yield missing_diagnostic(definition, task.action, "function", path)
    elif isinstance(definition, Definition) and isinstance(definition.node, ast.ClassDef):
        yield Diagnostic(
            path,
            f"`{task.action}` is a class, not a function.",
            "Name a function at the top of a module.",
            "not-a-function",
        )
    elif isinstance(definition, Definition) and isinstance(definition.node, ast.AsyncFunctionDef):
        yield Diagnostic(path, f"`{task.action}` is an `async` function.", "Make it a plain `def`.", "not-a-function")
    elif isinstance(definition, Definition) and isinstance(definition.node, ast.Assign | ast.AnnAssign):
        value = definition.node.value
        if isinstance(value, ast.Constant | ast.List | ast.Dict | ast.Tuple | ast.Set | ast.JoinedStr):
            yield Diagnostic(
                path,
                f"`{task.action}` is a value, not a function.",
                "Name a function at the top of a module.",
                "not-a-function",
            )
