"""What stands before every page: nobody passes without Airflow's login, and no page reaches out to the network.

Airflow mounts a plugin's application beside its own and authenticates none of its requests; dependencies of routes
would leave out what has no route. So this is around the whole application.
"""

from __future__ import annotations

import secrets
from urllib.parse import quote

from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
from fastapi import HTTPException, Request
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGIN = "/api/v2/auth/login"
"""Where Airflow sends whoever is not logged in; it knows its auth manager's own page."""


class Guard:
    """Lets requests of users pass, with the user in `request.state.snowpod_user` and a nonce for the page's script.

    Args:
        app: the application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(Request(scope, receive), send)
        else:
            await send({"type": "websocket.close", "code": 1008})  # policy violation

    async def _http(self, request: Request, send: Send) -> None:
        nonce = secrets.token_urlsafe(16)
        app: ASGIApp = self._app
        try:
            # Airflow's own dependency, called by hand: the bearer's token first, then the cookie.
            request.state.snowpod_user = await get_user(request, None, await bearer_scheme(request))
            request.state.snowpod_nonce = nonce
        except HTTPException:
            app = _not_logged_in(request)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_headers(nonce))
            await send(message)

        await app(request.scope, request.receive, with_headers)


def airflow_root(request: Request) -> str:
    """Return the path of Airflow's own address, without a slash at its end: empty unless it is below another site."""
    return str(request.scope.get("app_root_path", "")).rstrip("/")


def _not_logged_in(request: Request) -> Response:
    if request.method not in ("GET", "HEAD") or "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"detail": "Not authenticated"}, 401)
    root = airflow_root(request)
    path = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    here = path.decode("latin-1")
    here = here if here.startswith(root + "/") else root + here
    if request.url.query:
        here += f"?{request.url.query}"
    return RedirectResponse(f"{root}{LOGIN}?next={quote(here, safe='')}", 303)


def _headers(nonce: str) -> dict[str, str]:
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none';"
        f" frame-ancestors 'self'; script-src 'nonce-{nonce}'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "SAMEORIGIN",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
