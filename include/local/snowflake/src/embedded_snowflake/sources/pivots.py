"""PIVOT: values that a query finds (FOR c IN (ANY …), FOR c IN (SELECT …)), the columns' names, DEFAULT ON NULL."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake import bindings
from embedded_snowflake.errors import not_supported
from embedded_snowflake.sources import values
from embedded_snowflake.state.statement import Statement


def rewrite(statement: Statement, tree: exp.Expr) -> exp.Expr:
    """Put the values in the place of ANY or of the subquery, name the columns, and fill in their defaults.

    Args:
        tree: Statement as parsed; changed in place.

    Returns:
        The tree.

    Raises:
        SnowflakeError: The values cannot be found, or an option is not supported.
    """
    for pivot in reversed(list(tree.find_all(exp.Pivot))):  # innermost first: the outer ones are copied
        source = pivot.parent
        for field in pivot.args.get("fields") or []:
            if isinstance(field, exp.In) and isinstance(source, exp.Expr):
                _fill(statement, source, field)
                named = _called if pivot.args.get("unpivot") else _named
                field.set("expressions", [named(value) for value in field.expressions])
        default = pivot.args.get("default_on_null")
        if isinstance(default, exp.Expr) and isinstance(source, exp.Expr):
            _fill_nulls(source, pivot, default)
    return tree


def _named(value: exp.Expr) -> exp.Expr:
    """Name the column of a value 1::INT or DATE '…' as Snowflake does, which writes them out."""
    text = _text_of_date(value)
    if text is not None:
        is_date = isinstance(value, exp.Anonymous) or (
            isinstance(value, exp.Cast) and value.to.this is exp.DataType.Type.DATE
        )
        name = f"TO_DATE({text.sql(dialect='snowflake')})" if is_date else value.sql(dialect="snowflake")
        return exp.PivotAlias(this=text, alias=exp.to_identifier(name, quoted=True))
    if isinstance(value, exp.Cast) and value.to.this in exp.DataType.INTEGER_TYPES and not value.to.expressions:
        name = f"CAST({value.this.sql(dialect='snowflake')} AS NUMBER(38,0))"
        return exp.PivotAlias(this=value.this, alias=exp.to_identifier(name, quoted=True))
    return value


def _text_of_date(value: exp.Expr) -> exp.Literal | None:
    """Read the text of DATE '…', '…'::DATE, '…'::TIMESTAMP or TO_DATE('…').

    DuckDB takes constants only, and reads it as the column's type.
    """
    is_call = isinstance(value, exp.Anonymous) and value.name.upper() == "TO_DATE" and len(value.expressions) == 1
    is_cast = isinstance(value, exp.Cast) and value.to.this in exp.DataType.TEMPORAL_TYPES
    text = value.expressions[0] if is_call else value.this if is_cast else None
    return text if isinstance(text, exp.Literal) and text.is_string else None


def _called(column: exp.Expr) -> exp.Expr:
    """Write an unpivoted column's name out, where DuckDB would give it as it holds it."""
    if not isinstance(column, exp.Column) or not column.this.args.get("quoted"):
        return column
    return exp.PivotAlias(this=column, alias=exp.Literal.string(column.name))


def _fill_nulls(source: exp.Expr, pivot: exp.Pivot, default: exp.Expr) -> None:
    """Apply DEFAULT ON NULL (value): a subquery puts the value in the place of NULL in the pivoted columns."""
    if len(pivot.expressions) != 1 or isinstance(pivot.expressions[0], exp.Alias):
        raise not_supported("PIVOT with DEFAULT ON NULL and several or named aggregates")
    pivot.set("default_on_null", None)
    alias = pivot.args.get("alias")
    pivot.set("alias", None)
    filled = []
    for field in pivot.args["fields"]:
        for value in field.expressions:
            name = (
                value.args["alias"]
                if isinstance(value, exp.PivotAlias)
                else exp.to_identifier(value.sql("snowflake"), quoted=True)
            )
            column = exp.column(name.copy())
            filled.append(exp.alias_(exp.Coalesce(this=column, expressions=[default.copy()]), name.copy()))
    inner = source.copy()
    rest = {key: inner.args.get(key) for key in ("joins", "laterals") if inner.args.get(key)}
    for key in rest:
        inner.set(key, None)
    outer = exp.Subquery(this=exp.Select(expressions=[exp.Star(replace=filled)]).from_(inner), alias=alias, **rest)
    source.replace(outer)


def _fill(statement: Statement, source: exp.Expr, field: exp.In) -> None:
    wanted = field.expressions[0] if len(field.expressions) == 1 else field.args.get("query")
    if isinstance(wanted, exp.PivotAny) or (isinstance(wanted, exp.Column) and wanted.name.upper() == "ANY"):
        plain = source.copy()
        plain.set("pivots", None)
        query: exp.Expr = exp.select(field.this.copy()).distinct().from_(plain).order_by(field.this.copy())
        _put(statement, field, query)
    elif isinstance(wanted, (exp.Subquery, exp.Query)):
        _put(statement, field, wanted.unnest() if isinstance(wanted, exp.Subquery) else wanted)


def _put(statement: Statement, field: exp.In, query: exp.Expr) -> None:
    found = values.read(statement, query.sql(dialect="snowflake"))
    distinct = dict.fromkeys(row[0] for row in found.tuples() if row[0] is not None)
    written = [bindings.literal("", value) for value in distinct]
    constants = [_text_of_date(value) or value for value in written]
    # Snowflake names the columns after the values as written.
    named = [
        exp.PivotAlias(this=value, alias=exp.to_identifier(value.sql(dialect="snowflake"), quoted=True))
        for value in constants
    ]
    field.set("expressions", named)
    field.set("query", None)
