"""The params of a DAG as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from include.factory.pages.markdown import cell, code, plain

_BAR = re.compile(r"(?<!\\)\|")
"""A bar that would end a cell."""
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
"""Python's type -> what JSON Schema calls it."""


def params_table(params: Mapping[str, Any]) -> Iterator[str]:
    """Return the lines of a table in Markdown: name, type, default and description of each param.

    Args:
        params: The `params` mapping as written: values, or mappings as JSON Schema has them.
    """
    if not params:
        return
    yield "| Param | Type | Default | Description |"
    yield "| --- | --- | --- | --- |"
    for name, param in params.items():
        given = param if isinstance(param, dict) else {"default": param}
        default = cell(given["default"]) if "default" in given else "none: a run must give it"
        description = _BAR.sub(r"\\|", " ".join(plain(str(given.get("description") or "")).split()))
        yield f"| {code(str(name))} | {_type(given)} | {default} | {description or '—'} |"


def _type(param: Mapping[str, Any]) -> str:
    if isinstance(choices := param.get("enum"), list):
        return "one of " + ", ".join(map(cell, choices))
    if "type" in param:
        names = param["type"] if isinstance(param["type"], list) else [param["type"]]
        return plain(" or ".join(map(str, names)))
    return _TYPES.get(type(param.get("default")), "any")
