"""Queries over staged files: SELECT $1, $1:name::type, … FROM @stage."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.names import TEMPORARY, literal, quote
from embedded_snowflake.sources import csv_files, file_formats, stage_formats, staged_files
from embedded_snowflake.sources.file_formats import FileFormat
from embedded_snowflake.sql.resolve.sources import hanging
from embedded_snowflake.state import stage_lookup
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageFile
from embedded_snowflake.state.statement import Statement

# Metadata about cloud storage, which staged files do not have here.
_OF_FILES = frozenset(
    [
        "BUILD_SCOPED_FILE_URL",
        "BUILD_STAGE_FILE_URL",
        "GET_ABSOLUTE_PATH",
        "GET_PRESIGNED_URL",
        "GET_RELATIVE_PATH",
        "GET_STAGE_LOCATION",
    ]
)
_ROW_NUMBER = "METADATA$FILE_ROW_NUMBER"
_METADATA = frozenset(
    {
        "METADATA$FILENAME",
        _ROW_NUMBER,
        "METADATA$FILE_CONTENT_KEY",
        "METADATA$FILE_LAST_MODIFIED",
        "METADATA$START_SCAN_TIME",
    }
)


def read_stages(statement: Statement, tree: exp.Expr) -> exp.Expr:
    """Replace each stage in a FROM by a view of its files.

    Args:
        tree: Statement; changed in place.

    Returns:
        The tree.

    Raises:
        SnowflakeError: The stage, its files or the format do not exist, or the format is not supported.
    """
    session = statement.session
    for call in tree.find_all(exp.Anonymous):
        if str(call.this).upper() in _OF_FILES:
            raise not_supported(f"the function {str(call.this).upper()}")
    for table in list(tree.find_all(exp.Table)):
        if not is_stage(table):
            continue
        reference = stage_lookup.find(session, table.this.name)
        files = session.engine.stages.files(reference, session.user)
        if table.args.get("pattern") is not None:
            wanted = re.compile(table.args["pattern"].name)
            files = [file for file in files if wanted.fullmatch(file.relative)]
        if not files:
            raise SnowflakeError(f"Remote file '{table.this.name.strip(chr(39))}' was not found.", 91016, "22000")
        chosen = table.args.get("format")
        if chosen is not None:
            form = file_formats.read(file_formats.named(session, file_formats.name_of(chosen)))
        else:
            form = stage_formats.of_stage(session, reference)
        select = table.find_ancestor(exp.Select)
        if select is not None:
            over_files(statement, select, table, files, form, variants=True)
    return tree


def is_stage(table: exp.Expr) -> bool:
    """Tell whether a table of a FROM is a stage.

    Returns:
        True for @stage/path and '@stage/path'.
    """
    inner = table.this
    return isinstance(inner, (exp.Var, exp.Literal)) and inner.name.lstrip("'").startswith("@")


def over_files(
    statement: Statement,
    select: exp.Select,
    place: exp.Table,
    files: Sequence[StageFile],
    form: FileFormat,
    *,
    variants: bool = False,
) -> None:
    """Let a SELECT read files: its stage becomes a view, its $n that view's columns, and METADATA$FILENAME one, too.

    Args:
        select: The SELECT; changed in place.
        place: The stage in its FROM.
        variants: Whether $1:name is a VARIANT unless it is cast, as in every query; a COPY converts to its table's
            types itself.

    Raises:
        SnowflakeError: It asks for other metadata than a file's name and a row's number.
    """
    session = statement.session
    names: list[str] = []
    if form.type == "PARQUET":
        names = staged_files.column_names(
            session.duck, staged_files.parquet_source(session.duck, [file.path for file in files], form)
        )
    if form.type == "CSV":
        wanted = [int(node.this.name) for node in select.find_all(exp.Parameter) if isinstance(node.this, exp.Literal)]
        body = _csv_rows(statement, files, form, max(wanted, default=0), metadata=_asks_for_metadata(select))
    elif _asks_for_metadata(select):
        parts = [
            f"select *, {_metadata(file)}, row_number() over () as {quote(_ROW_NUMBER)} from"
            f" ({_rows(session, [file], form)})"
            for file in files
        ]
        body = " union all by name ".join(parts)
    else:
        body = _rows(session, files, form)
    view = statement.scratch_name("view", "STAGED")
    session.duck.execute(f"create or replace temp view {quote(view)} as {body}")
    for node in list(select.find_all(exp.JSONExtract)):
        _read_column(node, names, variant=variants)
    for parameter in list(select.find_all(exp.Parameter)):
        parameter.replace(exp.column(exp.to_identifier(f"${parameter.this.name}", quoted=True)))
    alias = place.args.get("alias")
    place.replace(
        exp.Table(
            this=exp.to_identifier(view, quoted=True),
            db=exp.to_identifier(TEMPORARY[1]),
            catalog=exp.to_identifier(TEMPORARY[0]),
            alias=alias.copy() if alias is not None else None,
            **hanging(place),
        )
    )


def _rows(session: Session, files: Sequence[StageFile], form: FileFormat) -> str:
    """Write a query over JSON or Parquet files, in DuckDB's SQL."""
    paths = [file.path for file in files]
    if form.type == "JSON":
        return f'select json as "$1" from {staged_files.json_source(paths, form)}'
    source = staged_files.parquet_source(session.duck, paths, form)
    variant = staged_files.as_variant(staged_files.column_names(session.duck, source))
    return f'select *, {variant} as "$1" from {source}'


def _csv_rows(statement: Statement, files: Sequence[StageFile], form: FileFormat, width: int, *, metadata: bool) -> str:
    """Write a query over CSV files: each is read into a temporary table."""
    session = statement.session
    read = [csv_files.read(session.duck.cursor(), file.path, form, None, strict=False) for file in files]
    width = max([width, *(rows.table.num_columns - 1 for rows in read)])
    parts = []
    for rows, file in zip(read, files, strict=True):
        if rows.broken:
            number, record = next(iter(rows.broken.items()))
            raise csv_files.broken_record(record, file.relative, number)
        there = rows.table.num_columns - 1
        values = [
            f"{f'C{number}' if number <= there else 'null::varchar'} as {quote(f'${number}')}"
            for number in range(1, width + 1)
        ]
        if metadata:
            values += [_metadata(file), f"{csv_files.ROW} as {quote(_ROW_NUMBER)}"]
        parts.append(f"select {', '.join(values)} from {csv_files.materialize(statement, rows)}")
    return " union all ".join(parts)


def _asks_for_metadata(select: exp.Select) -> bool:
    """Tell whether a SELECT names columns of https://docs.snowflake.com/en/user-guide/querying-metadata."""
    asked = {
        column.name.upper() for column in select.find_all(exp.Column) if column.name.upper().startswith("METADATA$")
    }
    if unknown := sorted(asked - _METADATA):
        raise not_supported(unknown[0])
    return bool(asked)


def _metadata(file: StageFile) -> str:
    """Write the METADATA$ columns of a file."""
    changed = f"make_timestamp({int(file.path.stat().st_mtime) * 1_000_000})"
    known = {
        "METADATA$FILENAME": literal(file.relative),
        "METADATA$FILE_CONTENT_KEY": literal(file.md5()),
        "METADATA$FILE_LAST_MODIFIED": changed,
        "METADATA$START_SCAN_TIME": "current_timestamp",
    }
    return ", ".join(f"{value} as {quote(name)}" for name, value in known.items())


def _read_column(node: exp.JSONExtract, names: list[str], *, variant: bool) -> None:
    """Read $1:name of a Parquet file as that column itself, so that casts start from its own type."""
    path = node.expression
    if not isinstance(node.this, exp.Parameter) or not isinstance(path, exp.JSONPath) or not names:
        return
    keys = [part for part in path.expressions if isinstance(part, exp.JSONPathKey)]
    if len(keys) == 1 and len(path.expressions) == 2:
        name = str(keys[0].this)
        value: exp.Expr = exp.column(exp.to_identifier(name, quoted=True)) if name in names else exp.Null()
        if variant and name in names and not isinstance(node.parent, exp.Cast):
            value = exp.Anonymous(this="TO_VARIANT", expressions=[value])
        node.replace(value)
