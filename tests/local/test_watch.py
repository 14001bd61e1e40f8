"""How much memory the embedded Snowflake takes, its workers included."""

from __future__ import annotations

import subprocess
import sys

import pytest

from include.local.memory import Watch

HOLDS = "import time; held = bytearray(%s); print('ready', flush=True); time.sleep(60)"
STARTS = f"""
import subprocess, sys
held = bytearray(100_000_000)
subprocess.run([sys.executable, "-c", {HOLDS % 200_000_000!r}])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says how much memory a process takes")
def test_all_that_a_process_started_counts_and_the_most_is_kept() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTS], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    watch = Watch(process.pid)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        watch.look()
    finally:
        subprocess.run(["kill", "--", f"-{process.pid}"], check=True)
        process.wait()
    peak = watch.peak
    assert peak is not None
    assert 300_000_000 < peak < 400_000_000
    watch.look()
    assert watch.peak == peak


def test_a_process_that_is_not_there_is_no_obstacle() -> None:
    watch = Watch(2**22)
    watch.look()
    assert watch.peak is None
