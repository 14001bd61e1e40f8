"""What a user does with the UI: look at the pipelines, press play, see it succeed. The real Airflow, a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from include.local.install import BROWSERS
from tests.conftest import ROOT
from tests.waiting import until

DAG = "taxi_trip_duration_snowpark"
PATIENCE = 450
"""Seconds for a run of the pipeline on a busy machine."""


def command(local: Path, word: str) -> str:
    environment = {**os.environ, "SNOWPOD_LOCAL": str(local), "CLUSTER": "none"}
    done = subprocess.run(
        [sys.executable, "-m", "include.local.up", word],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("ui")
    try:
        command(folder, "start")
        yield folder
    finally:
        command(folder, "stop")


@pytest.fixture(scope="module")
def url(local: Path) -> str:
    return (local / "airflow" / "url").read_text()


@pytest.fixture
def page(url: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(120_000)
        yield page
        browser.close()


def runs(url: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{url}/auth/token") as answer:
        token = json.load(answer)["access_token"]
    request = urllib.request.Request(f"{url}/api/v2/dags/{DAG}/dagRuns", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        found: list[dict[str, Any]] = json.load(answer)["dag_runs"]
    return found


def test_every_variant_is_listed(page: Page, url: str) -> None:
    page.goto(f"{url}/dags")
    for variant in ("snowpark", "kubernetes", "side_by_side"):
        page.get_by_text(f"taxi_trip_duration_{variant}", exact=True).first.wait_for()


def test_press_play_and_the_pipeline_succeeds(page: Page, url: str) -> None:
    page.goto(f"{url}/dags/{DAG}")
    page.get_by_role("button", name="Trigger").click()
    form = page.get_by_role("dialog")
    form.get_by_text("Run Parameters").click()
    form.get_by_text("Folder of CSV files of trips").wait_for()  # the description of `source` in the YAML
    form.get_by_role("button", name="Trigger").click()
    until(lambda: [run for run in runs(url) if run["state"] not in ("queued", "running")], PATIENCE)
    (found,) = runs(url)
    assert found["state"] == "success"
    assert found["conf"].get("source", "include/data/taxi") == "include/data/taxi"


def test_the_documentation_says_what_the_pipeline_does(page: Page, url: str) -> None:
    page.goto(f"{url}/dags/{DAG}")
    page.get_by_role("button", name="Dag Docs").click()
    page.get_by_text("what runs took, cost and gave").first.wait_for()
