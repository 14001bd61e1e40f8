"""Checks Kubernetes' objects among the arguments of Airflow's operators: plain YAML, in Kubernetes' own spelling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from include.constants import XCOM_FOLDER, XCOM_VOLUME
from include.factory.code.calls import argument_diagnostics
from include.factory.code.kubernetes_objects import PLAIN, SECRET, object_kinds
from include.factory.code.template_fields import template_fields
from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name
from include.factory.kubernetes import models as kubernetes_models
from include.factory.kubernetes.container import Taken, whole_diagnostics
from include.factory.kubernetes.quantities import resource_diagnostics
from include.factory.kubernetes.section import section_alone
from include.factory.pipeline import Task
from include.factory.python.modules import Definition
from include.factory.python.sources import Sources
from include.factory.templates.jinja import filled_at_run, is_template

_SECTION = {
    "affinity": "affinity",
    "annotations": "annotations",
    "container_resources": "resources",
    "container_security_context": "securityContext",
    "env_from": "envFrom",
    "env_vars": "env",
    "image": "image",
    "image_pull_secrets": "imagePullSecrets",
    "labels": "labels",
    "namespace": "namespace",
    "node_selector": "nodeSelector",
    "priority_class_name": "priorityClassName",
    "security_context": "podSecurityContext",
    "service_account_name": "serviceAccountName",
    "tolerations": "tolerations",
    "volume_mounts": "volumeMounts",
    "volumes": "volumes",
}
"""Arguments of KubernetesPodOperator, and what the format's own `kubernetes:` calls the same."""
_ARGUMENTS = {key: argument for argument, key in _SECTION.items()}
_TEMPLATES = frozenset(
    {"full_job_spec", "full_pod_spec", "job_template_file", "pod_template_dict", "pod_template_file"}
)
"""Arguments that may bring volumes of their own."""
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_RENDERED = {
    "V1ConfigMapEnvSource": ("name",),
    "V1ConfigMapVolumeSource": ("name",),
    "V1EnvFromSource": ("configMapRef",),
    "V1EnvVar": ("name", "value"),
    "V1PersistentVolumeClaimVolumeSource": ("claimName",),
    "V1ResourceRequirements": ("limits", "requests"),
    "V1Volume": ("configMap", "name", "persistentVolumeClaim"),
    "V1VolumeMount": ("name", "subPath"),
}
"""What KubernetesPodOperator renders of an object (provider 10.25.0, `_render_nested_template_fields`).

Of others, nothing.
"""


def object_diagnostics(task: Task, sources: Sources) -> Iterator[Diagnostic]:
    """Check the Kubernetes objects that an `operator:` task gives.

    Args:
        task: The task.
        sources: Where its operator is looked for.

    Returns:
        What the operator, or Kubernetes, would refuse, or take for something else.
    """
    kinds = object_kinds(sources, task.action)
    if not kinds:
        return
    fields = template_fields(sources, task.action)
    alone: dict[str, tuple[KeyPath, Any]] = {}
    hidden = set()
    for path, argument, value in task.given():
        wrong = list(_alone(argument, value, kinds, argument in fields))
        yield from (one.below(path) for one in wrong)
        if argument == "secrets" and "cmds" in kinds:
            yield from _secrets(value, path, sources)
        if "expand" not in path and _is_known(value):
            alone[argument] = (path, value)
        if "expand" in path or wrong or not _is_known(value):
            hidden.add(argument)
    for one in _together(alone, hidden) if "cmds" in kinds else ():
        yield replace(one, path=(*alone[str(one.path[0])][0], *one.path[1:]))


def _alone(argument: str, value: Any, kinds: Mapping[str, str], rendered: bool) -> Iterator[Diagnostic]:
    """Return what is wrong with one argument by itself."""
    if (
        argument == "image_pull_policy"
        and isinstance(value, str)
        and not is_template(value)
        and value not in _PULL_POLICIES
    ):
        yield Diagnostic(
            (), f"The pull policy cannot be `{value}`.", hint_by_name(value, _PULL_POLICIES, "policies"), "wrong-value"
        )
    if argument not in kinds or value is None or not _is_known(value):
        return
    if argument == "image_pull_secrets" and isinstance(value, str | list) and (names := _names(value)):
        if isinstance(value, list):
            message = f"Kubernetes wants a LocalObjectReference here, not `{names[0]}`."
            yield Diagnostic(
                (), message, f"Write `[{{name: {names[0]}}}]`, or as one text: `{','.join(names)}`.", "wrong-type"
            )
        return
    kind = "dict(str, scalar)" if argument == "env_vars" and isinstance(value, dict) else kinds[argument]
    yield from kubernetes_models.check(value, kind)
    if argument not in PLAIN and not (argument == "env_vars" and isinstance(value, dict)):
        yield from _not_rendered(value, kinds[argument], rendered, ())
    for index, container in enumerate(value if argument == "init_containers" and isinstance(value, list) else ()):
        resources = container.get("resources") if isinstance(container, dict) else None
        yield from (one.below((index,)) for one in resource_diagnostics(resources))


def _secrets(value: Any, path: KeyPath, sources: Sources) -> Iterator[Diagnostic]:
    """Airflow's own objects for Secrets, which KubernetesPodOperator takes."""
    definition = sources.find(SECRET)
    signature = sources.signature(definition) if isinstance(definition, Definition) else None
    for index, one in enumerate(value if isinstance(value, list) and signature is not None else ()):
        if isinstance(one, dict) and "__type__" not in one and signature is not None:
            where = (*path, index)
            yield from argument_diagnostics(signature, SECRET, one, where, where, kind="argument", giver="the mapping")


def _names(value: str | list[Any]) -> list[str]:
    return [one for one in ([value] if isinstance(value, str) else value) if isinstance(one, str)]


def _together(given: Mapping[str, tuple[KeyPath, Any]], hidden: set[str]) -> Iterator[Diagnostic]:
    """Return what the check of a `kubernetes:` section says of the same given as arguments, in their names."""
    section = {_SECTION[argument]: value for argument, (_, value) in given.items() if argument in _SECTION}
    taken = Taken((XCOM_VOLUME,), (XCOM_FOLDER,)) if given.get("do_xcom_push", ((), False))[1] is True else Taken()
    found = list(section_alone(section, taken))
    if not hidden & {"volumes", "volume_mounts"} and not _TEMPLATES & (given.keys() | hidden):
        found += whole_diagnostics(section, taken)
    for one in found:
        if one.code == "unused-volume" and "init_containers" in (given.keys() | hidden):
            continue
        message, hint = one.message, one.hint
        for key, argument in _ARGUMENTS.items():
            message, hint = message.replace(f"`{key}`", f"`{argument}`"), hint.replace(f"`{key}`", f"`{argument}`")
        yield replace(one, path=(_ARGUMENTS[str(one.path[0])], *one.path[1:]), message=message, hint=hint)


def _not_rendered(value: Any, kind: str, rendered: bool, path: KeyPath) -> Iterator[Diagnostic]:
    """Templates in an object where Airflow fills none in."""
    if isinstance(value, str) and not rendered and filled_at_run(value):
        message = f"Airflow fills in no template here: the pod would get `{value}` as it stands."
        hint = "Give it as `env_vars`, or write the whole pod as `pod_template_dict`, where all are filled in."
        yield Diagnostic(path, message, hint, "not-rendered")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _not_rendered(part, kind.removeprefix("list[").removesuffix("]"), rendered, (*path, index))
    elif isinstance(value, dict):
        model = kubernetes_models.model(kind)
        for key, part in value.items():
            here = rendered and (model is None or key in _RENDERED.get(kind, ()))
            inner = model.types.get(key, "") if model is not None else ""
            yield from _not_rendered(part, inner, here, (*path, key))


def _is_known(value: Any) -> bool:
    """Whether a value is plain YAML.

    No template that gives the whole of it, and no object that says its own `__type__`.
    """
    if isinstance(value, str):
        return not is_template(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not (isinstance(value, dict) and "__type__" in value) and all(
        isinstance(part, str) or _is_known(part) for part in parts
    )
