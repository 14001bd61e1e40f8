"""Airflow's real API server application, with the project's plugin, on a real metadata database. No server runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy
from airflow import plugins_manager, settings
from airflow.api_fastapi.app import create_app, get_auth_manager, purge_cached_app
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.listeners.listener import get_listener_manager
from airflow.utils.db import initdb
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from tests.benchmarks.many_runs import environment, fill

Login = Callable[[str], TestClient]
PIPELINES, RUNS = 45, 200


@contextmanager
def airflow_in(folder: Path) -> Iterator[Engine]:
    """This process' Airflow with a database of its own, as long as the context."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(folder).items():
            if name != "AIRFLOW_HOME":  # read once, when Airflow is imported
                patch.setenv(name, value)
        patch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(folder / "passwords.json"))
        patch.setenv("AIRFLOW__CORE__AUTH_MANAGER", "tests.ui.restricted.RestrictedAuthManager")
        _read_settings()
        try:
            initdb()
            engine = sqlalchemy.create_engine(environment(folder)["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
            yield engine
            engine.dispose()
        finally:
            settings.dispose_orm()
    _read_settings()


def _read_settings() -> None:
    settings.configure_vars()
    settings.configure_orm()
    purge_cached_app()
    for cached in (
        plugins_manager._get_plugins,
        plugins_manager._get_ui_plugins,
        plugins_manager.get_fastapi_plugins,
        plugins_manager._get_extra_operators_links_plugins,
        get_listener_manager,
    ):
        cached.cache_clear()


@pytest.fixture(scope="package")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An Airflow's database with pipelines and runs."""
    with airflow_in(tmp_path_factory.mktemp("airflow")) as engine:
        fill(engine, PIPELINES, RUNS)
        yield engine


@pytest.fixture(scope="package")
def app(database: Engine) -> TestClient:
    """Airflow's application; nobody is logged in."""
    return TestClient(create_app(), follow_redirects=False)


@pytest.fixture(scope="package")
def login(app: TestClient) -> Login:
    """Logs a user of some name in, who looks on."""

    def log_in(name: str) -> TestClient:
        token = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=name, role="viewer"))
        client = TestClient(app.app, follow_redirects=False, headers={"accept": "text/html"})
        client.cookies.set("_token", token)
        return client

    return log_in


@pytest.fixture(scope="package")
def ann(login: Login) -> TestClient:
    """A browser in which somebody is logged in who may read everything."""
    return login("ann")
