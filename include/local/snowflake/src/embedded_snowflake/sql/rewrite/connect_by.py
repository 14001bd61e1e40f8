"""Rewrite CONNECT BY as a recursive common table: rows, their level, root and path.

WHERE filters the rows of the finished tree, as in Snowflake. The arguments of PRIOR, CONNECT_BY_ROOT and
SYS_CONNECT_BY_PATH are computed once for each row of FROM, so that the recursion carries columns alone.

https://docs.snowflake.com/en/sql-reference/constructs/connect-by
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from embedded_snowflake.errors import compilation_error, not_supported

_CYCLE = "CONNECT BY over rows that are their own ancestors"  # duck_wordings.py has it too
_BASE, _TREE, _ROW, _ROWS, _LEVEL, _START = "_BASE", "_TREE", "_ROW", "_ROWS", "_LEVEL", "_START"
_PATH = "SYS_CONNECT_BY_PATH"


def rewrite(tree: exp.Expr) -> exp.Expr:
    """Rewrite every SELECT with CONNECT BY.

    Args:
        tree: Statement as parsed, its projections named; changed in place.

    Returns:
        The tree.

    Raises:
        SnowflakeError: It uses NOCYCLE or a join, or SYS_CONNECT_BY_PATH without CONNECT BY.
    """
    for select in [select for select in tree.find_all(exp.Select) if select.args.get("connect") is not None]:
        _Hierarchy(select).rewrite()
    for call in tree.find_all(exp.Anonymous):
        if call.name.upper() == _PATH:
            raise compilation_error(f"{_PATH} without CONNECT BY", 2140, "42601")
    return tree


class _Hierarchy:
    """One SELECT, and the columns that it needs besides those of its FROM."""

    def __init__(self, select: exp.Select) -> None:
        self._select = select
        self._connect: exp.Connect = select.args["connect"]
        self._base: list[exp.Expr] = []  # of each row alone
        self._first: list[exp.Expr] = []  # of a row of the first level
        self._next: list[exp.Expr] = []  # of one below another

    def rewrite(self) -> None:
        select, source = self._select, self._select.args.get("from_")
        if self._connect.args.get("nocycle"):
            raise not_supported("CONNECT BY NOCYCLE")
        if source is None or select.args.get("joins") or select.args.get("laterals"):
            raise not_supported("CONNECT BY over several tables: join them in a subquery")
        alias = source.this.alias_or_name or "_HIERARCHY"
        start = self._connect.args.get("start")
        self._base.append(exp.alias_(start.copy() if start is not None else exp.true(), _START, quoted=True))
        condition = self._condition(self._connect.args["connect"].copy())
        for node in list(self._own(exp.Prior)):
            value = self._value(node.this)
            # NULL, of the value's type.
            none = exp.Case(ifs=[exp.If(this=exp.false(), true=_column(value, _BASE))])
            node.replace(self._carried(none, _column(value, _TREE)))
        for node in list(self._own(exp.ConnectByRoot)):
            node.replace(self._carried(_column(self._value(node.this), _BASE)))
        for node in [call for call in self._own(exp.Anonymous) if call.name.upper() == _PATH]:
            if len(node.expressions) != 2:
                raise compilation_error(f"{_PATH} takes a value and a delimiter", 938, "22023")
            value = self._value(exp.DPipe(this=node.expressions[1], expression=node.expressions[0], safe=False))
            path = _column(f"_CARRIED{len(self._first)}", _TREE)
            longer = exp.DPipe(this=path, expression=_column(value, _BASE), safe=False)
            node.replace(self._carried(_column(value, _BASE), longer))
        for column in [column for column in self._own(exp.Column) if _is_level(column)]:
            place = _column(_LEVEL)
            column.replace(
                exp.alias_(place, "LEVEL", quoted=True)
                if column.parent is select and column.arg_key == "expressions"
                else place
            )
        added = [_ROW, _START, _ROWS, _LEVEL, *(one.alias for one in (*self._base[1:], *self._first))]
        hidden = [exp.column(_identifier(name)) for name in added]
        for star in [one for one in select.expressions if one.is_star]:
            inner = star.this if isinstance(star, exp.Column) else star
            inner.set("except_", [*(inner.args.get("except_") or []), *hidden])
        self._finish(source, alias, condition)

    def _condition(self, condition: exp.Expr) -> exp.Expr:
        """Build the condition that joins a row with its parent; PRIOR's columns are the parent's."""
        holder = exp.Paren(this=condition)
        for node in list(holder.find_all(exp.Prior)):
            if node.find(exp.Prior) is not node:
                continue
            name = self._value(node.this)
            node.replace(_column(name, _TREE))
        for column in list(holder.find_all(exp.Column)):
            if _is_level(column):
                column.replace(exp.Paren(this=exp.Add(this=_column(_LEVEL, _TREE), expression=exp.Literal.number(1))))
            elif column.table != _TREE:
                column.set("table", _identifier(_BASE))
        return holder

    def _value(self, value: exp.Expr) -> str:
        """Have a value computed for each row, and return its column's name."""
        name = f"_VALUE{len(self._base)}"
        self._base.append(exp.alias_(value.copy(), name, quoted=True))
        return name

    def _carried(self, first: exp.Expr, below: exp.Expr | None = None) -> exp.Expr:
        """Have a value handed down the tree: as in the first level, and below another row, by default the same."""
        name = f"_CARRIED{len(self._first)}"
        self._first.append(exp.alias_(first, name, quoted=True))
        self._next.append(below if below is not None else _column(name, _TREE))
        return _column(name)

    def _own(self, *kinds: type[exp.Expr]) -> Iterator[exp.Expr]:
        """List nodes of the SELECT itself, except in its CONNECT BY and its FROM."""
        for node in self._select.find_all(*kinds):
            if node.find_ancestor(exp.Connect, exp.From, exp.Select) is self._select:
                yield node

    def _finish(self, source: exp.From, alias: str, condition: exp.Expr) -> None:
        number = exp.Window(this=exp.RowNumber())
        base = exp.select("*", *self._base, exp.alias_(number, _ROW, quoted=True)).from_(source.this.copy())
        row = _column(_ROW, _BASE)
        first = exp.select(
            "*",
            exp.alias_(exp.Literal.number(1), _LEVEL, quoted=True),
            exp.alias_(exp.Anonymous(this="list_value", expressions=[row]), _ROWS, quoted=True),
            *self._first,
        ).from_(_table(_BASE))
        first.where(_column(_START, _BASE), copy=False)
        seen = exp.Anonymous(this="list_contains", expressions=[_column(_ROWS, _TREE), row.copy()])
        longer = exp.Anonymous(this="list_append", expressions=[_column(_ROWS, _TREE), row.copy()])
        refused = exp.Anonymous(this="error", expressions=[exp.Literal.string(_CYCLE)])
        further = exp.select(
            exp.Column(this=exp.Star(), table=_identifier(_BASE)),
            exp.Add(this=_column(_LEVEL, _TREE), expression=exp.Literal.number(1)),
            exp.Case(ifs=[exp.If(this=seen, true=refused)], default=longer),
            *self._next,
        ).from_(_table(_TREE))
        further.join(_table(_BASE), on=condition, join_type="inner", copy=False)
        whole = exp.select("*").from_(_table(_TREE))
        both = exp.Union(this=first, expression=further, distinct=False)
        ctes = [
            exp.CTE(this=query, alias=exp.TableAlias(this=_identifier(name)))
            for name, query in ((_BASE, base), (_TREE, both))
        ]
        whole.set("with_", exp.With(expressions=ctes, recursive=True))
        self._select.set("connect", None)
        source.this.replace(exp.Subquery(this=whole, alias=exp.TableAlias(this=_alias_of(source.this, alias))))


def _alias_of(source: exp.Expr, name: str) -> exp.Identifier:
    alias = source.args.get("alias")
    found = alias.this if isinstance(alias, exp.TableAlias) else source.this if isinstance(source, exp.Table) else None
    return found.copy() if isinstance(found, exp.Identifier) else _identifier(name)


def _identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _column(name: str, table: str = "") -> exp.Column:
    return exp.Column(this=_identifier(name), table=_identifier(table) if table else None)


def _table(name: str) -> exp.Table:
    return exp.Table(this=_identifier(name))


def _is_level(column: exp.Expr) -> bool:
    named = isinstance(column, exp.Column) and not column.table and isinstance(column.this, exp.Identifier)
    return named and not column.this.args.get("quoted") and column.name.upper() == "LEVEL"
