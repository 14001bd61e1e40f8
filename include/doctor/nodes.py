"""Whether a node can take a pod: labels, taints, and what it has in all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from include.doctor.findings import Finding, State

KEEPS_OFF = ("NoSchedule", "NoExecute")


def look(say: Callable[..., Finding], pod: Mapping[str, Any], nodes: Sequence[Any]) -> Finding:
    """Look for a node. Affinity is left to the scheduler, and so is what other pods have taken.

    Args:
        say: makes a finding of what, state, words and what mends it.
        pod: a task's `kubernetes:` mapping.
        nodes: the cluster's nodes, as V1Node.
    """
    selector = {name: str(value) for name, value in (pod.get("nodeSelector") or {}).items()}
    wanted = _wanted(pod)
    labelled = [node for node in nodes if selector.items() <= (node.metadata.labels or {}).items()]
    words = ", ".join(f"{name}={value}" for name, value in selector.items())
    if not labelled:
        what = f"node with {words}" if selector else "node"
        mend = f"kubectl label node <node> {words.replace(', ', ' ')}; or change nodeSelector"
        return say(what, State.MISSING, "there is none", mend)
    tolerated = [node for node in labelled if not _keeps_off(node, pod.get("tolerations") or ())]
    if not tolerated:
        taint = _keeps_off(labelled[0], pod.get("tolerations") or ())
        mend = f"tolerations: [{{key: {taint.key}, operator: Exists, effect: {taint.effect}}}]"
        return say("node", State.MISSING, f"each that fits has a taint, as {taint.key}:{taint.effect}", mend)
    fits = tolerated
    for name, amount in wanted.items():
        # One node must have all of it: that one has the cores and another one the memory is of no use.
        fits = [node for node in fits if parse_quantity((node.status.allocatable or {}).get(name, "0")) >= amount]
        if not fits:
            mend = f"lower resources of {name}, or add a node that has them" + (
                " (for GPUs: with the vendor's device plugin)" if "/" in name else ""
            )
            return say("node", State.MISSING, f"none that fits has {_asked(wanted, name)}", mend)
    return say("node", State.OK, f"{len(fits)} of {len(nodes)} can take the pod" + (f" ({words})" if words else ""))


def _wanted(pod: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the pod asks for; a limit without a request is one (Kubernetes, "Resource Management for Pods")."""
    resources = pod.get("resources") or {}
    asked = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
    return {name: parse_quantity(str(amount)) for name, amount in asked.items()}


def _asked(wanted: Mapping[str, Any], last: str) -> str:
    """Return in words what is asked for, up to the resource that no node has beside the ones before."""
    names = list(wanted)
    return " and ".join(f"{wanted[name]:f} of {name}" for name in names[: names.index(last) + 1])


def _keeps_off(node: Any, tolerations: Sequence[Mapping[str, Any]]) -> Any:
    """Return a taint of a node that no toleration is for (Kubernetes, "Taints and Tolerations")."""
    taints = [taint for taint in node.spec.taints or () if taint.effect in KEEPS_OFF]
    return next((taint for taint in taints if not any(_tolerates(one, taint) for one in tolerations)), None)


def _tolerates(toleration: Mapping[str, Any], taint: Any) -> bool:
    exists = toleration.get("operator", "Equal") == "Exists"
    return (
        toleration.get("effect") in (None, "", taint.effect)
        and (toleration.get("key") == taint.key or (exists and not toleration.get("key")))
        and (exists or str(toleration.get("value") or "") == str(taint.value or ""))
    )
