"""The text of a task: what its function says of itself, or its SQL, and where it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from include.constants import MAPPED_ITEMS
from include.factory.config import Config
from include.factory.pages.dag import place_of
from include.factory.pages.markdown import block, code, plain
from include.factory.pipeline import Pipeline, Task
from include.factory.project import Settings
from include.factory.python.docstrings import docstring
from include.factory.sql import is_file, sql_text

_COMMENT = re.compile(r"\A\s*(?:/\*(?P<block>.*?)\*/|(?P<lines>(?:[ \t]*(?:--|//)[^\n]*\n?)+))", re.DOTALL)
_MARKS = re.compile(r"^[ \t]*(?:--+|//+|\*+)[ \t]?", re.MULTILINE)
"""What begins the lines of a comment in SQL."""


def task_page(name: str, config: Config, written: Pipeline, settings: Settings) -> tuple[str, str]:
    """Return a task's text.

    Args:
        name: What the pipeline calls it.
        config: What it is compiled to.
        written: The pipeline as written, `${NAME}` not expanded.
        settings: Where its function is found.

    Returns:
        Two parts of it, in Markdown: what the task says of itself, and where it runs; each may be empty.
    """
    task = written.tasks.get(name)
    if config["operator"] == MAPPED_ITEMS:
        return f"Finds what {code(str(config['mapped_task']))} is mapped over.", ""
    said = "\n\n".join(_said(task, config, settings))
    return said, f"Runs on: {place_of(name, config, written)}.{_source(task)}"


def _said(task: Task | None, config: Config, settings: Settings) -> Iterator[str]:
    """Return what a task's function, operator or SQL says of itself, as paragraphs in Markdown."""
    if task is not None and task.kind == "sql":
        first = task.action[0] if isinstance(task.action, list) and task.action else task.action
        if comment := first_comment(sql_text(str(first), settings.root)):
            yield plain(comment)
    elif task is not None and task.kind == "operator":
        if text := docstring(settings.sources, str(config["operator"])):
            yield plain(text.partition("\n\n")[0])
    elif "function" in config and (text := docstring(settings.callables, str(config["function"]))):
        summary, _, rest = text.partition("\n\n")
        yield plain(summary)
        if rest:
            yield block(rest)


def first_comment(sql: str) -> str:
    """Return the comment that SQL begins with; empty if it begins with none."""
    found = _COMMENT.match(sql)
    if found is None:
        return ""
    return _MARKS.sub("", found["block"] or found["lines"] or "").strip()


def _source(task: Task | None) -> str:
    """Return which function, or file of SQL, a task is from: as the pipeline has it."""
    if task is None or task.kind in ("operator", "container"):
        return ""
    if task.kind != "sql":
        return f" Function: {code(str(task.action))}."
    texts = task.action if isinstance(task.action, list) else [task.action]
    files = [code(text) for text in map(str, texts) if is_file(text)]
    return f" File: {', '.join(files)}." if files else ""
