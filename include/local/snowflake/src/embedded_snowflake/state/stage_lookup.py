"""The stages that statements name: whether they are there, and where their files lie."""

from __future__ import annotations

from pathlib import Path

from embedded_snowflake.errors import does_not_exist
from embedded_snowflake.names import TableName, display_path, held
from embedded_snowflake.private_tables import STAGES
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageReference, parse_reference


def find(session: Session, text: str) -> StageReference:
    """Read a stage reference and check that the stage exists.

    Args:
        session: Session whose database and schema complete its name.
        text: "@stage/dir/file", "@~/file", '@"Db"."S"."St"/file' or the same in single quotes, with or without the
            "@".

    Returns:
        The reference, complete.

    Raises:
        SnowflakeError: It is not one, or the stage does not exist.
    """
    reference = parse_reference(text, session.database, session.schema)
    place = (reference.database, reference.schema, reference.name)
    cursor = session.duck.cursor()
    if reference.is_named:
        sql = f"select 1 from {STAGES} where database_name=? and schema_name=? and name=?"
        if cursor.execute(sql, list(place)).fetchone() is None:
            raise does_not_exist("Stage", display_path(place))
    elif reference.name.startswith("%"):
        table = TableName(reference.database, reference.schema, reference.name[1:])
        sql = "select 1 from duckdb_tables() where database_name=? and schema_name=? and table_name=?"
        if table not in session.temporary and cursor.execute(sql, list(held(table))).fetchone() is None:
            raise does_not_exist("Stage", display_path(place))
    return reference


def path(session: Session, text: str) -> Path:
    """Find the local path behind a stage reference.

    Args:
        session: Session whose database and schema complete its name.
        text: As for `find`.

    Returns:
        Local path of the file or folder; it need not exist.

    Raises:
        SnowflakeError: The stage does not exist, or the path leaves it.
    """
    return session.engine.stages.path(find(session, text), session.user)
