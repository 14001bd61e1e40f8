"""The target `kubernetes`: the same functions in pods, through KubernetesPodOperator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from airflow.providers.common.compat.sdk import AirflowException
from airflow.sdk import Context
from kubernetes.client import models

from include.constants import REQUEST_VARIABLE
from include.operators.branching import Branching
from include.operators.pod import PodOperator
from include.operators.requests import as_variable, batch_of, request_of
from include.runtime.request import Request


class _SnowparkPodOperator(PodOperator):
    """Hands a request to the runtime in a pod."""

    def __init__(self, *, function: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.function = function

    @property
    def runs(self) -> str:
        """The function."""
        return self.function

    def request(self, context: Context | None) -> Request:
        """Return what the runtime is asked for."""
        raise NotImplementedError

    def variables(self, context: Context | None) -> Iterable[models.V1EnvVar]:
        """Return the variable with the request."""
        return [models.V1EnvVar(name=REQUEST_VARIABLE, value=as_variable(self.request(context)))]

    @property
    def run_as(self) -> str:
        """How the task runs, as its measures say."""
        return "pod"

    def extract_xcom(self, pod: models.V1Pod, **kwargs: Any) -> Any:
        """Read what the runtime left for the XCom sidecar.

        Args:
            pod: the pod, its function ended.
            kwargs: as KubernetesPodOperator has them.

        Returns:
            What the function returned.

        Raises:
            AirflowException: there is no outcome, although the container ended with exit code 0.
        """
        outcome = super().extract_xcom(pod, **kwargs)
        if isinstance(outcome, dict):
            self._measured = outcome.get("measures")
        if not isinstance(outcome, dict) or "result" not in outcome:
            raise AirflowException(
                f"{self.function}: the container ended before the function returned, with exit code 0; its last lines"
                " are above.\nWhat to do: look there for os._exit; and check that the image has this version of the"
                " project."
            )
        return outcome["result"]


class SnowparkPodOperator(Branching, _SnowparkPodOperator):
    """Calls `function(session, **op_kwargs)` with an open Snowpark session, in a pod.

    Args:
        function: dotted path, such as `include.tasks.taxi.train`.
        kubernetes: the merged `kubernetes:` mapping of the task.
        op_kwargs: keyword arguments of the function (`include.runtime.values` says of which types); templated, types
            kept.
        snowflake_conn_id: the Airflow connection that the pod gets as a Secret, unless `kubernetes` names one.
        warehouse: in place of the connection's own; the same for `role`, `database` and `schema`.
        mapped: more keyword arguments: those of this instance of a mapped task.
        task_runs: the table in Snowflake that gets a row of what the task took; none if None.
        branches: for each name that the function may return the ids of tasks it stands for; the others are skipped.
    """

    custom_operator_name = "pod"
    template_fields: Sequence[str] = ("op_kwargs", *_SnowparkPodOperator.template_fields)

    def __init__(self, *, op_kwargs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.op_kwargs = op_kwargs or {}

    def execute(self, context: Context) -> Any:
        """Run the function, and go on with the branches that it chose; arguments, result and errors as above."""
        return self.followed(context, super().execute(context))

    def trigger_reentry(self, context: Context, event: dict[str, Any]) -> Any:
        """Go on after a deferral; arguments, result and errors as above."""
        return self.followed(context, super().trigger_reentry(context, event))

    def request(self, context: Context | None) -> Request:
        """Return what the runtime is asked for: a call, with keyword arguments."""
        return request_of(self, "session", context, op_kwargs={**self.op_kwargs, **self.mapped})


class SnowparkBatchPodOperator(_SnowparkPodOperator):
    """Streams a table through `function(batch[, model])` in a pod, in batches.

    Args:
        function: dotted path, such as `include.tasks.taxi.predict_duration`.
        kubernetes: the merged `kubernetes:` mapping of the task.
        batch_input: `table` and `columns`.
        batch_output: `table`, `column`, `type` (FLOAT) and `keep` (columns of the input that go along; all).
        model: stage path of the file that the function gets loaded as its second argument.
        snowflake_conn_id: the Airflow connection that the pod gets as a Secret, unless `kubernetes` names one.
        warehouse: in place of the connection's own; the same for `role`, `database` and `schema`.
        mapped: what templates call `mapped`: the values of this instance of a mapped task.
        task_runs: the table in Snowflake that gets a row of what the task took; none if None.
    """

    custom_operator_name = "batches in a pod"
    template_fields: Sequence[str] = ("batch_input", "batch_output", "model", *_SnowparkPodOperator.template_fields)

    def __init__(
        self, *, batch_input: dict[str, Any], batch_output: dict[str, Any], model: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.batch_input = batch_input
        self.batch_output = batch_output
        self.model = model

    @property
    def run_as(self) -> str:
        """How the task runs, as its measures say."""
        return "stream"

    def request(self, context: Context | None) -> Request:
        """Return what the runtime is asked for: a stream over a table."""
        return request_of(self, "stream", context, batch=batch_of(self.batch_input, self.batch_output, self.model))
