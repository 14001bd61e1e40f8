"""COPY FILES INTO a stage, from another stage or from a query of file names.

Grammar and output: https://docs.snowflake.com/en/sql-reference/sql/copy-files.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from pathlib import Path

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported
from embedded_snowflake.results import Column, Result, text_result
from embedded_snowflake.sources import queries
from embedded_snowflake.sql.parse.nodes import CopyFiles
from embedded_snowflake.state import stage_lookup
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageReference
from embedded_snowflake.state.statement import Statement

_OPTIONS = frozenset({"FILES", "PATTERN", "DETAILED_OUTPUT"})


def run(statement: Statement, tree: CopyFiles) -> Result:
    """Run COPY FILES.

    Returns:
        The copied files' names, or their number with DETAILED_OUTPUT = FALSE.

    Raises:
        SnowflakeError: A stage or a named file does not exist, or an option is not supported.
    """
    session = statement.session
    target, copies, answer = _read(statement, tree)
    for origin, name in copies:
        _copy(origin, session.engine.stages.path(_below(target, name), session.user))
    return answer


def describe(statement: Statement, tree: CopyFiles) -> Result:
    """Find the files that COPY FILES would copy, and copy none."""
    return _read(statement, tree)[2]


def _read(statement: Statement, tree: CopyFiles) -> tuple[StageReference, list[tuple[Path, str]], Result]:
    """Where to copy, which files under which names, and the answer."""
    session = statement.session
    options = {item.this.name.upper(): item.args["value"] for item in tree.expressions}
    unknown = set(options) - _OPTIONS
    if unknown:
        raise not_supported(f"COPY FILES with {', '.join(sorted(unknown))}")
    target = stage_lookup.find(session, tree.this.name)
    copies = (
        _of_query(statement, tree.args["source"])
        if isinstance(tree.args["source"], exp.Subquery)
        else _of_stage(session, tree, options)
    )
    shown = [_below(target, name).path for _, name in copies]
    if isinstance(tree.args["source"], exp.Subquery):
        shown = [f"{target.database}.{target.schema}.{target.name}/{name}" for name in shown]
    detailed = options.get("DETAILED_OUTPUT")
    if isinstance(detailed, exp.Boolean) and not detailed.this:
        counted = [Column("numOfFilesCopied", "fixed", precision=38, scale=0)]
        return target, copies, Result(counted, rows=[(len(copies),)])
    return target, copies, text_result(["file"], [(name,) for name in shown])


def _of_stage(session: Session, tree: CopyFiles, options: dict[str, exp.Expr]) -> list[tuple[Path, str]]:
    source = stage_lookup.find(session, tree.args["source"].name)
    found = {
        file.relative.removeprefix(source.path): file for file in session.engine.stages.files(source, session.user)
    }
    if "FILES" in options:
        named = [item.name for item in options["FILES"].expressions]
        missing = [name for name in named if name not in found]
        if missing:
            raise SnowflakeError(f"Remote file '{missing[0]}' was not found.", 91016, "22000")
        found = {name: found[name] for name in named}
    if "PATTERN" in options:
        wanted = re.compile(options["PATTERN"].name)
        found = {name: file for name, file in found.items() if wanted.fullmatch(file.relative)}
    return [(file.path, name.lstrip("/")) for name, file in found.items()]


def _of_query(statement: Statement, source: exp.Expr) -> list[tuple[Path, str]]:
    """Files that a query names in its first column; in its second their new names."""
    session = statement.session
    result = queries.evaluate(statement, source.this.sql(dialect="snowflake"))
    if len(result.columns) > 2:
        raise compilation_error(
            "The query of COPY FILES exceeds maximum allowable number of columns (2).", 1003, "42000"
        )
    copies = []
    for row in result.tuples():
        reference = stage_lookup.find(session, str(row[0]))
        path = session.engine.stages.path(reference, session.user)
        if not path.is_file():
            raise SnowflakeError(f"Remote file '{row[0]}' was not found.", 91016, "22000")
        copies.append((path, str(row[1]) if len(row) > 1 and row[1] is not None else reference.path))
    return copies


def _below(target: StageReference, name: str) -> StageReference:
    folder = target.path if not target.path or target.path.endswith("/") else f"{target.path}/"
    return StageReference(target.database, target.schema, target.name, folder + name)


def _copy(origin: Path, path: Path) -> None:
    """Copy a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".upload-{uuid.uuid4().hex}")
    shutil.copyfile(origin, draft)
    os.replace(draft, path)
