"""Expand `*` and `T.*` as arguments, and arrays spread by `**`.

COUNT(*) alone keeps its star: it counts rows.

https://docs.snowflake.com/en/sql-reference/sql/select
https://docs.snowflake.com/en/sql-reference/operators-expansion
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from embedded_snowflake.errors import compilation_error, invalid_identifier, not_supported, syntax_error
from embedded_snowflake.names import display, like
from embedded_snowflake.sql.resolve.scopes import innermost_first, scope_of
from embedded_snowflake.sql.resolve.sources import chain, common_tables, using

Columns = Callable[[exp.Select], list[str]]
_OBJECTS = (exp.StarMap, exp.Struct, exp.JSONObject)


def expand(tree: exp.Expr, columns_of: Columns) -> exp.Expr:
    """Expand such arguments, before any step looks at their function.

    Args:
        tree: Statement with identifiers in their stored case; changed in place.
        columns_of: Finds the names of a query's columns; the query is used up.

    Returns:
        The tree.

    Raises:
        SnowflakeError: There are no such columns, or more of them than the function takes.
    """
    if tree.find(exp.Star) is None:
        return tree
    for spread in [star.parent for star in tree.find_all(exp.Star) if isinstance(star.parent, exp.Mul)]:
        _splice(spread, _elements(spread))
    for scope in innermost_first(tree):
        own = [star for star in scope.find_all(exp.Star) if scope_of(star) is scope]
        for star in [star.parent if isinstance(star.parent, exp.Column) else star for star in own]:
            if not _is_argument(star):
                _refuse_operand(star)
            else:
                _write_out(star, _Reach(scope, star), columns_of)
    return tree


def _is_argument(star: exp.Expr) -> bool:
    holder = star.parent
    if isinstance(holder, exp.Count):
        return isinstance(star, exp.Column) or any(star.args.values())
    return isinstance(holder, (exp.Func, exp.Distinct, exp.In, exp.Tuple, *_OBJECTS))


def _refuse_operand(star: exp.Expr) -> None:
    """Refuse a star as an operand, and as a value by itself."""
    if isinstance(star.parent, (exp.Condition, exp.Ordered, exp.Group, exp.Where)) and not isinstance(
        star.parent, (exp.Count, exp.Subquery)
    ):
        raise syntax_error("syntax error: unexpected '*'.")


def _elements(spread: exp.Expr) -> list[exp.Expr]:
    array = spread.args.get("expression")
    if not isinstance(array, exp.Array) or not isinstance(spread.parent, (exp.Func, exp.In)):
        raise not_supported("** of anything but an array constant, as an argument or after IN")
    return [element.copy() for element in array.expressions]


def _write_out(star: exp.Expr, reach: _Reach, columns_of: Columns) -> None:
    columns = _filtered(reach.columns(star.text("table"), columns_of), star)
    holder = star.parent
    if not columns:
        raise compilation_error("SELECT with no columns", 1003, "42000")
    if isinstance(holder, exp.StarMap):
        holder.replace(exp.Struct(expressions=[_pair(exp.PropertyEQ, column) for column in columns]))
    elif isinstance(holder, (exp.Struct, exp.JSONObject)):
        pair = exp.PropertyEQ if isinstance(holder, exp.Struct) else exp.JSONKeyValue
        _splice(star, [_pair(pair, column) for column in columns])
    else:
        _splice(star, columns)


def _pair(kind: type[exp.Expr], column: exp.Column) -> exp.Expr:
    return kind(this=exp.Literal.string(column.name), expression=column)


def _filtered(columns: list[exp.Column], star: exp.Expr) -> list[exp.Column]:
    """Give the columns that EXCLUDE and ILIKE leave."""
    options = star.this if isinstance(star, exp.Column) else star
    if options.args.get("replace") or options.args.get("rename"):
        raise syntax_error("syntax error: REPLACE and RENAME belong to the * of a SELECT.")
    excluded = {column.name for column in options.args.get("except_") or []}
    missing = excluded - {column.name for column in columns}
    if missing:
        raise invalid_identifier(display(min(missing)))
    pattern = options.args.get("ilike")
    wanted = like(pattern.name) if pattern is not None else None
    kept = [column for column in columns if column.name not in excluded]
    return [column for column in kept if wanted is None or wanted.fullmatch(column.name)]


def _splice(old: exp.Expr, new: Sequence[exp.Expr]) -> None:
    """Replace one argument by several."""
    holder = old.parent
    assert holder is not None
    slots = [name for name in holder.arg_types if not isinstance(holder.args.get(name), (bool, str))]
    if isinstance(holder, exp.In):
        slots = ["expressions"]
    given: list[exp.Expr] = []
    for name in slots:
        value = holder.args.get(name)
        for argument in value if isinstance(value, list) else [value]:
            given += new if argument is old else [argument] if argument is not None else []
    rest = list(given)
    for name in slots:
        listed = name == "expressions"
        holder.set(name, rest if listed else rest.pop(0) if rest else None)
        rest = [] if listed else rest
    if rest:
        name = holder.sql_name() if isinstance(holder, exp.Func) else holder.key.upper()
        expected = len(given) - len(rest)
        text = f"too many arguments for function [{name}(*)] expected {expected}, got {len(given)}"
        raise compilation_error(f"error line 1 at position 0\n{text}", 939, "22023")


class _Reach:
    """The columns that a star in a SELECT, UPDATE, DELETE or MERGE can stand for.

    Args:
        scope: The statement.
        star: The star; sources after it in the same FROM are out of its reach.
    """

    def __init__(self, scope: exp.Expr, star: exp.Expr) -> None:
        self._scope = scope
        first, chained = chain(scope) if isinstance(scope, exp.Select) else (scope.this, [])
        if isinstance(scope, exp.Merge) or (
            not isinstance(scope, exp.Select) and any(scope.args.get(name) for name in ("from_", "using"))
        ):
            raise not_supported("* as an argument in MERGE, or in a change from several tables")
        within = next((place for place, join in enumerate(chained) if _holds(join.this, star)), len(chained))
        self._joins = chained[:within]
        self._sources = [source for source in (first, *(join.this for join in self._joins)) if source is not None]
        self._alone = len(self._sources) == 1
        for number, source in enumerate([] if self._alone else self._sources):
            if not source.alias_or_name and not source.args.get("pivots"):
                source.set(
                    "alias",
                    exp.TableAlias(this=exp.to_identifier(f"_star_{number}", quoted=True), columns=_columns(source)),
                )

    def columns(self, table: str, columns_of: Columns) -> list[exp.Column]:
        """List the columns of a source, or of all of them: those of USING once, before the others."""
        sources = [source.alias_or_name for source in self._sources if not _is_generator(source)]
        if table and table not in sources:
            raise invalid_identifier(f"{table}.*")
        natural = any(join.method == "NATURAL" for join in self._joins)
        if (self._alone and sources) or (not table and (natural or "" in sources)):
            return [exp.column(exp.to_identifier(name, quoted=True)) for name in columns_of(self._probe(exp.Star()))]
        common = [] if table else [identifier.name for identifier in using(self._joins)]
        found = [exp.column(exp.to_identifier(name, quoted=True)) for name in common]
        for source in [table] if table else sources:
            qualifier = exp.to_identifier(source, quoted=True)
            names = columns_of(self._probe(exp.Column(this=exp.Star(), table=qualifier)))
            found += [
                exp.column(exp.to_identifier(name, quoted=True), qualifier.copy())
                for name in names
                if name not in common
            ]
        return found

    def _probe(self, projection: exp.Expr) -> exp.Select:
        first, *others = [source.copy() for source in self._sources]
        for source in (first, *others):
            source.set("joins", None)
        probe = exp.Select(expressions=[projection], from_=exp.From(this=first))
        copied = [join.copy() for join in self._joins]
        for join in copied:
            condition = join.args.get("on")
            if condition is not None and condition.find(exp.Star) is not None:
                join.set("on", exp.true())
        probe.set("joins", copied)
        known = common_tables(self._scope)
        if known:
            probe.set("with_", exp.With(expressions=known, recursive=True))
        return probe


def _holds(source: exp.Expr, node: exp.Expr) -> bool:
    return any(part is node for part in source.walk())


def _columns(source: exp.Expr) -> list[exp.Identifier]:
    """List COLUMN1 and so on, of VALUES."""
    first = source.expressions[0] if isinstance(source, exp.Values) else None
    return [
        exp.to_identifier(f"COLUMN{place}", quoted=True)
        for place, _ in enumerate(first.expressions if first is not None else [], 1)
    ]


def _is_generator(source: exp.Expr) -> bool:
    """Tell whether a source is a GENERATOR, whose rows have no columns."""
    return isinstance(source, exp.TableFromRows) and isinstance(source.this, exp.Generator)
