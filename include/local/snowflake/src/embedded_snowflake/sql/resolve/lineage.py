"""Find out what DuckDB's types do not say about a query's columns: NULLs, text lengths, arrays and objects.

A column is followed through subqueries to the table column or expression that it comes from. Where the way is lost
nothing is said, and the column is reported as nullable, of full length, as VARIANT.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.sql.resolve import operands, table_names
from embedded_snowflake.sql.resolve.result_kinds import ARRAYS, OBJECTS, STRICT, ZONED
from embedded_snowflake.sql.resolve.sources import chain, using
from embedded_snowflake.state import declarations
from embedded_snowflake.state.facts import Fact, declared_kind, of_column
from embedded_snowflake.state.session import Session

_NEVER_NULL = (
    exp.Literal,
    exp.Boolean,
    exp.Count,
    exp.CountIf,
    exp.RowNumber,
    exp.Rank,
    exp.DenseRank,
    exp.Ntile,
    exp.Is,
    exp.Exists,
)
_TEXTS = (exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT, exp.DataType.Type.CHAR)
_BRANCHING = (exp.Coalesce, exp.If, exp.Case, exp.Nvl2, exp.DecodeCase, exp.Greatest, exp.Least)
_ONE_OF_MANY = (
    exp.Max,
    exp.Min,
    exp.AnyValue,
    exp.ArgMax,
    exp.ArgMin,
    exp.Mode,
    exp.FirstValue,
    exp.LastValue,
    exp.NthValue,
    exp.Lag,
    exp.Lead,
    exp.Nullif,
)
_FLATTENED = ("SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS")

# Columns by the alias of their source; "" has those of USING, once for both sides.
Sources = dict[str, list[Fact]]


class ColumnError(SnowflakeError):
    """Says that a name stands for two columns."""


def of_query(tree: exp.Expr, session: Session) -> list[Fact]:
    """Follow the columns of a query.

    Args:
        tree: Query with identifiers in their stored case, not translated yet.
        session: Where its tables and Python functions are looked up.

    Returns:
        One fact per column, as far as the columns are known; an empty list when they are not.

    Raises:
        ColumnError: A column's name stands for two of them.
    """
    try:
        return _Lineage(session).follow(tree, {}) or []
    except ColumnError:
        raise
    except (SnowflakeError, RecursionError):
        return []


class _Lineage:
    """Follows columns through the queries of one statement."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._python = session.engine.python

    def follow(self, tree: exp.Expr, outer: Sources) -> list[Fact] | None:
        """Follow the columns of a query.

        Args:
            tree: The query.
            outer: Columns of the common tables around it, by their names.

        Returns:
            One fact per column; None where the columns cannot be followed.
        """
        if isinstance(tree, exp.Subquery):
            return self.follow(tree.this, outer)
        clause = tree.args.get("with_")
        if clause is not None:
            outer = dict(outer)
            for cte in clause.expressions:
                outer[cte.alias] = _renamed(self.follow(cte.this, outer) or [], cte.args.get("alias"))
        if isinstance(tree, exp.SetOperation):
            sides = [self.follow(side, outer) for side in (tree.left, tree.right)]
            if sides[0] is None or sides[1] is None or len(sides[0]) != len(sides[1]):
                return None
            return [_merged(left, right) for left, right in zip(sides[0], sides[1], strict=True)]
        if not isinstance(tree, exp.Select):
            return None
        sources = self._sources(tree, outer)
        _refuse_ambiguous(tree, sources or {})
        found: list[Fact] = []
        for projection in tree.expressions:
            if projection.is_star:
                columns = _of_star(projection, sources)
                if columns is None:
                    return None
                found += columns
            else:
                fact = self._expression(projection.unalias(), _with_aliases(sources, found))
                found.append(replace(fact, name=projection.alias_or_name))
        return found

    def _sources(self, select: exp.Select, outer: Sources) -> Sources | None:
        first, joins = chain(select)
        if first is None:
            return {}
        found: Sources = {}
        shared: dict[str, Fact] = {}
        for number, join in enumerate([None, *joins]):
            source = join.this if join is not None else first
            columns = self._source(source, outer)
            if join is not None:
                side = str(join.side)
                common = using([join])
                if common and not columns:
                    return None
                mine = {}
                for identifier in common:
                    left = shared.get(identifier.name) or _named(identifier.name, found)
                    right = _named(identifier.name, {"": columns})
                    one = right if side == "RIGHT" else left
                    mine[identifier.name] = replace(
                        one, nullable=left.nullable and right.nullable if side == "FULL" else one.nullable
                    )
                if side in ("RIGHT", "FULL"):
                    found = {name: _optional(known) for name, known in found.items()}
                    shared = {name: replace(fact, nullable=True) for name, fact in shared.items()}
                if side in ("LEFT", "FULL"):
                    columns = _optional(columns)
                shared = {**mine, **{name: fact for name, fact in shared.items() if name not in mine}}
            found[source.alias_or_name or f"#{number}"] = columns
        return {"": list(shared.values()), **found} if shared else found

    def _source(self, source: exp.Expr, outer: Sources) -> list[Fact]:
        if isinstance(source, exp.Subquery):
            if source.args.get("pivots") or isinstance(source.this, (exp.Subquery, exp.Table)):
                return []
            if isinstance(source.this, exp.TableFromRows):
                return _renamed(self._of_function(source.this), source.args.get("alias"))
            return _renamed(self.follow(source.this, outer) or [], source.args.get("alias"))
        if isinstance(source, (exp.TableFromRows, exp.Lateral)):
            return self._of_function(source)
        if isinstance(source, exp.Values):
            rows = [row.expressions for row in source.expressions if isinstance(row, exp.Tuple)]
            if not rows:
                return []
            alias = source.args.get("alias")
            names = [column.name for column in alias.columns] if alias is not None and alias.columns else []
            merged = []
            for number, cells in enumerate(zip(*rows, strict=False)):
                known = [self._expression(cell, {}) for cell in cells]
                fact = known[0]
                for other in known[1:]:
                    fact = _merged(fact, other)
                merged.append(replace(fact, name=names[number] if number < len(names) else f"COLUMN{number + 1}"))
            return merged
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier) and not source.args.get("pivots"):
            if not source.db and source.name in outer:
                return outer[source.name]
            return declarations.columns(self._session, table_names.full_name(source, self._session))
        return []

    def _of_function(self, source: exp.Expr) -> list[Fact]:
        """List the columns of TABLE(f(…)) and LATERAL f(…)."""
        if isinstance(source.this, exp.Explode):
            return [Fact(name) for name in _FLATTENED]
        columns = self._python.columns_of(source.this, self._session) if self._python is not None else None
        return [of_column(column) for column in columns or []]

    def _expression(self, node: exp.Expr, sources: Sources) -> Fact:
        if isinstance(node, exp.Column):
            return _column(node, sources)
        if isinstance(node, (exp.Paren, exp.Alias)):
            return self._expression(node.this, sources)
        if isinstance(node, exp.Cast):
            return self._cast(node, sources)
        if isinstance(node, exp.Literal):
            return Fact("", nullable=False, length=len(node.name) if node.is_string else None)
        if isinstance(node, _BRANCHING):
            return self._branching(node, sources)
        if isinstance(node, exp.Subquery):
            return replace(next(iter(self.follow(node, {}) or []), Fact("")), nullable=True)
        returned = self._python.value_of(node, self._session) if _is_call(node) and self._python is not None else None
        if returned is not None:
            return of_column(returned)
        if isinstance(node, _NEVER_NULL) or (isinstance(node, exp.Window) and isinstance(node.this, _NEVER_NULL)):
            return Fact("", nullable=False)
        if isinstance(node, _ONE_OF_MANY) and node.args.get("count") is None:
            return replace(self._expression(node.this, sources), nullable=True)
        if isinstance(node, exp.Binary) and not isinstance(
            node, (exp.Dot, exp.JSONExtract, exp.JSONExtractScalar, exp.Func)
        ):
            sides = [self._expression(side, sources) for side in (node.left, node.right)]
            return Fact("", nullable=any(side.nullable for side in sides))
        if isinstance(node, (exp.DateTrunc, exp.TimestampTrunc, exp.DateAdd, exp.DateSub)):
            return replace(self._expression(node.this, sources), name="", length=None, nullable=True)
        if isinstance(node, (exp.ArgMax, exp.ArgMin)) and node.args.get("count") is not None:
            return Fact("", kind="array")
        if isinstance(node, exp.Func):
            name = node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_name().upper()
            kinds = ((ARRAYS, "array"), (OBJECTS, "object"), (ZONED, "timestamp_tz"))
            given = [part for part in node.iter_expressions() if name in STRICT]
            nullable = not given or any(self._expression(part, sources).nullable for part in given)
            return Fact("", nullable=nullable, kind=next((kind for names, kind in kinds if name in names), None))
        if isinstance(node, (exp.WithinGroup, exp.Window, exp.Filter, exp.IgnoreNulls, exp.RespectNulls)):
            return replace(self._expression(node.this, sources), nullable=True)
        return Fact("")

    def _branching(self, node: exp.Expr, sources: Sources) -> Fact:
        """Follow an expression with several branches: it has the kind that they all have."""
        values = operands.groups(node)[-1 if isinstance(node, exp.DecodeCase) else 0]
        parts = [self._expression(value, sources) for value in values if not isinstance(value, exp.Null)]
        kinds = {part.kind for part in parts}
        always = all(not part.nullable for part in parts) and len(parts) == len(values)
        if isinstance(node, exp.Coalesce):
            always = any(not part.nullable for part in parts)
        elif isinstance(node, (exp.Case, exp.If, exp.DecodeCase)):
            always = always and (node.args.get("default") or node.args.get("false")) is not None
        return Fact("", nullable=not always, kind=kinds.pop() if len(kinds) == 1 else None)

    def _cast(self, node: exp.Cast, sources: Sources) -> Fact:
        inner = self._expression(node.this, sources)
        nullable = inner.nullable or isinstance(node, exp.TryCast)
        kind = declared_kind(node.to)
        if node.to.this not in _TEXTS:
            return Fact("", nullable=nullable, kind=kind)
        parameter = next(iter(node.to.expressions), None)
        length = int(parameter.name) if parameter is not None and parameter.name.isdigit() else None
        return Fact("", nullable=nullable, length=length)


def _of_star(star: exp.Expr, sources: Sources | None) -> list[Fact] | None:
    """List the columns of `*` or `T.*`; None where they are not all known."""
    inner = star.this if isinstance(star, exp.Column) else star
    if sources is None or any(inner.args.get(name) for name in ("except_", "replace", "rename", "ilike")):
        return None
    qualifier = star.table if isinstance(star, exp.Column) else ""
    common = {column.name for column in sources.get("", [])} if not qualifier else set()
    found: list[Fact] = []
    for name, columns in sources.items():
        if not columns:
            return None
        if not qualifier or qualifier == name:
            found += columns if not name else [column for column in columns if column.name not in common]
    return found


def _with_aliases(sources: Sources | None, found: list[Fact]) -> Sources:
    """Add the columns of the SELECT so far to those of FROM: later columns may refer to them."""
    known = sources or {}
    return {**known, "#select": found} if all(known.values()) else known


def _refuse_ambiguous(select: exp.Select, sources: Sources) -> None:
    """Refuse a name that two columns of one source have: DuckDB would take the first."""
    for alias, columns in sources.items():
        names = [column.name for column in columns]
        twice = {name for name in names if name and names.count(name) > 1}
        if not twice:
            continue
        for column in select.find_all(exp.Column):
            mine = column.find_ancestor(exp.Select) is select and column.table in ("", alias)
            if mine and column.name in twice:
                raise ColumnError(f"SQL compilation error:\nambiguous column name '{column.name}'", 2028, "42601")


def _merged(left: Fact, right: Fact) -> Fact:
    longest = max(left.length, right.length) if left.length and right.length else None
    return Fact(left.name, left.nullable or right.nullable, longest, left.kind if left.kind == right.kind else None)


def _optional(columns: list[Fact]) -> list[Fact]:
    return [replace(column, nullable=True) for column in columns]


def _named(name: str, sources: Sources) -> Fact:
    return next((column for columns in sources.values() for column in columns if column.name == name), Fact(name))


def _renamed(columns: list[Fact], alias: exp.Expr | None) -> list[Fact]:
    """Give columns the names of an alias: AS q (a, b)."""
    names = [column.name for column in alias.args.get("columns") or []] if isinstance(alias, exp.TableAlias) else []
    if not names:
        return columns
    return (
        [replace(column, name=name) for column, name in zip(columns, names, strict=True)]
        if len(names) == len(columns)
        else []
    )


def _is_call(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) or (isinstance(node, exp.Dot) and isinstance(node.expression, exp.Func))


def _column(node: exp.Column, sources: Sources) -> Fact:
    searched = [sources[node.table]] if node.table in sources else list(sources.values()) if not node.table else []
    for columns in searched:
        for column in columns:
            if column.name == node.name:
                return column
    return Fact(node.name)
