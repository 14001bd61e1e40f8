"""Resolve columns by position: $1, $2, … of the only source in FROM, COLUMN1, COLUMN2, … of VALUES, ORDER BY ALL."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported


def name_positions(tree: exp.Expr) -> exp.Expr:
    """Replace $n by the column that it means, and name the columns of VALUES (…) AS T.

    Args:
        tree: Statement as parsed.

    Returns:
        The tree, changed in place.

    Raises:
        SnowflakeError: What stands in FROM does not tell its columns' names.
    """
    for values in tree.find_all(exp.Values):
        alias = values.args.get("alias")
        if (
            alias is not None
            and not alias.columns
            and values.expressions
            and isinstance(values.expressions[0], exp.Tuple)
        ):
            count = len(values.expressions[0].expressions)
            alias.set("columns", [exp.to_identifier(f"COLUMN{index}", quoted=True) for index in range(1, count + 1)])
    for order in tree.find_all(exp.Order):
        only = order.expressions[0] if len(order.expressions) == 1 else None
        if isinstance(only, exp.Ordered) and isinstance(only.this, exp.Column) and only.this.sql().upper() == "ALL":
            only.set("this", exp.var("ALL"))
    for parameter in list(tree.find_all(exp.Parameter)):
        if isinstance(parameter.this, exp.Literal) and not parameter.this.is_string:
            parameter.replace(_column(parameter, int(parameter.this.name)))
    return tree


def _column(parameter: exp.Parameter, number: int) -> exp.Column:
    select = parameter.find_ancestor(exp.Select)
    clause = select.args.get("from_") if select is not None else None
    source = clause.this if clause is not None else None
    if isinstance(source, exp.Values):
        alias = source.args.get("alias")
        if alias is None or not alias.columns:
            return exp.column(exp.to_identifier(f"COLUMN{number}", quoted=True))
        return exp.column(alias.columns[number - 1].copy())
    if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Select):
        projections = source.this.expressions
        if not any(projection.is_star for projection in projections) and number <= len(projections):
            name = projections[number - 1].alias_or_name
            if name:
                return exp.column(exp.to_identifier(name, quoted=True))
    raise not_supported(f"${number} of this source")
