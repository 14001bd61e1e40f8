"""What a COPY INTO a table says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported
from embedded_snowflake.names import TableName
from embedded_snowflake.sources import stage_formats
from embedded_snowflake.sources.file_formats import FileFormat
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.state import stage_lookup
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageFile, StageReference

_NOT_SIMPLE = ("where", "group", "having", "qualify", "order", "limit", "laterals", "windows")
_ON_ERROR = re.compile(r"(ABORT_STATEMENT|CONTINUE|SKIP_FILE)(?:(?<=SKIP_FILE)_(\d+)(%)?)?")
_VALIDATION_MODE = re.compile(r"RETURN_(ERRORS|ALL_ERRORS|[1-9]\d*_ROWS)")


@dataclass(frozen=True)
class OnError:
    """What becomes of bad rows.

    Attributes:
        word: ABORT_STATEMENT, CONTINUE or SKIP_FILE.
        number: Bad rows from which on a file is skipped; with `percent` a share of its rows that is exceeded.
        percent: Whether the number is a percentage.
    """

    word: str = "ABORT_STATEMENT"
    number: int = 1
    percent: bool = False

    @property
    def aborts(self) -> bool:
        """Whether the first bad row ends the statement."""
        return self.word == "ABORT_STATEMENT"

    def skips(self, bad: int, parsed: int) -> bool:
        """Tell whether a file is left out.

        Args:
            bad: Number of its bad rows.
            parsed: Number of its rows.

        Returns:
            True when it is.
        """
        if self.word != "SKIP_FILE" or not bad:
            return False
        return bad * 100 > self.number * parsed if self.percent else bad >= self.number

    def limit(self, parsed: int) -> int:
        """Count the bad rows that make a file fail, as the answer's error_limit shows them.

        Args:
            parsed: Number of its rows.

        Returns:
            The number.
        """
        if self.word == "CONTINUE":
            return parsed
        return parsed * self.number // 100 if self.percent else self.number


@dataclass
class CopyPlan:
    """What a COPY INTO says.

    Attributes:
        target: Database, schema and table.
        columns: Columns to fill, as stored; empty for all.
        source: The place in the stage.
        select: Transforming query over the staged files, or None.
        form: Format of the files.
        on_error: What becomes of bad rows.
        force: Whether files loaded before are loaded again.
        purge: Whether loaded files are removed.
        files: Names after FILES =.
        pattern: Pattern that paths must match, or None.
        match_by_name: "", CASE_SENSITIVE or CASE_INSENSITIVE.
        truncate: Whether texts that are too long are cut.
        size_limit: Bytes of files after which no more are loaded, or None.
        failed_only: Whether the answer lists only files with errors.
        validation: RETURN_ERRORS, RETURN_ALL_ERRORS or RETURN_n_ROWS; empty where files are loaded.
    """

    target: TableName
    columns: list[str]
    source: StageReference
    select: exp.Select | None
    form: FileFormat = field(default_factory=FileFormat)
    on_error: OnError = OnError()
    force: bool = False
    purge: bool = False
    files: list[str] = field(default_factory=list)
    pattern: str | None = None
    match_by_name: str = ""
    truncate: bool = False
    size_limit: int | None = None
    failed_only: bool = False
    validation: str = ""


def read(session: Session, tree: exp.Copy) -> CopyPlan:
    """Read the statement.

    Args:
        session: The session, for the current database and schema, and for named file formats.

    Returns:
        What it says.

    Raises:
        SnowflakeError: The stage does not exist, or an option is not supported.
    """
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    named = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
    columns = [item.name if item.args.get("quoted") else item.name.upper() for item in named]
    files = tree.args.get("files") or []
    origin = files[0] if files else None
    select = origin.this if isinstance(origin, exp.Subquery) else None
    clause = select.args.get("from_") if select is not None else None
    place = clause.this if clause is not None else origin
    if not isinstance(place, exp.Table) or not isinstance(place.this, (exp.Var, exp.Literal)):
        raise not_supported("COPY INTO from anything but a stage")
    if select is not None and (select.args.get("joins") or any(select.args.get(clause) for clause in _NOT_SIMPLE)):
        raise compilation_error(
            "COPY statement only supports simple SELECT from stage statements for import.", 2099, "0A000"
        )
    name = place.this.name
    if not name.lstrip("'").startswith("@"):
        raise not_supported(f"COPY INTO from {name}")
    plan = CopyPlan(
        table_names.full_name(identifiers.stored_table(target), session),
        columns,
        stage_lookup.find(session, name),
        select,
    )
    written = _query_format(place)
    for parameter in tree.args.get("params") or []:
        if parameter.this.name.upper() == "FILE_FORMAT":
            written = parameter
        else:
            _set_option(plan, parameter)
    plan.form = stage_formats.of_copy(session, plan.source, written)
    return plan


def _query_format(place: exp.Table) -> exp.Expr | None:
    """(FILE_FORMAT => name) behind the stage of a transforming query, as a parameter of the COPY."""
    if place.args.get("pattern") is not None:
        raise not_supported("PATTERN within the query of a COPY INTO")
    name = place.args.get("format")
    return exp.CopyParameter(this=exp.var("FILE_FORMAT"), expression=name.copy()) if name is not None else None


def _set_option(plan: CopyPlan, parameter: exp.Expr) -> None:
    option = parameter.this.name.upper()
    value = parameter.expression
    word = str(value.name if isinstance(value, (exp.Var, exp.Literal, exp.Column, exp.Identifier)) else "").upper()
    flag = (isinstance(value, exp.Boolean) and bool(value.this)) or word == "TRUE"
    if option == "FORCE":
        plan.force = flag
    elif option == "PURGE":
        plan.purge = flag
    elif option == "ON_ERROR":
        match = _ON_ERROR.fullmatch(word)
        if match is None:
            raise SnowflakeError(
                f"SQL compilation error:\ninvalid value '{word}' for parameter 'ON_ERROR'", 1008, "22023"
            )
        plan.on_error = OnError(match.group(1), int(match.group(2) or 1), bool(match.group(3)))
    elif option == "FILES":
        plan.files = [item.name for item in parameter.find_all(exp.Literal)]
    elif option == "PATTERN":
        plan.pattern = value.name
    elif option == "MATCH_BY_COLUMN_NAME":
        plan.match_by_name = "" if word == "NONE" else word
    elif option == "VALIDATION_MODE":
        if not _VALIDATION_MODE.fullmatch(word):
            raise SnowflakeError(
                f"SQL compilation error:\ninvalid value '{word}' for parameter 'VALIDATION_MODE'", 1008, "22023"
            )
        plan.validation = word
    elif option == "TRUNCATECOLUMNS":
        plan.truncate = flag
    elif option == "ENFORCE_LENGTH":
        plan.truncate = not flag
    elif option == "RETURN_FAILED_ONLY":
        plan.failed_only = flag
    elif option == "SIZE_LIMIT":
        plan.size_limit = int(word) if word.isdigit() else None
    elif option != "LOAD_UNCERTAIN_FILES":
        raise not_supported(f"COPY INTO option {option}")


def files(session: Session, plan: CopyPlan) -> list[StageFile]:
    """Find the files that it names.

    Args:
        session: Session whose stages and file formats are meant.
        plan: What the statement says.

    Returns:
        The files; with FILES in that order.

    Raises:
        SnowflakeError: One of FILES is not there.
    """
    found, missing = find(session, plan)
    if missing:
        raise not_found(missing[0])
    return found


def find(session: Session, plan: CopyPlan) -> tuple[list[StageFile], list[str]]:
    """Find the files that it names, and the names that have none.

    Args:
        session: Session whose stages and file formats are meant.
        plan: What the statement says.

    Returns:
        The files, with FILES in that order, and those of FILES that are not there.
    """
    found = session.engine.stages.files(plan.source, session.user)
    if plan.files:
        by_path = {file.relative: file for file in found}
        there = [by_path.get(plan.source.path + name) for name in plan.files]
        missing = [name for name, file in zip(plan.files, there, strict=True) if file is None]
        return [file for file in there if file is not None], missing
    if plan.pattern is not None:
        wanted = re.compile(plan.pattern)
        found = [file for file in found if wanted.fullmatch(file.relative)]
    return found, []


def not_found(name: str) -> SnowflakeError:
    """Make the error of a file that is not there.

    Args:
        name: The file's name.

    Returns:
        Error 091016 (22000).
    """
    return SnowflakeError(
        f"Remote file '{name}' was not found. There are several potential causes. The file might not exist. The"
        " required credentials may be missing or invalid. If you are running a copy command, please make sure files"
        " are not deleted when they are being loaded or files are not being loaded into two different tables"
        " concurrently with auto purge option.",
        91016,
        "22000",
    )
