"""Table functions in FROM: TABLE(f(…)), TABLE(f(…) OVER (PARTITION BY … ORDER BY …)), LATERAL f(…).

DuckDB has no table functions in Python. A partition's rows are collected into a list, a scalar function maps that list
to the list of output rows, and UNNEST spreads it:

    FROM l, TABLE(f(l.a) OVER (PARTITION BY l.p)) t
    FROM (…, one row for each output row: the input row, the partition's key, the output) x,
         LATERAL (…the input row's columns…) l, LATERAL (…the output columns…) t
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.python.calls import arguments_of, as_json, complete, row_of
from embedded_snowflake.python.duck_functions import DuckFunctions
from embedded_snowflake.python.overloads import only
from embedded_snowflake.python.registry import Registered
from embedded_snowflake.state.session import Session

Resolve = Callable[[exp.Func, Session], list[Registered]]
# Columns of the subqueries made here; named so that nobody else's are like them.
_INPUTS, _ARGUMENTS, _INPUT, _OUTPUT, _KEY = (
    "_PYTHON_INPUTS",
    "_PYTHON_ARGUMENTS",
    "_PYTHON_INPUT",
    "_PYTHON_OUTPUT",
    "_PYTHON_KEY",
)


class TableCalls:
    """Replaces calls of Python table functions.

    Args:
        resolve: Finds the definition that a call means.
        functions: Gives DuckDB functions for definitions.
    """

    def __init__(self, resolve: Resolve, functions: DuckFunctions) -> None:
        self._resolve = resolve
        self._functions = functions

    def rewrite(self, tree: exp.Expr, session: Session) -> exp.Expr:
        """Replace all calls in a statement.

        Args:
            tree: The statement; changed in place.
            session: Session that runs it.

        Returns:
            The statement.

        Raises:
            SnowflakeError: A table function is partitioned over several tables.
        """
        numbers = count(1)
        # Inner queries first, whose own calls are moved with them; calls of one query in their order.
        found = list(tree.find_all(exp.TableFromRows, exp.Lateral))
        for node in sorted(found, key=_depth, reverse=True):
            call, window = _call_of(node)
            items = self._resolve(call, session) if call is not None else []
            if call is None or not items or items[0].definition.columns is None:
                continue
            item = only(items, call.name)
            alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(f"_PYTHON_TABLE_{next(numbers)}"))
            node.set("alias", alias)
            name = self._functions.name_of(item, session, fixed=True)
            given = complete(arguments_of(call), item.definition.arguments, session)
            self._place(node, _Call(item, name, session.key, given, window, alias))
        return tree

    def _place(self, node: exp.Expr, call: _Call) -> None:
        join = node.parent
        select = join.parent if isinstance(join, exp.Join) else None
        if not isinstance(join, exp.Join) or not isinstance(select, exp.Select):
            node.replace(call.alone())
            return
        left = _only_left(select, join)
        if left is None or join.side or join.args.get("on"):
            if call.window is not None:
                raise not_supported(
                    "a Python table function with PARTITION BY over more than one table, or in an outer join"
                )
            node.replace(exp.Lateral(this=exp.Subquery(this=call.outputs(call.unnested())), alias=call.alias))
            if join.side and not join.args.get("on"):
                join.set("on", exp.true())
            return
        sources = _aliases(select)
        for place, projection in enumerate(select.expressions):
            if isinstance(projection, exp.Star) and not any(projection.args.values()):
                stars = [exp.Column(this=exp.Star(), table=exp.to_identifier(name, quoted=True)) for name in sources]
                select.set("expressions", [*select.expressions[:place], *stars, *select.expressions[place + 1 :]])
                break
        rows, left_columns = call.joined(left)
        left.replace(rows)
        output = exp.Lateral(this=exp.Subquery(this=call.outputs(None)), alias=call.alias)
        others = [other for other in select.args["joins"] if other is not join]
        crossed = [exp.Join(this=lateral, kind="CROSS") for lateral in (left_columns, output)]
        select.set("joins", [*crossed, *others])


class _Call:
    """One call, and the SQL that it becomes."""

    def __init__(
        self,
        item: Registered,
        function: str,
        owner: int,
        given: list[exp.Expr],
        window: exp.Window | None,
        alias: exp.TableAlias,
    ) -> None:
        self._definition = item.definition
        self._function = function
        self._owner = owner
        self._given = given
        self.window = window
        self.alias = alias
        self._rows_alias = f"_PYTHON_ROWS_{alias.name}"

    def alone(self) -> exp.Expr:
        """Make a subquery of a call whose arguments need no table."""
        return exp.Subquery(this=self.outputs(self.unnested()), alias=self.alias)

    def unnested(self) -> exp.Expr:
        """Give the output rows of a partition of one row, as the column of a subquery."""
        row = row_of(self._given, self._definition.arguments)
        rows = _function("UNNEST", self._compute(_function("LIST_VALUE", row)))
        return exp.Subquery(this=exp.select(exp.alias_(rows, _OUTPUT)), alias=_table_alias(self._rows_alias))

    def outputs(self, source: exp.Expr | None) -> exp.Select:
        """Select the output columns from a subquery of output rows, or from the one that stands beside it in FROM."""
        definition = self._definition
        assert definition.columns is not None
        struct = exp.column(_OUTPUT, self._rows_alias)
        names = [column.name for column in self.alias.columns] or [name for name, _ in definition.columns]
        columns: list[exp.Expr] = []
        for place, ((_, declared), name) in enumerate(zip(definition.columns, names, strict=False)):
            value: exp.Expr = _function("STRUCT_EXTRACT", struct.copy(), exp.Literal.string(f"c{place}"))
            value = as_json(value) if declared.is_semi_structured else value
            columns.append(exp.alias_(value, exp.to_identifier(name, quoted=True)))
        self.alias.set("columns", None)
        select = exp.select(*columns)
        return select if source is None else select.from_(source)

    def joined(self, left: exp.Expr) -> tuple[exp.Expr, exp.Lateral]:
        """Make the subquery of output rows with their input rows.

        Returns:
            The subquery, and the columns of the input row by the name of its table.
        """
        name = left.alias_or_name
        keys = [_key(key) for key in self.window.args.get("partition_by") or []] if self.window is not None else []
        order = self.window.args.get("order") if self.window is not None else None
        row = row_of(self._given, self._definition.arguments)
        whole = exp.column(exp.to_identifier(name, quoted=True))
        key_names = [f"{_KEY}_{place}" for place in range(len(keys))]
        grouped = exp.select(
            exp.alias_(_ordered_list(whole, order), _INPUTS),
            exp.alias_(_ordered_list(row, order), _ARGUMENTS),
            *(exp.alias_(key.copy(), key_name) for key, key_name in zip(keys, key_names, strict=True)),
        ).from_(left.copy())
        # No rows, no partition.
        grouped = grouped.group_by(*(key.copy() for key in keys)) if keys else grouped.having("COUNT(*) > 0")
        spread = exp.select(
            exp.column(_INPUTS),
            *(exp.column(key_name) for key_name in key_names),
            exp.alias_(_function("UNNEST", self._compute(exp.column(_ARGUMENTS))), _OUTPUT),
        ).from_(exp.Subquery(this=grouped, alias=_table_alias("_PYTHON_GROUPS")))
        number = _function("STRUCT_EXTRACT", exp.column(_OUTPUT), exp.Literal.string("row"))
        rows = exp.select(
            exp.alias_(_function("LIST_EXTRACT", exp.column(_INPUTS), number), _INPUT),
            *(exp.column(key_name) for key_name in key_names),
            exp.column(_OUTPUT),
        ).from_(exp.Subquery(this=spread, alias=_table_alias("_PYTHON_SPREAD")))
        # A row that end_partition gave belongs to no input row: of the input's columns it has the partition's key
        # alone.
        kept = [
            exp.alias_(exp.column(key_name, self._rows_alias), exp.to_identifier(key.name, quoted=True))
            for key, key_name in zip(keys, key_names, strict=True)
            if isinstance(key, exp.Column)
        ]
        star = exp.Star(replace=kept) if kept else exp.Star()
        inner = exp.select(_function("UNNEST", exp.column(_INPUT, self._rows_alias)))
        columns = exp.select(star).from_(exp.Subquery(this=inner, alias=_table_alias("_PYTHON_COLUMNS")))
        lateral = exp.Lateral(this=exp.Subquery(this=columns), alias=_table_alias(name))
        return exp.Subquery(this=rows, alias=_table_alias(self._rows_alias)), lateral

    def _compute(self, rows: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this=self._function, expressions=[exp.Literal.number(self._owner), rows])


def _depth(node: exp.Expr) -> int:
    """How many queries a call stands in."""
    depth, query = 0, node.find_ancestor(exp.Select)
    while query is not None:
        depth, query = depth + 1, query.find_ancestor(exp.Select)
    return depth


def _call_of(node: exp.Expr) -> tuple[exp.Func | None, exp.Window | None]:
    inner = node.this
    window = inner if isinstance(inner, exp.Window) else None
    inner = inner.this if window is not None else inner
    while isinstance(inner, exp.Dot):
        inner = inner.expression
    return (inner, window) if isinstance(inner, exp.Func) else (None, None)


def _only_left(select: exp.Select, join: exp.Join) -> exp.Expr | None:
    """Find what a table function is joined to, if that is one table or subquery with a name."""
    source = select.args["from_"].this
    if (
        select.args["joins"][0] is not join
        or not isinstance(source, (exp.Table, exp.Subquery, exp.Values))
        or source.args.get("joins")
    ):
        return None
    return source if source.alias_or_name else None


def _aliases(select: exp.Select) -> list[str]:
    sources = [select.args["from_"].this, *(join.this for join in select.args.get("joins") or [])]
    return [source.alias_or_name for source in sources]


def _key(key: exp.Expr) -> exp.Expr:
    """Write a partition's key for GROUP BY, where a plain number would mean a column's place."""
    return exp.Cast(this=key, to=exp.DataType.build("VARCHAR")) if isinstance(key, exp.Literal) else key


def _ordered_list(value: exp.Expr, order: exp.Expr | None) -> exp.Expr:
    return _function(
        "LIST",
        exp.Order(this=value, expressions=[one.copy() for one in order.expressions]) if order is not None else value,
    )


def _function(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _table_alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))
