"""The pipe that hands the connection over: whole, to one reader, and gone with its writer."""

from __future__ import annotations

import os
import subprocess

from include.operators.connection import Handover
from tests.conftest import ROOT, SNOWPARK_PYTHON

READ = (
    "import json; from include.runtime.session import connection_parameters; print(json.dumps(connection_parameters()),"
    " flush=True)"
)


def child(descriptor: int, code: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "SNOWPOD_CONNECTION_FD": str(descriptor), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [str(SNOWPARK_PYTHON), "-c", code], env=environment, close_fds=False, stdout=subprocess.PIPE, text=True
    )


def test_the_child_gets_the_parameters_and_its_environment_has_only_a_number() -> None:
    parameters = {"user": "ann", "password": "p" * 3000}
    with Handover(parameters) as handover, child(handover.descriptor, READ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert process.wait() == 0
    assert line == '{"user": "ann", "password": "' + "p" * 3000 + '"}\n'


def test_the_child_ends_when_the_operator_is_gone() -> None:
    with (
        Handover({"user": "ann"}) as handover,
        child(handover.descriptor, READ + "; import time; time.sleep(60)") as process,
    ):
        assert process.stdout is not None
        assert "ann" in process.stdout.readline()
        assert process.poll() is None
        handover.close()
        assert process.wait(timeout=120) == 113


def test_the_descriptors_are_closed_afterwards() -> None:
    before = os.listdir("/dev/fd")
    with Handover({}):
        pass
    assert os.listdir("/dev/fd") == before
