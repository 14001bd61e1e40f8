"""FLATTEN: one row per element of an array or object."""

from __future__ import annotations

from sqlglot import exp


def flatten(node: exp.Expr) -> exp.Expr:
    """Turn LATERAL FLATTEN(…) and TABLE(FLATTEN(…)) into a call of the macro.

    Args:
        node: A node of the tree.

    Returns:
        The node, or what replaces it.

    """
    if not isinstance(node, (exp.Lateral, exp.TableFromRows)) or not isinstance(node.this, exp.Explode):
        return node
    given = [node.this.this, *node.this.expressions]
    options = {item.this.name.upper(): item.expression for item in given if isinstance(item, exp.Kwarg)}
    source = options.get("INPUT", given[0])
    recursive = "RECURSIVE" in options and _true(options["RECURSIVE"])
    path = options["PATH"].name if "PATH" in options else ""
    if path:
        source = exp.JSONExtract(this=source, expression=exp.Literal.string(f"$.{path}"))
    keep = _true(options["OUTER"]) if "OUTER" in options else False
    mode = options["MODE"].name.upper() if "MODE" in options else "BOTH"
    arguments = [source, exp.Literal.string(path), exp.Boolean(this=keep), exp.Literal.string(mode)]
    return exp.Table(
        this=exp.Anonymous(this="_sf_flatten_recursive" if recursive else "_sf_flatten", expressions=arguments),
        alias=node.args.get("alias"),
    )


def _true(node: exp.Expr) -> bool:
    return isinstance(node, exp.Boolean) and bool(node.this)
