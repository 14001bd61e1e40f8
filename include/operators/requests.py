"""What an operator hands to the runtime.

Values as they can be passed, names as text, once all templates are rendered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from include.runtime.errors import NotPassableError
from include.runtime.values import encoded

VARIABLE_LIMIT = 128 * 1024 - 64
"""Characters of an environment variable (execve(2), MAX_ARG_STRLEN), less its name."""


def passed(op_kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments of a function, encoded.

    Args:
        op_kwargs: as rendered.

    Returns:
        JSON, which the runtime decodes to the same values on every target.

    Raises:
        AirflowFailException: one of them cannot be passed; the message says which, and what to pass.
    """
    try:
        return {name: encoded(value, f"op_kwargs.{name}") for name, value in op_kwargs.items()}
    except NotPassableError as error:
        raise AirflowFailException(str(error)) from None
    except RecursionError:
        raise AirflowFailException(
            "op_kwargs hold a value that holds itself, which cannot be passed to a function."
        ) from None


def batch_of(operator: Any) -> dict[str, Any]:
    """Return what a batch operator reads, writes and loads.

    Args:
        operator: one of ours with `batch_input`, `batch_output` and `model`, as rendered.

    Returns:
        The fields `input`, `output` and `model` of the request.

    Raises:
        AirflowFailException: a name in them is no text.
    """
    for where, given, optional in (
        ("input", operator.batch_input, ()),
        ("output", operator.batch_output, ("type", "keep")),
    ):
        for key, value in given.items():
            for name in value if isinstance(value, list) else [value]:
                if not (isinstance(name, str) or (name is None and key in optional)):
                    raise AirflowFailException(_no_text(f"{where}.{key}", name))
    if not isinstance(operator.model, str | None):
        raise AirflowFailException(_no_text("model", operator.model))
    return {"input": operator.batch_input, "output": operator.batch_output, "model": operator.model}


def as_variable(request: Mapping[str, Any]) -> str:
    """Return a request as the value of a pod's environment variable.

    Args:
        request: of JSON types.

    Returns:
        JSON in which Kubernetes finds nothing to expand: it takes `$(NAME)` and `$$` for its own (Kubernetes API,
            EnvVar).

    Raises:
        AirflowFailException: it is longer than Linux lets a variable be.
    """
    text = json.dumps(request).replace("$", "\\u0024")
    if len(text) > VARIABLE_LIMIT:
        raise AirflowFailException(
            f"The arguments of {request['function']} are {len(text):,} characters; a pod takes {VARIABLE_LIMIT:,}. "
            "Put the data into a table or a stage, and pass its name."
        )
    return text


def _no_text(where: str, value: Any) -> str:
    return (
        f"{where} is {value!r}, a {value.__class__.__name__}, and must be text. "
        "Write what is around it into the same text, or make it text: `{{ … | string }}`."
    )
