"""What is imported before a function runs is no work for the garbage collector, in the interpreter and in a pod."""

from __future__ import annotations

import gc
import inspect
import json
import subprocess

import pytest

from include.operators.snowpark import run_in_runtime
from include.runtime.imports import uncollected
from tests.conftest import ROOT, SNOWPARK_PYTHON

REQUEST = json.dumps({"function": "include.tasks.taxi.train"})
TOLD = "\nimport gc\nprint(gc.get_freeze_count() > 100_000, gc.isenabled())"


@pytest.mark.parametrize(
    "code", [f"{inspect.getsource(run_in_runtime)}\nrun_in_runtime({REQUEST!r})", "import include.runtime.__main__"]
)
def test_modules_are_left_out_of_collections_and_the_rest_is_not(code: str) -> None:
    environment = {"PYTHONPATH": str(ROOT)}
    command = [str(SNOWPARK_PYTHON), "-c", f"from __future__ import annotations\n{code}{TOLD}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "True True\n", done.stderr


@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_is_left_as_it_was_whatever_fails(collecting: bool) -> None:
    was = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        with pytest.raises(ZeroDivisionError), uncollected():
            1 / int(gc.isenabled())
        assert gc.isenabled() == collecting
    finally:
        (gc.enable if was else gc.disable)()
        gc.unfreeze()
