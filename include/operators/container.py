"""A program of any language, in a pod like those of the functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowFailException
from kubernetes.client import models

from include.constants import XCOM_FOLDER
from include.operators.pod import PodOperator
from include.operators.pod_diagnosis import Diagnosis
from include.operators.pod_manifest import LAST_LINES
from include.runtime.values import encoded

RESULT_FILE = f"{XCOM_FOLDER}/return.json"
SHOWN = 60
"""Characters that are shown of a result that is none."""
NO_ROOT = ("read-only file system", "permission denied", "operation not permitted", "must be root", "are you root")
"""What programs say, in lower case, that need more than a pod of ours lets them."""


class ContainerPodOperator(PodOperator):
    """Runs an image's program, or a command in it; its result is the JSON that it writes to `RESULT_FILE`.

    Args:
        container: `image`, `command`, `args`, `workingDir` and `env`, laid over what `kubernetes` says; templated.
        kubernetes: the merged `kubernetes:` mapping of the task.
        snowflake_conn_id: the Airflow connection that the pod gets as a Secret, unless `kubernetes` names one.
        warehouse: in place of the connection's own; the same for `role`, `database` and `schema`.
        mapped: what templates call `mapped`: the values of this instance of a mapped task.
    """

    custom_operator_name = "container in a pod"
    by_runtime = False

    def __init__(self, *, container: dict[str, Any], kubernetes: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(
            kubernetes=kubernetes | container | {"env": _laid(kubernetes.get("env"), container.get("env"))},
            termination_message_policy=LAST_LINES,
            **kwargs,
        )

    @property
    def run_as(self) -> str:
        """How the task runs, as its measures say."""
        return "container"

    @property
    def runs(self) -> str:
        """The task: an image's name would not say which."""
        return str(self.task_id)

    def extract_xcom(self, pod: models.V1Pod, **kwargs: Any) -> Any:
        """Read what the program wrote for the XCom sidecar.

        Args:
            pod: the pod, its program ended.
            kwargs: as KubernetesPodOperator has them.

        Returns:
            The result; None if there is no file, or nothing in it.

        Raises:
            AirflowFailException: what is there is not JSON.
        """
        try:
            return encoded(super().extract_xcom(pod, **kwargs), "the result")
        except json.JSONDecodeError as error:
            if not error.doc.strip():
                return None
            raise AirflowFailException(_no_json(error)) from None

    def _diagnosis(self, pod: Any, otherwise: str) -> Diagnosis:
        found = super()._diagnosis(pod, otherwise)
        if not any(words in found.text.lower() for words in NO_ROOT):
            return found
        advice = (
            "What to do: the program runs as user 1000 on a read-only root, and can write to /tmp alone: give it that"
            " (many take `env: {HOME: /tmp}`), or a volume. One that must be root: `kubernetes: {podSecurityContext:"
            " {runAsUser: 0, runAsNonRoot: false}, securityContext: {readOnlyRootFilesystem: false}}`."
        )
        return Diagnosis(f"{found.text.rstrip()}\n{advice}", found.final)


def _laid(below: Any, above: Any) -> list[dict[str, Any]]:
    """Return the variables of a list, and those of a mapping or a list over them: by name, the later ones last."""
    own = [{"name": name, "value": value} for name, value in above.items()] if isinstance(above, Mapping) else above
    return list({variable["name"]: variable for variable in [*(below or ()), *(own or ())]}.values())


def _no_json(error: json.JSONDecodeError) -> str:
    text = " ".join(error.doc.split())
    shown = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    if error.msg == "Extra data":
        return (
            f"{RESULT_FILE} holds more than one JSON value: {shown}\nWhat to do: write one, such as a list (`jq"
            " --slurp`)."
        )
    return (
        f"{RESULT_FILE} is not JSON ({error.msg}, line {error.lineno}, column {error.colno}): {shown}\nWhat to do:"
        " write JSON, text in double quotes (`jq --raw-input .`), or write the text elsewhere."
    )
