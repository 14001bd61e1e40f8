"""Which files were loaded into which table: a file is loaded once."""

from __future__ import annotations

import datetime
from typing import Any

from include.local.snowflake.names import quote
from include.local.snowflake.state.session import Session
from include.local.snowflake.state.stages import StageFile
from include.local.snowflake.statements.copy.outcome import Loaded
from include.local.snowflake.statements.copy.plan import CopyPlan


def _key(plan: CopyPlan, file: StageFile) -> str:
    return f"@{plan.source.database}.{plan.source.schema}.{plan.source.name}/{file.relative}"


def loaded_before(session: Session, plan: CopyPlan, file: StageFile, digest: str) -> bool:
    """Tell whether a file was loaded into the table already.

    Args:
        session: The session.
        plan: What the statement says.
        file: The file.
        digest: MD5 of its content, in hex: a changed file is another.

    Returns:
        True when it was.
    """
    if plan.target in session.temporary:
        return (plan.target, _key(plan, file), digest) in session.loaded
    files = f"{quote(plan.target[0])}._fs_information_schema.loaded_files"
    sql = f"select 1 from {files} where schema_name=? and table_name=? and file=? and md5=?"
    return bool(session.duck.execute(sql, [plan.target[1], plan.target[2], _key(plan, file), digest]).fetchall())


def remember(session: Session, plan: CopyPlan, outcome: Loaded, digest: str) -> None:
    """Record a loaded file, in the same transaction as its rows.

    Args:
        session: The session, inside a transaction.
        plan: What the statement says.
        outcome: How the file fared.
        digest: MD5 of its content, in hex.
    """
    database, schema, table = plan.target
    if plan.target in session.temporary:
        session.loaded.add((plan.target, _key(plan, outcome.file), digest))
        return
    session.duck.execute(
        f"insert into {quote(database)}._fs_information_schema.loaded_files values (?, ?, ?, ?)",
        [schema, table, _key(plan, outcome.file), digest],
    )
    record: list[Any] = [schema, _key(plan, outcome.file), table, datetime.datetime.now(datetime.UTC), outcome.status]
    record += [outcome.loaded, outcome.parsed, outcome.first_error, outcome.line, None, outcome.column, outcome.errors, 1]
    marks = ", ".join("?" for _ in record)
    session.duck.execute(f"insert into {quote(database)}._fs_information_schema._fs_load_history values ({marks})", record)
