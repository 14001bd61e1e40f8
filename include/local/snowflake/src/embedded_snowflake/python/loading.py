"""What a worker is told to load for a definition."""

from __future__ import annotations

from embedded_snowflake.names import display
from embedded_snowflake.python.definitions import Definition
from embedded_snowflake.python.registry import Registered
from embedded_snowflake.python.workers import Code


def code_of(item: Registered) -> Code:
    """Make the worker's order for a definition, with its imported files as they are now.

    Args:
        item: The definition.

    Returns:
        The code to load, and what tells it from other code.
    """
    definition = item.definition
    request = {
        "kind": _kind(definition),
        "handler": definition.handler,
        "code": definition.code,
        "imports": [str(path) for path in item.imports],
        "arguments": [argument.type.worker for argument in definition.arguments],
        "names": [argument.name for argument in definition.arguments],
        "returns": definition.returns.worker if definition.returns else None,
        "columns": None
        if definition.columns is None
        else [[name, declared.worker] for name, declared in definition.columns],
        "strict": definition.strict,
    }
    # A file put on the stage anew is another code: a warm worker still holds the old one.
    files = tuple((stat.st_mtime_ns, stat.st_size) for stat in (path.stat() for path in item.imports if path.exists()))
    label = f"{display(definition.name[-1])} with handler {definition.handler}"
    return Code((item.id, files), definition.runtime, label, request)


def _kind(definition: Definition) -> str:
    if definition.kind == "PROCEDURE":
        return "procedure"
    if definition.aggregate:
        return "aggregate"
    return "scalar" if definition.columns is None else "table"
