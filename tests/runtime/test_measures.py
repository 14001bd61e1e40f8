"""What is measured of a function, and what is not known of it."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from include.constants import NODE_VARIABLE, POD_VARIABLE
from include.runtime import cpu, shipping
from include.runtime.measures import KEYS, POD_KEYS, Meter, unknown
from include.runtime.request import Request

REQUEST = Request("include.tasks.taxi.train", query_tag={"try_number": 2}, target="snowpark")


def burn() -> None:
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass


def burn_and_wait() -> None:
    burn()
    time.sleep(60)


def test_nothing_is_0_that_is_not_known() -> None:
    assert unknown() == dict.fromkeys(KEYS)
    assert Meter().measures == dict.fromkeys(KEYS)


def test_start_up_and_work_are_apart() -> None:
    meter = Meter(Request("f", started=time.time() - 5))
    time.sleep(0.02)
    meter.called()
    time.sleep(0.05)
    meter.ended("success")
    measured = meter.measures
    assert 5 <= measured["startup_seconds"] < 8
    assert 0.05 <= measured["work_seconds"] < 3
    assert measured["state"] == "success"
    assert (measured["run_as"], measured["target"]) == ("session", None)


def test_a_clock_that_is_behind_gives_no_negative_time() -> None:
    meter = Meter(Request("f", started=time.time() + 60))
    meter.called()
    assert meter.measures["startup_seconds"] == 0


def test_a_function_that_was_never_called_took_no_time_that_is_known() -> None:
    meter = Meter(REQUEST)
    meter.ended("failed")
    measured = [meter.measures[key] for key in ("startup_seconds", "work_seconds", "cpu_seconds")]
    assert measured == [None, None, None]
    assert meter.measures["try_number"] == 2


@pytest.mark.parametrize("mode", ["session", "stream"])
def test_the_cpu_is_the_functions_without_what_its_process_took_before(mode: str) -> None:
    meter = Meter(Request("f", mode))  # type: ignore[arg-type]
    burn()
    meter.called()
    before = time.process_time()
    meter.ended("success")
    assert meter.measures["cpu_seconds"] < 0.25 + time.process_time() - before


def test_the_cpu_of_the_function_counts() -> None:
    meter = Meter(REQUEST)
    meter.called()
    burn()
    meter.ended("failed")
    assert 0.25 <= meter.measures["cpu_seconds"] < cpu.seconds()


@pytest.mark.parametrize("mode", ["stored_procedure", "udf"])
def test_what_snowflake_ran_is_not_measured_in_this_process(mode: str) -> None:
    meter = Meter(Request("f", mode))  # type: ignore[arg-type]
    meter.called()
    meter.ended("success")
    assert (meter.measures["cpu_seconds"], meter.measures["memory_bytes"]) == (None, None)


def test_the_cpu_of_ended_processes_counts() -> None:
    before = cpu.seconds()
    child = multiprocessing.get_context("fork").Process(target=burn)
    child.start()
    child.join()
    assert cpu.seconds() - before >= 0.25


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of processes that still run")
def test_the_cpu_of_workers_that_still_run_counts() -> None:
    before = cpu.seconds()
    child = multiprocessing.get_context("fork").Process(target=burn_and_wait)
    child.start()
    try:
        while cpu.seconds() - before < 0.25:
            time.sleep(0.01)
    finally:
        child.kill()


def test_a_process_that_ends_while_it_is_looked_at_counts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(path: Any = ".") -> Any:
        raise FileNotFoundError(path)

    monkeypatch.setattr(os, "scandir", gone)
    assert cpu.seconds() > 0


def test_the_version_is_of_the_code_that_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def version() -> str:
        shipping.version.cache_clear()
        return shipping.version()

    monkeypatch.setattr(shipping, "ROOT", tmp_path)
    code = tmp_path / "include" / "tasks" / "a.py"
    code.parent.mkdir(parents=True)
    code.write_text("one")
    (tmp_path / "include" / "factory").mkdir()
    first = version()
    (tmp_path / "include" / "factory" / "b.py").write_text("not shipped")
    assert version() == first
    code.write_text("two")
    changed = version()
    code.rename(code.with_name("b.py"))
    assert len({first, changed, version()}) == 3
    shipping.version.cache_clear()


class TestPod:
    def test_it_knows_itself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(POD_VARIABLE, json.dumps({"name": "train-x1", "cpu_limit": 0.5}))
        monkeypatch.setenv(NODE_VARIABLE, "node-1")
        measured = Meter(REQUEST).measures
        assert measured["run_as"] == "pod"
        assert measured["pod"] == dict.fromkeys(POD_KEYS) | {"name": "train-x1", "cpu_limit": 0.5, "node": "node-1"}

    def test_of_a_stream_it_is_still_a_stream(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(POD_VARIABLE, "{}")
        assert Meter(Request("f", "stream")).measures["run_as"] == "stream"

    @pytest.mark.parametrize("known", [None, "", "no JSON"])
    def test_without_one_there_is_none(self, monkeypatch: pytest.MonkeyPatch, known: str | None) -> None:
        if known is not None:
            monkeypatch.setenv(POD_VARIABLE, known)
        assert Meter(REQUEST).measures["pod"] is None
