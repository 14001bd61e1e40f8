"""What a `def` takes, as its source shows."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function.

    Attributes:
        name: Its name.
        required: Whether it has no default.
        positional: Whether it may be given by position.
        keyword: Whether it may be given by name.
        annotation: Its type as written; None if it has none.
    """

    name: str
    required: bool
    positional: bool
    keyword: bool
    annotation: ast.expr | None = field(default=None, repr=False, compare=False)

    @property
    def types(self) -> frozenset[str]:
        """The names in its type, without their modules: `timedelta` and `float` of `datetime.timedelta | float`."""
        return names_of_type(self.annotation)


@dataclass(frozen=True)
class Signature:
    """What a function or class takes.

    Attributes:
        parameters: Its parameters in order, without `*args` and `**kwargs`.
        any_positional: Whether it has `*args`.
        any_keyword: Whether it has `**kwargs`, or takes keywords that the source does not show.
    """

    parameters: tuple[Parameter, ...]
    any_positional: bool
    any_keyword: bool

    def without_first(self) -> Signature:
        """Return the signature less its first positional parameter."""
        index = next((i for i, parameter in enumerate(self.parameters) if parameter.positional), None)
        if index is None:
            return self
        return Signature(self.parameters[:index] + self.parameters[index + 1 :], self.any_positional, self.any_keyword)


@lru_cache(maxsize=4096)
def function_signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Signature:
    """Return the signature that a `def` shows, `self` included."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    optional = len(positional) - len(arguments.defaults)
    parameters = [
        Parameter(one.arg, index < optional, True, index >= len(arguments.posonlyargs), one.annotation)
        for index, one in enumerate(positional)
    ]
    parameters += [
        Parameter(one.arg, default is None, False, True, one.annotation)
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    return Signature(tuple(parameters), arguments.vararg is not None, arguments.kwarg is not None)


def names_of_type(annotation: ast.expr | None) -> frozenset[str]:
    """Return the names in a type, without their modules; nothing if there is no type."""
    if annotation is None:
        return frozenset()
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):  # a type in quotes
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return frozenset()
    modules = {node.value for node in ast.walk(annotation) if isinstance(node, ast.Attribute)}
    named = [
        node for node in ast.walk(annotation) if isinstance(node, ast.Name | ast.Attribute) and node not in modules
    ]
    return frozenset(node.id if isinstance(node, ast.Name) else node.attr for node in named)
