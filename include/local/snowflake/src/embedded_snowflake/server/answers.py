"""Answers of the protocol, as JSON-able mappings."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from embedded_snowflake import wire
from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.results import Result
from embedded_snowflake.server.jobs import MultiResult
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements.stage_statements import FileTransfer

CHUNK_ROWS = 50_000
# Statement types of changes, SHOW and DESCRIBE, and what answers with a status: their rows come as JSON, only a query's
# as Arrow.
_JSON = frozenset({0x3000, 0x3100, 0x3200, 0x3300, 0x3400, 0x3500, 0x4000, 0x4300, 0x4400, 0x4500, 0x5000, 0x6000})

Address = Callable[[str, str], str]  # (kind, path) -> URL that the client can fetch


def failure(error: SnowflakeError, query_id: str | None = None) -> dict[str, Any]:
    """Answer with an error.

    Args:
        error: What went wrong.
        query_id: The statement's id, where there is one.

    Returns:
        The answer.
    """
    code = f"{error.code:06d}"
    data = {"errorCode": code, "sqlState": error.sqlstate, "queryId": query_id, "internalError": False}
    return {"success": False, "code": code, "message": error.message, "data": data}


def refusal(code: str, message: str) -> dict[str, Any]:
    """Answer that a login or a session is not good.

    Args:
        code: Snowflake's code, for example "390100".
        message: Its text.

    Returns:
        The answer.
    """
    return {"success": False, "code": code, "message": message, "data": None, "headers": None}


def in_progress(query_id: str, session: Session) -> dict[str, Any]:
    """Answer that a statement still runs; the client asks again at the given path.

    Args:
        query_id: The statement's id.
        session: Session whose parameters, database and schema the answer carries.

    Returns:
        The answer.
    """
    data = {
        "queryId": query_id,
        "getResultUrl": f"/queries/{query_id}/result",
        "queryAbortsAfterSecs": 300,
        "progressDesc": None,
        "finalDatabaseName": session.database,
        "finalSchemaName": session.schema,
    }
    return {"success": True, "code": "333334", "message": "Query execution in progress", "data": data}


def outcome(
    result: Result, query_id: str, session: Session, address: Address
) -> tuple[dict[str, Any], pa.Table | None]:
    """Answer with a result.

    Args:
        result: The result.
        query_id: The statement's id.
        session: Session whose parameters, database and schema the answer carries.
        address: Makes URLs for chunks and files.

    Returns:
        The answer, and the table of which later chunks are taken (None when all of it is in the answer).
    """
    data: dict[str, Any]
    if isinstance(result, FileTransfer):
        return {"success": True, "code": None, "message": None, "data": _transfer(result, query_id, address)}, None
    if isinstance(result, MultiResult):
        ids = ",".join(result.children)
        types = ",".join(str(0x1000) for _ in result.children)
        data = {"resultIds": ids, "resultTypes": types, "queryId": query_id, "statementTypeId": result.statement_type}
        data |= {
            "rowtype": [],
            "rowset": [],
            "total": 0,
            "returned": 0,
            "queryResultFormat": "json",
            "parameters": session_parameters(session),
        }
        return {"success": True, "code": None, "message": None, "data": data}, None
    data = {
        "parameters": session_parameters(session),
        "rowtype": wire.row_type(result.columns),
        "total": result.row_count,
        "returned": result.row_count,
        "queryId": query_id,
        "statementTypeId": result.statement_type,
        "databaseProvider": None,
        "finalDatabaseName": session.database,
        "finalSchemaName": session.schema,
        "finalWarehouseName": session.warehouse,
        "finalRoleName": session.role,
        "version": 1,
        "arrayBindSupported": result.statement_type == 0x3100,
    }
    chunked = None
    if result.statement_type in _JSON:
        data |= {"queryResultFormat": "json", "rowset": wire.json_rows(result)}
    else:
        table = wire.arrow_table(result)
        first = table
        if table.num_rows > CHUNK_ROWS:
            first, chunked = table.slice(0, CHUNK_ROWS), table
            data |= {"chunks": _chunks(table, query_id, address), "chunkHeaders": {"x-embedded-snowflake": "chunk"}}
        # Without rows no stream either: clients make the empty table of the row type, and fail at a stream that holds
        # no batch.
        rows = base64.b64encode(wire.ipc_stream(first)).decode() if table.num_rows else ""
        data |= {"queryResultFormat": "arrow", "rowsetBase64": rows, "returned": first.num_rows}
    return {"success": True, "code": None, "message": None, "data": data}, chunked


def session_parameters(session: Session) -> list[dict[str, Any]]:
    """Give the session's parameters, as each answer carries them.

    Args:
        session: Session whose parameters, database and schema the answer carries.

    Returns:
        Names and values.
    """
    values = {
        "TIMEZONE": "UTC",
        "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
        "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3",
        "TIMESTAMP_LTZ_OUTPUT_FORMAT": "",
        "TIMESTAMP_TZ_OUTPUT_FORMAT": "",
        "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
        "TIME_OUTPUT_FORMAT": "HH24:MI:SS",
        "BINARY_OUTPUT_FORMAT": "HEX",
        "AUTOCOMMIT": session.autocommit,
        "CLIENT_SESSION_KEEP_ALIVE": False,
        "CLIENT_RESULT_CHUNK_SIZE": 160,
        "CLIENT_PREFETCH_THREADS": 4,
        "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": 0,
        "CLIENT_TELEMETRY_ENABLED": False,
        "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False,
        "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "ARROW",
        **session.parameters,
    }
    return [{"name": name, "value": value} for name, value in values.items()]


def _chunks(table: pa.Table, query_id: str, address: Address) -> list[dict[str, Any]]:
    found = []
    for number, start in enumerate(range(CHUNK_ROWS, table.num_rows, CHUNK_ROWS), 1):
        part = table.slice(start, CHUNK_ROWS)
        size = part.nbytes
        url = address("chunk", f"{query_id}/{number}")
        found.append({"url": url, "rowCount": part.num_rows, "uncompressedSize": size, "compressedSize": size})
    return found


def _transfer(result: FileTransfer, query_id: str, address: Address) -> dict[str, Any]:
    data = {
        "command": result.command,
        "src_locations": result.sources,
        "queryId": query_id,
        "rowtype": [],
        "statementTypeId": 0,
        "kind": None,
        **result.options,
    }
    # The connector's client for Google's storage is the one that talks plain HTTP to the endpoint it is told.
    data["stageInfo"] = {
        "locationType": "GCS",
        "location": address("location", result.stage),
        "endPoint": address("origin", ""),
        "creds": {"GCS_ACCESS_TOKEN": address("token", "")},
        "path": result.stage,
        "region": "",
        "isClientSideEncrypted": False,
    }
    if result.command == "DOWNLOAD":
        data["presignedUrls"] = [address("file", f"{result.stage}{source}") for source in result.sources]
        data["stageInfo"] |= {"creds": {}, "presignedUrl": None}
    return data
