"""The page in a real browser: on a phone and a screen, light and dark, on paper, and what axe finds in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from include.local.install import BROWSERS
from include.report.document import report_of
from include.report.page import html
from tests.report.runs_for_tests import EARLIER, ONE_ROW, PRICES, side_by_side

pytestmark = pytest.mark.browser
PHONE, SCREEN = ViewportSize(width=390, height=800), ViewportSize(width=1280, height=900)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html(report_of(side_by_side(ONE_ROW, "failed"), PRICES, EARLIER)))
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[(scheme, size) for scheme in ("light", "dark") for size in ("phone", "screen")], ids="-".join)
def page(request: pytest.FixtureRequest, browser: Browser, file: Path) -> Iterator[Page]:
    scheme, size = request.param
    page = browser.new_page(viewport=PHONE if size == "phone" else SCREEN, color_scheme=scheme)
    wanted: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda asked: wanted.append(asked.url))
    page.on("console", lambda said: wrong.append(said.text))
    page.goto(file.as_uri())
    yield page
    assert wanted == [file.as_uri()]
    assert wrong == []
    page.close()


def test_nothing_hinders_anybody_and_nothing_is_wider_than_the_screen(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


def test_the_difference_is_seen_at_once_in_red(page: Page) -> None:
    first = page.locator("section.verdict li").first
    assert first.inner_text().startswith("Different: P_SNOWPARK: 1 of 1,973 rows differs")
    box = first.bounding_box()
    assert box
    assert box["y"] + box["height"] < 400  # without scrolling
    red, green, blue = page.evaluate(
        "getComputedStyle(document.querySelector('section.verdict li')).color.match(/\\d+/g).map(Number)"
    )
    assert red > 1.5 * max(green, blue)


def test_a_plot_has_the_colours_of_the_page(page: Page) -> None:
    colours = "[...document.querySelectorAll('svg text')].map(text => getComputedStyle(text).fill)"
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert set(page.evaluate(colours)) == {ink}


def test_it_is_printed_whole(browser: Browser, file: Path) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(file.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    cut = "[...document.querySelectorAll('.scroll')].filter(one => getComputedStyle(one).overflowX != 'visible').length"
    assert page.evaluate(cut) == 0
    assert page.pdf(format="A4").count(b"/Type /Page\n") + page.pdf(format="A4").count(b"/Type /Page ") > 2
    page.close()
