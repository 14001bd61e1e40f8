"""What Airflow renders of an operator, read from the operator's source: its `template_fields` and `template_ext`."""

from __future__ import annotations

import ast

from include.factory.python.modules import Definition, Module, dotted_name
from include.factory.python.sources import Sources


def template_fields(sources: Sources, operator: str) -> frozenset[str]:
    """Return the arguments that Airflow renders.

    Args:
        sources: Where the operator is looked for.
        operator: Its import path.

    Returns:
        Their names; nothing if the source does not show them.
    """
    return _texts_of(sources, sources.find(operator), "template_fields")


def template_extensions(sources: Sources, operator: str) -> tuple[str, ...]:
    """Return the ends by which Airflow knows a text in these arguments as the name of a file; arguments as above.

    Returns:
        Such as `.sql`, in order; nothing if it knows none.
    """
    return tuple(sorted(_texts_of(sources, sources.find(operator), "template_ext")))


def _texts_of(sources: Sources, definition: object, attribute: str) -> frozenset[str]:
    """Return the texts in an attribute of a class, its own or inherited."""
    if not isinstance(definition, Definition):
        return frozenset()
    for ancestor in sources.ancestors(definition):
        node = ancestor.node if ancestor is not None else None
        for part in node.body if ancestor is not None and isinstance(node, ast.ClassDef) else ():
            targets = (
                part.targets
                if isinstance(part, ast.Assign)
                else [part.target]
                if isinstance(part, ast.AnnAssign)
                else []
            )
            named = any(isinstance(target, ast.Name) and target.id == attribute for target in targets)
            if (
                ancestor is not None
                and isinstance(part, ast.Assign | ast.AnnAssign)
                and named
                and part.value is not None
            ):
                return _texts(sources, ancestor.module, part.value, attribute)
    return frozenset()


def _texts(sources: Sources, module: Module, value: ast.expr, attribute: str) -> frozenset[str]:
    """Return the texts of an expression, those of other classes' attributes of the same name included."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub):
        return _texts(sources, module, value.left, attribute) - _texts(sources, module, value.right, attribute)
    if isinstance(value, ast.Constant):
        return frozenset([value.value] if isinstance(value.value, str) else [])
    if isinstance(value, ast.Attribute) and value.attr == attribute and (owner := dotted_name(value.value)):
        return _texts_of(sources, sources.in_module(module, owner), attribute)
    inner = [child for child in ast.iter_child_nodes(value) if isinstance(child, ast.expr)]
    return frozenset().union(*(_texts(sources, module, child, attribute) for child in inner))
