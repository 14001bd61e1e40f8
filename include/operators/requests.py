"""What an operator hands to the runtime.

Values as they can be passed, names as text, once all templates are rendered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from include.operators.events import plain
from include.operators.measures import started
from include.operators.session import SessionChoices, chosen, query_tag
from include.runtime.errors import NotPassableError
from include.runtime.request import Batch, BatchInput, BatchOutput, Mode, Request
from include.runtime.values import encoded

VARIABLE_LIMIT = 128 * 1024 - 64
"""Characters of an environment variable (execve(2), MAX_ARG_STRLEN), less its name."""

LISTS = ("columns", "keep")
"""What is a list of names in a batch's input and output; all else is one name."""


class RuntimeOperator(SessionChoices, Protocol):
    """An operator that hands its function to the runtime."""

    function: str
    target: str | None
    task_runs: str | None


def request_of(
    operator: RuntimeOperator,
    mode: Mode,
    context: Context | None,
    *,
    op_kwargs: Mapping[str, Any] | None = None,
    batch: Batch | None = None,
    packages: Sequence[str] = (),
    imports: Sequence[str] = (),
) -> Request:
    """Return what an operator asks of the runtime.

    Args:
        operator: one of ours, its templates rendered.
        mode: how its function runs.
        context: Airflow's template context; None where nothing runs yet.
        op_kwargs: the function's keyword arguments, as rendered.
        batch: what the function reads and writes, in place of keyword arguments.
        packages: what a procedure or UDF needs inside Snowflake.
        imports: stage paths of further files for a procedure or UDF.

    Returns:
        The request.

    Raises:
        AirflowFailException: a keyword argument cannot be passed; the message says which, and what to pass.
    """
    return Request(
        function=operator.function,
        mode=mode,
        op_kwargs=passed(op_kwargs or {}),
        batch=batch,
        packages=list(packages),
        imports=list(imports),
        session=chosen(operator),
        query_tag=query_tag(context) if context else {},
        target=operator.target,
        started=started(context) if context else None,
        task_runs=operator.task_runs,
    )


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
        wheres = {name: f"op_kwargs.{name}" for name in op_kwargs}
        return {name: encoded(plain(value, wheres[name]), wheres[name]) for name, value in op_kwargs.items()}
    except NotPassableError as error:
        raise AirflowFailException(str(error)) from None
    except RecursionError:
        raise AirflowFailException(
            "op_kwargs hold a value that holds itself, which cannot be passed to a function."
        ) from None


def batch_of(batch_input: Mapping[str, Any], batch_output: Mapping[str, Any], model: Any) -> Batch:
    """Return what a batch operator reads, writes and loads.

    Args:
        batch_input: `table` and `columns`, as rendered.
        batch_output: `table`, `column`, and perhaps `type` and `keep`, as rendered.
        model: as rendered.

    Returns:
        The same, with types.

    Raises:
        AirflowFailException: a name in them is no text, or the columns are no list.
    """
    for where, given, optional in (("input", batch_input, ()), ("output", batch_output, ("type", "keep"))):
        for key, value in given.items():
            for name in value if isinstance(value, list) and key in LISTS else [value]:
                if not (isinstance(name, str) or (name is None and key in optional)):
                    raise AirflowFailException(_no_text(f"{where}.{key}", name))
    if not isinstance(batch_input["columns"], list):
        raise AirflowFailException(f"input.columns is {batch_input['columns']!r}, and must be a list of names.")
    if not isinstance(model, str | None):
        raise AirflowFailException(_no_text("model", model))
    return Batch(BatchInput(**batch_input), BatchOutput(**batch_output), model)


def as_variable(request: Request) -> str:
    """Return a request as the value of a pod's environment variable.

    Args:
        request: the request.

    Returns:
        JSON in which Kubernetes finds nothing to expand: it takes `$(NAME)` and `$$` for its own (Kubernetes API,
            EnvVar).

    Raises:
        AirflowFailException: it is longer than Linux lets a variable be.
    """
    text = request.to_json().replace("$", "\\u0024")
    if len(text) > VARIABLE_LIMIT:
        raise AirflowFailException(
            f"The arguments of {request.function} are {len(text):,} characters; a pod takes {VARIABLE_LIMIT:,}. "
            "Put the data into a table or a stage, and pass its name."
        )
    return text


def _no_text(where: str, value: Any) -> str:
    return (
        f"{where} is {value!r}, a {value.__class__.__name__}, and must be text. "
        "Write what is around it into the same text, or make it text: `{{ … | string }}`."
    )
