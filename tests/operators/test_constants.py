"""What the factory names of the operators is there."""

from __future__ import annotations

import importlib

import pytest

from include import constants

PATHS = [value for value in vars(constants).values() if str(value).startswith("include.operators.")]


@pytest.mark.parametrize("path", PATHS)
def test_what_the_factory_names_is_there(path: str) -> None:
    module, _, name = path.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))
