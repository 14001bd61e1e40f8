"""Statements about stages: CREATE, DROP, DESCRIBE, LIST, REMOVE, PUT and GET."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, already_exists, does_not_exist, not_supported
from embedded_snowflake.names import display
from embedded_snowflake.private_tables import STAGES
from embedded_snowflake.results import Column, Result, status_result, text_result
from embedded_snowflake.sources import directories, stage_formats
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.state import stage_lookup
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.stages import StageFile, StageReference
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import stage_directories

_DDL = 0x6000
_LISTED = [Column("name"), Column("size", "fixed", precision=38, scale=0), Column("md5"), Column("last_modified")]


@dataclass
class FileTransfer(Result):
    """The answer to PUT or GET: the client moves the files itself.

    Attributes:
        command: UPLOAD or DOWNLOAD.
        stage: The stage's folder, relative to the folder of all stages.
        sources: Client paths (upload) or paths within the stage (download).
        options: Other fields of the protocol's answer.
    """

    command: str = "UPLOAD"
    stage: str = ""
    sources: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)


def create(statement: Statement, tree: exp.Create) -> Result:
    """Run CREATE STAGE.

    Raises:
        SnowflakeError: It exists already, its schema does not, or an option is not supported.
    """
    session = statement.session
    reference = _stage(session, tree)
    settled = _settled(session, tree, reference)
    if settled is not None:
        return settled
    database, schema, name = reference.database, reference.schema, reference.name
    temporary = table_names.is_temporary(tree)
    properties = tree.args["properties"].expressions if tree.args.get("properties") else []
    directory = stage_directories.wanted(properties)
    for item in properties:
        if isinstance(item, exp.Property) and item.name.upper() == "COPY_OPTIONS":
            raise not_supported("COPY_OPTIONS of a stage")
    comment = next((item.this.name for item in properties if isinstance(item, exp.SchemaCommentProperty)), "")
    stage_formats.record(
        session, reference, next((item for item in properties if isinstance(item, exp.FileFormatProperty)), None)
    )
    if _exists(session, reference):
        session.engine.drop_stage(reference, session.user)
    sql = f"""insert into {STAGES}
              (created_on, name, database_name, schema_name, url, has_credentials, has_encryption_key, owner, comment,
               type, owner_role_type, directory_enabled)
              values (now(), ?, ?, ?, '', 'N', 'N', 'SYSADMIN', ?, ?, 'ROLE', 'N')"""
    session.engine.root.cursor().execute(
        sql, [name, database, schema, comment, "INTERNAL TEMPORARY" if temporary else "INTERNAL"]
    )
    if directory:
        directories.enable(session, reference, enabled=True)
    if temporary:
        session.temporary_stages.append(reference)
    else:
        session.engine.account.grants.created(Securable("STAGE", database, schema, name), session.role)
    return status_result(f"Stage area {display(name)} successfully created.", _DDL)


def describe_create(statement: Statement, tree: exp.Create) -> Result:
    """Describe CREATE STAGE, as far as what is there already allows it."""
    settled = _settled(statement.session, tree, _stage(statement.session, tree))
    return status_result("", _DDL) if settled is None else settled


def _settled(session: Session, tree: exp.Create, reference: StageReference) -> Result | None:
    """Give the answer where IF NOT EXISTS finds the stage; None where it is to be made."""
    database, schema, name = reference.database, reference.schema, reference.name
    if not session.engine.has_schema(database, schema):
        raise does_not_exist("Schema", f"{database}.{schema}")
    found = _exists(session, reference)
    if found and tree.args.get("exists"):
        return status_result(f"{display(name)} already exists, statement succeeded.", _DDL)
    if found and not tree.args.get("replace"):
        raise already_exists(f"{database}.{schema}.{name}")
    url = _url(tree)
    if url:
        raise not_supported(f"an external stage (URL = '{url}')")
    return None


def drop(statement: Statement, tree: exp.Drop) -> Result:
    """Run DROP STAGE.

    Raises:
        SnowflakeError: There is none of this name.
    """
    session = statement.session
    described = describe_drop(statement, tree)
    reference = _stage(session, tree)
    if _exists(session, reference):
        session.engine.drop_stage(reference, session.user)
        session.temporary_stages[:] = [stage for stage in session.temporary_stages if stage != reference]
    return described


def describe_drop(statement: Statement, tree: exp.Drop) -> Result:
    """Give the answer of DROP STAGE, and drop nothing.

    Raises:
        SnowflakeError: There is none of this name.
    """
    reference = _stage(statement.session, tree)
    database, schema, name = reference.database, reference.schema, reference.name
    if _exists(statement.session, reference):
        return status_result(f"{display(name)} successfully dropped.", _DDL)
    if tree.args.get("exists"):
        return status_result(f"Drop statement executed successfully ({display(name)} already dropped).", _DDL)
    raise does_not_exist("Stage", f"{database}.{schema}.{name}")


def _stage(session: Session, tree: exp.Expr) -> StageReference:
    return StageReference(*table_names.full_name(identifiers.stored_table(tree), session), "")


def _exists(session: Session, reference: StageReference) -> bool:
    sql = f"select 1 from {STAGES} where database_name=? and schema_name=? and name=?"
    values = [reference.database, reference.schema, reference.name]
    return session.engine.root.cursor().execute(sql, values).fetchone() is not None


def _url(tree: exp.Create) -> str:
    for item in tree.args["properties"].expressions if tree.args.get("properties") else []:
        if isinstance(item, exp.Property) and item.name.upper() == "URL":
            return str(item.args["value"].name)
    return ""


def put(statement: Statement, tree: exp.Put) -> Result:
    """Answer PUT: the client moves the files itself."""
    session = statement.session
    reference = stage_lookup.find(session, tree.args["target"].name)
    target = session.engine.stages.path(reference, session.user)
    options = _options(tree)
    return FileTransfer(
        [],
        rows=[],
        statement_type=0,
        command="UPLOAD",
        stage=f"{target.relative_to(session.engine.stages.root).as_posix()}/",
        sources=[tree.this.name.removeprefix("file://")],
        options={
            "parallel": int(options.get("PARALLEL", 4)),
            "autoCompress": options.get("AUTO_COMPRESS", True) in (True, "TRUE", "true"),
            "sourceCompression": str(options.get("SOURCE_COMPRESSION", "auto_detect")).lower(),
            "overwrite": options.get("OVERWRITE", False) in (True, "TRUE", "true"),
        },
    )


def get(statement: Statement, tree: exp.Get) -> Result:
    """Answer GET: the client fetches the files itself."""
    session = statement.session
    reference = stage_lookup.find(session, tree.args["target"].name)
    options = _options(tree)
    found = _matching(session, reference, options.get("PATTERN"))
    if reference.path and not reference.path.endswith("/"):
        # A path names a file or a folder, never the beginning of another file's name.
        found = [
            file for file in found if file.relative == reference.path or file.relative.startswith(reference.path + "/")
        ]
    folder = session.engine.stages.folder(reference, session.user)
    return FileTransfer(
        [],
        rows=[],
        statement_type=0,
        command="DOWNLOAD",
        stage=f"{folder.relative_to(session.engine.stages.root).as_posix()}/",
        sources=[file.relative for file in found],
        options={
            "localLocation": tree.this.name.removeprefix("file://"),
            "parallel": int(options.get("PARALLEL", 4)),
            "overwrite": True,
            "encryptionMaterial": [],
        },
    )


def _options(tree: exp.Expr) -> dict[str, Any]:
    properties = tree.args.get("properties")
    found = {}
    for item in properties.expressions if properties is not None else []:
        value = item.args["value"]
        found[item.name.upper()] = value.this if isinstance(value, exp.Boolean) else value.name
    return found


def list_(statement: Statement, tree: exp.ListStage) -> Result:
    """Run LIST or LS.

    Raises:
        SnowflakeError: The stage does not exist, or the pattern is no regular expression.
    """
    reference, pattern = _listed(statement.session, tree)
    files = _matching(statement.session, reference, pattern)
    rows = [(reference.prefix + file.relative, file.size(), file.md5(), file.modified()) for file in files]
    return Result(_LISTED, rows=rows)


def describe_list(statement: Statement, tree: exp.ListStage) -> Result:
    """Describe LIST of a stage that exists."""
    _listed(statement.session, tree)
    return Result(_LISTED, rows=[])


def remove(statement: Statement, tree: nodes.RemoveFiles) -> Result:
    """Run REMOVE or RM.

    Raises:
        SnowflakeError: The stage does not exist, or the pattern is no regular expression.
    """
    reference, pattern = _listed(statement.session, tree)
    removed = _matching(statement.session, reference, pattern)
    for file in removed:
        file.path.unlink(missing_ok=True)
    return text_result(["name", "result"], [(reference.prefix + file.relative, "removed") for file in removed])


def describe_remove(statement: Statement, tree: nodes.RemoveFiles) -> Result:
    """Describe REMOVE from a stage that exists."""
    reference, pattern = _listed(statement.session, tree)
    _matching(statement.session, reference, pattern)
    return text_result(["name", "result"], [])


def _listed(session: Session, tree: exp.ListStage | nodes.RemoveFiles) -> tuple[StageReference, str | None]:
    """Find the place and the pattern of a statement that lists or removes files."""
    pattern = tree.args.get("pattern")
    return stage_lookup.find(session, tree.this.name), None if pattern is None else nodes.text_of(pattern)


def _matching(session: Session, reference: StageReference, pattern: str | None) -> list[StageFile]:
    files = session.engine.stages.files(reference, session.user)
    if pattern is None:
        return files
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise SnowflakeError(f"Invalid regular expression: '{pattern}', {error}", 100048, "2201B") from None
    return [file for file in files if wanted.fullmatch(reference.prefix + file.relative)]
