"""Finds a handler's code and wraps it as the server calls it."""

from __future__ import annotations

import importlib
import linecache
import os
import shutil
import sys
import types
from typing import Any, Protocol

from .aggregates import AggregateHandler
from .procedures import ProcedureHandler
from .scalars import ScalarHandler
from .snowflake_module import install
from .tables import TableHandler

# The name that Snowflake's own tracebacks give to inline code.
CODE_NAME = "_udf_code"


class Handler(Protocol):
    """A loaded function or procedure."""

    def run(self, request: dict[str, Any], payload: bytearray) -> tuple[dict[str, Any], Any]:
        """Answer one request.

        Args:
            request: Header of the request.
            payload: Its Arrow stream.

        Returns:
            Header and payload of the answer.
        """
        ...


def load(request: dict[str, Any], folder: str) -> Handler:
    """Load what a definition names.

    Args:
        request: handler, code (or None), imports (paths), kind, arguments, returns, columns, strict.
        folder: Where imported files go.

    Returns:
        The handler, ready to run.
    """
    install()
    _import_files(request["imports"], folder)
    target = _find(request["handler"], request["code"])
    kind = request["kind"]
    if kind == "procedure":
        return ProcedureHandler(target, request)
    if kind == "table":
        return TableHandler(target, request)
    if kind == "aggregate":
        return AggregateHandler(target, request)
    return ScalarHandler(target, request)


def _import_files(paths: list[str], folder: str) -> None:
    """Copy staged files in, and make modules and archives among them importable."""
    # The documented way to find them, with its slash at the end.
    sys._xoptions["snowflake_import_directory"] = folder + os.sep
    sys.path.insert(0, folder)
    for path in paths:
        if not os.path.isfile(path):
            raise FileNotFoundError(
                f"[Errno 2] the imported file is no longer on its stage: '{os.path.basename(path)}'"
            )
        copy = shutil.copyfile(path, os.path.join(folder, os.path.basename(path)))
        if copy.endswith((".zip", ".whl", ".egg")):
            sys.path.insert(1, copy)
    importlib.invalidate_caches()


def _find(name: str, code: str | None) -> Any:
    if code is None:
        module_name, _, name = name.rpartition(".")
        target: Any = importlib.import_module(module_name)
    else:
        target = types.ModuleType(CODE_NAME)
        target.__file__ = f"{CODE_NAME}.py"
        sys.modules[CODE_NAME] = target
        # Lets tracebacks show the lines.
        linecache.cache[target.__file__] = (len(code), None, code.splitlines(keepends=True), target.__file__)
        exec(compile(code, target.__file__, "exec"), target.__dict__)
    for part in name.split("."):
        target = getattr(target, part)
    return target
