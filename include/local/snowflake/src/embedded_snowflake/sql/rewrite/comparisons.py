"""Convert texts that are compared with numbers, dates and the like.

The text is converted to the other operand's type, and fails where it is no such value. DuckDB refuses such orderings,
and would round the text in an equality: 2 = '1.5'.

DuckDB is asked for types, but only where the names and literals of a comparison do not tell them.

https://docs.snowflake.com/en/sql-reference/data-type-conversion#implicit-casting-coercion
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from embedded_snowflake.sql.resolve.number_types import number_scale
from embedded_snowflake.sql.resolve.scopes import compares, innermost_first, scope_of
from embedded_snowflake.sql.resolve.types import Types
from embedded_snowflake.sql.rewrite.conversions import CONVERSION_TO
from embedded_snowflake.sql.rewrite.macro_calls import call

_COMPARISONS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In)
_COUNTS = (exp.Count, exp.RowNumber, exp.Rank, exp.DenseRank)
_EXACT = "DECIMAL(38, 12)"  # of a text beside a NUMBER


def apply(tree: exp.Expr, types: Types) -> exp.Expr:
    """Convert such texts.

    Args:
        tree: Statement translated but for what depends on types; changed in place.
        types: DuckDB's types of the statement's expressions.

    Returns:
        The tree.
    """
    nodes = [node for node in tree.find_all(*_COMPARISONS) if compares(node) and _is_open(_operands(node))]
    if not nodes:
        return tree
    renamed = {alias.alias for alias in tree.find_all(exp.Alias)}
    renamed.update(name.name for alias in tree.find_all(exp.TableAlias) for name in alias.args.get("columns") or [])
    known: dict[str, set[str]] = {}
    for table in tree.find_all(exp.Table):
        for name, kind in types.of_table(table).items() if isinstance(table.this, exp.Identifier) else ():
            if name not in renamed:
                known.setdefault(name, set()).add(_family(kind))
    nodes = [node for node in nodes if not _alike(_operands(node), known)]
    for scope in innermost_first(tree) if nodes else []:
        within = [node for node in nodes if scope_of(node) is scope]
        # All at once: each question repeats the FROM, with the common tables, so that one a node would be quadratic.
        asked = [operand for node in within for operand in _unclear(node)]
        known_kinds = dict(zip(map(id, asked), types.of_values(scope, asked), strict=True))
        for node in within:
            _convert(node, scope, types, known_kinds)
    return tree


def _unclear(node: exp.Expr) -> list[exp.Expr]:
    """List the operands whose types DuckDB is asked for."""
    return [operand for operand in _operands(node) if not isinstance(operand, exp.Literal)]


def _convert(node: exp.Expr, scope: exp.Expr, types: Types, known: dict[int, str | None]) -> None:
    operands, unclear = _operands(node), _unclear(node)
    found = {id(operand): known.get(id(operand)) for operand in unclear}
    if None in found.values():  # it may be known now that comparisons before it are converted, or moved in one of them
        found = dict(zip(map(id, unclear), types.of_values(scope, unclear), strict=True))
    kinds: list[str | None] = []
    for operand in operands:
        if isinstance(operand, exp.Literal):
            kinds.append("VARCHAR" if operand.is_string else "BIGINT")
        else:
            kinds.append(found[id(operand)])
    met = next((kind for kind in kinds if kind is not None and kind != "VARCHAR"), None)
    for operand, kind in zip(operands, kinds, strict=True):
        if kind == "VARCHAR" and met is not None:
            place = exp.Null()  # the operand itself is moved, not a copy: `mixed` knows its parts
            operand.replace(place)
            place.replace(_converted(operand, met))


def _operands(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    if isinstance(node, exp.In):
        return [node.this, *node.expressions]
    return [node.this, node.expression]


def _is_open(operands: Sequence[exp.Expr]) -> bool:
    """Tell whether operands may be of different kinds as far as their literals go."""
    if len(operands) < 2:  # IN of a query
        return False
    literals = [operand for operand in operands if isinstance(operand, exp.Literal)]
    if len(literals) == len(operands):
        return len({literal.is_string for literal in literals}) > 1
    texts = [literal for literal in literals if literal.is_string]
    # Beside a literal DuckDB converts as Snowflake does, except that it rounds a number to the other one's digits.
    return not texts or any(_has_fraction(literal.name) for literal in texts)


def _has_fraction(text: str) -> bool:
    try:
        return float(text) is not None and not text.strip().lstrip("+-").isdigit()
    except ValueError:
        return False


def _alike(operands: Sequence[exp.Expr], known: dict[str, set[str]]) -> bool:
    """Tell whether operands are evidently of one kind."""
    kinds: set[str] = set()
    for operand in operands:
        plain = operand.this if isinstance(operand, (exp.Window, exp.Neg, exp.Paren)) else operand
        if isinstance(plain, exp.Literal):
            kinds.add("text" if plain.is_string else "number")
        elif isinstance(plain, exp.Column) and plain.name in known:
            kinds |= known[plain.name]
        elif isinstance(plain, _COUNTS):
            kinds.add("number")
        elif not isinstance(plain, exp.Null):
            return False
    return len(kinds) < 2


def _family(duck_type: str) -> str:
    if duck_type == "VARCHAR":
        return "text"
    return "number" if duck_type == "DOUBLE" or number_scale(duck_type) is not None else duck_type


def _converted(text: exp.Expr, other: str) -> exp.Expr:
    if other in CONVERSION_TO:
        return call(CONVERSION_TO[other], text)
    if other == "TIME":
        return exp.cast(text, "TIME", copy=False)
    if number_scale(other) is not None and other != "HUGEINT":
        return exp.cast(text, _EXACT, copy=False)
    return text
