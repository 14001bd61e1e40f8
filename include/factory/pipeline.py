"""A pipeline as its file says it, with types: what the checks look at and the compiler reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, Literal, TypeVar, TypeVarTuple, cast

from include.factory.diagnostics import KeyPath
from include.factory.targets import DEFAULT_TARGET, TARGETS

Kind = Literal["sql", "python_callable", "batch_callable", "container", "operator"]
KINDS: tuple[Kind, ...] = ("operator", "sql", "python_callable", "batch_callable", "container")
"""`operator` first: an operator may well have an argument `sql`."""
TEXTS = frozenset({"doc", "doc_json", "doc_md", "doc_rst", "doc_yaml"})
"""Arguments of a task that are texts for people: braces in them are no templates."""
CALLBACKS = frozenset(f"on_{event}_callback" for event in ("execute", "success", "failure", "retry", "skipped"))
"""Arguments of DAGs and tasks that are called."""
OBJECTS = frozenset({"executor_config", "retry_policy"})
"""Arguments of a task that are, or hold, objects by `__type__`."""

_OURS = {
    *KINDS,
    "dependencies",
    "expand",
    "expand_kwargs",
    "op_kwargs",
    "parameters",
    "input",
    "output",
    "model",
    "target",
    "group",
    "branches",
    "compare",
    "run_if",
    "setup",
    "snowflake",
    "teardown_of",
    *TARGETS,
}

_OURS_OF_OPERATORS = {"operator", "dependencies", "group", "run_if", "setup", "teardown_of"}


_Holder = TypeVar("_Holder")
_Rest = TypeVarTuple("_Rest")
_Result = TypeVar("_Result")


def remembered(function: Callable[[_Holder, *_Rest], _Result]) -> Callable[[_Holder, *_Rest], _Result]:
    """Call a function once for the same arguments.

    What it returns is kept with the first of them, a pipeline or a task, as long as that one is; nobody may change it.
    The others are compared as keys of a mapping are.
    """

    @wraps(function)
    def call(holder: _Holder, *rest: *_Rest) -> _Result:
        kept: dict[tuple[Any, ...], _Result] = holder.__dict__.setdefault("_kept", {})
        key = (function, *rest)
        try:
            return kept[key]
        except KeyError:
            kept[key] = function(holder, *rest)
            return kept[key]

    return cast(Callable[[_Holder, *_Rest], _Result], call)


@dataclass(frozen=True, eq=False)
class Task:
    """One task.

    Attributes:
        name: Its key under `tasks`.
        kind: Which of the kinds it is.
        action: The value of the kind's key: SQL, an import path, or what a container runs.
        spec: All that its mapping says.
    """

    name: str
    kind: Kind
    action: Any
    spec: Mapping[str, Any] = field(repr=False)

    @cached_property
    def dependencies(self) -> list[str]:
        """The tasks and groups it names as dependencies."""
        return list(self.spec.get("dependencies") or [])

    @property
    def group(self) -> str | None:
        """The group it is in, such as `ingest` or `ingest.weather`; None if it is in none."""
        return self.spec.get("group")

    @cached_property
    def teardown_of(self) -> list[str]:
        """The setups that it is the teardown of."""
        return list(self.spec.get("teardown_of") or [])

    @cached_property
    def target(self) -> str | None:
        """Where it is pinned to: by its own word, or as only one target runs its kind.

        None if the variant decides, or for an operator, whose `target` is its own matter.
        """
        if self.kind == "operator" or "target" in self.spec:
            return None if self.kind == "operator" else self.spec["target"]
        able = able_targets(self.kind)
        return able[0] if len(able) == 1 < len(TARGETS) else None

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """The operator's own arguments: for `operator`, all but the format's few keys.

        Else the common Airflow arguments.
        """
        ours = _OURS_OF_OPERATORS if self.kind == "operator" else _OURS
        return {key: value for key, value in self.spec.items() if key not in ours}

    def given(self) -> Iterator[tuple[KeyPath, str, Any]]:
        """Each value that an operator gets for an argument: where it is, the argument, the value.

        Of `expand` each item of a list, of `expand_kwargs` each value of each of its mappings.
        """
        for key, value in self.arguments.items():
            if key == "partial" and isinstance(value, dict):
                yield from ((("tasks", self.name, key, name), name, one) for name, one in value.items())
            elif key == "expand" and isinstance(value, dict):
                for name, items in value.items():
                    for index, one in enumerate(items if isinstance(items, list) else ()):
                        yield ("tasks", self.name, key, name, index), name, one
            elif key == "expand_kwargs" and isinstance(value, list):
                for index, row in enumerate(value):
                    for name, one in row.items() if isinstance(row, dict) else ():
                        yield ("tasks", self.name, key, index, name), name, one
            elif key not in ("partial", "expand", "expand_kwargs"):
                yield ("tasks", self.name, key), key, value


@dataclass(frozen=True, eq=False)
class Variant:
    """One DAG of a pipeline.

    Attributes:
        name: Its key under `variants`; None for a pipeline without variants.
        targets: Where its tasks run; more than one makes a task group for each.
        grouped: Whether there are task groups (`target` is a list).
        spec: All that its mapping says.
    """

    name: str | None
    targets: tuple[str, ...]
    grouped: bool
    spec: Mapping[str, Any] = field(repr=False)

    def runs_on(self, task: Task, target: str) -> bool:
        """Whether a task runs on a target here: by its own word, or else by this variant's."""
        own = task.target
        return own == target if own else target in self.targets


@dataclass(frozen=True, eq=False)
class Pipeline:
    """One pipeline.

    Attributes:
        name: What `pipeline` says.
        spec: The whole document, `${NAME}` expanded.
    """

    name: str
    spec: Mapping[str, Any] = field(repr=False)

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """Its tasks by name; what has no kind is left out."""
        found = {}
        for name, body in self.spec["tasks"].items():
            kind = next((kind for kind in KINDS if kind in body), None)
            if kind is not None:
                found[name] = Task(name, kind, body[kind], body)
        return found

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """Its groups by name, each with the names of its tasks, those of groups in it included."""
        found: dict[str, list[str]] = {}
        for name, body in self.spec["tasks"].items():
            for group in with_parents(body["group"]) if body.get("group") else ():
                members = found.setdefault(group, [])
                if name in self.tasks:
                    members.append(name)
        return found

    @cached_property
    def setups(self) -> set[str]:
        """The names of its setup tasks: those that say so, and those that have a teardown."""
        named = {name for task in self.tasks.values() for name in task.teardown_of}
        return {name for name, task in self.tasks.items() if name in named or task.spec.get("setup") is True}

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """Its variants; one without a name if it names none."""
        spec = self.spec.get("variants")
        if not spec:
            return (Variant(None, (self.spec.get("target") or DEFAULT_TARGET.name,), False, {}),)
        return tuple(_variant(name, body) for name, body in spec.items())

    @cached_property
    def params(self) -> dict[str, Any]:
        """Its params as written."""
        return dict(self.spec.get("params") or {})

    def targets_of(self, task: Task) -> set[str]:
        """Return the targets that a task with a target runs on: its own, or those of the variants."""
        return {task.target} if task.target else {target for variant in self.variants for target in variant.targets}

    def dag_id(self, variant: Variant) -> str:
        """Return the id of a variant's DAG."""
        return self.name if variant.name is None else f"{self.name}_{variant.name}"


def _variant(name: str, body: Mapping[str, Any]) -> Variant:
    target = body.get("target") or DEFAULT_TARGET.name
    if isinstance(target, list):
        return Variant(name, tuple(cast(list[str], target)), True, body)
    return Variant(name, (target,), False, body)


def with_parents(group: str) -> list[str]:
    """Return a group and all that it is in, the outermost first: `a`, `a.b` for `a.b`."""
    parts = group.split(".")
    return [".".join(parts[: end + 1]) for end in range(len(parts))]


def able_targets(kind: Kind) -> list[str]:
    """Return the targets that run a kind of task; none for SQL and operators, which run where they run."""
    return [name for name, target in TARGETS.items() if kind in target.operators]
