"""Queries over staged files: SELECT $1, $1:name::type, … FROM @stage."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from pathlib import Path

from sqlglot import exp

from include.local.snowflake.errors import SnowflakeError
from include.local.snowflake.names import quote
from include.local.snowflake.sources import file_formats, stage_formats, staged_files
from include.local.snowflake.sources.file_formats import FileFormat
from include.local.snowflake.sql.joins import hanging
from include.local.snowflake.state.session import Session


def read_stages(session: Session, tree: exp.Expr) -> exp.Expr:
    """Replace each stage in a FROM by a view of its files.

    Args:
        session: The session.
        tree: Statement; changed in place.

    Returns:
        The tree.

    Raises:
        SnowflakeError: The stage, its files or the format do not exist, or the format is not supported.
    """
    for table in list(tree.find_all(exp.Table)):
        if not is_stage(table):
            continue
        reference = session.stage_reference(table.this.name)
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
            over_files(session, select, table, [file.path for file in files], form)
    return tree


def is_stage(table: exp.Expr) -> bool:
    """Tell whether a table of a FROM is a stage.

    Args:
        table: The table.

    Returns:
        True for @stage/path and '@stage/path'.
    """
    inner = table.this
    return isinstance(inner, (exp.Var, exp.Literal)) and inner.name.lstrip("'").startswith("@")


def over_files(session: Session, select: exp.Select, place: exp.Table, paths: Sequence[Path], form: FileFormat) -> None:
    """Let a SELECT read files: its stage becomes a view, its $n that view's columns.

    Args:
        session: The session.
        select: The SELECT; changed in place.
        place: The stage in its FROM.
        paths: The files.
        form: Their format.
    """
    view = f"_staged_{uuid.uuid4().hex}"
    names: list[str] = []
    if form.type == "CSV":
        width = staged_files.csv_width(session.duck, paths[0], form)
        wanted = [int(node.this.name) for node in select.find_all(exp.Parameter) if isinstance(node.this, exp.Literal)]
        width = max([width, *wanted])
        source = staged_files.csv_source(paths, file_formats.any_width(form), width)
        values = [f"{staged_files.csv_value(f'c{number}', form)} as {quote(f'${number}')}" for number in range(1, width + 1)]
        body = f"select {', '.join(values)} from {source}"
    elif form.type == "JSON":
        body = f'select json as "$1" from {staged_files.json_source(paths, form)}'
    else:
        source = staged_files.parquet_source(paths)
        names = staged_files.column_names(session.duck, source)
        body = f'select *, to_json(_row) as "$1" from {source} as _row'
    session.duck.execute(f"create or replace temp view {quote(view)} as {body}")
    session.scratch.append(("view", view))
    for node in list(select.find_all(exp.JSONExtract)):
        _read_column(node, names)
    for parameter in list(select.find_all(exp.Parameter)):
        parameter.replace(exp.column(exp.to_identifier(f"${parameter.this.name}", quoted=True)))
    alias = place.args.get("alias")
    place.replace(
        exp.Table(
            this=exp.to_identifier(view, quoted=True),
            db=exp.to_identifier("main", quoted=True),
            catalog=exp.to_identifier("temp", quoted=True),
            alias=alias.copy() if alias is not None else None,
            **hanging(place),
        )
    )


def _read_column(node: exp.JSONExtract, names: list[str]) -> None:
    """$1:name of a Parquet file is that column itself, with its own type."""
    path = node.expression
    if not isinstance(node.this, exp.Parameter) or not isinstance(path, exp.JSONPath) or not names:
        return
    keys = [part for part in path.expressions if isinstance(part, exp.JSONPathKey)]
    if len(keys) == 1 and len(path.expressions) == 2:
        name = str(keys[0].this)
        node.replace(exp.column(exp.to_identifier(name, quoted=True)) if name in names else exp.Null())
