"""Reads Python from its source, importing nothing: where a dotted name is defined, and what it takes.

So a configuration is checked without running task code, and without the seconds that importing Airflow takes.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

_HOPS = 20
"""How often a name may be imported on from module to module before we give up."""
_NO_ARGUMENTS = frozenset({"object", "ABC", "Generic", "Protocol"})


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
        return _names_of_type(self.annotation)


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


@dataclass(frozen=True, eq=False)
class Module:
    """One module's source."""

    name: str
    path: Path
    tree: ast.Module = field(repr=False)

    @property
    def is_package(self) -> bool:
        """Whether it is a package's `__init__.py`."""
        return self.path.name == "__init__.py"

    @cached_property
    def names(self) -> dict[str, ast.stmt]:
        """The statement that defines each of its top-level names.

        In `try … except ImportError`, the one tried first.
        """
        found: dict[str, ast.stmt] = {}
        for statement in _statements(self.tree.body):
            for name in _defined(statement):
                found.setdefault(name, statement)
        return found


@dataclass(frozen=True, eq=False)
class Definition:
    """Where a name is defined.

    Attributes:
        module: The module with the definition.
        node: The statement that defines it.
    """

    module: Module
    node: ast.stmt = field(repr=False)


@dataclass(frozen=True)
class Missing:
    """A name that is not there.

    Attributes:
        where: The last part that is there: a module, a package, or empty.
        name: The part that is not.
        near: What there is in its place.
    """

    where: str
    name: str
    near: frozenset[str]


@dataclass(frozen=True)
class Hidden:
    """A name that the source does not show, such as one made by `__getattr__` or by an extension module.

    It may well be there.
    """


class Sources:
    """Finds definitions. Keeps what it has read: one instance serves all files of a run."""

    def __init__(self, folders: list[Path]) -> None:
        """Look in these folders.

        Args:
            folders: Where modules are searched, in order.
        """
        self._folders = folders
        self._modules: dict[str, Module | None] = {}
        self._found: dict[str, Definition | Missing | Hidden] = {}
        self._signatures: dict[tuple[str, str], Signature | None] = {}
        self._types: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
        self._orders: dict[tuple[str, str], list[Definition | None]] = {}

    def find(self, dotted: str) -> Definition | Missing | Hidden:
        """Find what a dotted name stands for.

        Args:
            dotted: Such as `include.tasks.taxi.train`.

        Returns:
            Its definition, followed through imports; or what keeps it from being found.
        """
        if dotted not in self._found:
            self._found[dotted] = self._find(dotted, _HOPS)
        return self._found[dotted]

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
        if key not in self._signatures:
            self._signatures[key] = self._class_signature(definition)
        return self._signatures[key]

    def ancestors(self, definition: Definition) -> list[Definition | None]:
        """Return a class and all it inherits from, in Python's own order (C3); None for one that cannot be found."""
        if not isinstance(definition.node, ast.ClassDef):
            return []
        key = (definition.module.name, definition.node.name)
        if key not in self._orders:
            self._orders[key] = [definition]  # of a class that inherits from itself
            self._orders[key] = self._in_order(definition, definition.node)
        return self._orders[key]

    def types(self, definition: Definition) -> dict[str, frozenset[str]]:
        """Return the names in the type of each argument that making a class takes.

        Of a generated `__init__`, of its fields.
        """
        key = (definition.module.name, getattr(definition.node, "name", ""))
        if key not in self._types:
            self._types[key] = self._read_types(definition)
        return self._types[key]

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
                    found.setdefault(part.target.id, _names_of_type(part.annotation))
        return found

    def _in_order(self, definition: Definition, node: ast.ClassDef) -> list[Definition | None]:
        orders: list[list[Definition | None]] = []
        for base in node.bases:
            name = dotted_name(base)
            if name is not None and name.rpartition(".")[2] not in _NO_ARGUMENTS:
                found = self.in_module(definition.module, name)
                orders.append(list(self.ancestors(found)) or [None] if isinstance(found, Definition) else [None])
        return [definition, *_merged([*orders, [order[0] for order in orders]])]

    def module(self, name: str) -> Module | None:
        """Return a module's source; None if there is none."""
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def beside(self, package: str) -> set[str]:
        """Return the names of the modules in a package; of the top level if empty."""
        found = set()
        for folder in self._folders:
            here = folder.joinpath(*package.split(".")) if package else folder
            if here.is_dir():
                found |= {path.stem for path in here.glob("*.py") if path.stem != "__init__"}
                found |= {
                    path.name
                    for path in here.iterdir()
                    if path.is_dir() and path.name.isidentifier() and path.name != "__pycache__"
                }
        return found

    def _find(self, dotted: str, hops: int) -> Definition | Missing | Hidden:
        parts = dotted.split(".")
        if hops == 0:
            return Hidden()
        for length in range(len(parts) - 1, 0, -1):
            module = self.module(".".join(parts[:length]))
            if module is not None:
                if length < len(parts) - 1 and not isinstance(module.names.get(parts[length]), ast.ClassDef | None):
                    return Hidden()
                if length < len(parts) - 1:
                    near = self.beside(module.name) if module.is_package else set(module.names)
                    return Missing(module.name, parts[length], frozenset(near))
                return self._name(module, parts[-1], hops)
        known = 0
        while known < len(parts) - 1 and self._is_folder(parts[: known + 1]):
            known += 1
        if known == len(parts):
            return Hidden()
        where = ".".join(parts[:known])
        return Missing(where, parts[known], frozenset(self.beside(where)))

    def _is_folder(self, parts: list[str]) -> bool:
        return any(folder.joinpath(*parts).is_dir() for folder in self._folders)

    def in_module(self, module: Module, name: str, hops: int = _HOPS) -> Definition | Missing | Hidden:
        """Find what a name in a module stands for, dotted or not; results as those of `find`."""
        first, _, rest = name.partition(".")
        if not rest:
            return self._name(module, first, hops)
        statement = module.names.get(first)
        for origin, local in _imports(module, statement):
            if local == first:
                return self._find(f"{origin}.{rest}", hops - 1)
        return Hidden()

    def _name(self, module: Module, name: str, hops: int) -> Definition | Missing | Hidden:
        statement = module.names.get(name)
        if statement is None:
            if "__getattr__" in module.names:
                return self._lazy(module, name, hops)
            if any(
                isinstance(one, ast.ImportFrom) and one.names[0].name == "*" for one in _statements(module.tree.body)
            ):
                return Hidden()
            if module.is_package and self.module(f"{module.name}.{name}"):
                return Hidden()
            public = {
                known
                for known, one in module.names.items()
                if not known.startswith("_") and (module.is_package or _is_own(one))
            }
            return Missing(
                module.name, name, frozenset(public | (self.beside(module.name) if module.is_package else set()))
            )
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for origin, local in _imports(module, statement):
                if local == name:
                    return self._find(origin, hops - 1) if "." in origin else Hidden()
        return Definition(module, statement)

    def _lazy(self, module: Module, name: str, hops: int) -> Definition | Missing | Hidden:
        """Return a name that the module's `__getattr__` imports from where a mapping in the module says."""
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == name:
                        for origin in _constants(value):
                            base = module.name + origin if origin.startswith(".") else origin
                            found = self._find(f"{base}.{name}", hops - 1)
                            if isinstance(found, Definition):
                                return found
                        return Hidden()
        keys = {
            key.value
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Dict)
            for key in node.keys
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }
        return Missing(module.name, name, frozenset(keys)) if keys else Hidden()

    def _read(self, name: str) -> Module | None:
        parts = name.split(".")
        for folder in self._folders:
            base = folder.joinpath(*parts)
            for path in (base / "__init__.py", base.with_name(base.name + ".py")):
                if path.is_file():
                    try:
                        return Module(name, path, ast.parse(path.read_bytes()))
                    except (OSError, SyntaxError, ValueError):
                        return None
        return None

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
            # The last one: those before it are its overloads.
            init = next(
                (one for one in reversed(node.body) if isinstance(one, ast.FunctionDef) and one.name == "__init__"),
                None,
            )
            if init is None:
                new = next(
                    (one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__new__"), None
                )
                if new is not None and not known:
                    return function_signature(new).without_first()
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


def project_sources(root: Path) -> Sources:
    """Return the sources of the project alone: where callables are."""
    return Sources([root])


def all_sources(root: Path) -> Sources:
    """Return the sources of the project and of all that this interpreter can import: where operators are."""
    return Sources(
        [root, *(Path(entry) for entry in sys.path if entry and Path(entry).is_dir() and Path(entry) != root)]
    )


def is_base_operator(definition: Definition) -> bool:
    """Whether a class is Airflow's BaseOperator."""
    return (
        isinstance(definition.node, ast.ClassDef)
        and definition.node.name == "BaseOperator"
        and definition.module.name.startswith("airflow.")
    )


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


def _names_of_type(annotation: ast.expr | None) -> frozenset[str]:
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


@lru_cache(maxsize=1024)
def returned_keys(definition: Definition) -> frozenset[str] | None:
    """Return the keys of the mapping that a function returns.

    Args:
        definition: The function.

    Returns:
        All keys of its `return {…}`; None unless every `return` shows its keys.
    """
    node = definition.node
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return None
    keys: set[str] = set()
    returns = [one for one in _own_nodes(node) if isinstance(one, ast.Return)]
    for one in returns:
        if not isinstance(one.value, ast.Dict):
            return None
        for key in one.value.keys:
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return None
            keys.add(key.value)
    return frozenset(keys) if returns else None


@lru_cache(maxsize=1024)
def imported_packages(definition: Definition, called: bool = True) -> dict[str, int]:
    """Return the top-level packages that calling a function imports: those of its module, and those in its own body.

    Args:
        definition: The function.
        called: Whether it is called, too; else only what importing its module imports.

    Returns:
        Names of packages and the line of the import; those under `if TYPE_CHECKING` and in `try` are left out.
    """
    found: dict[str, int] = {}
    plain = [one for one in definition.module.tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
    inside = (
        [one for one in _own_nodes(definition.node) if isinstance(one, ast.Import | ast.ImportFrom)] if called else []
    )
    for statement in [*plain, *inside]:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                found.setdefault(alias.name.partition(".")[0], statement.lineno)
        elif statement.level == 0 and statement.module:
            found.setdefault(statement.module.partition(".")[0], statement.lineno)
    return found


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below one, functions and classes inside it left out."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from _own_nodes(child)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Return the statements of a module, those in `if`, `try` and `with` included."""
    for statement in body:
        yield statement
        for part in ("body", "orelse", "finalbody"):
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _statements(getattr(statement, part, []))
        if isinstance(statement, ast.Try):
            for handler in statement.handlers:
                yield from _statements(handler.body)


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    yield name.id


def _imports(module: Module, statement: ast.stmt | None) -> Iterator[tuple[str, str]]:
    """Of an import: each full name, and the name that it gets in the module."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield (
                (alias.name if alias.asname else alias.name.partition(".")[0]),
                alias.asname or alias.name.partition(".")[0],
            )
    elif isinstance(statement, ast.ImportFrom):
        base = statement.module or ""
        if statement.level:
            parts = module.name.split(".")
            up = statement.level - 1 if module.is_package else statement.level
            kept = parts[: len(parts) - up] if up else parts
            base = ".".join([*kept, *([base] if base else [])])
        for alias in statement.names:
            yield f"{base}.{alias.name}", alias.asname or alias.name


def dotted_name(node: ast.expr) -> str | None:
    """Return a name or attribute as it is written, `k8s.V1Volume` without brackets after it.

    None for any other expression.
    """
    if isinstance(node, ast.Subscript):
        return dotted_name(node.value)
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        below = dotted_name(node.value)
        return f"{below}.{node.attr}" if below else None
    return None


def _constants(node: ast.expr) -> list[str]:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


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


def _is_own(statement: ast.stmt) -> bool:
    return not isinstance(statement, ast.Import | ast.ImportFrom)


def _is_generated(node: ast.ClassDef) -> bool:
    """Whether a decorator makes the `__init__`: dataclasses, attrs."""
    return bool(node.decorator_list)
