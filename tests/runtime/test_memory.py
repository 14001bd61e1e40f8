"""What a function took, in the one line that the summary of a run reads."""

from __future__ import annotations

import logging
import re
import sys
import time
from pathlib import Path

import pytest

from include.local.log import most_memory
from include.runtime import memory


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says how much memory a process takes")
def test_the_most_that_this_process_had_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    held = bytearray(300_000_000)
    most = memory.peak()
    assert most is not None
    assert most >= len(held)
    del held

    memory.report(time.monotonic() - 2)

    assert re.fullmatch(r"used at most [\d,]+ MB of memory, in 2\.\d s", caplog.messages[0])
    assert most_memory(caplog.text) == pytest.approx(most / 10**6, rel=0.02)


@pytest.mark.parametrize("page", [None, "Name:\tpython\n"])
def test_a_kernel_that_does_not_say_is_no_obstacle(
    page: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    if page is not None:
        (tmp_path / "status").write_text(page)
    monkeypatch.setattr(memory, "STATUS", tmp_path / "status")
    memory.report(time.monotonic())
    assert caplog.messages == ["in 0.0 s"]
    assert most_memory(caplog.text) is None
