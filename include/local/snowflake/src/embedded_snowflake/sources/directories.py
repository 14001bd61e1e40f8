"""Directory tables: what files a stage had when it was last refreshed.

https://docs.snowflake.com/en/user-guide/data-load-dirtables
"""

from __future__ import annotations

import datetime

import pyarrow as pa
from sqlglot import exp

from embedded_snowflake.errors import compilation_error
from embedded_snowflake.names import display
from embedded_snowflake.private_tables import DIRECTORY_FILES, STAGES
from embedded_snowflake.state import stage_lookup
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageReference

_PLACE = "database_name = ? and schema_name = ? and name = ?"
_COLUMNS = {
    "RELATIVE_PATH": pa.string(),
    "SIZE": pa.int64(),
    "LAST_MODIFIED": pa.timestamp("us", tz="UTC"),
    "MD5": pa.string(),
    "ETAG": pa.string(),
    "FILE_URL": pa.string(),
}


def enable(session: Session, stage: StageReference, *, enabled: bool) -> None:
    """Give a stage a directory table, or take it.

    Args:
        enabled: Whether it has one from now on.
    """
    cursor = session.engine.root.cursor()
    cursor.execute(
        f"update {STAGES} set directory_enabled = ? where {_PLACE}", ["Y" if enabled else "N", *_place(stage)]
    )
    if not enabled:
        cursor.execute(f"delete from {DIRECTORY_FILES} where {_PLACE}", _place(stage))


def refresh(session: Session, stage: StageReference, subpath: str) -> list[tuple[str, str, str]]:
    """Bring a directory table up to date.

    Args:
        subpath: What the paths of the files begin with that are looked at.

    Returns:
        File, status and description of each that has changed.

    Raises:
        SnowflakeError: The stage has no directory table.
    """
    _require(session, stage)
    cursor = session.engine.root.cursor()
    known = {str(path): md5 for path, _, _, md5 in _kept(session, stage) if str(path).startswith(subpath)}
    there = {
        file.relative: file
        for file in session.engine.stages.files(stage, session.user)
        if file.relative.startswith(subpath)
    }
    changes = []
    for path in sorted({*known, *there}):
        file = there.get(path)
        digest = file.md5() if file is not None else None
        if known.get(path) == digest:
            continue
        cursor.execute(f"delete from {DIRECTORY_FILES} where {_PLACE} and relative_path = ?", [*_place(stage), path])
        if file is None:
            changes.append((path, "UNREGISTERED", "File unregistered successfully."))
            continue
        changed = datetime.datetime.fromtimestamp(int(file.path.stat().st_mtime), datetime.UTC)
        cursor.execute(
            f"insert into {DIRECTORY_FILES} values (?, ?, ?, ?, ?, ?, ?)",
            [*_place(stage), path, file.size(), changed, digest],
        )
        status = "REGISTERED_UPDATE" if path in known else "REGISTERED_NEW"
        changes.append((path, status, "File registered successfully."))
    return changes


def read(session: Session, directory: exp.DirectoryStage) -> pa.Table:
    """Read DIRECTORY(@stage).

    Returns:
        One row for each file that the last refresh found.

    Raises:
        SnowflakeError: The stage does not exist, or has no directory table.
    """
    stage = stage_lookup.find(session, directory.this.name)
    _require(session, stage)
    rows = [(path, size, changed, md5, md5, None) for path, size, changed, md5 in _kept(session, stage)]
    return pa.Table.from_pylist(
        [dict(zip(_COLUMNS, row, strict=True)) for row in rows], schema=pa.schema(list(_COLUMNS.items()))
    )


def _kept(session: Session, stage: StageReference) -> list[tuple[str, int, datetime.datetime, str]]:
    sql = f"select relative_path, size, last_modified, md5 from {DIRECTORY_FILES} where {_PLACE} order by relative_path"
    found: list[tuple[str, int, datetime.datetime, str]] = (
        session.engine.root.cursor().execute(sql, _place(stage)).fetchall()
    )
    return found


def _require(session: Session, stage: StageReference) -> None:
    sql = f"select directory_enabled from {STAGES} where {_PLACE}"
    row = session.engine.root.cursor().execute(sql, _place(stage)).fetchone()
    if row is None or row[0] != "Y":
        raise compilation_error(f"Stage '{display(stage.name)}' does not have a directory table.", 2003, "02000")


def _place(stage: StageReference) -> list[str]:
    return [stage.database, stage.schema, stage.name]
