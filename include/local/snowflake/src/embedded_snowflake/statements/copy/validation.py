"""COPY INTO a table with VALIDATION_MODE: what a load would meet, and nothing is loaded.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#optional-parameters (VALIDATION_MODE) has the modes; the
columns and positions of errors are those of the examples there and of
https://docs.snowflake.com/en/user-guide/tutorials/data-load-internal-tutorial-sort-files.
"""

from __future__ import annotations

from dataclasses import replace

from embedded_snowflake.errors import not_supported
from embedded_snowflake.results import Result
from embedded_snowflake.state import declarations, running
from embedded_snowflake.state.facts import refine
from embedded_snowflake.state.load_flaws import Flaws
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements.assignment import TargetColumn
from embedded_snowflake.statements.copy import error_rows, file_rows, loaded_files
from embedded_snowflake.statements.copy import plan as plans
from embedded_snowflake.statements.copy.outcome import abort
from embedded_snowflake.statements.copy.plan import CopyPlan
from embedded_snowflake.statements.copy.row_checks import Judged
from embedded_snowflake.wire import column_of


def run(statement: Statement, plan: CopyPlan, columns: list[TargetColumn]) -> Result:
    """Check files without loading them.

    Args:
        plan: What the statement says.
        columns: The columns to fill.

    Returns:
        The first rows as they would be loaded, or one row per record that could not be.

    Raises:
        SnowflakeError: With RETURN_n_ROWS, one of the rows is bad; or the files are not supported.
    """
    session = statement.session
    result = describe(session, plan, columns)
    count = _count(plan)
    if count is not None:
        return replace(result, rows=_first_rows(statement, plan, columns, count))
    found, missing = plans.find(session, plan)
    rows: Flaws = [(plans.not_found(name).message, name, *[None] * 10) for name in missing]
    for file in found:
        # RETURN_ERRORS leaves out what was loaded in part already, the other modes do not ask.
        loaded = (
            plan.validation == "RETURN_ERRORS"
            and not plan.force
            and loaded_files.loaded_before(session, plan, file, file.md5())
        )
        if not loaded:
            source = file_rows.of_file(statement, plan, columns, file)
            rows += error_rows.of_rows(plan, columns, file, source, Judged(statement, plan, columns, source).bad())
    return replace(result, rows=rows)


def describe(session: Session, plan: CopyPlan, columns: list[TargetColumn]) -> Result:
    """Find what a check of the files answers with.

    Args:
        session: Session that knows what is declared about the table.
        plan: What the statement says.
        columns: The columns to fill.

    Returns:
        The table's columns, or those of a list of errors; no rows.

    Raises:
        SnowflakeError: The load transforms: Snowflake checks no such one.
    """
    if plan.select is not None:
        raise not_supported("VALIDATION_MODE of a COPY that transforms, as it is in Snowflake")
    if _count(plan) is None:
        return Result(error_rows.shown(), rows=[])
    known = {fact.name: fact for fact in declarations.columns(session, plan.target)}
    shown = refine(
        [column_of(column.name, column.duck_type) for column in columns], [known[column.name] for column in columns]
    )
    return Result(shown, rows=[])


def _count(plan: CopyPlan) -> int | None:
    """How many rows RETURN_n_ROWS asks for; None for the other modes."""
    count = plan.validation.removeprefix("RETURN_").removesuffix("_ROWS")
    return int(count) if count.isdigit() else None


def _first_rows(
    statement: Statement, plan: CopyPlan, columns: list[TargetColumn], wanted: int
) -> list[tuple[object, ...]]:
    session = statement.session
    rows: list[tuple[object, ...]] = []
    for file in plans.files(session, plan):
        if (left := wanted - len(rows)) <= 0:
            break
        source = file_rows.of_file(statement, plan, columns, file)
        judged = Judged(statement, plan, columns, source)
        first = next(iter(judged.bad().values()), None)
        if first is not None and first.row <= left:
            raise abort(plan, file, first)
        rows += running.fetch(session, judged.rows(left)).tuples()
    return rows
