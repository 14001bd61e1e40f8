"""What all our pods have in common: the connection, the name, the end, and why a pod failed."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from typing import Any

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.utils.container import container_is_succeeded
from airflow.providers.cncf.kubernetes.utils.xcom_sidecar import PodDefaults
from airflow.providers.common.compat.sdk import AirflowException, AirflowNotFoundException
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException, AirflowTaskTimeout
from jinja2.nativetypes import NativeEnvironment
from kubernetes.client import ApiException, models
from kubernetes.config import ConfigException
from urllib3.exceptions import HTTPError

from include.constants import (
    CONNECTION_FILE_VARIABLE,
    CONNECTION_FOLDER,
    CONNECTION_VOLUME,
    DEFAULT_CONNECTION,
    NODE_VARIABLE,
    POD_VARIABLE,
    SESSION_KEYS,
    TASK_CONTAINER,
    TASK_RUNS_TABLE,
)
from include.operators import pod_facts
from include.operators.expansion import Expanded, check_lengths, literal, marked, rendered
from include.operators.expressions import one_expression
from include.operators.measures import Measured, measures_of
from include.operators.pod_containers import end_now, failed_before
from include.operators.pod_diagnosis import Diagnosis, diagnose
from include.operators.pod_manager import QuickPodManager
from include.operators.pod_manifest import CONNECTION_KEY, HARDENED, pod_manifest
from include.operators.pod_name import pod_labels, pod_name
from include.operators.pod_secret import connection_of, create_secret
from include.operators.refusals import failed, is_final
from include.operators.templates import NativeTemplates
from include.runtime.measures import POD_KEYS

LONGEST = timedelta(days=1)
"""How long a task without `execution_timeout` may take in a pod."""
OUTLIVES = timedelta(minutes=2)
"""How much longer than the task its pod may run, should the worker die: Kubernetes then ends it by itself."""
SIDECAR_SECURITY = models.V1SecurityContext(
    allow_privilege_escalation=HARDENED["allowPrivilegeEscalation"],
    read_only_root_filesystem=HARDENED["readOnlyRootFilesystem"],
    capabilities=models.V1Capabilities(drop=HARDENED["capabilities"]["drop"]),
)
"""One for all pods: Kubernetes' client takes longer for an object of its own than Airflow for half a task."""
SIDECAR_RESOURCES = {"requests": {"cpu": "1m", "memory": "10Mi"}, "limits": {"cpu": "100m", "memory": "32Mi"}}

OPERATOR_KEYS = {
    "kubernetes_conn_id": "kubernetes_conn_id",
    "in_cluster": "in_cluster",
    "deferrable": "deferrable",
    "schedule_timeout": "schedule_timeout_seconds",
    "startup_timeout": "startup_timeout_seconds",
    "on_finish_action": "on_finish_action",
    "termination_grace_period": "termination_grace_period",
}
"""Keys of `kubernetes:` that are arguments of KubernetesPodOperator, and their names there.

Durations are in seconds.
"""

DEFAULTS: dict[str, Any] = {
    "schedule_timeout_seconds": 60,
    "startup_timeout_seconds": 120,
    "termination_grace_period": 5,
    "on_finish_action": "delete_pod",
}


class PodOperator(NativeTemplates, Measured, KubernetesPodOperator):
    """Runs one container in a hardened pod, with the Snowflake connection in a Secret; a subclass says which.

    Args:
        kubernetes: the merged `kubernetes:` mapping of the task.
        snowflake_conn_id: the Airflow connection that the pod gets as a Secret, unless `kubernetes` names one.
        warehouse: in place of the connection's own; the same for `role`, `database` and `schema`.
        mapped: what templates call `mapped`: the values of this instance of a mapped task.
        target: what the measures call the place where the task runs.
        task_runs: the table in Snowflake that gets a row of what the task took; none if None.
        do_xcom_push: whether the result is kept; the pod hands it over in any case.
    """

    by_runtime = True
    """Whether our runtime runs in the pod, whose last words are the reason why it failed."""
    template_fields: Sequence[str] = ("mapped", *SESSION_KEYS, *KubernetesPodOperator.template_fields)

    def __init__(
        self,
        *,
        kubernetes: dict[str, Any],
        snowflake_conn_id: str = DEFAULT_CONNECTION,
        warehouse: str | None = None,
        role: str | None = None,
        database: str | None = None,
        schema: str | None = None,
        mapped: dict[str, Any] | None = None,
        target: str | None = None,
        task_runs: str | None = TASK_RUNS_TABLE,
        do_xcom_push: bool = True,
        **kwargs: Any,
    ) -> None:
        chosen = {argument: kubernetes[key] for key, argument in OPERATOR_KEYS.items() if key in kubernetes}
        longest: timedelta = kwargs.get("execution_timeout") or LONGEST
        super().__init__(
            **DEFAULTS
            | chosen
            | {
                "pod_template_dict": pod_manifest(copy.deepcopy(kubernetes)),
                "do_xcom_push": True,
                "startup_check_interval_seconds": 1,
                "active_deadline_seconds": int((longest + OUTLIVES).total_seconds()),
                "log_events_on_failure": True,
                "log_pod_spec_on_failure": False,
                "container_name_log_prefix_enabled": False,
                "log_formatter": _named,
                "init_container_logs": True if kubernetes.get("initContainers") else None,
                "xcom_sidecar_container_security_context": SIDECAR_SECURITY,
            },
            **kwargs,
        )
        self.snowflake_conn_id = snowflake_conn_id
        self.warehouse = warehouse
        self.role = role
        self.database = database
        self.schema = schema
        self.mapped = mapped or {}
        self.target = target
        self.task_runs = task_runs
        self.keeps_result = do_xcom_push
        self.has_sidecars = bool(kubernetes.get("containers"))
        self.snowflake_secret: str | None = kubernetes.get("snowflake_secret")
        self.xcom_sidecar_image: str | None = kubernetes.get("xcom_sidecar_image")
        self._seen_by_trigger = ""
        self._measured: dict[str, Any] | None = None
        self._of_pod: tuple[Any, list[Any]] | None = None

    @property
    def runs(self) -> str:
        """What messages call that which runs in the pod."""
        raise NotImplementedError

    @property
    def run_as(self) -> str:
        """How the task runs, as its measures say."""
        raise NotImplementedError

    def variables(self, context: Context | None) -> Iterable[models.V1EnvVar]:
        """Return more environment variables of the container, at the time of the run.

        Args:
            context: Airflow's template context; None where nothing runs yet.
        """
        return ()

    def render_template_fields(self, context: Any, jinja_env: Any = None) -> None:
        """Render all fields; arguments and errors as the base class."""
        self.pod_template_dict = marked(self.pod_template_dict or {})
        super().render_template_fields(context, jinja_env)

    def render_template(
        self, content: Any, context: Mapping[str, Any], jinja_env: Any = None, oids: set[int] | None = None
    ) -> Any:
        """Render one value; arguments, result and errors as the base class, save for what Kubernetes expands."""
        if not isinstance(content, Expanded):
            return super().render_template(content, context, jinja_env, oids)
        if one_expression(content) is not None:
            return literal(super().render_template(str(content), context, jinja_env, oids))
        environment = jinja_env or self.get_template_env()
        dag = self.get_dag()
        if isinstance(environment, NativeEnvironment) and dag is not None:
            environment = dag.get_template_env(force_sandboxed=True)
        return rendered(content, context, environment)

    def execute(self, context: Context) -> Any:
        """Run the container in a pod.

        Args:
            context: Airflow's template context.

        Returns:
            The result that it left.

        Raises:
            AirflowException: the pod failed, or the cluster is not there; the last lines say why and what to do.
            AirflowFailException: the same where another try would end the same way.
            AirflowTaskTimeout: it took longer than `execution_timeout`.
        """
        self.name = pod_name(context["ti"])
        try:
            result = super().execute(context)
            self._keep_measures(context, "success")
            return result if self.keeps_result else None
        except AirflowTaskTimeout:
            self._keep_measures(context, "failed")
            raise AirflowTaskTimeout(self._too_long()) from None
        except Exception as error:
            self._keep_measures(context, "failed")
            raise self._told(error) from None

    def trigger_reentry(self, context: Context, event: dict[str, Any]) -> Any:
        """Goes on after a deferral; arguments and errors as `execute`.

        Args:
            context: Airflow's template context.
            event: what the trigger saw.

        Returns:
            The result that the container left.
        """
        self._seen_by_trigger = event.get("message", "")
        try:
            result = super().trigger_reentry(context, event)
            self._keep_measures(context, "success")
            return result if self.keeps_result else None
        except Exception as error:
            self._keep_measures(context, "failed")
            raise self._told(error) from None

    def _keep_measures(self, context: Context, state: str) -> None:
        """Keep what the task took: what the runtime measured, and what the cluster tells of the pod."""
        measures = measures_of(context, self.target, self.run_as, {"state": state})
        try:
            pod, events = self._of_pod or (None, [])
            if pod is not None:
                measures |= pod_facts.run(pod, measures["started"])
            measures |= {key: value for key, value in (self._measured or {}).items() if value is not None}
            measures["state"] = state
            if pod is not None:
                measures["pod"] = dict.fromkeys(POD_KEYS) | pod_facts.seen(pod, events)
        except Exception as error:
            self.log.warning("Not all of what the task took is known: %s: %s", type(error).__name__, error)
        self.keep_measures(context, measures)

    @staticmethod
    def _get_ti_pod_labels(context: Context | None = None, include_try_number: bool = True) -> dict[str, str]:
        labels = KubernetesPodOperator._get_ti_pod_labels(context, include_try_number)
        return pod_labels(labels, context["ti"]) if context else labels

    def build_pod_request_obj(self, context: Context | None = None, *, dry_run: bool = False) -> models.V1Pod:
        """Return the pod of this try.

        Args:
            context: Airflow's template context.
            dry_run: as KubernetesPodOperator has it.

        Returns:
            The template's pod with the connection's volume, our own variables and a hardened XCom sidecar.
        """
        pod = super().build_pod_request_obj(context, dry_run=dry_run)
        secret = models.V1SecretVolumeSource(secret_name=self.snowflake_secret or pod.metadata.name, default_mode=0o440)
        pod.spec.volumes.append(models.V1Volume(name=CONNECTION_VOLUME, secret=secret))
        for container in pod.spec.containers:
            if container.name == TASK_CONTAINER:
                container.env = [
                    *(container.env or []),
                    *self.variables(context),
                    *(self._of_itself(pod) if self.by_runtime else ()),
                    models.V1EnvVar(name=CONNECTION_FILE_VARIABLE, value=f"{CONNECTION_FOLDER}/{CONNECTION_KEY}"),
                ]
                container.volume_mounts.append(
                    models.V1VolumeMount(name=CONNECTION_VOLUME, mount_path=CONNECTION_FOLDER, read_only=True)
                )
            elif container.name == PodDefaults.SIDECAR_CONTAINER_NAME:
                container.image = self.xcom_sidecar_image or container.image
                container.resources = models.V1ResourceRequirements(**SIDECAR_RESOURCES)
        check_lengths([*(pod.spec.init_containers or ()), *pod.spec.containers])
        return pod

    @cached_property
    def pod_manager(self) -> QuickPodManager:
        """What asks the cluster while the pod runs."""
        return QuickPodManager(kube_client=self.client, callbacks=self.callbacks)

    def get_or_create_pod(self, pod_request_obj: models.V1Pod, context: Context) -> models.V1Pod:
        """Create the pod, or find the one that this try already has, and give it its connection.

        Args:
            pod_request_obj: the pod as it is asked for.
            context: Airflow's template context.

        Returns:
            The pod.

        Raises:
            AirflowFailException: the Airflow connection cannot be used; there is no pod then.
            kubernetes.client.ApiException: the cluster refused the pod or its Secret; the pod is deleted.
        """
        if self.snowflake_secret:
            return super().get_or_create_pod(pod_request_obj, context)
        try:
            connection = connection_of(self)  # before the pod is there, which waits for it
        except AirflowFailException:  # after anything else another try may go on with that pod
            self._end_pods(pod_request_obj, context)
            raise

        def give(pod: models.V1Pod) -> None:
            # Known before anything else can fail: what ends the task now deletes the pod.
            self.pod = self.remote_pod = pod
            create_secret(self.client, pod, connection)

        self.pod_manager.when_created = give
        pod = super().get_or_create_pod(pod_request_obj, context)
        if pod is not pod_request_obj:  # a worker before this one may have died before it gave the connection
            create_secret(self.client, pod, connection)
        return pod

    def _end_pods(self, pod_request_obj: models.V1Pod, context: Context) -> None:
        """Delete what an earlier worker left of this try: nobody would see its end."""
        labels = self._build_find_pod_label_selector(context)
        with suppress(ApiException, ConfigException, HTTPError, OSError):
            namespace = pod_request_obj.metadata.namespace
            for pod in self.client.list_namespaced_pod(namespace, label_selector=labels).items:
                self.log.info("Deleting pod %s of an earlier worker", pod.metadata.name)
                self.client.delete_namespaced_pod(pod.metadata.name, namespace)

    def _of_itself(self, pod: models.V1Pod) -> Iterable[models.V1EnvVar]:
        """Return what the runtime in a pod is to know of the pod; of the node only Kubernetes knows."""
        node = models.V1EnvVarSource(field_ref=models.V1ObjectFieldSelector(field_path="spec.nodeName"))
        known = json.dumps(pod_facts.asked_for(pod)).replace("$", "\\u0024")
        return (
            models.V1EnvVar(name=POD_VARIABLE, value=known),
            models.V1EnvVar(name=NODE_VARIABLE, value_from=node),
        )

    def await_init_containers_completion(  # type: ignore[override]  # theirs is wrapped by a decorator
        self, pod: models.V1Pod
    ) -> None:
        """Show the logs of the pod's init containers.

        Args:
            pod: the pod, which has started.

        Raises:
            AirflowException: one of them failed, so that the container itself never starts.
        """
        super().await_init_containers_completion(pod)
        if self.init_container_logs and failed_before(self.pod_manager.read_pod(pod)):
            raise AirflowException("An init container failed.")

    def process_pod_deletion(self, pod: models.V1Pod, *, reraise: bool = True) -> bool:
        """Delete the pod as configured; of one that is kept, end the containers that would run on for ever.

        Args:
            pod: the pod, its main container ended.
            reraise: whether what Kubernetes refuses is an error.

        Returns:
            Whether it was deleted.
        """
        deleted = bool(super().process_pod_deletion(pod, reraise=reraise))
        if self.has_sidecars and pod is not None and not deleted:
            end_now(self.client, pod)
        return deleted

    def cleanup(
        self, pod: models.V1Pod, remote_pod: models.V1Pod, xcom_result: Any = None, context: Context | None = None
    ) -> None:
        """Delete the pod as configured; of a pod that failed, say why before it is gone.

        Args:
            pod: the pod as it was asked for.
            remote_pod: the pod as the cluster had it last.
            xcom_result: the result that the container left.
            context: Airflow's template context.

        Raises:
            AirflowException: the pod failed; the last lines say why and what to do.
        """
        raised = sys.exc_info()[1]  # this is called from a `finally`
        if remote_pod and not self._killed:
            with suppress(Exception):  # that it does not answer is told below, if the task failed
                done = not raised and container_is_succeeded(remote_pod, TASK_CONTAINER)  # has just been asked for
                self._of_pod = (remote_pod, self._events(pod)) if done else self._as_seen(pod)
        if isinstance(raised, AirflowTaskTimeout):
            return  # Airflow calls `on_kill` next, which deletes the pod
        diagnosis = Diagnosis("")
        if remote_pod and not self._killed:
            diagnosis = self._diagnosis(pod, self._seen_by_trigger or str(raised or ""))
        try:
            super().cleanup(pod, remote_pod, xcom_result, context)
        except AirflowException:
            # What was wrong with the result is only the reason if the container itself ended well.
            final = isinstance(raised, AirflowFailException) and str(raised) in diagnosis.text
            reported = f"{self.runs} failed in pod {pod.metadata.name}.\n{diagnosis.text}"
            raise failed(reported, diagnosis.final or final) from None

    def _diagnosis(self, pod: models.V1Pod, otherwise: str) -> Diagnosis:
        found, events = self._of_pod or self._as_seen(pod)
        return diagnose(found, events, otherwise, self.by_runtime)

    def _as_seen(self, pod: Any) -> tuple[Any, list[Any]]:
        """Ask the cluster for a pod, None if it is gone, and for its events, oldest first."""
        name, namespace = pod.metadata.name, pod.metadata.namespace
        try:
            found = self.client.read_namespaced_pod(name, namespace)
        except ApiException:
            found = None
        return found, self._events(pod)

    def _events(self, pod: Any) -> list[Any]:
        """Ask the cluster for a pod's events, oldest first."""
        name, namespace = pod.metadata.name, pod.metadata.namespace
        try:
            events = self.client.list_namespaced_event(namespace, field_selector=f"involvedObject.name={name}").items
        except ApiException:
            events = []  # a service account need not be allowed to read them
        events.sort(key=lambda event: event.last_timestamp or event.event_time or event.metadata.creation_timestamp)
        return list(events)

    def _told(self, error: Exception) -> Exception:
        if self._killed:
            return AirflowException(f"{self.runs} was killed, and its pod with it.")
        if isinstance(error, AirflowNotFoundException):
            return failed(
                f"There is no Airflow connection {self.kubernetes_conn_id} to a cluster ({error}).", final=True
            )
        if isinstance(error, (ApiException, ConfigException, HTTPError, OSError)):
            return failed(self._unreachable(error), is_final(error))
        return error

    def _too_long(self) -> str:
        seconds = self.execution_timeout.total_seconds() if self.execution_timeout else 0
        where = f" in pod {self.pod.metadata.name}, which is deleted" if self.pod else ""
        return (
            f"{self.runs} took longer than its execution_timeout of {seconds:,.0f} s{where}.\n"
            "What to do: raise execution_timeout of the task, or look in the log above for what it waits for."
        )

    def _unreachable(self, error: Exception) -> str:
        if isinstance(error, ApiException) and error.status:
            return f"Kubernetes refused a request of {self.runs}: {error.status} {error.reason}: {error.body}"
        return (
            f"The Kubernetes cluster does not answer ({type(error).__name__}: {error}).\nWhat to do: check the Airflow"
            f" connection {self.kubernetes_conn_id} and the cluster (locally: `make cluster`)."
        )


def _named(container: str, line: str) -> str:
    """Return a line of a log; one of another container than the task's own says which."""
    return line if container == TASK_CONTAINER else f"[{container}] {line}"
