"""What a user does with the UI: log in, press play, see it succeed, read what it was worth. A real Airflow and browser.

One Airflow serves all tests, and one run of the taxi pipeline: side by side in CI and where CLUSTER names a cluster,
else in Snowpark. With SNOWPOD_SCREENSHOTS set to a folder, pictures for the documentation are written there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect, sync_playwright

from include.local.install import BROWSERS
from tests.conftest import ROOT
from tests.waiting import until

pytestmark = pytest.mark.browser
CLUSTER = os.environ.get("CLUSTER", "" if os.environ.get("CI") == "true" else "none")
"""Empty for whichever can be had."""
DAG = "taxi_trip_duration_snowpark" if CLUSTER == "none" else "taxi_trip_duration_side_by_side"
METRICS = "TAXI_METRICS_OF_ANN"
PATIENCE = 550
"""Seconds for a run of the pipeline on a busy machine."""
STEP = 120_000
"""Milliseconds for one step of a page there."""
TITLE = "Snowpark or Kubernetes?"


@dataclass(frozen=True)
class Airflow:
    """An Airflow that runs, and its administrator."""

    url: str
    password: str

    def asked(self, path: str) -> Any:
        """What its API says."""
        body = json.dumps({"username": "admin", "password": self.password}).encode()
        request = urllib.request.Request(f"{self.url}/auth/token", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            token = json.load(answer)["access_token"]
        request = urllib.request.Request(f"{self.url}/api/v2/{path}", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def runs(self) -> list[dict[str, Any]]:
        """The runs of the DAG."""
        found: list[dict[str, Any]] = self.asked(f"dags/{DAG}/dagRuns")["dag_runs"]
        return found


def command(local: Path, word: str) -> str:
    login = {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False"}
    environment = {**os.environ, "SNOWPOD_LOCAL": str(local), **({"CLUSTER": CLUSTER} if CLUSTER else {}), **login}
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
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    folder = tmp_path_factory.mktemp("ui")
    try:
        command(folder, "start")
        home = folder / "airflow"
        passwords = json.loads((home / "simple_auth_manager_passwords.json.generated").read_text())
        yield Airflow((home / "url").read_text(), passwords["admin"])
    finally:
        command(folder, "stop")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def logged_in(browser: Browser, airflow: Airflow) -> Iterator[BrowserContext]:
    """A browser in which somebody has logged in, by the form, on the way to our page."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(STEP)
    page = context.new_page()
    page.goto(f"{airflow.url}/snowpod/")
    page.locator("input[name=username]").fill("admin")
    page.locator("input[name=password]").fill(airflow.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{airflow.url}/snowpod/")
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(logged_in: BrowserContext) -> Iterator[Page]:
    page = logged_in.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def run(logged_in: BrowserContext, airflow: Airflow) -> dict[str, Any]:
    """A run that was started from the form with another param, watched until it turned green."""
    page = logged_in.new_page()
    page.goto(f"{airflow.url}/dags/{DAG}")
    page.get_by_role("button", name="Trigger").click()
    form = page.get_by_role("dialog")
    form.get_by_text("Folder of CSV files of trips").wait_for()  # the description of `source` in the YAML
    form.locator('input[name="element_metrics"]').fill(METRICS)
    picture(page, "trigger")
    form.get_by_role("button", name="Trigger").last.click()
    page.wait_for_url(f"**/dags/{DAG}/runs/**")
    until(lambda: [run for run in airflow.runs() if run["state"] not in ("queued", "running")], PATIENCE)
    (run,) = airflow.runs()
    tasks = airflow.asked(f"dags/{DAG}/dagRuns/{quote(run['dag_run_id'])}/taskInstances")["task_instances"]
    assert run["state"] == "success", {task["task_id"]: task["state"] for task in tasks}
    expect(page.get_by_text("Success").first).to_be_visible(timeout=STEP)
    picture(page, "run")
    page.close()
    return run


def picture(page: Page, name: str) -> None:
    """Write a picture for the documentation, where one is asked for."""
    if folder := os.environ.get("SNOWPOD_SCREENSHOTS"):
        page.screenshot(path=ROOT / folder / f"{name}.png")


def framed(page: Page, title: str) -> FrameLocator:
    return page.frame_locator(f'iframe[title="{title}"]')


def report_of(run: dict[str, Any]) -> str:
    return f"/snowpod/runs/{DAG}/{quote(run['dag_run_id'], safe='')}"


def test_without_a_login_there_is_nothing(browser: Browser, airflow: Airflow) -> None:
    stranger = browser.new_context()
    page = stranger.new_page()
    for path in ("/snowpod/", f"/snowpod/dags/{DAG}", f"/snowpod/runs/{DAG}/x", "/snowpod/unknown"):
        page.goto(airflow.url + path)
        page.locator("input[name=password]").wait_for(timeout=STEP)
        assert "/auth/login" in page.url
        assert "taxi" not in page.content()
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(airflow.url + path)
    stranger.close()


def test_every_variant_is_listed(page: Page, airflow: Airflow) -> None:
    page.goto(f"{airflow.url}/dags")
    for pipeline in ("taxi_trip_duration", "flight_delay"):
        for variant in ("snowpark", "kubernetes", "side_by_side"):
            page.get_by_text(f"{pipeline}_{variant}", exact=True).first.wait_for()


def test_the_documentation_says_what_the_pipeline_does(page: Page, airflow: Airflow) -> None:
    page.goto(f"{airflow.url}/dags/{DAG}")
    page.get_by_role("button", name="Dag Docs").click()
    page.get_by_text("what runs took, cost and gave").first.wait_for()


def test_the_code_is_the_pipelines_yaml(page: Page, airflow: Airflow) -> None:
    page.goto(f"{airflow.url}/dags/{DAG}/code")
    expect(page.locator(".monaco-editor").first).to_contain_text("taxi_trip_duration", timeout=STEP)
    expect(page.locator(".monaco-editor").first).to_contain_text("How long will this yellow-cab trip take?")
    picture(page, "code")


def test_press_play_and_the_pipeline_succeeds(run: dict[str, Any]) -> None:
    assert run["conf"]["metrics"] == METRICS
    assert run["conf"].get("source", "include/data/taxi") == "include/data/taxi"


def test_the_note_of_the_run_is_its_metric_and_the_verdict(run: dict[str, Any]) -> None:
    assert run["note"].startswith("gradient_boosting mae ")
    if DAG.endswith("side_by_side"):
        assert "qual: " in run["note"]  # equal: …


def test_the_navigation_leads_to_all_pipelines_and_on_to_the_report(
    page: Page, airflow: Airflow, run: dict[str, Any]
) -> None:
    page.goto(airflow.url)
    page.get_by_text(TITLE).first.click()
    pages = framed(page, TITLE)
    for pipeline in ("taxi_trip_duration", "flight_delay"):
        pages.get_by_role("heading", name=pipeline, exact=True).wait_for()
    row = pages.get_by_role("row", name=DAG.removeprefix("taxi_trip_duration_")).filter(has_text="success")
    expect(row).to_contain_text(run["note"])
    picture(page, "pipelines")
    row.get_by_role("link").nth(1).click()
    pages.get_by_role("heading", name="Verdict").wait_for()
    pages.get_by_role("link", name=f"Runs of {DAG}").click()
    pages.get_by_role("link", name="This DAG in Airflow").click()  # out of the frame
    page.wait_for_url(f"{airflow.url}/dags/{DAG}")


def test_the_dag_and_the_run_lead_to_our_pages(page: Page, airflow: Airflow, run: dict[str, Any]) -> None:
    page.goto(f"{airflow.url}/dags/{DAG}")
    page.get_by_role("link", name=TITLE).last.click()
    framed(page, TITLE).get_by_role("cell", name=run["dag_run_id"]).wait_for()
    page.goto(f"{airflow.url}/dags/{DAG}/runs/{quote(run['dag_run_id'], safe='')}")
    page.get_by_role("link", name="Report").click()
    framed(page, "Report").get_by_role("heading", name="Verdict").wait_for()
    picture(page, "report")


@pytest.mark.skipif(DAG.endswith("snowpark"), reason="only a run side by side compares; CLUSTER names a cluster")
def test_the_comparison_leads_to_the_report(page: Page, airflow: Airflow, run: dict[str, Any]) -> None:
    page.goto(f"{airflow.url}/dags/{DAG}/runs/{quote(run['dag_run_id'], safe='')}/tasks/compare/details")
    link = page.get_by_role("link", name="Report")
    link.wait_for()
    assert link.get_attribute("href") == report_of(run)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_for_everybody(page: Page, airflow: Airflow, run: dict[str, Any], scheme: str) -> None:
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    for path in ("/snowpod/", "/snowpod/?q=nothing", f"/snowpod/dags/{DAG}", report_of(run), "/snowpod/unknown"):
        page.goto(airflow.url + path)
        wrong = Axe().run(page).response["violations"]
        assert [(path, one["id"], one["nodes"]) for one in wrong if one["impact"] in ("serious", "critical")] == []
        page.set_viewport_size({"width": 390, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size({"width": 1400, "height": 900})
        assert wide <= 390, f"{path} is {wide} pixels wide on a phone"


def test_the_pages_reach_out_to_nothing(page: Page, airflow: Airflow, run: dict[str, Any]) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for path in ("/snowpod/", f"/snowpod/dags/{DAG}", report_of(run)):
        asked.clear()
        page.goto(airflow.url + path, wait_until="networkidle")
        assert asked == [airflow.url + path]
    assert said == []  # such as what the content security policy refused
