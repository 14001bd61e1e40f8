"""The pages over a real database: what they show, to whom, and that nothing in it can break them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, text

from tests.ui.conftest import PIPELINES, Login
from tests.ui.restricted import HIDDEN

pytestmark = pytest.mark.server
DAG = "pipeline_0000_side_by_side"
RUN = "manual__2026-01-01T01:30:00+00:00"
HOSTILE = """<script>alert(1)</script>"'></td>{{ 7 * 7 }}"""


@pytest.fixture
def change(database: Engine) -> Iterator[Callable[..., None]]:
    """Changes a value in a row, until the end of the test: of the earlier run of `DAG` if nothing else is said."""
    before: list[tuple[str, str, object, int]] = []

    def do(column: str, value: object, table: str = "dag_run", where: str = "id = 90") -> None:
        with database.begin() as connection:
            query = f"SELECT rowid, {column} FROM {table} WHERE {where}"
            row, old = connection.exec_driver_sql(query).one()
            _set(connection, table, column, value, row)
        before.append((table, column, old, row))

    yield do
    with database.begin() as connection:
        for table, column, old, row in reversed(before):
            _set(connection, table, column, old, row)


def _set(connection: Connection, table: str, column: str, value: object, row: int) -> None:
    connection.execute(text(f"UPDATE {table} SET {column} = :value WHERE rowid = :row"), {"value": value, "row": row})


def test_all_pipelines_are_listed_page_by_page(ann: TestClient) -> None:
    found: list[str] = []
    path: str | None = "/snowpod/"
    while path:
        html = ann.get(path).text
        found += re.findall(r'<h2 id="p\d+">(.*?)</h2>', html)
        following = re.search(r'rel="next" href="(.*?)"', html)
        path = following and following[1].replace("&amp;", "&")
    assert found == [f"pipeline_{number:04}" for number in range(PIPELINES)]


def test_a_row_says_how_the_latest_run_went_and_leads_to_its_report(ann: TestClient) -> None:
    html = ann.get("/snowpod/").text
    row = html[html.index(f"/dags/{DAG}") :].partition("</tr>")[0]
    assert ">side_by_side</a>" in row
    assert "equal; Snowpark 2.1 x faster for predict" in row
    assert re.search(r"snowpark 12 s.*kubernetes 12 s", row, re.DOTALL)
    assert 'aria-label="The last 2 runs took' in row
    (report,) = re.findall(rf'href="(/snowpod/runs/{DAG}/[^"]*)"', row)
    assert ann.get(report).status_code == 200


def test_words_find_pipelines(ann: TestClient) -> None:
    html = ann.get("/snowpod/?q=0042+SIDE").text
    assert re.findall(r'<h2 id="p\d+">(.*?)</h2>', html) == ["pipeline_0042"]
    assert "No pipeline has “nothing here”" in ann.get("/snowpod/?q=nothing+here").text


@pytest.mark.parametrize("page", ["0", "-1", "999999", "abc", "", "1e3", "٣", "9" * 400, "²"])
def test_a_page_that_is_not_there_is_the_nearest(ann: TestClient, page: str) -> None:
    assert ann.get("/snowpod/", params={"page": page}).status_code == 200


@pytest.mark.parametrize("q", [HOSTILE, "%", "_", "\0", "'; DROP TABLE dag; --", "x" * 5000, "🙂"])
def test_no_words_break_the_page(ann: TestClient, q: str) -> None:
    html = ann.get("/snowpod/", params={"q": q}).text
    assert "<script>alert" not in html
    assert "No pipeline has" in html or q == "_"


def test_a_dag_has_its_runs_and_its_other_variants(ann: TestClient) -> None:
    html = ann.get(f"/snowpod/dags/{DAG}").text
    assert html.count(f"/snowpod/runs/{DAG}/") == 2
    assert '<a href="/snowpod/dags/pipeline_0000_snowpark">snowpark</a>' in html


def test_a_report_as_page_and_as_figures(ann: TestClient) -> None:
    address = f"/snowpod/runs/{DAG}/{quote(RUN, safe='')}"
    assert DAG in ann.get(address).text
    report = ann.get(f"{address}/report.json").json()
    assert (report["dag_id"], report["run_id"], report["state"]) == (DAG, RUN, "success")


@pytest.mark.parametrize(
    "run_id",
    [
        "a/b",
        "/",
        "a//b/",
        "x/report.json",
        "../../dags/x",
        "50% + 1 = ?&#;",
        "Ünïcode ☃",
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
        "manual__2026-11-29T18:00:00.123456+00:00",
        "a b\tc",
    ],
)
def test_a_run_may_be_called_anything(ann: TestClient, change: Callable[..., None], run_id: str) -> None:
    change("run_id", run_id)
    listed = ann.get(f"/snowpod/dags/{DAG}").text
    address = re.findall(r'href="(/snowpod/runs/[^"]*)"', listed)[-1]  # the earlier of two
    answer = ann.get(address)
    assert answer.status_code == 200, answer.text
    assert "<script>alert" not in answer.text + listed
    assert ann.get(f"{address}/report.json").json()["run_id"] == run_id


def test_what_people_write_is_shown_as_text(ann: TestClient, change: Callable[..., None]) -> None:
    change("content", HOSTILE, "dag_run_note", "dag_run_id = 180")
    change("description", HOSTILE, "dag", f"dag_id = '{DAG}'")
    change("state", HOSTILE, where="id = 180")
    for path in ("/snowpod/", f"/snowpod/dags/{DAG}"):
        html = ann.get(path).text
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&gt;&lt;/td&gt;{{ 7 * 7 }}" in html


@pytest.mark.parametrize(
    "path",
    [
        "/snowpod/runs/unknown/x",
        f"/snowpod/runs/{DAG}/unknown",
        f"/snowpod/runs/{DAG}/unknown/report.json",
        f"/snowpod/runs/{DAG}/",
        f"/snowpod/runs/{DAG}/%00",
        "/snowpod/runs/%00/x",
        "/snowpod/dags/unknown",
        "/snowpod/dags/%00",
        "/snowpod/dags/%ff",
        "/snowpod/dags/",
        "/snowpod/runs/x",
    ],
)
def test_what_is_not_there_is_said_so(ann: TestClient, path: str) -> None:
    answer = ann.get(path)
    assert answer.status_code == 404
    assert '<a href="/snowpod/">All pipelines</a>' in answer.text


def test_the_dag_of_somebody_else_is_none_of_ours(ann: TestClient, change: Callable[..., None]) -> None:
    change("name", "pipeline:0000", "dag_tag", f"dag_id = '{DAG}' AND name LIKE 'snowpod:%'")
    for path in (f"/snowpod/dags/{DAG}", f"/snowpod/runs/{DAG}/{RUN}"):
        answer = ann.get(path)
        assert answer.status_code == 404
        assert "no pipeline of this project" in answer.text
    assert DAG not in ann.get("/snowpod/").text


def test_a_pipeline_whose_file_is_gone_is_not_listed(ann: TestClient, change: Callable[..., None]) -> None:
    change("is_stale", True, "dag", f"dag_id = '{DAG}'")
    assert DAG not in ann.get("/snowpod/").text


def test_who_may_not_read_a_dag_does_not_learn_of_it(login: Login, ann: TestClient) -> None:
    run = f"/snowpod/runs/{HIDDEN}/" + quote("manual__2026-01-01T01:32:00+00:00", safe="")
    stranger = login("stranger")
    assert ann.get(run).status_code == 200
    for path in (run, f"{run}/report.json", f"/snowpod/dags/{HIDDEN}", f"/snowpod/runs/{HIDDEN}/unknown"):
        answer = stranger.get(path)
        assert answer.status_code == 403
        assert "MAE" not in answer.text
    listed = stranger.get("/snowpod/?q=pipeline_0001").text
    assert HIDDEN not in listed
    assert "pipeline_0001_snowpark" in listed
    assert HIDDEN not in stranger.get("/snowpod/dags/pipeline_0001_snowpark").text


@pytest.mark.parametrize("user", ["bystander", "reader"])
def test_who_may_not_read_runs_or_results_gets_no_report(login: Login, user: str) -> None:
    client = login(user)
    listed = client.get("/snowpod/").text
    assert "You may not read its runs." in listed
    assert "MAE" not in listed
    for path in (f"/snowpod/runs/{DAG}/{RUN}", f"/snowpod/runs/{DAG}/{RUN}/report.json", f"/snowpod/dags/{DAG}"):
        assert client.get(path).status_code == 403


def test_without_pipelines_the_page_says_what_to_do(login: Login) -> None:
    html = login("nobody").get("/snowpod/").text
    assert "There is no pipeline yet that you may read." in html
    assert "include.factory new my_pipeline" in html


def test_below_another_site_all_addresses_are_below_it(app: TestClient, ann: TestClient) -> None:
    below = TestClient(app.app, root_path="/air/flow", follow_redirects=False, headers={"accept": "text/html"})
    assert below.get("/air/flow/snowpod/").headers["location"] == (
        "/air/flow/api/v2/auth/login?next=%2Fair%2Fflow%2Fsnowpod%2F"
    )
    below.cookies = ann.cookies
    for path in ("/air/flow/snowpod/", f"/air/flow/snowpod/dags/{DAG}"):
        addresses = re.findall(r'(?:href|action)="([^"]*)"', below.get(path).text)
        assert len(addresses) > 3
        assert all(address.startswith("/air/flow/") for address in addresses)
