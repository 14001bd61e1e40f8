"""The targets: each is a module of this folder with a `TARGET`, found by its name."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from include.factory.target import Target


def _found() -> dict[str, Target]:
    found: list[Target] = [import_module(f"{__name__}.{module.name}").TARGET for module in iter_modules(__path__)]
    return {target.name: target for target in sorted(found, key=lambda target: (not target.is_default, target.name))}


TARGETS = _found()
"""All targets by name, the default one first."""
DEFAULT_TARGET = next(iter(TARGETS.values()))
