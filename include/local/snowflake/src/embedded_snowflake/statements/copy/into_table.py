"""COPY INTO: into a table here, into a stage in the file beside."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error
from embedded_snowflake.names import display
from embedded_snowflake.results import Result, text_result
from embedded_snowflake.sources import staged_query
from embedded_snowflake.state import running
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import assignment
from embedded_snowflake.statements.assignment import TargetColumn
from embedded_snowflake.statements.copy import into_stage, loaded_files, loading, validation
from embedded_snowflake.statements.copy import plan as plans
from embedded_snowflake.statements.copy.outcome import COPY, Loaded, report
from embedded_snowflake.statements.copy.plan import CopyPlan

_NO_FILES = "Copy executed with 0 files processed."


def describe(statement: Statement, tree: exp.Copy) -> Result:
    """Describe COPY INTO, of either direction.

    Raises:
        SnowflakeError: Table or stage do not exist, or an option is not supported.
    """
    session = statement.session
    if staged_query.is_stage(tree.this):
        return into_stage.describe(statement, tree)
    plan = plans.read(session, tree)
    if plan.validation:
        return validation.describe(session, plan, _sized(statement, _target_columns(session, plan)))
    return report([])


def run(statement: Statement, tree: exp.Copy) -> Result:
    """Run COPY INTO, of either direction.

    Raises:
        SnowflakeError: Table or stage do not exist, a row is bad and ON_ERROR does not forgive it, or an option is not
            supported.
    """
    session = statement.session
    if staged_query.is_stage(tree.this):
        return into_stage.run(statement, tree)
    plan = plans.read(session, tree)
    if plan.validation:
        return validation.run(statement, plan, _sized(statement, _target_columns(session, plan)))
    columns = _target_columns(session, plan)
    files = plans.files(session, plan)
    if not files:
        return _nothing()
    session.begin_change()
    session.engine.load_flaws.began(statement.query_id, session.number, plan.target)

    wider = assignment.widening(session, plan.target, columns) if statement.wide else []
    columns = _sized(statement, columns)

    def load() -> list[Loaded]:
        for sql in wider:
            session.duck.execute(sql)
        done: list[Loaded] = []
        for file in files:
            digest = file.md5()
            if not plan.force and loaded_files.loaded_before(session, plan, file, digest):
                if plan.files:  # what is not named is left out without a word
                    done.append(Loaded(file, "LOAD_SKIPPED", errors=1, first_error="File was loaded before."))
            elif plan.size_limit is None or sum(one.file.size() for one in done if one.loaded) <= plan.size_limit:
                done.append(loading.load(statement, plan, columns, file, digest))
        return done

    outcome = running.atomic(session, load)
    if plan.purge:
        for one in outcome:
            if one.status == "LOADED":
                one.file.path.unlink(missing_ok=True)
    if not outcome:
        return _nothing()
    return report([one for one in outcome if one.errors or not plan.failed_only])


def _nothing() -> Result:
    return text_result(["status"], [(_NO_FILES,)], COPY)


def _sized(statement: Statement, columns: list[TargetColumn]) -> list[TargetColumn]:
    """Make room in the columns for the numbers that the statement has."""
    if not statement.wide:
        return columns
    return [replace(column, duck_type="HUGEINT") if column.duck_type == "BIGINT" else column for column in columns]


def _target_columns(session: Session, plan: CopyPlan) -> list[TargetColumn]:
    """Find the columns to fill."""
    known = assignment.target_columns(session, plan.target)
    if not known:
        raise compilation_error(f"Table '{display(plan.target.name)}' does not exist", 2003, "42S02")
    if not plan.columns:
        return known
    by_name = {column.name: column for column in known}
    for name in plan.columns:
        if name not in by_name:
            raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '{name}'", 904, "42000")
    return [by_name[name] for name in plan.columns]
