"""Finds the function that a task names, and calls it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from include.runtime.errors import ExitedError, NoSuchFunctionError, WrongArgumentsError


def load_function(path: str) -> Callable[..., Any]:
    """Import a function by its dotted path.

    Args:
        path: module and function, such as `include.tasks.taxi.train`.

    Returns:
        The function.

    Raises:
        NoSuchFunctionError: there is no such module, or nothing callable of that name in it, or the module imports what
            is not there. Any other error inside the module itself is passed on as it is.
    """
    module_name, _, name = path.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and (module_name == error.name or module_name.startswith(error.name + ".")):
            raise NoSuchFunctionError(
                f"{path}: there is no module {error.name}. Put the function into include/tasks and name it by its"
                " dotted path."
            ) from None
        raise NoSuchFunctionError(
            f"{path}: its module imports {error.name}, which is not there. Add the package where the task runs: to the"
            " Snowpark interpreter, to the task image, or to `snowpark: {packages: […]}` of a stored procedure."
        ) from None
    function = getattr(module, name, None)
    if not callable(function):
        raise NoSuchFunctionError(f"{path}: module {module_name} has no function {name}.")
    return function  # type: ignore[no-any-return]


def call_function(path: str, session: Any, op_kwargs: Mapping[str, Any]) -> Any:
    """Call a function with a session and keyword arguments.

    Args:
        path: its dotted path.
        session: what it gets first.
        op_kwargs: its keyword arguments.

    Returns:
        What it returned.

    Raises:
        NoSuchFunctionError: there is no such function.
        WrongArgumentsError: it takes other arguments.
        ExitedError: it called `sys.exit`, with whatever code: a function that did its work returns.
        Exception: whatever it raised.
    """
    function = load_function(path)
    try:
        inspect.signature(function).bind(session, **op_kwargs)
    except TypeError as error:
        raise WrongArgumentsError(
            f"{path} cannot be called with the task's op_kwargs ({', '.join(op_kwargs) or 'none'}): {error}."
        ) from None
    except ValueError:
        pass  # a function that is not written in Python need not say what it takes
    try:
        return function(session, **op_kwargs)
    except SystemExit as error:
        raise ExitedError(
            f"{path} called sys.exit({'' if error.code is None else repr(error.code)}). "
            "Return a result, or raise an error that says what is wrong."
        ) from None
