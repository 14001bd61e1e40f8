"""Primary keys and other constraints: written down, shown, and not enforced, as in Snowflake.

https://docs.snowflake.com/en/sql-reference/constraints-overview
"""

from __future__ import annotations

import uuid

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.state.declarations import Key

_KINDS: dict[type[exp.Expr], str] = {
    exp.PrimaryKey: "PRIMARY KEY",
    exp.PrimaryKeyColumnConstraint: "PRIMARY KEY",
    exp.UniqueColumnConstraint: "UNIQUE",
}
_FOREIGN = (exp.ForeignKey, exp.Reference)
_CHECKS = (exp.CheckColumnConstraint, exp.Check)


def take_out(schema: exp.Expr) -> list[Key]:
    """Take the constraints that Snowflake does not enforce out of a table's definition, which DuckDB would enforce.

    Args:
        schema: t (a INT PRIMARY KEY, …) of a CREATE TABLE, identifiers in their stored case; changed in place. Columns
            of a primary key become NOT NULL.

    Returns:
        Its primary and unique keys. Foreign keys are forgotten.

    Raises:
        SnowflakeError: It has a CHECK.
    """
    if not isinstance(schema, exp.Schema):
        return []
    keys: list[Key] = []
    kept = []
    for item in schema.expressions:
        if isinstance(item, exp.ColumnDef):
            keys += of_column(item)
        found = of_constraint(item)
        keys += found
        if not found and not isinstance(item, _FOREIGN):
            kept.append(item)
    schema.set("expressions", kept)
    required = {column for key in keys if key.kind == "PRIMARY KEY" for column in key.columns}
    for item in kept:
        if isinstance(item, exp.ColumnDef) and item.name in required and item.find(exp.NotNullColumnConstraint) is None:
            item.append("constraints", exp.ColumnConstraint(kind=exp.NotNullColumnConstraint()))
    return keys


def of_column(definition: exp.ColumnDef) -> list[Key]:
    """Take a column's own constraints out of its definition.

    Args:
        definition: a INT UNIQUE; changed in place.

    Returns:
        The keys that it makes.

    Raises:
        SnowflakeError: It has a CHECK.
    """
    keys, kept = [], []
    for constraint in definition.args.get("constraints") or []:
        kind = constraint.args.get("kind")
        if isinstance(kind, _CHECKS):
            raise not_supported("CHECK constraints")
        if type(kind) in _KINDS:
            keys.append(Key(_name(constraint), _KINDS[type(kind)], (definition.name,)))
        elif not isinstance(kind, _FOREIGN):
            kept.append(constraint)
    definition.set("constraints", kept)
    return keys


def of_constraint(item: exp.Expr) -> list[Key]:
    """Read a constraint that stands by itself.

    Args:
        item: CONSTRAINT name PRIMARY KEY (a, b), or the same without a name; anything else is left alone.

    Returns:
        Its key; a foreign key gives one without columns.

    Raises:
        SnowflakeError: It is a CHECK.
    """
    inner = item.expressions if isinstance(item, exp.Constraint) else [item]
    for part in inner:
        if isinstance(part, _CHECKS):
            raise not_supported("CHECK constraints")
        if isinstance(part, exp.ForeignKey):
            return [Key(_name(item), "FOREIGN KEY", ())]
        if type(part) in _KINDS and not isinstance(part, exp.PrimaryKeyColumnConstraint):
            listed = part.expressions or (part.this.expressions if isinstance(part.this, exp.Expr) else [])
            return [Key(_name(item), _KINDS[type(part)], tuple(column.name for column in listed))]
    return []


def _name(item: exp.Expr) -> str:
    named = item.this if isinstance(item, (exp.Constraint, exp.ColumnConstraint)) else None
    return named.name if isinstance(named, exp.Expr) and named.name else f"SYS_CONSTRAINT_{uuid.uuid4()}"
