"""COPY INTO a stage, and queries over staged files."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sqlglot import exp

from include.local.snowflake import file_formats, query, staged_files
from include.local.snowflake.errors import SnowflakeError, not_supported
from include.local.snowflake.file_formats import FileFormat
from include.local.snowflake.names import quote
from include.local.snowflake.results import Column, Result
from include.local.snowflake.translate import translate

if TYPE_CHECKING:
    from include.local.snowflake.session import Session

_COPY = 0x3600
_SUFFIX = {"CSV": ".csv", "JSON": ".json", "PARQUET": ".parquet"}


def run(session: Session, tree: exp.Copy) -> Result:
    """Unload a query's rows into a stage.

    Args:
        session: The session.
        tree: COPY INTO @stage/… FROM ….

    Returns:
        Rows and bytes written.

    Raises:
        SnowflakeError: The stage does not exist, files are in the way, or an option is not supported.
    """
    reference = session.stage_reference(tree.this.this.name)
    origin = (tree.args.get("files") or [None])[0]
    form, overwrite, single, header = FileFormat(), False, False, False
    for parameter in tree.args.get("params") or []:
        option = parameter.this.name.upper()
        flag = isinstance(parameter.expression, exp.Boolean) and bool(parameter.expression.this)
        if option == "FILE_FORMAT":
            form = file_formats.of_parameter(session, parameter.expressions)
        elif option == "OVERWRITE":
            overwrite = flag
        elif option == "SINGLE":
            single = flag
        elif option == "HEADER":
            header = flag
        elif option not in ("MAX_FILE_SIZE", "DETAILED_OUTPUT", "VALIDATION_MODE"):
            raise not_supported(f"COPY INTO @stage option {option}")
    columns = [Column(name, "fixed", precision=38, scale=0) for name in ("rows_unloaded", "input_bytes", "output_bytes")]
    if session.describe_only:
        return Result(columns, rows=[], statement_type=_COPY)
    source = origin.this if isinstance(origin, exp.Subquery) else exp.select("*").from_(origin)
    sql = query.duck_sql(translate(source.copy(), session))
    form = file_formats.replace_header(form, header)
    suffix = _SUFFIX[form.type]
    if form.type == "PARQUET":
        suffix = ".parquet" if form.compression == "NONE" else ".snappy.parquet"
    elif form.compression != "NONE":
        suffix += ".gz"
    path = reference.path
    if single:
        name = path if path and not path.endswith("/") else f"{path}data"
    else:
        name = f"{path}data_0_0_0{suffix}" if not path or path.endswith("/") else f"{path}_0_0_0{suffix}"
    folder = session.engine.stages.folder(reference, session.user)
    target = folder / PurePosixPath(name)
    if target.exists() and not overwrite:
        raise SnowflakeError(
            f"Files already existing at the unload destination: @{reference.name}/{name}. Use overwrite option to force unloading.",
            1030,
            "22000",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".upload-{uuid.uuid4().hex}")
    try:
        rows = staged_files.write(session.duck, sql, partial, form)
        size = partial.stat().st_size
        if rows:
            partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Result(columns, rows=[(rows, size, size)], statement_type=_COPY)


def staged_query(session: Session, select: exp.Expr, paths: Sequence[Path], form: FileFormat) -> str:
    """Write a query over staged files for DuckDB.

    Args:
        session: The session.
        select: SELECT $1, $1:name::type, … FROM @stage as parsed.
        paths: The files that the stage reference means.
        form: Their format.

    Returns:
        The query in DuckDB's SQL.

    Raises:
        SnowflakeError: The format or a path is not supported.
    """
    select = select.copy()
    view = f"_staged_{uuid.uuid4().hex}"
    if form.type == "CSV":
        width = staged_files.csv_width(session.duck, paths[0], form)
        wanted = [int(node.this.name) for node in select.find_all(exp.Parameter) if isinstance(node.this, exp.Literal)]
        width = max([width, *wanted])
        source = staged_files.csv_source(paths, file_formats.any_width(form), width)
        values = [f"{staged_files.csv_value(f'c{number}', form)} as {quote(f'${number}')}" for number in range(1, width + 1)]
        body = f"select {', '.join(values)} from {source}"
        names: list[str] = []
    elif form.type == "JSON":
        body = f'select json as "$1" from {staged_files.json_source(paths, form)}'
        names = []
    else:
        source = staged_files.parquet_source(paths)
        names = staged_files.column_names(session.duck, source)
        body = f'select *, to_json(_row) as "$1" from {source} as _row'
    session.duck.execute(f"create or replace temp view {quote(view)} as {body}")
    session.scratch.append(view)
    for node in list(select.find_all(exp.JSONExtract)):
        _read_column(node, names)
    for node in list(select.find_all(exp.Parameter)):
        node.replace(exp.column(exp.to_identifier(f"${node.this.name}", quoted=True)))
    place = select.args["from_"].this
    alias = place.args.get("alias")
    place.replace(
        exp.Table(
            this=exp.to_identifier(view, quoted=True),
            db=exp.to_identifier("main", quoted=True),
            catalog=exp.to_identifier("temp", quoted=True),
            alias=alias.copy() if alias is not None else None,
        )
    )
    return query.duck_sql(translate(select, session))


def _read_column(node: exp.JSONExtract, names: list[str]) -> None:
    """$1:name of a Parquet file is that column itself, with its own type."""
    path = node.expression
    if not isinstance(node.this, exp.Parameter) or not isinstance(path, exp.JSONPath) or not names:
        return
    keys = [part for part in path.expressions if isinstance(part, exp.JSONPathKey)]
    if len(keys) == 1 and len(path.expressions) == 2:
        name = str(keys[0].this)
        node.replace(exp.column(exp.to_identifier(name, quoted=True)) if name in names else exp.Null())
