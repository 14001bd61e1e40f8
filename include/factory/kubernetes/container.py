"""Checks the containers of a pod as configurations describe them: the task's own, and those before and beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from include.constants import (
    CONNECTION_FOLDER,
    CONNECTION_VOLUME,
    SCRATCH_FOLDER,
    SCRATCH_VOLUME,
    TASK_CONTAINER,
    VARIABLE_PREFIX,
    XCOM_CONTAINER,
    XCOM_FOLDER,
    XCOM_VOLUME,
)
from include.factory.diagnostics import Diagnostic, KeyPath, On, hint_by_name
from include.factory.kubernetes import models as kubernetes_models
from include.factory.kubernetes.names import ENV_NAME, IMAGE_HINT, NAME_HINT, is_dns_label, is_image, text_diagnostics
from include.factory.kubernetes.quantities import over_limits, resource_diagnostics

LISTS = ("initContainers", "containers")
"""Keys of a `kubernetes:` section with further containers."""


@dataclass(frozen=True)
class Taken:
    """What a pod has of its own, so that nobody else can have it.

    Attributes:
        volumes: Names of volumes.
        paths: Where they are mounted.
        variables: What the names of its environment variables begin with; empty if it has none.
        containers: Names of containers.
        non_root: Whether its containers are none of root's, unless it says otherwise.
    """

    volumes: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    variables: str = ""
    containers: tuple[str, ...] = ()
    non_root: bool = False


OURS = Taken(
    (SCRATCH_VOLUME, CONNECTION_VOLUME, XCOM_VOLUME),
    (SCRATCH_FOLDER, CONNECTION_FOLDER, XCOM_FOLDER),
    VARIABLE_PREFIX,
    (TASK_CONTAINER, XCOM_CONTAINER),
    non_root=True,
)
"""What our own pods have."""


def container_diagnostics(container: Mapping[str, Any], taken: Taken) -> Iterator[Diagnostic]:
    """Check what a container says of itself.

    Args:
        container: A Kubernetes Container, or a section that says the same of the task's own; `env` may be a mapping.
        taken: What the pod has already, and nobody else can have.

    Returns:
        What is wrong; paths begin in the container.
    """
    yield from text_diagnostics(container, "image", is_image, "an image name", IMAGE_HINT)
    yield from _environment(container.get("env"), taken)
    yield from _mounts(container, taken)
    yield from resource_diagnostics(container.get("resources"))


def container_task_diagnostics(container: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Check what a task of the kind `container` says of its container.

    Args:
        container: The mapping, its shape as the schema has it.

    Returns:
        What is wrong; paths begin in the mapping.
    """
    yield from container_diagnostics(container, OURS)
    if not container.get("image") and not container.get("command"):
        message = "The container has neither `image` nor `command`: the task image's own command runs our functions."
        hint = "Add `command`, the program and its arguments, or the `image` whose own command it is."
        yield Diagnostic((), message, hint, "missing-key", on="key")
    folder = container.get("workingDir")
    if isinstance(folder, str) and "{{" not in folder and not folder.startswith("/"):
        message = f"The working directory `{folder}` is not absolute."
        yield Diagnostic(("workingDir",), message, f"Write `/{folder}`.", "wrong-value")
    env = container.get("env")
    for name, value in env.items() if isinstance(env, dict) else ():
        if isinstance(value, dict) and set(value) == {"valueFrom"}:
            message = f"The program would get `{name}` as the JSON of this mapping."
            hint = f"Write `env` as a list, as Kubernetes does: `- {{name: {name}, valueFrom: …}}`."
            yield Diagnostic(("env", name), message, hint, "wrong-value")


def list_diagnostics(section: Mapping[str, Any], taken: Taken) -> Iterator[Diagnostic]:
    """Check the containers before and beside the task's own.

    Args:
        section: The section with the lists; anything but lists of mappings is said by their type.
        taken: What the pod has already.

    Returns:
        What is wrong; paths begin in the section.
    """
    seen: set[str] = set()
    for key in LISTS:
        for index, container in enumerate(dicts(section.get(key))):
            where: KeyPath = (key, index)
            # `env` may be a mapping here as well, which no Container of Kubernetes has.
            plain = {part: value for part, value in container.items() if part != "env" or isinstance(value, list)}
            yield from kubernetes_models.check(plain or section[key][index], "V1Container", where)
            yield from _named(container, where, seen, taken)
            for one in container_diagnostics(container, Taken()):
                yield one.below(where)


def whole_diagnostics(section: Mapping[str, Any], taken: Taken) -> Iterator[Diagnostic]:
    """Check all containers of a pod once all of it is there.

    Args:
        section: The merged section.
        taken: What the pod has already.

    Returns:
        What is wrong with images, volumes and their mounts, requests and limits, users; paths begin in the section.
    """
    volumes = by_name(section.get("volumes"))
    mounted: set[str] = set()
    for where, container in all_containers(section):
        for name, index in by_name(container.get("volumeMounts")).items():
            mounted.add(name)
            if name not in volumes and name not in taken.volumes:
                message = f"There is no volume `{name}` to mount."
                path = (*where, "volumeMounts", index, "name")
                yield Diagnostic(path, message, hint_by_name(name, volumes, "volumes"), "unknown-volume")
        for one in over_limits(container.get("resources")):
            yield one.below(where)
        if where and not container.get("image"):
            message = f"No layer names an `image` for the container `{container.get('name')}`."
            yield Diagnostic(where, message, "Add `image`.", "missing-key", on="key")
    for name, index in volumes.items():
        if name not in mounted:
            message = f"Nothing mounts the volume `{name}`."
            hint = "Add it to `volumeMounts`, or remove it."
            yield Diagnostic(("volumes", index, "name"), message, hint, "unused-volume")
    if taken.non_root:
        yield from _roots(section)


def all_containers(section: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Each container of a pod: where it is in the section, which itself describes the task's own."""
    yield (), section
    for key in LISTS:
        for index, container in enumerate(dicts(section.get(key))):
            yield (key, index), container


def by_name(items: Any) -> dict[str, int]:
    """Return the index of each item with a name that is known before the run."""
    names = [one.get("name") for one in dicts(items)]
    return {name: index for index, name in enumerate(names) if isinstance(name, str) and "{{" not in name}


def dicts(value: Any) -> list[dict[str, Any]]:
    """Return the mappings in a list; empty ones in place of what is something else, so that indexes stay."""
    return [one if isinstance(one, dict) else {} for one in value] if isinstance(value, list) else []


def _named(container: Mapping[str, Any], where: KeyPath, seen: set[str], taken: Taken) -> Iterator[Diagnostic]:
    name, path = container.get("name"), (*where, "name")
    if not isinstance(name, str) or "{{" in name:
        return
    if not is_dns_label(name):
        yield Diagnostic(path, f"`{name}` is not a name for a container.", NAME_HINT, "wrong-name")
    elif name in taken.containers:
        message = f"The pod has a container `{name}` already."
        hint = "Take another name; what the task's own container needs stands beside this list."
        yield Diagnostic(path, message, hint, "wrong-name")
    elif name in seen:
        hint = "Give one of them another name."
        yield Diagnostic(path, f"There are two containers `{name}`.", hint, "duplicate")
    seen.add(name)


def _roots(section: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Containers that are to run as root, which Kubernetes then never starts."""
    pod = section.get("podSecurityContext")
    pod = pod if isinstance(pod, Mapping) else {}
    for where, container in all_containers(section):
        own = container.get("securityContext")
        own = own if isinstance(own, Mapping) else {}
        user, non_root = own.get("runAsUser", pod.get("runAsUser")), own.get("runAsNonRoot", pod.get("runAsNonRoot"))
        if user == 0 and user is not False and non_root is not False:
            path: KeyPath = (*where, "securityContext", "runAsUser")
            if "runAsUser" not in own:
                path = ("podSecurityContext", "runAsUser")
            message = "User 0 is root, and Kubernetes starts no container as root while `runAsNonRoot` is true."
            yield Diagnostic(path, message, "Add `runAsNonRoot: false` beside it, or take another user.", "wrong-value")
            if path[0] == "podSecurityContext":
                return


def _environment(env: Any, taken: Taken) -> Iterator[Diagnostic]:
    if isinstance(env, list):
        yield from kubernetes_models.check(env, "list[V1EnvVar]", ("env",))
    on: On = "key" if isinstance(env, dict) else "value"
    names: list[tuple[KeyPath, str]] = [(("env", name), name) for name in env] if isinstance(env, dict) else []
    names += [
        (("env", index, "name"), one["name"])
        for index, one in enumerate(dicts(env))
        if isinstance(one.get("name"), str)
    ]
    seen = set()
    for path, name in names:
        if not ENV_NAME.match(name) and "{{" not in name:
            message = f"`{name}` is not a name for an environment variable."
            yield Diagnostic(path, message, "Use letters, digits and `_`, a letter first.", "wrong-name", on=on)
        elif taken.variables and name.startswith(taken.variables):
            message = f"`{name}` is one of the names that the runtime uses itself."
            yield Diagnostic(path, message, f"Take a name without `{taken.variables}`.", "wrong-name", on=on)
        elif name in seen:
            yield Diagnostic(path, f"The variable `{name}` is here twice.", "Remove one of them.", "duplicate", on=on)
        seen.add(name)


def _mounts(section: Mapping[str, Any], taken: Taken) -> Iterator[Diagnostic]:
    seen = set()
    for index, mount in enumerate(dicts(section.get("volumeMounts"))):
        mounted = mount.get("mountPath")
        if isinstance(mounted, str) and "{{" not in mounted:
            where = ("volumeMounts", index, "mountPath")
            if not mounted.startswith("/"):
                yield Diagnostic(
                    where, f"The mount path `{mounted}` is not absolute.", f"Write `/{mounted}`.", "wrong-value"
                )
            elif mounted.rstrip("/") in taken.paths:
                yield Diagnostic(
                    where, f"The pod has something at `{mounted}` already.", "Mount it elsewhere.", "wrong-value"
                )
            elif mounted in seen:
                yield Diagnostic(
                    where, f"Two volumes are mounted at `{mounted}`.", "Mount one of them elsewhere.", "duplicate"
                )
            seen.add(mounted)
