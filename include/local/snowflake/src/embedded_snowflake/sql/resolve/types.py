"""Ask DuckDB for the types in a translated statement.

Expressions are described over the FROM of their SELECT. That costs a millisecond or two, so it is done only where
literals and the columns of a single table do not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
from sqlglot import exp

from embedded_snowflake.names import decoded
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.resolve import aliases
from embedded_snowflake.sql.resolve.sources import common_tables, hanging, is_recursive

_SHORT_DIGITS = 18  # of a number that is BIGINT or DECIMAL without a doubt


class Types:
    """DuckDB's types of one statement's tables, expressions and queries, while it is translated.

    Args:
        duck: The connection to ask.
        restore: Reopens the open transaction, which an error of DuckDB ends.
    """

    def __init__(self, duck: duckdb.DuckDBPyConnection, restore: Callable[[], None]) -> None:
        self._duck = duck
        self._restore = restore
        self._tables: dict[tuple[str, str, str], dict[str, str]] = {}
        self._described: dict[str, list[tuple[str, str]] | None] = {}  # by the text of what was asked

    def of_table(self, table: exp.Table) -> dict[str, str]:
        """Give the types of a table's columns; each table is asked once.

        Args:
            table: A table or view, its name as table_names.py writes it.

        Returns:
            DuckDB's types by the columns' names; empty for a common table expression, or what does not exist.
        """
        name = (table.catalog, table.db, table.name)
        if name not in self._tables:
            self._tables[name] = self._columns(table)
        return self._tables[name]

    def of_values(
        self, scope: exp.Expr, values: Sequence[exp.Expr | None], *, through_aliases: bool = True
    ) -> list[str | None]:
        """Give the types of expressions.

        Args:
            scope: The SELECT, UPDATE, MERGE or DELETE that they stand in.
            values: The expressions; None for none.
            through_aliases: Whether names may be aliases of the SELECT's own columns, besides columns of its FROM.

        Returns:
            The type of each; None where DuckDB cannot tell.
        """
        given = [value for value in values if isinstance(value, exp.Expr)]
        together = self._of_one_table(scope, given) or self._describe(scope, given)
        known: dict[int, str | None] = {}
        if together is not None:
            known = {id(value): kind for value, kind in zip(given, together, strict=True)}
        else:
            for value in given:
                alone = self._describe(scope, [value]) or (self._aliased(scope, value) if through_aliases else None)
                known[id(value)] = alone[0] if alone else None
        return [known.get(id(value)) for value in values]

    def of_query(self, query: exp.Expr) -> list[tuple[str, str]] | None:
        """Give the columns of a query.

        Args:
            query: The query, which may stand in a statement with common tables.

        Returns:
            The name and the type of each; None where DuckDB cannot tell.
        """
        probe: exp.Expr = query.copy()
        ctes = common_tables(query)
        if ctes and isinstance(probe, exp.Query):
            alias = exp.TableAlias(this=exp.to_identifier("_query"))
            probe = exp.select("*").from_(exp.Subquery(this=probe, alias=alias))
            probe.set("with_", exp.With(expressions=ctes, recursive=is_recursive(query)))
        return self._ask(probe)

    def _columns(self, table: exp.Table) -> dict[str, str]:
        name = exp.Table(this=table.this.copy(), db=table.args.get("db"), catalog=table.args.get("catalog"))
        try:
            # Bound and not run: quicker than DESCRIBE, and an error does not end the open transaction.
            found = self._duck.table(duck_sql(name))
            return dict(zip(map(decoded, found.columns), map(str, found.types), strict=True))
        except duckdb.Error:
            return {}

    def _ask(self, probe: exp.Expr) -> list[tuple[str, str]] | None:
        """Describe a query; several steps ask the same, and only the first asks DuckDB."""
        sql = duck_sql(probe)
        if sql not in self._described:
            self._described[sql] = self._describe_query(sql)
        return self._described[sql]

    def _describe_query(self, sql: str) -> list[tuple[str, str]] | None:
        try:
            rows = self._duck.execute(f"describe {sql}").fetchall()
        except duckdb.Error:
            self._restore()
            return None
        return [(str(row[0]), str(row[1])) for row in rows]

    def _of_one_table(self, scope: exp.Expr, values: list[exp.Expr]) -> list[str] | None:
        """Look up columns of the only table of a SELECT, and constants; None where one is anything else."""
        clause = scope.args.get("from_") if isinstance(scope, exp.Select) else None
        alone = clause is not None and not scope.args.get("joins") and not scope.args.get("laterals")
        table = clause.this if clause is not None and alone else None
        if not isinstance(table, exp.Table) or not table.catalog or hanging(table) or table.alias_column_names:
            return None
        columns = self.of_table(table)
        found = []
        for value in values:
            if isinstance(value, exp.Literal) and (value.is_string or len(value.name) <= _SHORT_DIGITS):
                found.append(literal_type(value))
            elif isinstance(value, exp.Column) and value.name in columns and value.table in ("", table.alias_or_name):
                found.append(columns[value.name])
            else:
                return None
        return found

    def _describe(self, scope: exp.Expr, values: list[exp.Expr]) -> list[str] | None:
        """Describe expressions over a SELECT's FROM, without its GROUP BY first, then with it."""
        if not values:
            return []
        if all(isinstance(value, exp.Literal) for value in values):
            return [literal_type(value) for value in values]
        probe = _probe(scope, values)
        for clauses in ((), ("group", "where")):
            for name in clauses:
                if scope.args.get(name) is not None:
                    probe.set(name, scope.args[name].copy())
            answer = self._ask(probe)
            if answer is not None:
                return [kind for _, kind in answer]
        return None

    def _aliased(self, scope: exp.Expr, value: exp.Expr) -> list[str] | None:
        """Describe an expression that refers to other columns of its SELECT by their aliases."""
        if not any(True for _ in aliases.referred(value, scope)):
            return None
        named = {column.name: column for column in value.find_all(exp.Column)}
        columns = frozenset(
            name for name, column in named.items() if column is not value and self._describe(scope, [column])
        )
        inner = aliases.expanded(value, scope, columns)
        return self._describe(scope, [inner]) if inner is not None else None


def literal_type(node: exp.Expr) -> str:
    """Give the type of a constant.

    Args:
        node: A literal.

    Returns:
        DuckDB's type.
    """
    if node.is_string:
        return "VARCHAR"
    whole, point, fraction = node.name.partition(".")
    if "e" in node.name.lower():
        return "DOUBLE"
    return f"DECIMAL({len(whole) + len(fraction)},{len(fraction)})" if point else "BIGINT"


def _probe(scope: exp.Expr, values: list[exp.Expr]) -> exp.Select:
    """Build a SELECT of expressions over what a statement reads from."""
    probe = exp.Select(expressions=[exp.alias_(value.copy(), f"_{number}") for number, value in enumerate(values)])
    for name in ("from_", "joins", "laterals"):
        part = scope.args.get(name)
        if part:
            probe.set(name, [item.copy() for item in part] if isinstance(part, list) else part.copy())
    if isinstance(scope, (exp.Update, exp.Delete)) and isinstance(scope.this, exp.Table):
        extra = probe.args.get("from_")
        probe.set("from_", exp.From(this=scope.this.copy()))
        if extra is not None:
            probe.append("joins", exp.Join(this=extra.this.copy(), kind="CROSS"))
    elif isinstance(scope, exp.Merge):
        probe.set("from_", exp.From(this=scope.this.copy()))
        probe.append("joins", exp.Join(this=scope.args["using"].copy(), kind="CROSS"))
    ctes = common_tables(scope)
    if ctes:
        probe.set("with_", exp.With(expressions=ctes, recursive=is_recursive(scope)))
    return probe
