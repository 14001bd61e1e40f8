"""Rewrite functions that DuckDB or fakesnow know under another name or meaning."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from embedded_snowflake.errors import compilation_error, not_supported
from embedded_snowflake.library.macros import LIBRARY, PREFIX
from embedded_snowflake.sql.resolve.type_families import family_of_mark
from embedded_snowflake.sql.rewrite import aggregates, conversions, date_parts, lambdas, refused_expressions

# DuckDB ranks within the partition, whatever the frame.
_RANKS = (exp.Rank, exp.DenseRank, exp.RowNumber)


def apply(tree: exp.Expr) -> exp.Expr:
    """Rewrite functions.

    Args:
        tree: Statement with identifiers in their stored case.

    Returns:
        The tree, changed in place.
    """
    present = {type(node) for node in tree.walk()}
    if any(issubclass(kind, aggregates.KINDS) for kind in present):
        tree = aggregates.rewrite(tree)
        present = {type(node) for node in tree.walk()}
    for step, classes in (
        (refused_expressions.refuse, refused_expressions.KINDS),
        (_sequence_number, (exp.Seq1, exp.Seq2, exp.Seq4, exp.Seq8)),
        (lambdas.rewrite, lambdas.KINDS),
        (_element, (exp.Bracket, exp.JSONExtract)),
        (date_parts.check, date_parts.KINDS),
        (_spelling, (exp.Concat, exp.Coalesce, exp.Anonymous)),
        (_to_scale, (exp.Ceil, exp.Floor)),
        (conversions.convert, (exp.Anonymous, exp.Array, exp.Cast, exp.ToNumber)),
        (_library_function, (exp.Anonymous,)),
        (_whole_window, (exp.Window,)),
    ):
        if any(issubclass(kind, classes) for kind in present):
            tree = _bottom_up(tree, step, classes)
            present = {type(node) for node in tree.walk()}
    return tree


def _bottom_up(tree: exp.Expr, step: Callable[[exp.Expr], exp.Expr], classes: tuple[type[exp.Expr], ...]) -> exp.Expr:
    """Apply a step to the nodes of these classes, arguments before the calls that hold them."""
    for node in reversed(list(tree.find_all(*classes))):
        parent, key, index = node.parent, node.arg_key, node.index
        changed = step(node)
        if changed is node:
            continue
        if parent is None or key is None:
            return changed
        parent.set(key, changed, index)
    return tree


def _sequence_number(node: exp.Expr) -> exp.Expr:
    """Let SEQ1 … SEQ8 count rows from 0; as a window's order they mean the rows' own order."""
    if not isinstance(node, (exp.Seq1, exp.Seq2, exp.Seq4, exp.Seq8)):
        return node
    select = node.find_ancestor(exp.Select)
    if select is not None and _is_generator(select):
        return exp.column(
            exp.to_identifier("range")
        )  # how DuckDB names the column of its RANGE, which a GENERATOR becomes
    within = node.find_ancestor(exp.Window, exp.AggFunc, exp.Where, exp.Group, exp.Having, exp.Select)
    if isinstance(within, exp.Window):
        return exp.Null()
    if not isinstance(within, exp.Select):
        raise not_supported(
            f"{node.sql(dialect='snowflake')} in an aggregate, WHERE, GROUP BY or HAVING, but of one GENERATOR"
        )
    return exp.paren(exp.Sub(this=exp.Window(this=exp.RowNumber()), expression=exp.Literal.number(1)))


def _is_generator(select: exp.Select) -> bool:
    """Tell whether a SELECT reads from one GENERATOR alone."""
    source = select.args.get("from_")
    rows = (
        source.this if source is not None and not select.args.get("joins") and not select.args.get("laterals") else None
    )
    return isinstance(rows, exp.TableFromRows) and isinstance(rows.this, exp.Generator)


def _spelling(node: exp.Expr) -> exp.Expr:
    """Rewrite functions whose spelling means something else to DuckDB."""
    if isinstance(node, exp.Concat) and len(node.expressions) == 1:
        return exp.cast(node.expressions[0], "VARCHAR")
    if isinstance(node, exp.Coalesce) and not node.expressions and not node.args.get("is_nvl"):
        text = f"not enough arguments for function [{node.sql(dialect='snowflake')}], expected 2, got 1"
        raise compilation_error(f"error line 1 at position 0\n{text}", 938, "22023")
    if isinstance(node, exp.Anonymous) and node.name.upper() == "TRUNC" and len(node.expressions) == 2:
        value, unit = node.expressions
        if isinstance(unit, exp.Literal) and unit.is_string:
            return exp.TimestampTrunc(this=value, unit=exp.Var(this=unit.name.upper()))
    return node


def _to_scale(node: exp.Expr) -> exp.Expr:
    """Keep the argument's type in CEIL and FLOOR with a constant scale; sqlglot would write a DOUBLE for DuckDB."""
    if not isinstance(node, exp.Ceil | exp.Floor) or node.args.get("decimals") is None:
        return node
    scale = node.args["decimals"]
    if family_of_mark(scale) is not None:
        scale = scale.expressions[0]
    if not scale.is_int:
        return node
    digits = int(scale.sql())
    if digits == 0:
        return node.__class__(this=node.this)
    step = exp.Literal.number(f"0.{'1'.zfill(digits)}" if digits > 0 else "1" + "0" * -digits)
    nearest = exp.Round(this=node.this, decimals=exp.Literal.number(digits))
    up = isinstance(node, exp.Ceil)
    far_enough = (exp.GTE if up else exp.LTE)(this=nearest.copy(), expression=node.this.copy())
    further = (exp.Add if up else exp.Sub)(this=nearest.copy(), expression=step)
    last = exp.Round(this=further, decimals=exp.Literal.number(digits))
    return exp.Case(ifs=[exp.If(this=far_enough, true=nearest)], default=last)


def _element(node: exp.Expr) -> exp.Expr:
    """Write V[I] with an index that is no constant as GET(V, I), and so each index of V[1][2].

    DuckDB counts a negative index from the end, where Snowflake finds nothing; fakesnow takes V[1][2] for one path.
    """
    if isinstance(node, exp.Bracket) and len(node.expressions) == 1 and not isinstance(node.expressions[0], exp.Slice):
        chained = isinstance(node.this, exp.Anonymous) or (
            isinstance(node.parent, exp.Bracket) and node.parent.this is node
        )
        if chained or not isinstance(node.expressions[0], exp.Literal):
            return exp.Anonymous(this="GET", expressions=[node.this, node.expressions[0]])
    path = node.expression if isinstance(node, exp.JSONExtract) else None
    subscripts = path.find_all(exp.JSONPathSubscript) if path is not None else []
    if any(isinstance(part.this, int) and part.this < 0 for part in subscripts):
        return exp.cast(exp.Null(), "VARIANT")
    return node


def _library_function(node: exp.Expr) -> exp.Expr:
    """Call the library's macro of that name."""
    if isinstance(node, exp.Anonymous) and node.name.upper() in LIBRARY and isinstance(node.this, str):
        node.set("this", PREFIX + node.name.lower())  # in place: `transform` does not look into a new node's arguments
    return node


def _whole_window(node: exp.Expr) -> exp.Expr:
    """Let FIRST_VALUE, LAST_VALUE and NTH_VALUE see the whole partition when no frame is given.

    Ranks lose a frame that begins with the partition: it changes nothing.
    """
    inner = node.this if isinstance(node, exp.Window) else None
    while isinstance(inner, (exp.IgnoreNulls, exp.RespectNulls)):
        inner = inner.this
    frame = node.args.get("spec")
    if frame is not None and isinstance(inner, _RANKS):
        if frame.args.get("start") != "UNBOUNDED":
            raise not_supported("a rank within a frame that does not begin with the partition")
        node.set("spec", None)
    if frame is not None and {type(frame.args.get(end)) for end in ("start", "end")} == {exp.Interval, exp.Literal}:
        raise compilation_error("Mixing numeric and interval frames is not supported.", 2303, "42601")
    if isinstance(inner, (exp.FirstValue, exp.LastValue, exp.NthValue)) and node.args.get("spec") is None:
        frame = {
            "kind": "ROWS",
            "start": "UNBOUNDED",
            "start_side": "PRECEDING",
            "end": "UNBOUNDED",
            "end_side": "FOLLOWING",
        }
        node.set("spec", exp.WindowSpec(**frame))
    return node
