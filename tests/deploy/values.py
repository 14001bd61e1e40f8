"""Our files of values for the Helm chart, laid over one another as Helm does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "include" / "deploy"
HELM = DEPLOY / "helm"
EXECUTORS = ("kubernetes-executor", "celery-executor")
OVERLAYS = ("git-sync", "remote-logging", "metrics")
CHART_VERSION = "1.22.0"


def merged(under: Any, over: Any) -> Any:
    """Lay one file of values over another: mappings key by key, anything else whole."""
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return over
    return {**under, **{key: merged(under.get(key), value) for key, value in over.items()}}


def values_of(*names: str) -> dict[str, Any]:
    """Return values.yaml with some of the files beside it laid over, in this order."""
    found: dict[str, Any] = {}
    for name in ("values", *names):
        found = merged(found, yaml.safe_load((HELM / f"{name}.yaml").read_text(encoding="utf-8")))
    return found


def combinations() -> Iterator[tuple[str, ...]]:
    """Yield each executor alone, and with all that can be laid over it."""
    for executor in EXECUTORS:
        yield (executor,)
        yield (executor, *OVERLAYS)


def digest() -> str:
    """Return a digest of what all combinations say; comments have no part in it."""
    said = repr([values_of(*names) for names in combinations()])
    return hashlib.sha256(said.encode()).hexdigest()
