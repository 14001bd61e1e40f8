"""Airflow's REST API, as the one user whom a local Airflow has."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any


class ApiError(Exception):
    """The running Airflow does not take it, or does not answer; the message says why, and what to do."""


class Api:
    """A client of the REST API, version 2."""

    def __init__(self, url: str) -> None:
        """Log in.

        Args:
            url: where Airflow answers.

        Raises:
            ApiError: it does not.
        """
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._token = ""
        self._token = self._send("GET", f"{url}/auth/token", None)["access_token"]

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask for something.

        Args:
            method: the HTTP method.
            path: what comes after `/api/v2/`.
            body: what is sent, as JSON.

        Returns:
            The answer, read from JSON.

        Raises:
            ApiError: Airflow refuses it, or does not answer.
        """
        return self._send(method, f"{self.url}/api/v2/{path}", body)

    def _send(self, method: str, url: str, body: dict[str, Any] | None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        try:
            with self._opener.open(urllib.request.Request(url, data, headers, method=method), timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            detail = error.read().decode(errors="replace")
            raise ApiError(f"The running Airflow refuses it: {error.code} {detail}") from None
        except OSError as error:
            raise ApiError(
                f"The running Airflow does not answer at {url} ({error}): `make stop`, then `make up`."
            ) from None


def healthy_parts(url: str) -> set[str]:
    """Return which parts of Airflow say that they are well.

    Args:
        url: where the API server answers.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/api/v2/monitor/health", timeout=5) as answer:
            health = json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return set()
    return {part for part, told in health.items() if told and told.get("status") == "healthy"}
