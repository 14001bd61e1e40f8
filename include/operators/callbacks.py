"""Callbacks as a pipeline writes them: several for one event, and arguments with templates."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping, Sequence
from typing import Any

log = logging.getLogger(__name__)


def call_all(context: Mapping[str, Any], calls: Sequence[Mapping[str, Any]]) -> None:
    """Call functions and notifiers with Airflow's context and arguments of their own.

    One that fails is logged and keeps none of the others from being called, as Airflow does it with several callbacks.

    Args:
        context: what Airflow hands to a callback.
        calls: for each its import path as `callback`, and its arguments; templates in them are rendered.
    """
    for call in calls:
        try:
            _call(context, call["callback"], {key: value for key, value in call.items() if key != "callback"})
        except Exception:
            log.exception("The callback %s failed", call["callback"])


def _call(context: Mapping[str, Any], name: str, arguments: Mapping[str, Any]) -> None:
    module, _, attribute = name.rpartition(".")
    function = getattr(importlib.import_module(module), attribute)
    if isinstance(function, type):  # a notifier: it renders its own arguments
        function(**arguments)(context)
    else:
        function(context, **_rendered(arguments, context))


def _rendered(value: Any, context: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and "{" in value:
        owner = context.get("task") or context["dag"]
        return owner.get_template_env().from_string(value).render(context)
    if isinstance(value, Mapping):
        return {key: _rendered(below, context) for key, below in value.items()}
    if isinstance(value, list):
        return [_rendered(below, context) for below in value]
    return value
