"""The objects that a statement names to grant something on them: whether they are there, and which there are."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from embedded_snowflake.errors import compilation_error, does_not_exist, not_supported
from embedded_snowflake.private_tables import FILE_FORMATS, SEQUENCE_PREFIX, STAGES
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.state.duck_catalog import SCHEMAS, SEQUENCES, TABLES, VIEWS
from embedded_snowflake.state.engine import INTERNAL_SCHEMAS
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session

_ACCOUNT_KINDS = ("ROLE", "USER", "WAREHOUSE")
_FUNCTIONS = ("FUNCTION", "PROCEDURE")
# Schema and name of all of a kind in a database.
_LISTS = {
    "TABLE": f"select schema_name, table_name from {TABLES} where database_name = $1 and not internal",
    "VIEW": f"select schema_name, view_name from {VIEWS} where database_name = $1 and not internal",
    "SEQUENCE": (  # fakesnow's, for AUTOINCREMENT
        f"select schema_name, sequence_name from {SEQUENCES} where database_name = $1"
        f" and not starts_with(upper(sequence_name), '{SEQUENCE_PREFIX}')"
    ),
    "STAGE": (f"select schema_name, name from {STAGES} where database_name = $1 and type not like '%TEMPORARY'"),
    "FILE FORMAT": f"select schema_name, name from {FILE_FORMATS} where database_name = $1",
    "SCHEMA": f"select schema_name, '' from {SCHEMAS} where database_name = $1",
}


def find(session: Session, target: nodes.GrantTarget) -> Securable:
    """Find an object that a statement names, which must be there.

    Args:
        session: Session that names it.
        target: Kind and name of the object.

    Returns:
        The object.

    Raises:
        SnowflakeError: There is none, it is of another kind, or a temporary one.
    """
    kind = target.args["kind"]
    if kind == "ACCOUNT":
        return Securable("ACCOUNT")
    if kind in _ACCOUNT_KINDS:
        return Securable(kind, name=session.engine.account.objects.get(kind, identifiers.only_part(target.this)).name)
    if kind in ("DATABASE", "SCHEMA"):
        return find_container(session, kind, target.this)
    name = table_names.full_name(identifiers.stored_table(target.this), session)
    if kind in _FUNCTIONS:
        found: Securable = session.engine.python.securable(kind, name, target.expressions, session)
        return found
    if name in session.temporary:
        raise not_supported("grants on temporary objects")
    wanted = Securable(kind, *name)
    if wanted not in all_in(session, kind, name.database, name.schema):
        _refuse_other_kind(session, wanted)
        raise does_not_exist(kind.capitalize(), wanted.shown)
    return wanted


def find_container(session: Session, kind: str, name: exp.Table) -> Securable:
    """Find a database or schema, which must be there.

    Args:
        session: Session whose database a schema's name leaves out.
        kind: DATABASE or SCHEMA.

    Returns:
        The database or schema.

    Raises:
        SnowflakeError: There is none.
    """
    parts = identifiers.parts(name)
    database = parts[0] if kind == "DATABASE" or len(parts) > 1 else session.database or ""
    if database not in session.engine.databases():
        raise does_not_exist("Database", database)
    if kind == "DATABASE":
        return Securable("DATABASE", database)
    found = Securable("SCHEMA", database, parts[-1])
    if not session.engine.has_schema(database, parts[-1]):
        raise does_not_exist("Schema", found.shown)
    return found


def all_in(session: Session, kind: str, database: str, schema: str = "") -> list[Securable]:
    """List the permanent objects of a kind.

    Args:
        session: Session that asks.
        kind: Kind of object.
        database: Where they are.
        schema: In which of its schemas; "" for all.

    Returns:
        The objects; none of a kind that cannot be made here.
    """
    if kind in _FUNCTIONS:
        found: list[Securable] = session.engine.python.securables(kind)
        return [item for item in found if item.database == database and schema in ("", item.schema)]
    if kind not in _LISTS:
        return []
    rows = session.engine.root.cursor().execute(_LISTS[kind], [database]).fetchall()
    listed = [(space, name) for space, name in rows if space not in INTERNAL_SCHEMAS and schema in ("", space)]
    return [Securable(kind, database, space, name) for space, name in sorted(listed)]


def _refuse_other_kind(session: Session, wanted: Securable) -> None:
    """Say what was found where a table is called a view, or a view a table."""
    other = {"TABLE": "VIEW", "VIEW": "TABLE"}.get(wanted.kind)
    if other is not None and replace(wanted, kind=other) in all_in(session, other, wanted.database, wanted.schema):
        raise compilation_error(
            f"Object found is of type '{other}', not specified type '{wanted.kind}'.", 2203, "02000"
        )
