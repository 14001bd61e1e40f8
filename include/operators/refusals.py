"""What a retry cannot fix fails the task at once, whatever its `retries`; all else stays with Airflow's retries.

| cause | another try |
|---|---|
| no such Airflow connection, or one of another type; `session_parameters` that cannot be read | no |
| no Snowpark interpreter | no |
| a value that cannot be passed to a function, or a name of a table that is no text | no |
| `%` beside `parameters` | no |
| what the runtime knows to be final: `include.runtime.retries` | no |
| Kubernetes answers 403 (not allowed), 422 (refused as invalid), 400 (no pod at all), 404 of a namespace | no |
| 403 for a quota that is used up, or a namespace that is being deleted | yes |
| no kubeconfig, or not in a cluster | no |
| an image with an impossible name, that does not exist, or that must not be pulled | no |
| a node, a registry or an API that does not answer; eviction, preemption, too little memory, no room, timeouts | yes |
"""

from __future__ import annotations

from airflow.providers.common.compat.sdk import AirflowException
from airflow.sdk.exceptions import AirflowFailException

_FINAL: dict[int, tuple[str, ...]] = {
    400: ("cannot be handled as",),
    403: ("",),
    404: ('"kind":"namespaces"',),
    422: ("",),
}
"""Kubernetes' answers that each try would get, each with words that its body must have for that."""
_PASSES = ("exceeded quota", "being terminated")
"""Words of a 403 that says something of this moment alone."""


def failed(message: str, final: bool) -> AirflowException:
    """Return the exception of a task that failed.

    Args:
        message: what is wrong, and what to do.
        final: whether another try would end the same way.

    Returns:
        What to raise: one that Airflow retries, or one that it does not.
    """
    return AirflowFailException(message) if final else AirflowException(message)


def is_final(error: Exception) -> bool:
    """Whether another try would end the same way.

    Args:
        error: what a request to Kubernetes raised.

    Returns:
        True for what it will always refuse, and where there is no cluster to ask.
    """
    # Half a second of imports, which SQL and the Snowpark interpreter have no use for.
    from kubernetes.client import ApiException
    from kubernetes.config import ConfigException

    if isinstance(error, ApiException):
        body = str(error.body or "")
        refused = any(words in body for words in _FINAL.get(error.status or 0, ()))
        return refused and not any(words in body for words in _PASSES)
    return isinstance(error, ConfigException)
