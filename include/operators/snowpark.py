"""The target `snowpark`: functions in the Snowpark interpreter, or from there inside Snowflake."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from airflow.providers.common.compat.sdk import AirflowException
from airflow.providers.standard.operators.python import ExternalPythonOperator
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from include.constants import (
    CONNECTION_PIPE_VARIABLE,
    DEFAULT_CONNECTION,
    ROOT,
    SESSION_KEYS,
    STORED_PROCEDURE,
    TASK_RUNS_TABLE,
)
from include.operators.branching import Branching
from include.operators.connection import Handover, connection_parameters
from include.operators.measures import Measured, measures_of
from include.operators.refusals import failed
from include.operators.requests import batch_of, request_of
from include.operators.templates import NativeTemplates
from include.runtime.request import Request


def run_in_runtime(request: str) -> dict[str, Any]:
    """Run in the Snowpark interpreter; only this function's source travels there.

    Args:
        request: what `Request.to_json` gave.

    Returns:
        `{"result": …}` or `{"error": text}`, and `measures`.
    """
    from include.runtime.imports import uncollected

    with uncollected():
        from include.runtime.main import run_reporting

    return run_reporting(request)


class _RuntimeOperator(NativeTemplates, Measured, ExternalPythonOperator):
    """Hands a request and the Snowflake connection to the runtime in another interpreter.

    The connection goes through a pipe (`Handover`), and none of Airflow's own settings and connections are in the
    child's environment.
    """

    template_fields: Sequence[str] = ("mapped", "python", "imports", "packages", *SESSION_KEYS)

    def __init__(
        self,
        *,
        function: str,
        python: str,
        snowflake_conn_id: str = DEFAULT_CONNECTION,
        packages: Sequence[str] = (),
        imports: Sequence[str] = (),
        warehouse: str | None = None,
        role: str | None = None,
        database: str | None = None,
        schema: str | None = None,
        mapped: dict[str, Any] | None = None,
        target: str | None = None,
        task_runs: str | None = TASK_RUNS_TABLE,
        # dag-factory gives every subclass of PythonOperator a python_callable; the factory names `run_in_runtime`.
        python_callable: Callable[..., Any] = run_in_runtime,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            python=python, python_callable=python_callable, expect_airflow=False, inherit_env=False, **kwargs
        )
        self.function = function
        self.snowflake_conn_id = snowflake_conn_id
        self.packages = list(packages)
        self.imports = list(imports)
        self.warehouse = warehouse
        self.role = role
        self.database = database
        self.schema = schema
        self.mapped = mapped or {}
        self.target = target
        self.task_runs = task_runs
        self._request = ""
        self._handover: Handover | None = None
        self._measured: dict[str, Any] | None = None

    def request(self, context: Context) -> Request:
        """Return what the runtime is asked for."""
        raise NotImplementedError

    def execute(self, context: Context) -> Any:
        """Run the function.

        Args:
            context: Airflow's template context.

        Returns:
            What the function returned.

        Raises:
            AirflowException: the function failed; the message is its own traceback.
        """
        # Here, as Airflow hands no more of the context on than the other interpreter gets: nothing.
        request = self.request(context)
        self._request = request.to_json()
        try:
            return super().execute(context)
        finally:
            self.keep_measures(context, measures_of(context, self.target, request.mode, self._measured))

    def determine_kwargs(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the runtime one request, and nothing of Airflow's context.

        Args:
            context: not used.

        Returns:
            The keyword arguments of `run_in_runtime`.
        """
        return {"request": self._request}

    def execute_callable(self) -> Any:
        """Run the request in the other interpreter.

        Returns:
            What the function returned.

        Raises:
            AirflowException: the function failed, or the interpreter died.
            AirflowFailException: the same where another try would end the same way, or the interpreter is missing.
        """
        python = Path(self.python)
        if not (python.is_absolute() and python.is_file()):
            raise AirflowFailException(
                f"The Snowpark interpreter {self.python} is not there.\n"
                "What to do: locally `make setup` makes it; elsewhere set `snowpark: python:` in the environment file."
            )
        with Handover(connection_parameters(self.snowflake_conn_id)) as self._handover:
            self.env_vars = _child_environment(self._handover.descriptor)
            try:
                # Not by `super().execute_callable()`, which starts the interpreter once more to ask for its version.
                outcome = self._execute_python_callable_in_subprocess(python)
            except (subprocess.CalledProcessError, FileNotFoundError) as error:
                raise AirflowException(_ended(self.function, getattr(error, "returncode", 0))) from None
        if outcome is None:
            raise AirflowException(_ended(self.function, 0))
        self._measured = outcome.get("measures")
        if "error" in outcome:
            raise failed(f"{self.function} failed:\n{outcome['error']}", outcome["final"])
        return outcome["result"]

    def on_kill(self) -> None:
        """End the child, and with it its Snowflake session."""
        if self._handover:
            self._handover.close()

    def _iter_serializable_context_keys(self) -> Iterator[str]:
        # Nothing of the context travels; this also spares two starts of the interpreter that ask it what it has.
        yield from ()


class SnowparkOperator(Branching, _RuntimeOperator):
    """Calls `function(session, **op_kwargs)` with an open Snowpark session.

    Args:
        function: dotted path, such as `include.tasks.taxi.train`.
        python: absolute path of the Snowpark interpreter.
        op_kwargs: keyword arguments of the function (`include.runtime.values` says of which types); templated, types
            kept.
        run_as: `session` (in the interpreter) or `stored_procedure` (inside Snowflake).
        snowflake_conn_id: the Airflow connection.
        packages: what a stored procedure needs inside Snowflake, as Snowflake's PACKAGES takes it.
        imports: stage paths of further files for a stored procedure.
        warehouse: in place of the connection's own; the same for `role`, `database` and `schema`.
        mapped: more keyword arguments: those of this instance of a mapped task.
        target: what the measures call the place where the task runs.
        task_runs: the table in Snowflake that gets a row of what the task took; none if None.
        branches: for each name that the function may return the ids of tasks it stands for; the others are skipped.
    """

    custom_operator_name = "Snowpark session"
    template_fields: Sequence[str] = ("op_kwargs", *_RuntimeOperator.template_fields)

    def __init__(self, *, run_as: Literal["session", "stored_procedure"] = "session", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run_as = run_as
        if run_as == "stored_procedure":
            self.custom_operator_name = STORED_PROCEDURE

    def execute(self, context: Context) -> Any:
        """Run the function, and go on with the branches that it chose; arguments, result and errors as above."""
        return self.followed(context, super().execute(context))

    def request(self, context: Context) -> Request:
        """Return what the runtime is asked for: a call, with keyword arguments."""
        op_kwargs = {**self.op_kwargs, **self.mapped}
        return request_of(self, self.run_as, context, op_kwargs=op_kwargs, packages=self.packages, imports=self.imports)


class SnowparkBatchOperator(_RuntimeOperator):
    """Runs `function(batch[, model])` over a table as a vectorised UDF inside Snowflake.

    Args:
        function: dotted path, such as `include.tasks.taxi.predict_duration`.
        python: absolute path of the Snowpark interpreter.
        batch_input: `table` and `columns`.
        batch_output: `table`, `column`, `type` (FLOAT) and `keep` (columns of the input that go along; all).
        model: stage path of the file that the function gets loaded as its second argument.
        snowflake_conn_id: the Airflow connection.
        packages: what the UDF needs inside Snowflake, as Snowflake's PACKAGES takes it.
        imports: stage paths of further files.
        warehouse: in place of the connection's own; the same for `role`, `database` and `schema`.
        mapped: what templates call `mapped`: the values of this instance of a mapped task.
        target: what the measures call the place where the task runs.
        task_runs: the table in Snowflake that gets a row of what the task took; none if None.
    """

    custom_operator_name = "vectorised UDF"
    template_fields: Sequence[str] = ("batch_input", "batch_output", "model", *_RuntimeOperator.template_fields)

    def __init__(
        self, *, batch_input: dict[str, Any], batch_output: dict[str, Any], model: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.batch_input = batch_input
        self.batch_output = batch_output
        self.model = model

    def request(self, context: Context) -> Request:
        """Return what the runtime is asked for: a UDF over a table."""
        batch = batch_of(self.batch_input, self.batch_output, self.model)
        return request_of(self, "udf", context, batch=batch, packages=self.packages, imports=self.imports)


def _ended(function: str, code: int) -> str:
    """Return what to say of an interpreter that ended before it gave an outcome."""
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    return (
        f"{function}: the Snowpark interpreter {how} before the function returned; its last lines are above.\n"
        "What to do: look there for os._exit, a crash of a native library, or too little memory (SIGKILL)."
    )


def _child_environment(descriptor: int) -> dict[str, str]:
    """Return this process' environment less everything of Airflow's, with the project importable and the pipe named."""
    # `_AIRFLOW_WWW_USER_PASSWORD` and others of the official image begin with `_`.
    kept = {name: value for name, value in os.environ.items() if not name.lstrip("_").startswith("AIRFLOW")}
    path = os.pathsep.join(filter(None, [str(ROOT), kept.get("PYTHONPATH")]))
    # Unbuffered, or the log lines of a long task come at its end.
    return {**kept, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", CONNECTION_PIPE_VARIABLE: str(descriptor)}
