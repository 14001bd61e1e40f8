"""Rewrite FLATTEN and SPLIT_TO_TABLE: one row per element of an array or object, one per word."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.sql.resolve.sources import hanging

_SPLITS = ("SPLIT_TO_TABLE", "STRTOK_SPLIT_TO_TABLE")


def flatten(node: exp.Expr) -> exp.Expr:
    """Turn LATERAL FLATTEN(…) and TABLE(FLATTEN(…)), and SPLIT_TO_TABLE in its place, into a call of the macro.

    Args:
        node: A node of the tree.

    Returns:
        The node, or what replaces it.

    """
    words = node.this if isinstance(node, (exp.Lateral, exp.TableFromRows, exp.Table)) else None
    if isinstance(words, exp.Anonymous) and words.name.upper() == "TABLE" and words.expressions:
        words = words.expressions[0]
    if isinstance(words, exp.Anonymous) and words.name.upper() in _SPLITS and words.expressions:
        given = [*words.expressions, exp.Literal.string(" ")][:2]
        called = exp.Anonymous(this=f"_sf_{words.name.lower()}", expressions=given)
        return exp.Table(this=called, alias=node.args.get("alias"))
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
        **hanging(node),
    )


def _true(node: exp.Expr) -> bool:
    return isinstance(node, exp.Boolean) and bool(node.this)
