"""Writes as JSON what came of a pipeline's file, and reads it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from include.factory.results import Checked, Facts, Ids, Named, Page

_PLAIN = (str, bool, int, float, type(None))


def written(checked: Checked) -> dict[str, Any] | None:
    """Return what came of a file, as plain values.

    Args:
        checked: A pipeline without mistakes.

    Returns:
        What `read` takes; None if JSON would give back something else.
    """
    facts = checked.facts
    if facts is None or not _is_plain(checked.configs):
        return None
    return {
        "configs": checked.configs,
        "pages": {dag_id: (page.tags, page.text, page.tasks) for dag_id, page in checked.pages.items()},
        "pipeline": facts.pipeline,
        "ids": {dag_id: (ids.tasks, ids.task_groups) for dag_id, ids in facts.dags.items()},
        "named": [(named.dags, named.within) for named in facts.named],
    }


def read(entry: dict[str, Any], path: Path, name: str, text: str) -> Checked:
    """Return what came of a file.

    Args:
        entry: As `written` gave it.
        path: The file.
        name: Its name for people.
        text: Its text.

    Returns:
        The pipeline's configurations, pages and facts.
    """
    pages = {
        dag_id: Page(tuple(tags), shown, {task: (said, where) for task, (said, where) in tasks.items()})
        for dag_id, (tags, shown, tasks) in entry["pages"].items()
    }
    ids = {dag_id: Ids(tuple(tasks), tuple(groups)) for dag_id, (tasks, groups) in entry["ids"].items()}
    named = (
        Named(
            tuple((tuple(where), dag_id) for where, dag_id in dags),
            tuple((part, tuple(where), one) for part, where, one in within),
        )
        for dags, within in entry["named"]
    )
    facts = Facts(entry["pipeline"], ids, tuple(named))
    return Checked(path, name, text, configs=entry["configs"], pages=pages, facts=facts)


def _is_plain(value: Any) -> bool:
    """Whether JSON gives a value back as it is: a tuple would be a list, a key that is no text would be one."""
    if isinstance(value, dict):
        return type(value) is dict and all(isinstance(key, str) and _is_plain(one) for key, one in value.items())
    if isinstance(value, list):
        return type(value) is list and all(map(_is_plain, value))
    return isinstance(value, _PLAIN) and (isinstance(value, str) or type(value) in _PLAIN)


def as_json(values: dict[str, Any]) -> bytes | None:
    """Return values as JSON; None if there is no JSON for them, as for a number of too many digits."""
    try:
        return json.dumps(values, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError):
        return None
