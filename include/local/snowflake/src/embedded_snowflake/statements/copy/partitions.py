"""COPY INTO a stage with PARTITION BY: a folder for each value of an expression.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-location (PARTITION BY) has the files' names.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.names import literal, quote
from embedded_snowflake.sources import unloading
from embedded_snowflake.sources.file_formats import FileFormat
from embedded_snowflake.sources.replacing import replace_sources
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageReference
from embedded_snowflake.state.statement import Statement

_VALUE = "_PARTITION"
_NULL = "__NULL__"


def unload(
    statement: Statement,
    source: exp.Query,
    by: exp.Expr,
    reference: StageReference,
    form: FileFormat,
    suffix: str,
    limit: int | None,
) -> tuple[int, int]:
    """Write a query's rows, those of each partition to a file of its own.

    Args:
        source: The query, in Snowflake's tree.
        by: What tells the partitions apart.
        reference: Stage and path to write to.
        form: Format of the files.
        suffix: What their names end with.
        limit: MAX_FILE_SIZE, or None.

    Returns:
        Rows and bytes written.

    Raises:
        SnowflakeError: The expression is not supported, or a partition's name leaves the stage.
    """
    session = statement.session
    if isinstance(by, exp.Tuple):
        raise not_supported("PARTITION BY of several expressions")
    inner = exp.Subquery(this=source.copy(), alias=exp.TableAlias(this=exp.to_identifier("_unloaded")))
    partition = exp.alias_(exp.cast(by.copy(), "VARCHAR"), _VALUE, quoted=True)
    selected = exp.Select(expressions=[exp.Star(), partition]).from_(inner)
    sql = duck_sql(translate(replace_sources(statement, selected), statement).tree)
    table = statement.scratch_name("table", "UNLOADED")
    session.duck.execute(f"create temp table {quote(table)} as {sql}")
    rows = size = 0
    for (name,) in session.duck.execute(f"select distinct {quote(_VALUE)} from {quote(table)} order by all").fetchall():
        wanted = "null" if name is None else literal(name)
        one = (
            f"select * exclude ({quote(_VALUE)}) from {quote(table)} where {quote(_VALUE)} is not distinct from"
            f" {wanted} order by rowid"
        )
        folder = f"{reference.path.rstrip('/')}/{_NULL if name is None else name}/"
        path = replace(reference, path=f"{folder}data_{statement.query_id}_0_0_0{suffix}")
        written = _write(session, one, path, form, limit)
        rows, size = rows + written[0], size + written[1]
    return rows, size


def _write(
    session: Session, sql: str, reference: StageReference, form: FileFormat, limit: int | None
) -> tuple[int, int]:
    target = session.engine.stages.path(reference, session.user)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".upload-{uuid.uuid4().hex}")
    try:
        rows = unloading.write(session.duck, sql, str(partial), form)
        size = unloading.checked_size(partial, limit)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return rows, size
