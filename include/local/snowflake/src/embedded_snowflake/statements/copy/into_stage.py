"""COPY INTO a stage."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported, syntax_error
from embedded_snowflake.results import Column, Result
from embedded_snowflake.sources import file_formats, stage_formats, unloading
from embedded_snowflake.sources.file_formats import FileFormat
from embedded_snowflake.sources.replacing import replace_sources
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state import running, stage_lookup
from embedded_snowflake.state.facts import Fact
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageReference
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements.copy import partitions

_COPY = 0x3600


_COUNTS = [Column(name, "fixed", precision=38, scale=0) for name in ("rows_unloaded", "input_bytes", "output_bytes")]


@dataclass
class _Unloading:
    """What a COPY INTO a stage says.

    Attributes:
        target: Where to.
        source: The table or query to read; None where there is none.
        form: FILE_FORMAT, as a parameter.
        partition: What PARTITION BY computes.
        overwrite: Whether files in the way are replaced.
        single: Whether the name that the target ends with is the file's whole name.
        header: Whether files begin with the columns' names.
        shown: Whether the rows are given as the answer, and nothing is written.
        limit: Most bytes of a file.
    """

    target: StageReference
    source: exp.Expr | None
    form: exp.Expr | None = None
    partition: exp.Expr | None = None
    overwrite: bool = False
    single: bool = False
    header: bool = False
    shown: bool = False
    limit: int | None = None

    def query(self) -> exp.Query:
        """Get the query whose rows are unloaded.

        Raises:
            SnowflakeError: There is none.
        """
        if self.source is None:
            raise syntax_error("syntax error: COPY INTO a stage has no table or query to read.")
        query: exp.Query = (
            self.source.this if isinstance(self.source, exp.Subquery) else exp.select("*").from_(self.source)
        )
        return query


def _read(session: Session, tree: exp.Copy) -> _Unloading:
    origin = (tree.args.get("files") or [None])[0]
    found = _Unloading(
        stage_lookup.find(session, tree.this.this.name), origin if isinstance(origin, exp.Expr) else None
    )
    for parameter in tree.args.get("params") or []:
        option = parameter.this.name.upper()
        flag = isinstance(parameter.expression, exp.Boolean) and bool(parameter.expression.this)
        if option == "FILE_FORMAT":
            found.form = parameter
        elif option == "OVERWRITE":
            found.overwrite = flag
        elif option == "SINGLE":
            found.single = flag
        elif option == "HEADER":
            found.header = flag
        elif option == "PARTITION BY":
            found.partition = parameter.expression
        elif option == "VALIDATION_MODE" and parameter.expression.name.upper() == "RETURN_ROWS":
            found.shown = True
        elif option == "MAX_FILE_SIZE" and parameter.expression.name.isdigit():
            found.limit = int(parameter.expression.name)
        elif not (option == "DETAILED_OUTPUT" and not flag):
            raise not_supported(f"COPY INTO @stage option {option}")
    return found


def describe(statement: Statement, tree: exp.Copy) -> Result:
    """Describe an unload.

    Args:
        tree: COPY INTO @stage/… FROM ….

    Returns:
        The counts that it answers with, or the query's columns with VALIDATION_MODE = RETURN_ROWS; no rows.

    Raises:
        SnowflakeError: The stage does not exist, or an option is not supported.
    """
    session = statement.session
    plan = _read(session, tree)
    if not plan.shown:
        return Result(_COUNTS, rows=[], statement_type=_COPY)
    return running.describe(session, *_duck_query(statement, plan))


def run(statement: Statement, tree: exp.Copy) -> Result:
    """Unload a query's rows into a stage.

    Args:
        tree: COPY INTO @stage/… FROM ….

    Returns:
        Rows and bytes written; with VALIDATION_MODE = RETURN_ROWS the rows themselves, and nothing is written.

    Raises:
        SnowflakeError: The stage does not exist, files are in the way, or an option is not supported.
    """
    session = statement.session
    plan = _read(session, tree)
    sql, facts = _duck_query(statement, plan)
    if plan.shown:
        return running.fetch(session, sql, facts)
    form = file_formats.replace_header(stage_formats.of_copy(session, plan.target, plan.form), plan.header)
    suffix = unloading.suffix(form)
    if plan.partition is not None:
        if plan.single or plan.overwrite:
            raise compilation_error(
                "SINGLE and OVERWRITE are not supported in combination with PARTITION BY.", 2, "0A000"
            )
        rows, size = partitions.unload(statement, plan.query(), plan.partition, plan.target, form, suffix, plan.limit)
    else:
        rows, size = _write(session, plan, sql, form, suffix)
    return Result(_COUNTS, rows=[(rows, size, size)], statement_type=_COPY)


def _duck_query(statement: Statement, plan: _Unloading) -> tuple[str, list[Fact]]:
    translated, facts = translate(replace_sources(statement, plan.query().copy()), statement)
    return duck_sql(translated), facts


def _write(session: Session, plan: _Unloading, sql: str, form: FileFormat, suffix: str) -> tuple[int, int]:
    """Write one file, whole or not at all, and tell its rows and bytes."""
    path = plan.target.path
    if plan.single:
        name = path if path and not path.endswith("/") else f"{path}data"
    else:
        name = f"{path}data_0_0_0{suffix}" if not path or path.endswith("/") else f"{path}_0_0_0{suffix}"
    target = session.engine.stages.folder(plan.target, session.user) / PurePosixPath(name)
    if target.exists() and not plan.overwrite:
        raise SnowflakeError(
            f"Files already existing at the unload destination: @{plan.target.name}/{name}. Use overwrite option to"
            " force unloading.",
            1030,
            "22000",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".upload-{uuid.uuid4().hex}")
    try:
        rows = unloading.write(session.duck, sql, str(partial), form)
        size = unloading.checked_size(partial, plan.limit)
        if rows:
            partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return rows, size
