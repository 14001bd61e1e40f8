"""Kubernetes' objects among the arguments of Airflow's operators: which arguments take one, and how they get it.

An argument takes such an object if its type names a class of the Kubernetes client: `list[k8s.V1Volume] | None`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

from include.factory.kubernetes import models as kubernetes_models
from include.factory.python.modules import Definition, dotted_name
from include.factory.python.sources import Sources

_POD_OPERATOR = "KubernetesPodOperator"
_CLASS = re.compile(r"V\d\w*")
_LISTS = frozenset({"list", "List", "Sequence", "Iterable", "Collection"})
_TEXTS = "dict(str, str)"
PLAIN = {
    "annotations": _TEXTS,
    "arguments": "list[str]",
    "cmds": "list[str]",
    "configmaps": "list[str]",
    "labels": _TEXTS,
    "node_selector": _TEXTS,
    "pod_template_dict": "V1Pod",
}
"""Arguments of KubernetesPodOperator that are plain values for it as well, and what Kubernetes takes."""
SECRET = "airflow.providers.cncf.kubernetes.secret.Secret"
"""Airflow's own object for a Secret, which KubernetesPodOperator takes."""


def object_kinds(sources: Sources, operator: str) -> dict[str, str]:
    """Return the arguments of an operator that are Kubernetes' objects.

    Args:
        sources: Where the operator is looked for.
        operator: Its import path.

    Returns:
        The type of each as the Kubernetes client writes it: `list[V1Volume]`.
    """
    definition = sources.find(operator)
    signature = sources.signature(definition) if isinstance(definition, Definition) else None
    kinds = {one.name: kind for one in (signature.parameters if signature else ()) if (kind := _kind(one.annotation))}
    if kinds and isinstance(definition, Definition) and _is_pod_operator(sources, definition):
        kinds |= PLAIN
    return kinds


def _is_pod_operator(sources: Sources, definition: Definition) -> bool:
    """Whether a class is KubernetesPodOperator, or inherits from it."""
    nodes = [one.node for one in sources.ancestors(definition) if one is not None]
    return any(isinstance(node, ast.ClassDef) and node.name == _POD_OPERATOR for node in nodes)


def as_operator_takes(argument: str, value: Any, kinds: Mapping[str, str]) -> Any:
    """Write one argument for dag-factory.

    Args:
        argument: Its name.
        value: As written, without mistakes.
        kinds: What `object_kinds` says of the operator.

    Returns:
        The value with Kubernetes' objects as such; any other value as it is.
    """
    if argument == "secrets" and "cmds" in kinds and isinstance(value, list):
        return [{"__type__": SECRET, **one} if isinstance(one, dict) else one for one in value]
    if argument not in kinds or isinstance(value, str):
        return value
    if argument == "env_vars" and isinstance(value, dict):
        return kubernetes_models.as_objects(value, "dict(str, scalar)")
    return kubernetes_models.as_objects(value, kinds[argument], plain=argument in PLAIN)


def _kind(annotation: ast.expr | None) -> str | None:
    """Return the Kubernetes client's type that an annotation names, alone or beside others; None if it names none."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):  # a type in quotes
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return None
    if isinstance(annotation, ast.BinOp):
        return _kind(annotation.left) or _kind(annotation.right)
    if isinstance(annotation, ast.Subscript):
        name = (dotted_name(annotation.value) or "").rpartition(".")[2]
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        inner = next(filter(None, map(_kind, parts)), None)
        return f"list[{inner}]" if inner and name in _LISTS else inner if name in ("Optional", "Union") else None
    name = (dotted_name(annotation) or "").rpartition(".")[2] if annotation is not None else ""
    return name if _CLASS.fullmatch(name) and kubernetes_models.model(name) is not None else None
