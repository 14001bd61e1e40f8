"""ALTER TABLE and VIEW: new names, with what is declared about them kept right."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, already_exists, does_not_exist, not_supported
from embedded_snowflake.names import TableName, display_path, quote
from embedded_snowflake.state import declarations
from embedded_snowflake.state.running import atomic
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import table_catalog


def _target(session: Session, old: TableName, table: exp.Table) -> TableName:
    new = TableName(table.catalog or old.database, table.db or old.schema, table.name)
    if new[:2] != old[:2]:
        raise not_supported("moving a table to another schema")
    return new


def rename(session: Session, old: TableName, action: exp.AlterRename, kind: str) -> None:
    """Run RENAME TO.

    Args:
        session: The session, no transaction open.
        old: Full name of the table or view.
        action: The new name, in its stored case.
        kind: TABLE or VIEW.

    Raises:
        SnowflakeError: The name is taken, or is one in another schema.
    """
    new = _target(session, old, action.this)
    if table_catalog.kind_of(session, new, temporary=old in session.temporary) is not None:
        raise already_exists(display_path(new))
    temporary = old in session.temporary
    atomic(session, lambda: _move(session, old, new, kind))
    if not temporary:
        session.engine.account.grants.renamed((Securable(kind, *old), Securable(kind, *new)))
    table_catalog.record_lengths(session, new)


def swap(session: Session, first: TableName, action: exp.SwapTable) -> None:
    """Run SWAP WITH.

    Args:
        session: The session, no transaction open.
        first: Full name of the table.
        action: The other table's name, in its stored case.

    Raises:
        SnowflakeError: There is no such table, or it is in another schema, or one of them alone is temporary.
    """
    second = _target(session, first, action.this)
    if table_catalog.kind_of(session, second) != "TABLE":
        raise does_not_exist("Table", display_path(second))
    if (first in session.temporary) != (second in session.temporary):
        raise SnowflakeError(
            "SQL compilation error:\nSWAP of a temporary and a permanent table is not allowed.", 2, "0A000"
        )
    between = first._replace(name=f"{first.name} swapped")

    def run() -> None:
        for old, new in ((first, between), (second, first), (between, second)):
            _move(session, old, new, "TABLE")

    temporary = first in session.temporary
    atomic(session, run)
    if not temporary:
        one, other, middle = (Securable("TABLE", *name) for name in (first, second, between))
        session.engine.account.grants.renamed((one, middle), (other, one), (middle, other))
    for name in (first, second):
        table_catalog.record_lengths(session, name)


def _move(session: Session, old: TableName, new: TableName, kind: str) -> None:
    name = ".".join(new) if old in session.temporary else new.name
    session.duck.execute(f"alter {kind} {table_catalog.place(session, old)} rename to {quote(name)}")
    declarations.rename(session, old, new)
