"""The cluster, as the pods of tasks need it: namespace, rights, nodes, Secrets, images."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
from airflow.providers.common.compat.sdk import AirflowException
from kubernetes import client
from kubernetes.client import ApiException
from kubernetes.config import ConfigException
from urllib3.exceptions import HTTPError

from include.doctor import nodes
from include.doctor.findings import Finding, State, line
from include.doctor.images import look as image
from include.doctor.subject import Pod
from include.operators.pod_manifest import pod_manifest

RIGHTS = {
    "pods": ("create", "get", "list", "patch", "delete"),
    "pods/log": ("get",),
    "pods/exec": ("get", "create"),
    "events": ("list",),
    "secrets": ("create",),
}
"""What the operators ask of the namespace, in a worker; include/deploy/kubernetes/rbac.yaml gives it.

`pods/exec` is how Airflow's pod operator fetches a result (a web socket: `get`, from Kubernetes 1.35 on `create`), a
Secret is what a pod gets its Snowflake connection by.
"""
UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
DEFAULT_ACCOUNT = "default"


def name_of(kubernetes: Mapping[str, Any]) -> str:
    """Return a cluster's name for people, as a task's `kubernetes:` mapping chooses it."""
    where = "in cluster" if kubernetes.get("in_cluster") else str(_connection(kubernetes) or "kubeconfig")
    return f"Kubernetes, {where}, namespace {_namespace(kubernetes)}"


def look(pods: Sequence[Pod], limit: float) -> Iterator[Finding]:
    """Look at the cluster and the namespace of some pods.

    Args:
        pods: those of one cluster and one namespace.
        limit: seconds for each request.

    Yields:
        Whether the cluster answers, the namespace, each right, and what each of the pods needs.
    """
    first = pods[0][1]
    say = partial(Finding, name_of(first))
    try:
        hook = KubernetesHook(conn_id=_connection(first), in_cluster=True if first.get("in_cluster") else None)
        api = hook.get_conn()
    except (AirflowException, ConfigException) as error:
        mend = (
            "run this in a pod of the cluster, or set `kubernetes: {kubernetes_conn_id: …}` and its Airflow connection"
        )
        yield say("cluster", State.MISSING, line(str(error)), mend)
        return
    core = client.CoreV1Api(api)
    namespace = _namespace(first)
    try:
        yield from _namespace_there(say, core, namespace, limit)
        lacking = yield from _rights(say, api, namespace, limit, own_secret=bool(first.get("snowflake_secret")))
    except (HTTPError, OSError) as error:
        mend = "start it (locally: `make cluster`), or fix the Airflow connection's kubeconfig"
        yield say("cluster", State.MISSING, f"it does not answer: {type(error).__name__}", mend)
        return
    except ApiException as error:
        mend = "give the Airflow connection's kubeconfig a login that is valid (a token may have ended)"
        if error.status != UNAUTHORIZED:
            mend = "look at the log of the cluster's API server"
        yield say("cluster", State.MISSING, f"it refuses to answer: {error.status} {error.reason}", mend)
        return
    seen: set[Finding] = set()
    for task, pod in pods:
        for one in _of_pod(say, core, pod, limit, dry_run="pods" not in lacking):
            if one not in seen:
                seen.add(one)
                yield replace(one, words=f"{one.words} ({task})") if one.state is State.MISSING else one


def _connection(kubernetes: Mapping[str, Any]) -> str | None:
    found = kubernetes.get("kubernetes_conn_id", KubernetesHook.default_conn_name)
    return str(found) if found else None


def _namespace(kubernetes: Mapping[str, Any]) -> str:
    return str(kubernetes.get("namespace") or "default")


def _namespace_there(say: Any, core: client.CoreV1Api, namespace: str, limit: float) -> Iterator[Finding]:
    try:
        core.read_namespace(namespace, _request_timeout=limit)
        yield say("namespace", State.OK, namespace)
    except ApiException as error:
        if error.status == NOT_FOUND:
            yield say("namespace", State.MISSING, f"there is no {namespace}", f"kubectl create namespace {namespace}")
        elif error.status != FORBIDDEN:
            raise
        else:
            yield say("namespace", State.UNKNOWN, f"this service account may not look at {namespace}")


def _rights(say: Any, api: Any, namespace: str, limit: float, own_secret: bool) -> Generator[Finding, None, set[str]]:
    """Say what may not be done in the namespace; gives the resources of which something may not be."""
    authorization = client.AuthorizationV1Api(api)
    lacking: dict[str, list[str]] = {}
    asked = {resource: verbs for resource, verbs in RIGHTS.items() if resource != "secrets" or not own_secret}
    for resource, verbs in asked.items():
        whole, _, part = resource.partition("/")
        for verb in verbs:
            attributes = client.V1ResourceAttributes(
                namespace=namespace, verb=verb, resource=whole, subresource=part or None
            )
            review = client.V1SelfSubjectAccessReview(
                spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
            )
            answer = authorization.create_self_subject_access_review(review, _request_timeout=limit)
            if not answer.status.allowed:
                lacking.setdefault(resource, []).append(verb)
    for resource, verbs in ((name, tuple(missing)) for name, missing in lacking.items()):
        role = f"snowpod-{resource.replace('/', '-')}"
        mend = (
            f"kubectl -n {namespace} create role {role} --verb={','.join(verbs)} --resource={resource} && kubectl -n"
            f" {namespace} create rolebinding {role} --role={role} --serviceaccount=<Airflow's namespace>:<its account>"
        )
        yield say(resource, State.MISSING, f"may not {', '.join(verbs)}", mend)
    if not lacking:
        yield say("rights", State.OK, ", ".join(f"{resource}: {' '.join(verbs)}" for resource, verbs in asked.items()))
    return set(lacking)


def _of_pod(say: Any, core: client.CoreV1Api, pod: Mapping[str, Any], limit: float, dry_run: bool) -> Iterator[Finding]:
    if dry_run:
        yield _dry_run(say, core, pod, limit)
    yield image(say, str(pod.get("image") or ""))
    named = [(f"Secret {one['name']}", one["name"]) for one in pod.get("imagePullSecrets") or ()]
    if pod.get("snowflake_secret"):
        named.append((f"Secret {pod['snowflake_secret']}", pod["snowflake_secret"]))
    namespace = _namespace(pod)
    for what, name in named:
        mend = f"kubectl -n {namespace} create secret docker-registry {name} --docker-server=… --docker-username=…"
        if name == pod.get("snowflake_secret"):
            mend = f"kubectl -n {namespace} create secret generic {name} --from-file=connection.json"
        yield _there(say, what, partial(core.read_namespaced_secret, name, namespace, _request_timeout=limit), mend)
    if account := pod.get("serviceAccountName"):
        mend = f"kubectl -n {namespace} create serviceaccount {account}"
        read = partial(core.read_namespaced_service_account, account, namespace, _request_timeout=limit)
        yield _there(say, f"service account {account}", read, mend)
    try:
        found = core.list_node(_request_timeout=limit).items
    except ApiException:
        yield say("nodes", State.UNKNOWN, "this service account may not list them")
        return
    yield nodes.look(say, pod, found)


def _there(say: Any, what: str, read: Any, mend: str) -> Finding:
    try:
        read()
    except ApiException as error:
        if error.status == NOT_FOUND:
            finding: Finding = say(what, State.MISSING, "it is not there", mend)
            return finding
        return say(what, State.UNKNOWN, "this service account may not look")  # type: ignore[no-any-return]
    return say(what, State.OK)  # type: ignore[no-any-return]


def _dry_run(say: Any, core: client.CoreV1Api, pod: Mapping[str, Any], limit: float) -> Finding:
    """Let the API server judge a pod, with all that admits pods there, and make none."""
    manifest = pod_manifest(dict(pod))
    manifest["metadata"] = {**manifest["metadata"], "generateName": "snowpod-doctor-"}
    try:
        core.create_namespaced_pod(_namespace(pod), manifest, dry_run="All", _request_timeout=limit)
    except ApiException as error:
        words = f"the cluster refuses it: {_message(error)}"
        return say("pod", State.MISSING, words, "change `kubernetes:` of the environment, or what refuses it")  # type: ignore[no-any-return]
    return say("pod", State.OK, "the cluster would take it")  # type: ignore[no-any-return]


def _message(error: ApiException) -> str:
    import json

    try:
        return line(str(json.loads(error.body)["message"]))
    except (TypeError, ValueError, KeyError):
        return str(error.reason)
