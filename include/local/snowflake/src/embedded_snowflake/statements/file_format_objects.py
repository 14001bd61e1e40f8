"""CREATE and DROP of file formats."""

from __future__ import annotations

from fakesnow import transforms
from sqlglot import exp

from embedded_snowflake.errors import already_exists, does_not_exist
from embedded_snowflake.names import display, display_path
from embedded_snowflake.private_tables import FILE_FORMATS
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.sources import file_formats
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.statement import Statement

_DDL = 0x6000


def run(statement: Statement, tree: exp.Create | exp.Drop) -> Result:
    """Run CREATE or DROP FILE FORMAT; formats are rows of fakesnow's own table.

    Raises:
        SnowflakeError: It does not exist, exists already, or an option is not supported.
    """
    session = statement.session
    stored = identifiers.stored_table(tree)
    name = table_names.full_name(stored, session)
    cursor = session.engine.root.cursor()
    where = "where database_name = ? and schema_name = ? and name = ?"
    found = cursor.execute(f"select 1 from {FILE_FORMATS} {where}", list(name)).fetchone() is not None
    shown = display(name.name)
    if isinstance(tree, exp.Drop):
        if not found and not tree.args.get("exists"):
            raise does_not_exist("File format", display_path(name))
        cursor.execute(f"delete from {FILE_FORMATS} {where}", list(name))
        session.engine.account.grants.dropped(Securable("FILE FORMAT", *name))
        return status_result(f"{shown} successfully dropped.", _DDL)
    if found and tree.args.get("exists"):
        return status_result(f"{shown} already exists, statement succeeded.", _DDL)
    if found and not tree.args.get("replace"):
        raise already_exists(display_path(name))
    tree.set("this", stored)
    options = file_formats.options_of(
        session, tree.args["properties"].expressions if tree.args.get("properties") else []
    )
    if file_formats.read(options).type == "CSV":
        _set_default_escape(tree)
    cursor.execute(transforms.create_file_format(tree, name.database, name.schema).sql(dialect="duckdb"))
    session.engine.account.grants.created(Securable("FILE FORMAT", *name), session.role)
    return status_result(f"File format {shown} successfully created.", _DDL)


def _set_default_escape(tree: exp.Expr) -> None:
    """Write Snowflake's default of ESCAPE_UNENCLOSED_FIELD out, where fakesnow has another."""
    properties = tree.args.get("properties") or exp.Properties(expressions=[])
    if not any(
        isinstance(item, exp.Property) and item.name.upper() == "ESCAPE_UNENCLOSED_FIELD"
        for item in properties.expressions
    ):
        properties.append(
            "expressions", exp.Property(this=exp.var("ESCAPE_UNENCLOSED_FIELD"), value=exp.Literal.string("\\"))
        )
    tree.set("properties", properties)
