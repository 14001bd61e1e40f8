"""Warns of a task that names a table which another task writes, and does not wait for it: it may run first, and fail.

It knows of a write by `output`, by SQL, and by what a function does with an argument; all else is left alone, and so is
a task that waits for any task that writes the table, or that one of these waits for.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Set
from functools import lru_cache

from include.factory.diagnostics import Diagnostic
from include.factory.flow.graph import before_each, task_templates
from include.factory.pipeline import Pipeline, Task
from include.factory.project import Settings
from include.factory.python.modules import Definition

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_WRITE = re.compile(
    r"\b(?:create\s+(?:or\s+replace\s+)?(?:\w+\s+)??(?:\w+\s+)?(?:table|view)\s+(?:if\s+not\s+exists\s+)?"
    r"|insert\s+(?:overwrite\s+)?into\s+|merge\s+into\s+|copy\s+into\s+)(?:identifier\s*\(\s*'?)?",
    re.IGNORECASE,
)
_NAME = re.compile(r'(?:[\w$".]|\{\{[^{}]*\}\})*')
_PARAM = re.compile(r'(?:^|\.)"?\{\{\s*params\.(\w+)\s*\}\}"?$')
"""A name, or the last part of one, that is a param as a whole."""
_MENTION = re.compile(r"(?<![\w}'$-])\{\{\s*params\.(\w+)\s*\}\}(?![\w{.-]|\"\.)")
"""A param that may be a table's name: no part of a word, no text in quotes, no schema."""
_KEYS = frozenset({"expand", "expand_kwargs", "input", "model", "op_kwargs", "parameters", "sql"})
"""Where a task of ours names what it reads."""
_SAVING = {"save_as_table": (0, "table_name"), "write_pandas": (1, "table_name"), "copy_into_table": (0, "table_name")}
"""Methods of Snowpark that write a table: which argument names it."""


def unordered_diagnostics(pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Look for tasks that may run before the table that they name is there.

    Args:
        pipeline: A pipeline without mistakes.
        settings: What it lies over.

    Returns:
        A warning for each.
    """
    if not pipeline.params:
        return
    writers: dict[str, set[str]] = defaultdict(set)
    for task in pipeline.tasks.values():
        for param in _written(task, settings):
            writers[param].add(task.name)
    if not writers:
        return
    before = before_each(pipeline, settings.root)
    for task in pipeline.tasks.values():
        if task.spec.get("setup") or task.spec.get("teardown_of"):
            continue
        seen = set()
        for path, text, _ in task_templates(task, settings.root):
            if str(path[2]).startswith("on_") or (task.kind != "operator" and path[2] not in _KEYS):
                continue
            for param in _MENTION.findall(text):
                known = writers.get(param, set())
                ordered = task.name in known or any(
                    name in before[task.name] or task.name in before[name] for name in known
                )
                if known and not ordered and param not in seen:
                    seen.add(param)
                    last = max(sorted(known), key=lambda name: len(before[name]))
                    message = (
                        f"`{task.name}` names the table `{{{{ params.{param} }}}}`, which `{last}` writes, and does"
                    )
                    hint = f"Add `dependencies: [{last}]`, if it needs what is written there."
                    yield Diagnostic(
                        path,
                        f"{message} not wait for it.",
                        hint,
                        "unordered",
                        word=f"params.{param}",
                        level="warning",
                    )


def _written(task: Task, settings: Settings) -> Iterator[str]:
    """Params that name a table which a task writes."""
    if task.kind == "batch_callable":
        yield from _PARAM.findall(str(task.spec["output"].get("table")))
    elif task.kind == "python_callable":
        given = {name: _PARAM.findall(value) for name, value in _texts(task.spec.get("op_kwargs"))}
        written = _arguments_written(task.action, settings) if any(given.values()) else set()
        for name in written & given.keys():
            yield from given[name]
    else:
        for path, text, _ in task_templates(task, settings.root):
            if path[2] == "sql":
                plain = _COMMENT.sub(" ", text)
                for write in _WRITE.finditer(plain):
                    target = _NAME.match(plain, write.end())
                    yield from _PARAM.findall(target[0] if target else "")


def _texts(values: object) -> Iterator[tuple[str, str]]:
    for name, value in values.items() if isinstance(values, dict) else ():
        if isinstance(value, str):
            yield name, value.strip()


def _arguments_written(function: str, settings: Settings) -> Set[str]:
    """Return the arguments of a function that it takes as the name of a table to write."""
    definition = settings.sources.find(function)
    return _written_by(definition) if isinstance(definition, Definition) else frozenset()


@lru_cache(maxsize=1024)
def _written_by(definition: Definition) -> frozenset[str]:
    if not isinstance(definition.node, ast.FunctionDef):
        return frozenset()
    found = set()
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAVING:
            place, keyword = _SAVING[node.func.attr]
            named = [one.value for one in node.keywords if one.arg == keyword] or node.args[place : place + 1]
            found |= {one.id for one in named if isinstance(one, ast.Name)}
        elif isinstance(node, ast.JoinedStr):
            for text, value in zip(node.values, node.values[1:], strict=False):
                written = isinstance(text, ast.Constant) and _ends_in_write(str(text.value))
                if written and isinstance(value, ast.FormattedValue) and isinstance(value.value, ast.Name):
                    found.add(value.value.id)
    return frozenset(found)


def _ends_in_write(text: str) -> bool:
    return any(write.end() == len(text) for write in _WRITE.finditer(text))
