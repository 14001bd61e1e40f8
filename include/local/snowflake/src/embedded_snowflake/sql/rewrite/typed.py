"""What depends on the types of operands: division, averages, dates plus intervals.

DuckDB itself is asked for the types: each SELECT's operands are described over that SELECT's own FROM, innermost first.
That costs a millisecond or two, only where such an operation occurs, and only where the operands are more than the
columns of one table. Where DuckDB cannot tell (a correlated subquery) the operation falls back on floating point, which
is then the type that is declared.

Scales: https://docs.snowflake.com/en/sql-reference/operators-arithmetic#scale-and-precision-in-arithmetic-operations
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
from sqlglot import exp

from embedded_snowflake.sql.resolve import aliases
from embedded_snowflake.sql.resolve.scopes import innermost_first, scope_of
from embedded_snowflake.sql.resolve.table_types import TableTypes
from embedded_snowflake.sql.rewrite import alike, joins, quotients, scales
from embedded_snowflake.sql.rewrite.aggregates import with_window
from embedded_snowflake.sql.rewrite.calls import as_decimal, call
from embedded_snowflake.sql.rewrite.scales import INTEGERS, number_scale
from embedded_snowflake.sql.written import duck_sql
from embedded_snowflake.state.session import Session

_DATE_UNITS = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
_SPREADS = (exp.Variance, exp.VariancePop, exp.Stddev, exp.StddevPop, exp.StddevSamp)
_MIDDLES = (exp.Median, exp.PercentileCont)
_KINDS = (
    *_SPREADS,
    *_MIDDLES,
    exp.Kurtosis,
    exp.Div,
    exp.Avg,
    exp.DateAdd,
    exp.DateSub,
    exp.TimestampTrunc,
    exp.DateTrunc,
    exp.TimeSlice,
    exp.Mod,
    exp.Mul,
)
_OVERFLOWING = (exp.Add, exp.Sub, exp.Mul)
_LOOKED_AT = (*_KINDS, *_OVERFLOWING, *alike.KINDS, exp.SetOperation)
_MAX_ROUNDS = 32
_SHORT_DIGITS = 18  # of a number that is BIGINT or DECIMAL without a doubt
_MOST_SCALE = 37  # of any NUMBER
_MAX_SCALE = 12  # of a product or quotient whose operands have no more


def apply(tree: exp.Expr, session: Session, tables: TableTypes) -> exp.Expr:
    """Rewrite such operations.

    Args:
        tree: Statement translated but for these.
        session: The session, whose DuckDB connection is asked.
        tables: What the statement's tables hold.

    Returns:
        The tree.
    """
    for values in tree.find_all(exp.Values):
        scales.align_rows(values, _literal_type)
    if not any(_concerns(node, wide=session.wide) or scales.is_marked(node) for node in tree.find_all(*_LOOKED_AT)):
        return tree
    unions = [union for union in tree.find_all(exp.SetOperation) if scales.is_marked(union)]
    done: set[int] = set()
    for scope in innermost_first(tree):
        for _ in range(_MAX_ROUNDS):
            waiting = _innermost(scope, wide=session.wide)
            if not waiting:
                break
            operands = {id(node): list(_operands(node)) for node in waiting}
            kinds = iter(kinds_of(session, tables, scope, [one for node in waiting for one in operands[id(node)]]))
            for node in waiting:
                _rewrite(node, [next(kinds) for _ in operands[id(node)]], wide=session.wide)
        done.add(id(scope))
        for union in [
            union for union in unions if done.issuperset(id(query.unnest()) for query in scales.queries(union))
        ]:
            scales.align_queries(union, lambda query: described(query, session))
            unions.remove(union)
    for node in list(tree.find_all(exp.Div)):  # outside any SELECT: VALUES (1/2)
        _rewrite(node, [None, None], wide=session.wide)
    return tree


def _concerns(node: exp.Expr, *, wide: bool) -> bool:
    """Tell whether an operation may need rewriting. A product with a whole number has the scale of its other factor."""
    if scales.is_marked(node):
        return not isinstance(node, exp.SetOperation)
    if not isinstance(node, _OVERFLOWING):
        return isinstance(node, _KINDS)
    factors = (node.this, node.expression)
    if isinstance(node, exp.Mul) and not any(isinstance(one, exp.Literal) and one.name.isdigit() for one in factors):
        return True
    return wide


def _innermost(scope: exp.Expr, *, wide: bool) -> list[exp.Expr]:
    """Operations of this SELECT itself that hold no other one, and name none that an alias stands for."""
    waiting = [node for node in scope.find_all(*_LOOKED_AT) if _waits(node, wide=wide) and scope_of(node) is scope]
    plain = [node for node in waiting if not _holds_waiting(node, node, wide=wide)]
    found = [
        node
        for node in plain
        if not any(_holds_waiting(part, node, wide=wide) for part in aliases.referred(node, scope))
    ]
    # Aliases in a circle are none: the names are columns of FROM, as in SELECT A / 2 AS B, B / 2 AS A.
    return found or plain


def _waits(node: exp.Expr, *, wide: bool) -> bool:
    return not node.meta.get("typed") and _concerns(node, wide=wide)


def _holds_waiting(part: exp.Expr, node: exp.Expr, *, wide: bool) -> bool:
    return any(inner is not node and _waits(inner, wide=wide) for inner in part.find_all(*_LOOKED_AT))


def _operands(node: exp.Expr) -> Iterator[exp.Expr | None]:
    if scales.is_marked(node):
        for group in alike.groups(node):
            yield from group
    else:
        yield from (node.this, node.args.get("expression"))


def _rewrite(node: exp.Expr, kinds: list[str | None], *, wide: bool) -> None:
    """Rewrite an operation.

    Args:
        node: The operation.
        kinds: DuckDB's type of each of its operands.
        wide: Whether whole numbers have 128 bits.
    """
    node.meta["typed"] = True
    if scales.is_marked(node):
        known = iter(kinds)
        for group in alike.groups(node):
            scales.align(group, [next(known) for _ in group])
        return
    left, right = kinds
    if wide and isinstance(node, _OVERFLOWING) and left in INTEGERS and right in INTEGERS:
        node.set("this", exp.cast(node.this, exp.DataType(this=exp.DataType.Type.INT128)))
        return
    if (
        wide
        and isinstance(node, exp.Mul)
        and (scale := number_scale(left)) is not None
        and number_scale(right) is not None
    ):
        node.set("this", as_decimal(node.this, scale))
    if isinstance(node, exp.Mul):
        _round_product(node, number_scale(left), number_scale(right))
        return
    if isinstance(node, exp.Div):
        one, other = number_scale(left), number_scale(right)
        if one is not None and other is not None:
            node.replace(
                quotients.quotient(node.this, node.expression, (one, other), max(one, min(one + 6, _MAX_SCALE)))
            )
        else:
            node.replace(call("divide", node.this, node.expression))
    elif isinstance(node, exp.Avg):
        scale = number_scale(left)
        if scale is not None:
            target = with_window(node)
            more = 3 if isinstance(target, exp.Window) else 6  # a window's average has fewer digits than a group's
            target.replace(quotients.average(target, scale, max(scale, min(scale + more, _MAX_SCALE))))
    elif isinstance(node, exp.Kurtosis):
        if number_scale(left) is not None:
            target = with_window(node)
            target.replace(_number(target.copy(), 12))
    elif isinstance(node, _MIDDLES):
        _middle(node, number_scale(left))
    elif isinstance(node, _SPREADS):
        _spread(node, number_scale(left))
    elif (
        isinstance(node, (exp.DateAdd, exp.DateSub)) and left == "DATE" and node.text("unit").upper() in _DATE_UNITS
    ) or (isinstance(node, (exp.TimestampTrunc, exp.DateTrunc, exp.TimeSlice)) and left == "DATE"):
        node.replace(exp.cast(node.copy(), "DATE"))


def _middle(node: exp.Expr, scale: int | None) -> None:
    """A median of NUMBERs has three digits more; DuckDB's has the type of what it is given."""
    if scale is not None:
        node.this.replace(as_decimal(node.this.copy(), min(scale + 3, _MOST_SCALE)))


def _round_product(node: exp.Mul, left: int | None, right: int | None) -> None:
    if left is None or right is None or left + right <= max(_MAX_SCALE, left, right):
        return
    node.replace(exp.cast(node.copy(), f"DECIMAL(38, {max(_MAX_SCALE, left, right)})"))


def _spread(node: exp.Expr, scale: int | None) -> None:
    """The variance of a NUMBER is a NUMBER of 6 digits; the standard deviation is its root."""
    if scale is None:
        return
    target = with_window(node)
    if isinstance(node, (exp.Variance, exp.VariancePop)):
        target.replace(_number(target.copy(), max(scale, 6)))
        return
    variance = exp.VariancePop(this=node.this) if isinstance(node, exp.StddevPop) else exp.Variance(this=node.this)
    variance.meta["typed"] = True
    node.replace(variance)
    whole = with_window(variance)
    whole.replace(exp.Sqrt(this=exp.Round(this=whole.copy(), decimals=exp.Literal.number(max(scale, 6)))))


def _number(value: exp.Expr, scale: int) -> exp.Expr:
    rounded = exp.Round(this=exp.cast(value, "DOUBLE"), decimals=exp.Literal.number(scale))
    return exp.cast(rounded, f"DECIMAL(38, {scale})")


def types_of(
    session: Session,
    tables: TableTypes,
    scope: exp.Expr,
    lefts: list[exp.Expr | None],
    rights: list[exp.Expr | None],
    *,
    through_aliases: bool = True,
) -> list[tuple[str | None, str | None]]:
    """Ask DuckDB for the types of operands.

    Args:
        session: The session.
        tables: What the statement's tables hold.
        scope: The SELECT, UPDATE, MERGE or DELETE that they stand in.
        lefts: Left operands.
        rights: Right operands, as many; None where there is none.
        through_aliases: Whether names may be aliases of the SELECT's own columns, besides columns of its FROM.

    Returns:
        The types of each pair; None where DuckDB cannot tell.
    """
    operands = [
        operand for pair in zip(lefts, rights, strict=True) for operand in pair if isinstance(operand, exp.Expr)
    ]
    known: dict[int, str | None] = {}
    together = _of_one_table(tables, scope, operands) or _describe(session, scope, operands)
    if together is not None:
        known = {id(operand): kind for operand, kind in zip(operands, together, strict=True)}
    else:
        for operand in operands:
            alone = _describe(session, scope, [operand]) or (
                _aliased(session, scope, operand) if through_aliases else None
            )
            known[id(operand)] = alone[0] if alone else None
    return [(known.get(id(left)), known.get(id(right))) for left, right in zip(lefts, rights, strict=True)]


def kinds_of(
    session: Session,
    tables: TableTypes,
    scope: exp.Expr,
    values: Sequence[exp.Expr | None],
    *,
    through_aliases: bool = True,
) -> list[str | None]:
    """Ask DuckDB for the types of values that stand alone.

    Args:
        session: The session.
        tables: What the statement's tables hold.
        scope: The SELECT, UPDATE, MERGE or DELETE that they stand in.
        values: The values; None for none.
        through_aliases: As in `types_of`.

    Returns:
        The type of each; None where DuckDB cannot tell.
    """
    types = types_of(session, tables, scope, list(values), [None] * len(values), through_aliases=through_aliases)
    return [kind for kind, _ in types]


def _of_one_table(tables: TableTypes, scope: exp.Expr, operands: list[exp.Expr]) -> list[str] | None:
    """Types of operands that are columns of the only table of a SELECT, or written out.

    None where one is anything else.
    """
    clause = scope.args.get("from_") if isinstance(scope, exp.Select) else None
    table = (
        clause.this if clause is not None and not scope.args.get("joins") and not scope.args.get("laterals") else None
    )
    if not isinstance(table, exp.Table) or not table.catalog or joins.hanging(table) or table.alias_column_names:
        return None
    columns = tables.of(table)
    found = []
    for operand in operands:
        if isinstance(operand, exp.Literal) and (operand.is_string or len(operand.name) <= _SHORT_DIGITS):
            found.append(_literal_type(operand))
        elif isinstance(operand, exp.Column) and operand.name in columns and operand.table in ("", table.alias_or_name):
            found.append(columns[operand.name])
        else:
            return None
    return found


def _describe(session: Session, scope: exp.Expr, operands: list[exp.Expr]) -> list[str] | None:
    """Types of expressions over a SELECT's FROM, grouped and not, whichever DuckDB can bind."""
    if not operands:
        return []
    if all(isinstance(operand, exp.Literal) for operand in operands):
        return [_literal_type(operand) for operand in operands]
    projections = [exp.alias_(operand.copy(), f"_{number}") for number, operand in enumerate(operands)]
    probe = exp.Select(expressions=projections)
    for name in ("from_", "joins", "laterals"):
        part = scope.args.get(name)
        if part:
            probe.set(name, [item.copy() for item in part] if isinstance(part, list) else part.copy())
    if isinstance(scope, (exp.Update, exp.Delete)) and isinstance(scope.this, exp.Table):
        table = exp.From(this=scope.this.copy())
        extra = probe.args.get("from_")
        probe.set("from_", table)
        if extra is not None:
            probe.append("joins", exp.Join(this=extra.this.copy(), kind="CROSS"))
    elif isinstance(scope, exp.Merge):
        probe.set("from_", exp.From(this=scope.this.copy()))
        probe.append("joins", exp.Join(this=scope.args["using"].copy(), kind="CROSS"))
    ctes = common_tables(scope)
    if ctes:
        probe.set("with_", exp.With(expressions=ctes, recursive=_recursive(scope)))
    for clauses in ((), ("group", "where")):
        for name in clauses:
            if scope.args.get(name) is not None:
                probe.set(name, scope.args[name].copy())
        try:
            rows = session.duck.execute(f"describe {duck_sql(probe)}").fetchall()
        except duckdb.Error:
            session.transaction.restore()
            continue
        return [str(row[1]) for row in rows]
    return None


def described(query: exp.Expr, session: Session) -> list[tuple[str, str]] | None:
    """Ask DuckDB for the columns of a query.

    Args:
        query: The query, which may stand in a statement with common tables.
        session: The session, whose DuckDB connection is asked.

    Returns:
        The name and the type of each; None where DuckDB cannot tell.
    """
    probe: exp.Expr = query.copy()
    ctes = common_tables(query)
    if ctes and isinstance(probe, exp.Query):
        probe = exp.select("*").from_(exp.Subquery(this=probe, alias=exp.TableAlias(this=exp.to_identifier("_query"))))
        probe.set("with_", exp.With(expressions=ctes, recursive=_recursive(query)))
    try:
        return [(str(row[0]), str(row[1])) for row in session.duck.execute(f"describe {duck_sql(probe)}").fetchall()]
    except duckdb.Error:
        session.transaction.restore()
        return None


def _aliased(session: Session, scope: exp.Expr, operand: exp.Expr) -> list[str] | None:
    """Type of an expression that refers to other columns of its SELECT by their aliases."""
    if not any(True for _ in aliases.referred(operand, scope)):
        return None
    named = {column.name: column for column in operand.find_all(exp.Column)}
    columns = frozenset(
        name for name, column in named.items() if column is not operand and _describe(session, scope, [column])
    )
    inner = aliases.expanded(operand, scope, columns)
    return _describe(session, scope, [inner]) if inner is not None else None


def _literal_type(node: exp.Expr) -> str:
    if node.is_string:
        return "VARCHAR"
    whole, point, fraction = node.name.partition(".")
    if "e" in node.name.lower():
        return "DOUBLE"
    return f"DECIMAL({len(whole) + len(fraction)},{len(fraction)})" if point else "BIGINT"


def common_tables(scope: exp.Expr) -> list[exp.Expr]:
    """The WITH clauses that a SELECT can see.

    Args:
        scope: The SELECT.

    Returns:
        Copies of their common tables, outermost first.
    """
    found: list[exp.Expr] = []
    node: exp.Expr | None = scope
    inside: exp.Expr | None = None
    while node is not None:
        clause = node.args.get("with_")
        if clause is not None:
            seen = []
            for cte in clause.expressions:
                if cte is inside:
                    break  # a common table sees those before it
                seen.append(cte.copy())
            found = seen + found
        if isinstance(node, exp.CTE):
            inside = node
        node = node.parent
    return found


def _recursive(scope: exp.Expr) -> bool:
    node: exp.Expr | None = scope
    while node is not None:
        clause = node.args.get("with_")
        if clause is not None and clause.args.get("recursive"):
            return True
        node = node.parent
    return False
