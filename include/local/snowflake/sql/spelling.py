"""Names in another case than the column's: DuckDB finds the column, Snowflake does not ("a" is not A)."""

from __future__ import annotations

from sqlglot import exp

from include.local.snowflake.errors import SnowflakeError
from include.local.snowflake.names import display, without_mark
from include.local.snowflake.state.facts import Fact

Sources = dict[str, list[Fact]]


class ColumnError(SnowflakeError):
    """A name stands for two columns, or for none."""


def refuse_other_case(scope: exp.Expr, sources: Sources) -> None:
    """Refuse a column that is there only in another case.

    Args:
        scope: A SELECT, UPDATE or DELETE, identifiers in their stored case.
        sources: The columns that it reads, by the name of their source; a source without columns is unknown.

    Raises:
        ColumnError: It names such a column.
    """
    aliases = {projection.alias for projection in scope.expressions if projection.alias} if isinstance(scope, exp.Select) else set()
    spelled = {name: {without_mark(column.name) for column in columns} for name, columns in sources.items()}
    for column in scope.find_all(exp.Column):
        name = without_mark(column.name)
        if name in aliases or column.find_ancestor(exp.Select, exp.Update, exp.Delete, exp.Merge) is not scope:
            continue
        searched = [spelled.get(column.table, set())] if column.table else list(spelled.values())
        if any(not known or name in known for known in searched):
            continue
        if any(name.upper() == other.upper() for known in searched for other in known):
            raise ColumnError(f"SQL compilation error: error line 1 at position 0\ninvalid identifier '{display(name)}'", 904, "42000")
