"""A stand-in for Snowflake: real clients log in over HTTP, and get the answers that the test gives.

It runs no SQL. What a statement does is shown with the embedded Snowflake.
"""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.answering import answering


class RefusedError(Exception):
    """An answer that is an error of Snowflake's."""

    def __init__(self, code: int, message: str, state: str = "42000") -> None:
        super().__init__(message)
        self.code, self.message, self.state = code, message, state


class ScriptedSnowflake:
    """Answers statements by the first pattern that fits; rows are mappings, or a table of Arrow.

    Attributes:
        asked: the statements, in order.
        logins: what each client said of itself when it logged in.
        answers: a pattern, searched for in the statement, and its rows, or `RefusedError`.
        login: what a login gets in place of a session.
        session: what a login says of its session.
    """

    def __init__(self, stage: Path) -> None:
        self.asked: list[str] = []
        self.logins: list[dict[str, Any]] = []
        self.answers: dict[str, Sequence[Mapping[str, Any]] | pa.Table | RefusedError] = {}
        self.login: RefusedError | None = None
        self.session: dict[str, str | None] = {"databaseName": "DB", "schemaName": "RAW", "warehouseName": "WH"}
        self.stage = stage
        self.port = 0
        self._results: dict[str, dict[str, Any]] = {}

    @property
    def parameters(self) -> dict[str, Any]:
        """Keyword arguments of `snowflake.connector.connect`."""
        own = {"host": "127.0.0.1", "port": self.port, "protocol": "http", "account": "scripted"}
        return {**own, "user": "ann", "password": "correct horse", "database": "DB", "schema": "RAW", "warehouse": "WH"}

    def statements(self, pattern: str) -> list[str]:
        """Return the statements in which a pattern is found."""
        return [statement for statement in self.asked if re.search(pattern, statement, re.IGNORECASE | re.DOTALL)]

    def respond(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to one request (Snowflake's own protocol, as the connector speaks it)."""
        try:
            if path.startswith("/session/v1/login-request"):
                return _success(self._log_in(body["data"]))
            if path.startswith("/queries/v1/query-request"):
                answer = self._answer(body["sqlText"]) | {"queryId": str(uuid.uuid4())}
                self._results[answer["queryId"]] = answer
                return _success(answer)
            if query := re.match(r"/monitoring/queries/([^?/]+)", path):
                return _success({"queries": [{"id": query[1], "status": "SUCCESS"}]})
        except RefusedError as refused:
            data = {"errorCode": f"{refused.code:06}", "sqlState": refused.state, "queryId": str(uuid.uuid4())}
            return {"success": False, "code": f"{refused.code:06}", "message": refused.message, "data": data}
        return _success({})

    def _log_in(self, client: dict[str, Any]) -> dict[str, Any]:
        self.logins.append(client)
        if self.login:
            raise self.login
        return {
            "token": "t",
            "masterToken": "m",
            "validityInSeconds": 3600,
            "masterValidityInSeconds": 14400,
            "sessionId": 7,
            "parameters": [{"name": "TIMEZONE", "value": "Etc/UTC"}],
            "sessionInfo": self.session,
        }

    def _answer(self, statement: str) -> dict[str, Any]:
        if earlier := re.search(r"result_scan\('([^']+)'\)", statement):
            return self._results[earlier[1]]
        self.asked.append(statement)
        for pattern, answer in self.answers.items():
            if re.search(pattern, statement, re.IGNORECASE | re.DOTALL):
                if isinstance(answer, RefusedError):
                    raise answer
                return _rows(answer)
        if transfer := re.match(r"\s*(put|get)\b", statement, re.IGNORECASE):
            return self._transfer(transfer[1].lower(), statement)
        if asked := re.fullmatch(r"\s*SELECT (CURRENT_\w+)\(\)\s*", statement, re.IGNORECASE):
            return _rows([{asked[1]: None}])  # clients ask for what the login did not say
        return _rows([{"status": "done"}])

    def _transfer(self, command: str, statement: str) -> dict[str, Any]:
        """Return where the client itself copies files to or from: a folder."""
        (local,) = re.findall(r"file://([^' ]+)", statement)
        common = {
            "stageInfo": {"locationType": "LOCAL_FS", "location": f"{self.stage}/", "creds": {}},
            "encryptionMaterial": None,
        }
        if command == "get":
            (staged,) = re.findall(r"@[^' ]*/([^/' ]+)", statement)
            return {**common, "command": "DOWNLOAD", "src_locations": [staged], "localLocation": local}
        return {
            **common,
            "command": "UPLOAD",
            "src_locations": [local],
            "autoCompress": False,
            "overwrite": True,
            "sourceCompression": "none",
        }


@contextmanager
def scripted_snowflake(stage: Path) -> Iterator[ScriptedSnowflake]:
    """Run one; its stages keep their files in one folder."""
    snowflake = ScriptedSnowflake(stage)
    with answering(lambda method, path, body: (200, snowflake.respond(path, body))) as port:
        snowflake.port = port
        yield snowflake


def _success(data: dict[str, Any]) -> dict[str, Any]:
    return {"success": True, "code": None, "message": None, "data": data}


def _rows(rows: Sequence[Mapping[str, Any]] | pa.Table) -> dict[str, Any]:
    common = {"parameters": [], "sqlState": "00000", "statementTypeId": 4096}
    if isinstance(rows, pa.Table):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as stream:
            stream.write_table(rows)
        kinds = {field.name: (field.metadata or {}).get(b"logicalType", b"TEXT").decode() for field in rows.schema}
        return {
            **common,
            "rowtype": [_column(name, kind) for name, kind in kinds.items()],
            "rowsetBase64": base64.b64encode(sink.getvalue().to_pybytes()).decode(),
            "total": len(rows),
            "returned": len(rows),
            "queryResultFormat": "arrow",
        }
    names = list(rows[0]) if rows else ["status"]
    kinds = {name: _kind(rows[0][name]) if rows else "TEXT" for name in names}
    return {
        **common,
        "rowtype": [_column(name, kind) for name, kind in kinds.items()],
        "rowset": [[_text(row[name]) for name in names] for row in rows],
        "total": len(rows),
        "returned": len(rows),
        "queryResultFormat": "json",
    }


def _kind(value: Any) -> str:
    return "FIXED" if isinstance(value, int) else "TIMESTAMP_NTZ" if isinstance(value, datetime) else "TEXT"


def _text(value: Any) -> str | None:
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=UTC).timestamp():.9f}"  # seconds since 1970
    return None if value is None else str(value)


def _column(name: str, kind: str) -> dict[str, Any]:
    size = {"precision": 38, "scale": 0} if kind == "FIXED" else {"precision": 0, "scale": 9}
    return {"name": name, "type": kind.lower(), "nullable": True, "length": 16777216, "byteLength": 16777216, **size}
