"""Comments of tables, views and columns."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from embedded_snowflake.errors import does_not_exist
from embedded_snowflake.names import display_path, literal, quote
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state.running import retried
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import table_catalog
from embedded_snowflake.statements.table_catalog import DDL, DONE


def comment(statement: Statement, tree: exp.Comment) -> Result:
    """Run COMMENT ON.

    Returns:
        "Statement executed successfully."

    Raises:
        SnowflakeError: There is no such table, view or column.
    """
    session = statement.session
    kind = str(tree.args.get("kind")).upper()
    if kind not in ("TABLE", "VIEW", "COLUMN"):
        return status_result(DONE, DDL)  # of a database, schema, stage, …: nothing here shows it
    stored = identifiers.stored(tree.copy())
    column = stored.this.name if kind == "COLUMN" else None
    parts: dict[str, Any] = {"this": "table", "db": "db", "catalog": "catalog"}
    table = (
        exp.Table(**{key: stored.this.args.get(part) for key, part in parts.items()})
        if column is not None
        else stored.this
    )
    name = table_names.full_name(table, session)
    there = table_catalog.kind_of(session, name)
    if there is None:
        if tree.args.get("exists"):
            return status_result(DONE, DDL)
        raise does_not_exist("Table" if kind == "COLUMN" else kind.capitalize(), display_path(name))
    place = table_catalog.place(session, name)
    target = f"column {place}.{quote(column)}" if column is not None else f"{there} {place}"
    retried(session, lambda: session.duck.execute(f"comment on {target} is {literal(tree.expression.name)}"))
    if column is None:
        table_catalog.record_comments(session, translate(tree, statement).tree)
    return status_result(DONE, DDL)


def of_definition(tree: exp.Create, place: str) -> list[str]:
    """Write the comments that a CREATE TABLE or VIEW gives itself and its columns.

    Args:
        place: The object in DuckDB's SQL.

    Returns:
        DuckDB's statements.
    """
    stored = identifiers.stored(tree.copy())
    found = []
    for definition in stored.this.expressions if isinstance(stored.this, exp.Schema) else []:
        comment = definition.find(exp.CommentColumnConstraint) if isinstance(definition, exp.ColumnDef) else None
        if comment is not None:
            found.append(f"comment on column {place}.{quote(definition.name)} is {literal(comment.this.name)}")
    own = tree.find(exp.SchemaCommentProperty)
    if own is not None and str(tree.kind).upper() != "SEQUENCE":
        found.append(f"comment on {tree.kind} {place} is {literal(own.this.name)}")
    return found
