"""SQL beside `parameters`: the connector replaces `%s` or `%(name)s`, so any other percent sign is written twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PERCENT = re.compile(r"%(?:%|(?P<positional>s)|\((?P<name>[^)]*)\)s)?")
_AROUND = 12
"""Characters of SQL that are shown on both sides of a mistake."""


def wrong_placeholder(sql: str, parameters: Any) -> tuple[str, str] | None:
    """Look for the first percent sign that the connector could not replace.

    Args:
        sql: SQL without templates.
        parameters: a mapping, a list, or nothing: the connector then leaves the SQL alone.

    Returns:
        What is wrong, and what to write; None if nothing is.
    """
    if not parameters:
        return None
    named = isinstance(parameters, Mapping)
    for match in _PERCENT.finditer(sql):
        shown = sql[max(match.start() - _AROUND, 0) : match.end() + _AROUND].replace("\n", " ").strip()
        if match[0] == "%" or bool(match["positional"] and named) or (match["name"] is not None and not named):
            placeholder = "%(name)s" if named else "%s"
            hint = f"Write `%%` for a percent sign, `{placeholder}` for a parameter."
            return f"`{shown}` has a `%` that is no placeholder of `parameters`.", hint
        if named and match["name"] is not None and match["name"] not in parameters:
            return f"`{shown}`: `parameters` has no `{match['name']}`.", f"It has {', '.join(map(str, parameters))}."
    return None
