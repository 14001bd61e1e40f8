"""COPY INTO a stage."""

from __future__ import annotations

import uuid
from pathlib import PurePosixPath

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported, syntax_error
from embedded_snowflake.results import Column, Result
from embedded_snowflake.sources import file_formats, stage_formats, unloading
from embedded_snowflake.sources.replacing import replace_sources
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.sql.written import duck_sql
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import running
from embedded_snowflake.statements.copy import partitions

_COPY = 0x3600


def run(session: Session, tree: exp.Copy) -> Result:
    """Unload a query's rows into a stage.

    Args:
        session: The session.
        tree: COPY INTO @stage/… FROM ….

    Returns:
        Rows and bytes written; with VALIDATION_MODE = RETURN_ROWS the rows themselves, and nothing is written.

    Raises:
        SnowflakeError: The stage does not exist, files are in the way, or an option is not supported.
    """
    reference = session.stage_reference(tree.this.this.name)
    origin = (tree.args.get("files") or [None])[0]
    own_form: exp.Expr | None = None
    partition: exp.Expr | None = None
    overwrite, single, header, only_shown = False, False, False, False
    limit: int | None = None
    for parameter in tree.args.get("params") or []:
        option = parameter.this.name.upper()
        flag = isinstance(parameter.expression, exp.Boolean) and bool(parameter.expression.this)
        if option == "FILE_FORMAT":
            own_form = parameter
        elif option == "OVERWRITE":
            overwrite = flag
        elif option == "SINGLE":
            single = flag
        elif option == "HEADER":
            header = flag
        elif option == "PARTITION BY":
            partition = parameter.expression
        elif option == "VALIDATION_MODE" and parameter.expression.name.upper() == "RETURN_ROWS":
            only_shown = True
        elif option == "MAX_FILE_SIZE" and parameter.expression.name.isdigit():
            limit = int(parameter.expression.name)
        elif not (option == "DETAILED_OUTPUT" and not flag):
            raise not_supported(f"COPY INTO @stage option {option}")
    columns = [
        Column(name, "fixed", precision=38, scale=0) for name in ("rows_unloaded", "input_bytes", "output_bytes")
    ]
    if session.describe_only and not only_shown:
        return Result(columns, rows=[], statement_type=_COPY)
    if not isinstance(origin, exp.Expr):
        raise syntax_error("syntax error: COPY INTO a stage has no table or query to read.")
    source = origin.this if isinstance(origin, exp.Subquery) else exp.select("*").from_(origin)
    translated, facts = translate(replace_sources(session, source.copy()), session)
    sql = duck_sql(translated)
    if only_shown:
        return (running.describe if session.describe_only else running.fetch)(session, sql, facts)
    form = file_formats.replace_header(stage_formats.of_copy(session, reference, own_form), header)
    suffix = unloading.suffix(form)
    if partition is not None:
        if single or overwrite:
            raise compilation_error(
                "SINGLE and OVERWRITE are not supported in combination with PARTITION BY.", 2, "0A000"
            )
        rows, size = partitions.unload(session, source, partition, reference, form, suffix, limit)
        return Result(columns, rows=[(rows, size, size)], statement_type=_COPY)
    path = reference.path
    if single:
        name = path if path and not path.endswith("/") else f"{path}data"
    else:
        name = f"{path}data_0_0_0{suffix}" if not path or path.endswith("/") else f"{path}_0_0_0{suffix}"
    folder = session.engine.stages.folder(reference, session.user)
    target = folder / PurePosixPath(name)
    if target.exists() and not overwrite:
        raise SnowflakeError(
            f"Files already existing at the unload destination: @{reference.name}/{name}. Use overwrite option to force"
            " unloading.",
            1030,
            "22000",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".upload-{uuid.uuid4().hex}")
    try:
        rows = unloading.write(session.duck, sql, str(partial), form)
        size = unloading.checked_size(partial, limit)
        if rows:
            partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Result(columns, rows=[(rows, size, size)], statement_type=_COPY)
