"""The file format of a stage: kept with it, and used where a statement names none."""

from __future__ import annotations

import json

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.private_tables import STAGE_FORMATS
from embedded_snowflake.sources import file_formats
from embedded_snowflake.sources.file_formats import FileFormat
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageReference

_DECIDING = frozenset({"TYPE", "FORMAT_NAME"})  # a FILE_FORMAT with one of them replaces the stage's


def record(session: Session, stage: StageReference, clause: exp.FileFormatProperty | None) -> None:
    """Keep the format that CREATE STAGE gives, in the place of one before.

    Args:
        clause: FILE_FORMAT = …; None for none.

    Raises:
        SnowflakeError: The named format does not exist, or an option is not supported.
    """
    options = file_formats.options_of(session, clause.expressions) if clause is not None else {}
    file_formats.resolve(session, options)
    place = [stage.database, stage.schema, stage.name]
    cursor = session.engine.root.cursor()
    cursor.execute(f"delete from {STAGE_FORMATS} where database_name = ? and schema_name = ? and name = ?", place)
    if options:
        cursor.execute(f"insert into {STAGE_FORMATS} values (?, ?, ?, ?)", [*place, json.dumps(options)])


def of_stage(session: Session, stage: StageReference) -> FileFormat:
    """Find the format that a stage's files are read with where the statement gives none.

    Returns:
        The stage's format, or CSV with Snowflake's defaults.

    Raises:
        SnowflakeError: The named format that it had is gone.
    """
    return file_formats.resolve(session, _options(session, stage))


def of_copy(session: Session, stage: StageReference, parameter: exp.Expr | None) -> FileFormat:
    """Find the format of a COPY INTO: its own, or the stage's.

    Args:
        stage: The stage that is read or written.
        parameter: FILE_FORMAT = (…) or = name of the statement; None for none.

    Returns:
        The format.

    Raises:
        SnowflakeError: A named format does not exist, or an option is not supported.
    """
    if parameter is None:
        return of_stage(session, stage)
    if parameter.expression is not None and not parameter.expressions:
        return file_formats.read(file_formats.named(session, file_formats.name_of(parameter.expression)))
    options = file_formats.options_of(session, parameter.expressions)
    if not _DECIDING & set(options) and _options(session, stage):
        raise not_supported("FILE_FORMAT without TYPE or FORMAT_NAME for a stage that has a file format")
    return file_formats.resolve(session, options)


def _options(session: Session, stage: StageReference) -> dict[str, object]:
    sql = f"select options from {STAGE_FORMATS} where database_name = ? and schema_name = ? and name = ?"
    row = session.engine.root.cursor().execute(sql, [stage.database, stage.schema, stage.name]).fetchone()
    return dict(json.loads(row[0])) if row is not None else {}
