"""The texts in which Kubernetes expands `$(NAME)`: a container's command, arguments and environment variables.

In what a pipeline writes there, `$(NAME)` is the value of another variable and `$$` is `$`, as in any manifest
(Kubernetes API reference, Container and EnvVar). What a template fills in arrives as it is, whatever is in it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowFailException
from jinja2 import Environment, Undefined
from kubernetes.client import models

from include.operators.requests import VARIABLE_LIMIT

SHOWN = 40
"""Characters of a refused text in its message."""


class Expanded(str):
    """A text that Kubernetes expands."""


def with_texts(container: Mapping[str, Any], text: Callable[[Any], str] | None = None) -> dict[str, Any]:
    """Write as text what Kubernetes expands of a container.

    Args:
        container: A Kubernetes Container as a plain mapping.
        text: Makes text of a value; `as_text` if None.

    Returns:
        The container; what it is started with, and the values of its variables, are text.
    """
    text = text or as_text
    written = dict(container)
    for key in ("command", "args"):
        if isinstance(written.get(key), list):
            written[key] = [text(word) for word in written[key]]
    if "env" in written:
        written["env"] = [
            one | {"value": text(one["value"])} if "value" in one else one for one in written["env"] or ()
        ]
    return written


def marked(pod: Mapping[str, Any]) -> dict[str, Any]:
    """Mark what Kubernetes expands of a pod, so that templates in it are rendered for that.

    Only for the rendering: Airflow sends a DAG's fields between its processes, and takes no texts but plain ones.

    Args:
        pod: A manifest, as `pod_manifest` makes it.

    Returns:
        The same with `Expanded` texts.
    """
    spec = dict(pod["spec"])
    for key in ("initContainers", "containers"):
        if key in spec:
            spec[key] = [with_texts(one, Expanded) for one in spec[key]]
    return {**pod, "spec": spec}


def literal(value: Any) -> str:
    """Return a value as text in which Kubernetes finds nothing to expand."""
    return as_text(value).replace("$", "$$")


def rendered(template: str, context: Mapping[str, Any], environment: Environment) -> str:
    """Render a text with templates in it.

    Args:
        template: The text.
        context: Airflow's template context.
        environment: Jinja's environment, one that gives text.

    Returns:
        The text as Kubernetes must get it: what the templates filled in is literal, all else stands as written.

    Raises:
        jinja2.UndefinedError: A template names something that is not there.
    """
    ours = environment.overlay(
        finalize=lambda value: value if isinstance(value, Undefined) else literal(value), keep_trailing_newline=True
    )
    return ours.from_string(template).render(dict(context))


def as_text(value: Any) -> str:
    """Return a value as the text that a program of any language can read.

    Args:
        value: A value of YAML, or whatever a template gave.

    Returns:
        Text as it is, nothing for null, a date or time in ISO 8601, and all else as JSON, which is YAML's own spelling:
        `true`, not `True`.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool | int | float | list | tuple | Mapping):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(_plain(value))


def check_lengths(containers: Iterable[models.V1Container]) -> None:
    """Refuse what no program can be started with.

    Args:
        containers: Those of a pod, rendered.

    Raises:
        AirflowFailException: A variable or an argument is longer than Linux takes, or has a NUL in it.
    """
    for container in containers:
        texts = [(f"the variable {one.name}", one.value) for one in container.env or () if one.value]
        texts += [("an argument", one) for one in (*(container.command or ()), *(container.args or ()))]
        for what, text in texts:
            given = text.replace("$$", "$")
            begins = f"{what} of the container {container.name} ({given[:SHOWN]!r}…)"
            if "\0" in given:
                raise AirflowFailException(f"There is a NUL character in {begins}, which no program can get.")
            if (length := len(given.encode())) > VARIABLE_LIMIT:
                raise AirflowFailException(
                    f"There are {length:,} bytes in {begins}; a program takes {VARIABLE_LIMIT:,}. Put the data into a"
                    " table or a stage, and pass its name."
                )


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return list(value) if isinstance(value, set | frozenset) else str(value)
