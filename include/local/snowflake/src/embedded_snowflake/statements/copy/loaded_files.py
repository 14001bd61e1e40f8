"""Which files were loaded into which table: a file is loaded once."""

from __future__ import annotations

import datetime
from typing import Any

from embedded_snowflake.names import private_table
from embedded_snowflake.private_tables import LOAD_HISTORY
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageFile
from embedded_snowflake.statements.copy.outcome import Loaded
from embedded_snowflake.statements.copy.plan import CopyPlan


def _key(plan: CopyPlan, file: StageFile) -> str:
    return f"{_stage(plan)}{file.relative}"


def _stage(plan: CopyPlan) -> str:
    parts = (plan.source.database, plan.source.schema, plan.source.name)
    return f"@{'.'.join(part for part in parts if part)}/"


def loaded_before(session: Session, plan: CopyPlan, file: StageFile, digest: str) -> bool:
    """Tell whether a file was loaded into the table already.

    Args:
        session: Session that remembers the files of its temporary tables.
        plan: What the statement says.
        file: The file.
        digest: MD5 of its content, in hex: a changed file is another.

    Returns:
        True when it was.
    """
    if plan.target in session.temporary:
        return (plan.target, _key(plan, file), digest) in session.loaded
    files = private_table(plan.target.database, "loaded_files")
    sql = f"select 1 from {files} where schema_name=? and table_name=? and file=? and md5=?"
    return bool(session.duck.execute(sql, [plan.target.schema, plan.target.name, _key(plan, file), digest]).fetchall())


def remember(session: Session, plan: CopyPlan, outcome: Loaded, digest: str) -> None:
    """Record how a file fared, in the same transaction as its rows.

    Args:
        session: The session, inside a transaction.
        plan: What the statement says.
        outcome: How the file fared.
        digest: MD5 of its content, in hex.
    """
    database, schema, table = plan.target
    key, now = _key(plan, outcome.file), datetime.datetime.now(datetime.UTC)
    record: list[Any] = [schema, table, outcome.file.relative, _stage(plan), now]
    record += [
        outcome.loaded,
        outcome.parsed,
        outcome.file.size(),
        outcome.first_error,
        outcome.line,
        outcome.character,
        outcome.column,
    ]
    record += [outcome.errors, outcome.limit, outcome.status]
    if plan.target in session.temporary:
        session.copied.append((plan.target, *record))
    else:
        _insert(session, database, "copied_files", record)
    if outcome.status == "LOAD_FAILED":  # the next COPY INTO tries the file again
        return
    if plan.target in session.temporary:
        session.loaded.add((plan.target, key, digest))
        return
    _insert(session, database, "loaded_files", [schema, table, key, digest])
    record = [
        schema,
        key,
        table,
        now,
        outcome.status,
        outcome.loaded,
        outcome.parsed,
        outcome.first_error,
        outcome.line,
    ]
    _insert(
        session,
        database,
        LOAD_HISTORY,
        [*record, outcome.character, outcome.column, outcome.errors, outcome.limit],
    )


def _insert(session: Session, database: str, table: str, record: list[Any]) -> None:
    marks = ", ".join("?" for _ in record)
    session.duck.execute(f"insert into {private_table(database, table)} values ({marks})", record)
