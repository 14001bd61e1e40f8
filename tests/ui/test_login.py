"""Nobody gets anything of the pages without Airflow's login, whatever they ask for and however."""

from __future__ import annotations

from datetime import timedelta

import pytest
from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

pytestmark = pytest.mark.server
RUN = "/snowpod/runs/pipeline_0000_side_by_side/manual__2026-01-01T01:30:00%2B00:00"
PATHS = [
    "/snowpod/",
    "/snowpod/?q=pipeline",
    "/snowpod/dags/pipeline_0000_side_by_side",
    "/snowpod/dags/unknown",
    RUN,
    f"{RUN}/report.json",
    "/snowpod/docs",
    "/snowpod/redoc",
    "/snowpod/openapi.json",
    "/snowpod/static/x.css",
    "/snowpod/unknown/of/all",
    "/snowpod//",
    "/snowpod/%2e%2e/snowpod/",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FOO"])
def test_a_program_without_a_login_is_refused(app: TestClient, path: str, method: str) -> None:
    answer = app.request(method, path)
    assert answer.status_code == 401
    assert answer.text in ("", '{"detail":"Not authenticated"}')


@pytest.mark.parametrize("path", PATHS)
def test_a_browser_without_a_login_is_sent_to_it(app: TestClient, path: str) -> None:
    answer = app.get(path, headers={"accept": "text/html,*/*"})
    assert answer.status_code == 303
    assert answer.text == ""
    assert answer.headers["location"].startswith("/api/v2/auth/login?next=%2Fsnowpod%2F")


def test_the_login_leads_back_to_where_the_browser_was_going(app: TestClient) -> None:
    sent = app.get(f"{RUN}?a=b%26c", headers={"accept": "text/html"}).headers["location"]
    on = app.get(sent)
    assert on.status_code == 307
    assert on.headers["location"].startswith("/auth/login?next=%2Fsnowpod%2Fruns%2F")
    assert "manual__2026-01-01T01%3A30%3A00%252B00%3A00%3Fa%3Db%2526c" in on.headers["location"]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4iLCJyb2xlIjoiYWRtaW4ifQ."])
def test_a_token_of_nobody_is_none(app: TestClient, token: str) -> None:
    assert app.get("/snowpod/", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert app.get("/snowpod/", headers={"cookie": f"_token={token}"}).status_code == 401


def test_a_token_that_has_expired_is_none(app: TestClient) -> None:
    user = SimpleAuthManagerUser(username="ann", role="admin")
    token = get_auth_manager().generate_jwt(user, expiration_time_in_seconds=-timedelta(hours=1).total_seconds())
    assert app.get("/snowpod/", headers={"cookie": f"_token={token}"}).status_code == 401


def test_no_socket_opens_without_a_login(app: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), app.websocket_connect("/snowpod/"):
        pass


@pytest.mark.parametrize("path", ["/snowpod/docs", "/snowpod/redoc", "/snowpod/openapi.json"])
def test_the_pages_describe_themselves_to_nobody(ann: TestClient, path: str) -> None:
    assert ann.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/snowpod/", "/snowpod/unknown", RUN, "/snowpod/dags/unknown"])
@pytest.mark.parametrize("user", ["ann", None])
def test_every_answer_keeps_off_the_network_and_out_of_other_sites(
    app: TestClient, ann: TestClient, path: str, user: str | None
) -> None:
    headers = (ann if user else app).get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'self'" in policy
    assert not {"http:", "https:", "*", "'unsafe-eval'"} & set(policy.replace(";", " ").split())
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
