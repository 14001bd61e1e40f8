"""Finds the function that a task names."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from include.runtime.errors import NoSuchFunctionError


def load_function(path: str) -> Callable[..., Any]:
    """Imports a function by its dotted path.

    Args:
        path: module and function, such as `include.tasks.taxi.train`.

    Returns:
        The function.

    Raises:
        NoSuchFunctionError: there is no such module, or nothing callable of that name in it.
            An error inside the module itself is passed on as it is.
    """
    module_name, _, name = path.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and (module_name == error.name or module_name.startswith(error.name + ".")):
            raise NoSuchFunctionError(
                f"{path}: there is no module {error.name}. Put the function into include/tasks and name it by its dotted path."
            ) from None
        raise
    function = getattr(module, name, None)
    if not callable(function):
        raise NoSuchFunctionError(f"{path}: module {module_name} has no function {name}.")
    return function  # type: ignore[no-any-return]
