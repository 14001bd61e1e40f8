"""One staged file into the table."""

from __future__ import annotations

from embedded_snowflake.names import path
from embedded_snowflake.sources import staged_files
from embedded_snowflake.state import running
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageFile
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements.assignment import TargetColumn
from embedded_snowflake.statements.copy import error_rows, file_rows, loaded_files
from embedded_snowflake.statements.copy.outcome import Loaded, abort, column_name
from embedded_snowflake.statements.copy.plan import CopyPlan
from embedded_snowflake.statements.copy.row_checks import Judged


def load(statement: Statement, plan: CopyPlan, columns: list[TargetColumn], file: StageFile, digest: str) -> Loaded:
    """Load a file.

    Args:
        plan: What the statement says.
        columns: The columns to fill.
        file: The file.
        digest: MD5 of its content, in hex.

    Returns:
        How it fared.

    Raises:
        SnowflakeError: A row is bad and ON_ERROR = ABORT_STATEMENT.
    """
    session = statement.session
    outcome = Loaded(file)
    source = file_rows.of_file(statement, plan, columns, file)
    judged = Judged(statement, plan, columns, source)
    bad = judged.bad()
    outcome.parsed, outcome.errors = judged.read + len(source.broken), len(bad)
    outcome.limit = plan.on_error.limit(outcome.parsed)
    if bad:
        session.engine.load_flaws.add(statement.query_id, error_rows.of_rows(plan, columns, file, source, bad))
        first = next(iter(bad.values()))
        if plan.on_error.aborts:
            raise abort(plan, file, first)
        outcome.first_error, outcome.line, outcome.character = first.message, first.line, first.character
        outcome.column = column_name(plan, first)
    if plan.on_error.skips(len(bad), outcome.parsed):
        outcome.status = "LOAD_FAILED"
    else:
        outcome.loaded = running.count(session, f"insert into {_target(session, plan, columns)} {judged.rows()}")
        outcome.status = "LOADED" if not bad else "PARTIALLY_LOADED" if outcome.loaded else "LOAD_FAILED"
    loaded_files.remember(session, plan, outcome, digest)
    return outcome


def _target(session: Session, plan: CopyPlan, columns: list[TargetColumn]) -> str:
    place = path(session.place_of(plan.target))
    return f"{place} ({staged_files.selected([column.name for column in columns])})"
