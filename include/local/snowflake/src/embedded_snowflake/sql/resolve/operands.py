"""Find operands that must have a common type: of arithmetic, of COALESCE, CASE and the like."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.sql.resolve.number_types import is_number

ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg)
FIRST_DECIDES = (exp.Greatest, exp.Least)
_ALIKE = (exp.Coalesce, exp.If, exp.Case, exp.Nvl2, exp.Nullif, exp.DecodeCase, exp.Lag, exp.Lead, *FIRST_DECIDES)
KINDS = (*ARITHMETIC, *_ALIKE)


def groups(node: exp.Expr) -> list[list[exp.Expr]]:
    """List the operands that must have a common type.

    Args:
        node: A node of `KINDS`.

    Returns:
        Groups of operands; none for a part of another such node.
    """
    if isinstance(node, ARITHMETIC):
        parts: list[list[exp.Expr | None]] = [[node.this, node.args.get("expression")]]
    elif isinstance(node, exp.Case):
        parts = [[*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]]
        if node.this is not None:
            parts.append([node.this, *(branch.this for branch in node.args["ifs"])])
    elif isinstance(node, exp.DecodeCase):
        of, *pairs = node.expressions
        paired = len(pairs) // 2 * 2
        parts = [[of, *pairs[:paired:2]], [*pairs[1:paired:2], *pairs[paired:]]]
    elif isinstance(node, (exp.If, exp.Nvl2)):
        parts = [] if isinstance(node.parent, exp.Case) else [[node.args.get("true"), node.args.get("false")]]
    elif isinstance(node, (exp.Lag, exp.Lead)):
        parts = [[node.this, node.args.get("default")]]
    else:
        parts = [[node.this, node.args.get("expression"), *node.expressions]]
    return [[one for one in group if isinstance(one, exp.Expr)] for group in parts]


def result(node: exp.Expr, kinds: list[str | None]) -> str | None:
    """Tell the type of an arithmetic operation, once its operands are converted.

    Args:
        node: One of `ARITHMETIC`.
        kinds: DuckDB's type of each operand; None where it is not known.

    Returns:
        DOUBLE, a DECIMAL that stands for any NUMBER, or None where the operands do not tell.
    """
    if "DOUBLE" in kinds:
        return "DOUBLE"
    if isinstance(node, (exp.Add, exp.Sub)) and not all(kind == "VARCHAR" or is_number(kind) for kind in kinds):
        return None
    return "DECIMAL(38,5)"
