"""What functions and classes take, as the sources of the project and of what is installed show it."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from include.factory.looks import Looks, kept, noted
from include.factory.python.modules import Definition, Modules, dotted_name
from include.factory.python.signatures import Parameter, Signature, function_signature, names_of_type

_NO_ARGUMENTS = frozenset({"object", "ABC", "Generic", "Protocol"})


class Sources(Modules):
    """Finds definitions, and what they take. Keeps what it has read: one instance serves all files of a run."""

    def __init__(self, folders: list[Path], of_project: bool = False) -> None:
        """Look in these folders.

        Args:
            folders: Where modules are searched, in order.
            of_project: Whether they are the project's alone, not all that Python can import.
        """
        super().__init__(folders, of_project)
        self._signatures: dict[tuple[str, str], tuple[Signature | None, Looks]] = {}
        self._types: dict[tuple[str, str], tuple[dict[str, frozenset[str]], Looks]] = {}
        self._orders: dict[tuple[str, str], tuple[list[Definition | None], Looks]] = {}

    def is_class(self, dotted: str) -> bool:
        """Whether a dotted name stands for a class, as far as the source shows."""
        found = self.find(dotted)
        return isinstance(found, Definition) and isinstance(found.node, ast.ClassDef)

    def signature(self, definition: Definition) -> Signature | None:
        """Return what a function, or the making of a class, takes.

        Args:
            definition: A function or class.

        Returns:
            Its signature, without `self`; None if the source does not show it.
        """
        node = definition.node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return None if node.decorator_list else function_signature(node)
        if not isinstance(node, ast.ClassDef):
            return None
        key = (definition.module.name, node.name)
        return kept(self._signatures, key, lambda: self._class_signature(definition))

    def ancestors(self, definition: Definition) -> list[Definition | None]:
        """Return a class and all it inherits from, in Python's own order (C3); None for one that cannot be found."""
        if not isinstance(definition.node, ast.ClassDef):
            return []
        key = (definition.module.name, definition.node.name)
        node = definition.node
        if key not in self._orders:
            self._orders[key] = [definition], {}  # of a class that inherits from itself
            with noted() as looks:
                order = self._in_order(definition, node)
            self._orders[key] = order, looks
            return order
        return kept(self._orders, key, lambda: [])

    def types(self, definition: Definition) -> dict[str, frozenset[str]]:
        """Return the names in the type of each argument that making a class takes.

        Of a generated `__init__`, of its fields.
        """
        key = (definition.module.name, getattr(definition.node, "name", ""))
        return kept(self._types, key, lambda: self._read_types(definition))

    def _class_signature(self, definition: Definition) -> Signature | None:
        known: dict[str, Parameter] = {}
        passed: set[str] = set()
        sure = True  # whether what the bases require is not passed by a subclass
        seen_init = False
        for ancestor in self.ancestors(definition):
            if ancestor is None:
                return Signature(tuple(known.values()), True, True) if seen_init else None
            node = ancestor.node
            assert isinstance(node, ast.ClassDef)
            init = _method(node, "__init__")
            if init is None:
                new = _method(node, "__new__")
                if new is not None and not known:
                    return function_signature(new).without_first()
                if _is_dataclass(node) and not known:
                    return self._dataclass_signature(definition)
                if new is not None or _is_generated(node):
                    return None
                continue
            seen_init = True
            own = function_signature(init).without_first()
            for parameter in own.parameters:
                if parameter.name not in passed:
                    required = parameter.required and sure
                    known.setdefault(parameter.name, replace(parameter, required=required))
            if not own.any_keyword or is_base_operator(ancestor):
                return Signature(tuple(known.values()), own.any_positional, False)
            keywords, more = _handed_up(init)
            passed |= keywords
            sure = sure and not more
        return Signature(tuple(known.values()), False, False) if seen_init else Signature((), False, False)

    def _dataclass_signature(self, definition: Definition) -> Signature | None:
        """Return the signature of the `__init__` that dataclasses make of the fields, those of the bases first."""
        fields: dict[str, Parameter] = {}
        for ancestor in reversed(self.ancestors(definition)):
            if ancestor is None:
                return None
            for part in ancestor.node.body if isinstance(ancestor.node, ast.ClassDef) else ():
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and not _is_no_field(part):
                    name = part.target.id
                    fields[name] = Parameter(name, not _has_default(part), True, True, part.annotation)
        return Signature(tuple(fields.values()), False, False)

    def _read_types(self, definition: Definition) -> dict[str, frozenset[str]]:
        signature = self.signature(definition)
        if signature is not None:
            return {
                parameter.name: parameter.types
                for parameter in signature.parameters
                if parameter.annotation is not None
            }
        found: dict[str, frozenset[str]] = {}
        for ancestor in self.ancestors(definition):
            for part in ancestor.node.body if ancestor is not None and isinstance(ancestor.node, ast.ClassDef) else ():
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    found.setdefault(part.target.id, names_of_type(part.annotation))
        return found

    def _in_order(self, definition: Definition, node: ast.ClassDef) -> list[Definition | None]:
        orders: list[list[Definition | None]] = []
        for base in node.bases:
            name = dotted_name(base)
            if name is not None and name.rpartition(".")[2] not in _NO_ARGUMENTS:
                found = self.in_module(definition.module, name)
                orders.append(list(self.ancestors(found)) or [None] if isinstance(found, Definition) else [None])
        return [definition, *_merged([*orders, [order[0] for order in orders]])]


def project_sources(root: Path) -> Sources:
    """Return the sources of the project alone: where callables are."""
    return Sources([root], of_project=True)


def all_sources(root: Path) -> Sources:
    """Return the sources of the project and of all that this interpreter can import: where operators are."""
    return Sources(python_folders(root))


def python_folders(root: Path) -> list[Path]:
    """Return where this interpreter finds modules, in order, the project first."""
    return [root, *(Path(entry) for entry in sys.path if entry and os.path.isdir(entry) and Path(entry) != root)]


def is_base_operator(definition: Definition) -> bool:
    """Whether a class is Airflow's BaseOperator."""
    return (
        isinstance(definition.node, ast.ClassDef)
        and definition.node.name == "BaseOperator"
        and definition.module.name.startswith("airflow.")
    )


def _merged(orders: list[list[Definition | None]]) -> Iterator[Definition | None]:
    """C3: always the first class that no other list still has behind its first."""
    left = [[(_key(one), one) for one in order] for order in orders if order]
    while left:
        behind = {key for order in left for key, _ in order[1:]}
        key, first = next((order[0] for order in left if order[0][0] not in behind), left[0][0])
        yield first
        left = [kept for order in left if (kept := [one for one in order if one[0] != key])]


def _key(definition: Definition | None) -> tuple[str, str]:
    if definition is None or not isinstance(definition.node, ast.ClassDef):
        return "", ""
    return definition.module.name, definition.node.name


def _method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """Return a method of a class's own: of several, the last, as those before it are its overloads."""
    found = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == name]
    return found[-1] if found else None


def _handed_up(init: ast.FunctionDef) -> tuple[set[str], bool]:
    """Return the keywords that an `__init__` hands to its base's, and whether it hands up others that do not show."""
    own = init.args.kwarg.arg if init.args.kwarg else None
    keywords: set[str] = set()
    more = False
    for node in ast.walk(init):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "__init__":
            keywords |= {keyword.arg for keyword in node.keywords if keyword.arg}
            more = (
                more
                or bool(node.args)
                or any(
                    k.arg is None and not (isinstance(k.value, ast.Name) and k.value.id == own) for k in node.keywords
                )
            )
    return keywords, more


def _is_generated(node: ast.ClassDef) -> bool:
    """Whether a decorator makes the `__init__`: dataclasses, attrs."""
    return bool(node.decorator_list)


def _is_dataclass(node: ast.ClassDef) -> bool:
    decorators = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    return any((dotted_name(one) or "").rpartition(".")[2] == "dataclass" for one in decorators)


def _is_no_field(part: ast.AnnAssign) -> bool:
    """Whether an annotated name is no argument of the `__init__` of a dataclass."""
    made = _field_arguments(part).get("init")
    return "ClassVar" in names_of_type(part.annotation) or (isinstance(made, ast.Constant) and made.value is False)


def _has_default(part: ast.AnnAssign) -> bool:
    given = _field_arguments(part)
    return part.value is not None and (not given or bool({"default", "default_factory"} & given.keys()))


def _field_arguments(part: ast.AnnAssign) -> dict[str, ast.expr]:
    """Return what a field is made with: `field(default_factory=list)`."""
    call = part.value
    if isinstance(call, ast.Call) and (dotted_name(call.func) or "").rpartition(".")[2] == "field":
        return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    return {}
