"""The server process: Snowflake's protocol over TLS.

Started by `control.start`; see there. The routes are those that the Python connector calls.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
import json
import logging
import os
import secrets
import uuid
from base64 import b64encode
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.server import answers, connections
from embedded_snowflake.server.chunks import Chunks
from embedded_snowflake.server.jobs import Executor, Job, canceled
from embedded_snowflake.server.sessions import Sessions
from embedded_snowflake.sql.resolve.session_functions import SERVER_VERSION
from embedded_snowflake.state.account_objects import AccountObject
from embedded_snowflake.state.auth import KEYS, Authenticator
from embedded_snowflake.state.engine import Engine
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements.access import network_policies

logger = logging.getLogger(__name__)

# After so long a statement's request is answered with "in progress"; the connector then asks for the result. It gives a
# request 60 s before it sends it again.
PROGRESS_SECONDS = 30.0
LINK_SECONDS = 6 * 3600
STAGE_PATH = "stage-files"
# What is read or written in less time than a thread needs to take its turn; more would keep the other clients waiting.
SMALL_BYTES = 16_384


class Server:
    """The protocol's routes over one engine.

    Args:
        engine: Databases, stages, history.
        authenticator: Checks logins.
        instance: Name of this state, as `control.status` expects it.
    """

    def __init__(self, engine: Engine, authenticator: Authenticator, instance: str) -> None:
        self._engine = engine
        self._authenticator = authenticator
        self._instance = instance
        self._executor = Executor(engine)
        self._sessions = Sessions(engine, self._executor.abort)
        self._signing_key = secrets.token_bytes(32)
        self._chunks = Chunks(engine.results, answers.CHUNK_ROWS)
        self.app = Starlette(
            routes=[
                Route("/health", self.health),
                Route("/session/v1/login-request", self.login, methods=["POST"]),
                Route("/session/token-request", self.renew, methods=["POST"]),
                Route("/session/heartbeat", self.heartbeat, methods=["POST"]),
                Route("/session", self.end_session, methods=["POST"]),
                Route("/queries/v1/query-request", self.query, methods=["POST"]),
                Route("/queries/v1/abort-request", self.abort, methods=["POST"]),
                Route("/queries/{query_id}/result", self.result),
                Route("/queries/{query_id}/abort-request", self.abort_other, methods=["POST"]),
                Route("/monitoring/queries/{query_id}", self.monitoring),
                Route("/monitoring/queries//{query_id}", self.monitoring),  # connectors from 5 on
                Route("/telemetry/send", self.telemetry, methods=["POST"]),
                Route("/chunks/{signature}/{query_id}/{number:int}", self.chunk),
                Route("/" + STAGE_PATH + "/{path:path}", self.upload, methods=["PUT"]),
                Route("/" + STAGE_PATH + "/{path:path}", self.download, methods=["GET", "HEAD"]),
            ],
            exception_handlers={Exception: self.fault},
        )

    def client_left(self, address: connections.Address) -> None:
        """Hear that a client has closed a connection.

        Args:
            address: The client's end of it.
        """
        self._sessions.client_left(address)

    def _session(self, request: Request) -> Session | None:
        client = request.client
        return self._sessions.find(_token(request), (client.host, client.port) if client is not None else None)

    # ------------------------------------------------------------------------------------------------------- sessions

    async def health(self, request: Request) -> Response:
        """Tell who answers here."""
        return JSONResponse({"instance": self._instance, "pid": os.getpid()})

    def _shut_out(self, user: AccountObject | None, address: str) -> dict[str, Any] | None:
        """Refuse a user whose credentials are right: one who is disabled, or whom a network policy keeps out."""
        properties = user.properties if user is not None else {}
        if properties.get("DISABLED", "FALSE").upper() == "TRUE":
            return answers.refusal("390101", "User access disabled. Contact your local system administrator.")
        if "NETWORK_POLICY" in properties:
            policy = self._engine.account.objects.find("NETWORK POLICY", properties["NETWORK_POLICY"])
            if policy is not None and not network_policies.allows(policy, address):
                said = f"Incoming request with IP/Token {address} is not allowed to access Snowflake."
                return answers.refusal("390422", f"{said} Contact your account administrator.")
        return None

    async def login(self, request: Request) -> Response:
        """Check credentials and open a session."""
        data = (await _body(request)).get("data") or {}
        user, password = str(data.get("LOGIN_NAME", "")), str(data.get("PASSWORD") or "")
        known = self._engine.account.objects.find("USER", user.upper())
        if str(data.get("AUTHENTICATOR", "")).upper() == "SNOWFLAKE_JWT":
            keys = [known.properties[name] for name in KEYS if name in known.properties] if known is not None else []
            if not self._authenticator.check_token(user, str(data.get("TOKEN") or ""), keys):
                return JSONResponse(answers.refusal("390144", "JWT token is invalid."))
        elif not self._authenticator.check(user, password):
            return JSONResponse(answers.refusal("390100", "Incorrect username or password was specified."))
        refusal = self._shut_out(known, request.client.host if request.client else "")
        if refusal is not None:
            return JSONResponse(refusal)
        query = request.query_params
        wanted = {"database": query.get("databaseName"), "schema": query.get("schemaName")}
        wanted |= {"warehouse": query.get("warehouse"), "role": query.get("roleName")}
        environment = data.get("CLIENT_ENVIRONMENT") or {}
        application = environment.get("APPLICATION", data.get("CLIENT_APP_ID", ""))
        client = f"{application} {data.get('CLIENT_APP_VERSION', '')}".strip()
        parameters = data.get("SESSION_PARAMETERS") or {}
        called = self._engine.calls.get(password)
        try:
            if called is not None:
                opened = self._sessions.join(called)
            else:
                opened = await run_in_threadpool(self._sessions.open, user.upper(), wanted, parameters, client)
        except SnowflakeError as error:
            return JSONResponse(answers.failure(error))
        session = opened.session
        answer = {
            "token": opened.token,
            "masterToken": opened.master,
            "validityInSeconds": LINK_SECONDS,
            "masterValidityInSeconds": LINK_SECONDS,
            "sessionId": session.number,
            "displayUserName": session.user,
            "serverVersion": SERVER_VERSION,
            "firstLogin": False,
            "parameters": answers.session_parameters(session),
            "sessionInfo": {
                "databaseName": session.database,
                "schemaName": session.schema,
                "warehouseName": session.warehouse,
                "roleName": session.role,
            },
        }
        return JSONResponse({"success": True, "code": None, "message": None, "data": answer})

    async def renew(self, request: Request) -> Response:
        """Give a session's token again to who holds its master token."""
        login = self._sessions.renew(_token(request))
        if login is None:
            return JSONResponse(
                answers.refusal("390114", "Authentication token has expired. The user must authenticate again.")
            )
        data = {"sessionToken": login.token, "masterToken": login.master, "validityInSecondsST": LINK_SECONDS}
        data |= {"validityInSecondsMT": LINK_SECONDS, "sessionId": login.session.number}
        return JSONResponse({"success": True, "code": None, "message": None, "data": data})

    async def heartbeat(self, request: Request) -> Response:
        """Keep a session alive."""
        session = self._session(request)
        return (
            _no_session()
            if session is None
            else JSONResponse({"success": True, "code": None, "message": None, "data": None})
        )

    async def end_session(self, request: Request) -> Response:
        """Close a session."""
        if request.query_params.get("delete"):
            await run_in_threadpool(self._sessions.close, _token(request))
        return JSONResponse({"success": True, "code": None, "message": None, "data": None})

    async def telemetry(self, request: Request) -> Response:
        """Accept a client's telemetry and drop it."""
        return JSONResponse({"success": True, "code": None, "message": None, "data": "Log Received"})

    # ----------------------------------------------------------------------------------------------------- statements

    async def query(self, request: Request) -> Response:
        """Run a statement."""
        session = self._session(request)
        if session is None:
            return _no_session()
        body = await _body(request)
        job = self._executor.submit(session, body, request.query_params.get("requestId", ""))
        if body.get("asyncExec"):
            return JSONResponse(answers.in_progress(job.query_id, session))
        return await self._answer(job, request)

    async def result(self, request: Request) -> Response:
        """Answer with the outcome of a statement sent before."""
        session = self._session(request)
        if session is None:
            return _no_session()
        job = self._executor.find(request.path_params["query_id"])
        if job is None:
            return JSONResponse(answers.failure(SnowflakeError("Statement not found", 709, "02000")))
        return await self._answer(job, request)

    async def abort(self, request: Request) -> Response:
        """Cancel a statement."""
        session = self._session(request)
        if session is None:
            return _no_session()
        body = await _body(request)
        self._executor.cancel(session, str(body.get("requestId", "")))
        return JSONResponse({"success": True, "code": None, "message": None, "data": None})

    async def abort_other(self, request: Request) -> Response:
        """Cancel a statement by its id, from whatever session."""
        if self._session(request) is None:
            return _no_session()
        job = self._executor.find(request.path_params["query_id"])
        if job is None:
            return JSONResponse(answers.failure(SnowflakeError("Statement not found", 709, "02000")))
        job.stop(canceled())
        return JSONResponse({"success": True, "code": None, "message": None, "data": None})

    async def monitoring(self, request: Request) -> Response:
        """Tell the state of a statement."""
        if self._session(request) is None:
            return _no_session()
        query_id = request.path_params["query_id"]
        found = await run_in_threadpool(self._engine.history.status, query_id)
        queries = []
        if found is not None:
            status, code, message = found
            state = {"SUCCESS": "SUCCESS", "RUNNING": "RUNNING"}.get(status, "FAILED_WITH_ERROR")
            queries = [{"id": query_id, "status": state, "errorMessage": message, "errorCode": code}]
        return JSONResponse({"success": True, "code": None, "message": None, "data": {"queries": queries}})

    async def chunk(self, request: Request) -> Response:
        """Send a later part of a large result."""
        query_id, number = request.path_params["query_id"], request.path_params["number"]
        if not self._signed("chunk", f"{query_id}/{number}", request.path_params["signature"]):
            return Response(status_code=403)
        content = await run_in_threadpool(self._chunks.part, query_id, number)
        if content is None:
            return Response(status_code=404)
        return Response(content, media_type="application/octet-stream")

    async def _answer(self, job: Job, request: Request) -> Response:
        done = await _wait(job.outcome, PROGRESS_SECONDS)
        if not done:
            return JSONResponse(answers.in_progress(job.query_id, job.session))
        try:
            table = job.result().table
            small = table is not None and table.nbytes <= SMALL_BYTES
            content = self._render(job, request) if small else await run_in_threadpool(self._render, job, request)
        except SnowflakeError as error:
            content = json.dumps(answers.failure(error, job.query_id)).encode()
        return Response(content, media_type="application/json")

    def _render(self, job: Job, request: Request) -> bytes:
        result = job.result()
        origin = f"{request.url.scheme}://{request.url.netloc}"
        token = _token(request)

        def address(kind: str, path: str) -> str:
            if kind == "chunk":
                return f"{origin}/chunks/{self._signature(kind, path)}/{path}"
            if kind == "file":
                return f"{origin}/{STAGE_PATH}/{quote(path)}?signature={self._signature(kind, path)}"
            return {"origin": origin, "token": token, "location": f"{STAGE_PATH}/{path}"}[kind]

        answer, table = answers.outcome(result, job.query_id, job.session, address)
        if table is not None:
            self._chunks.keep(job.query_id, table)
        job.answered()
        return json.dumps(answer, default=str).encode()

    # ---------------------------------------------------------------------------------------------------- stage files

    async def upload(self, request: Request) -> Response:
        """Take a file into a stage."""
        if self._sessions.find(_bearer(request)) is None:
            return Response(status_code=401)
        target = self._stage_file(request.path_params["path"])
        if target is None:
            return Response(status_code=400)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".upload-{uuid.uuid4().hex}")
        try:
            with partial.open("wb") as file:
                async for part in request.stream():
                    file.write(part)
                file.flush()
                await run_in_threadpool(os.fsync, file.fileno())  # a slow disk keeps nobody else waiting
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return Response()

    async def download(self, request: Request) -> Response:
        """Give a file of a stage, to who holds a signed link or a session."""
        path = request.path_params["path"]
        if (
            not self._signed("file", path, request.query_params.get("signature", ""))
            and self._sessions.find(_bearer(request)) is None
        ):
            return Response(status_code=403)
        target = self._stage_file(path)
        if target is None or not target.is_file():
            return Response(status_code=404)
        headers = {}
        if request.method == "HEAD":  # the connector compares it before it sends the file again
            digest = await run_in_threadpool(lambda: hashlib.sha256(target.read_bytes()).digest())
            headers = {"x-goog-meta-sfc-digest": b64encode(digest).decode()}
        return FileResponse(target, headers=headers)

    def _stage_file(self, path: str) -> Path | None:
        root = self._engine.stages.root
        target = root.joinpath(path)
        inside = target.resolve().is_relative_to(root.resolve()) and len(target.relative_to(root).parts) > 2
        return target if inside else None

    def _signature(self, kind: str, path: str) -> str:
        return hmac.new(self._signing_key, f"{kind}:{path}".encode(), "sha256").hexdigest()

    def _signed(self, kind: str, path: str, signature: str) -> bool:
        return hmac.compare_digest(self._signature(kind, path), signature)

    async def fault(self, request: Request, error: Exception) -> Response:
        """Answer a fault of ours as an error, never as HTTP 500, which clients repeat for minutes."""
        logger.error("request %s failed", request.url.path, exc_info=error)
        return JSONResponse(answers.failure(not_supported("this request: its statement's result cannot be sent")))


def _token(request: Request) -> str:
    """Session token of `Authorization: Snowflake Token="…"`."""
    return request.headers.get("Authorization", "").removeprefix('Snowflake Token="').removesuffix('"')


def _bearer(request: Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _no_session() -> Response:
    return JSONResponse(
        answers.refusal("390111", "Session no longer exists. New login required to access the service.")
    )


async def _body(request: Request) -> dict[str, Any]:
    content = await request.body()
    if request.headers.get("Content-Encoding") == "gzip":
        content = (
            gzip.decompress(content)
            if len(content) <= SMALL_BYTES
            else await run_in_threadpool(gzip.decompress, content)
        )
    parsed: dict[str, Any] = json.loads(content) if content else {}
    return parsed


async def _wait(outcome: Future[Any], seconds: float) -> bool:
    waiting = asyncio.wrap_future(outcome)
    done, _ = await asyncio.wait([waiting], timeout=seconds)
    if done:
        waiting.exception()  # looked at, so that nobody warns
    return bool(done)
