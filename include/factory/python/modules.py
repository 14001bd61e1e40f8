"""Finds where a dotted name is defined, reading Python from its source and importing nothing.

So a configuration is checked without running task code, and without the seconds that importing Airflow takes.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from include.factory import looks

_HOPS = 20
"""How often a name may be imported on from module to module before we give up."""


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


class Modules:
    """Finds definitions. Keeps what it has read: one instance serves all files of a run."""

    def __init__(self, folders: list[Path], of_project: bool = False) -> None:
        """Look in these folders.

        Args:
            folders: Where modules are searched, in order.
            of_project: Whether they are the project's alone, not all that Python can import.
        """
        self._folders = folders
        self._module_kind: looks.Kind = "project-module" if of_project else "module"
        self._package_kind: looks.Kind = "project-package" if of_project else "package"
        self._modules: dict[str, tuple[Module | None, looks.Looks]] = {}
        self._found: dict[str, tuple[Definition | Missing | Hidden, looks.Looks]] = {}

    def find(self, dotted: str) -> Definition | Missing | Hidden:
        """Find what a dotted name stands for.

        Args:
            dotted: Such as `include.tasks.taxi.train`.

        Returns:
            Its definition, followed through imports; or what keeps it from being found.
        """
        return looks.kept(self._found, dotted, lambda: self._find(dotted, _HOPS))

    def module(self, name: str) -> Module | None:
        """Return a module's source; None if there is none."""
        return looks.kept(self._modules, name, lambda: self._read(name))

    def beside(self, package: str) -> set[str]:
        """Return the names of the modules in a package; of the top level if empty.

        They are for the hints of mistakes alone: what else depends on them would not be noted.
        """
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
        state = package_state(self._folders, ".".join(parts))
        looks.note(self._package_kind, ".".join(parts), state)
        return state != looks.ABSENT

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
        path = source_of(self._folders, name)
        content: bytes | None = None
        with suppress(OSError):
            content = path.read_bytes() if path is not None else None
        looks.note(self._module_kind, name, looks.module_state(path, content))
        if path is None or content is None:
            return None
        try:
            return Module(name, path, ast.parse(content))
        except (SyntaxError, ValueError):
            return None


def source_of(folders: list[Path], name: str) -> Path | None:
    """Return the file with a module's source, as Python's own search finds it; None if there is none."""
    inner = name.replace(".", "/")
    for folder in folders:
        for path in (f"{folder}/{inner}/__init__.py", f"{folder}/{inner}.py"):
            if os.path.isfile(path):
                return Path(path)
    return None


def package_state(folders: list[Path], name: str) -> str:
    """Return whether a dotted name is a folder in one of these, in the words of `looks`."""
    inner = name.replace(".", "/")
    return next((one for folder in folders if (one := looks.folder_state(f"{folder}/{inner}"))), looks.ABSENT)


def dotted_name(node: ast.expr) -> str | None:
    """Return a name or attribute as it is written, `k8s.V1Volume` without brackets after it.

    None for any other expression.
    """
    if isinstance(node, ast.Subscript):
        return dotted_name(node.value)
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted_name(node.value)
        return f"{owner}.{node.attr}" if owner else None
    return None


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


def _constants(node: ast.expr) -> list[str]:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _is_own(statement: ast.stmt) -> bool:
    return not isinstance(statement, ast.Import | ast.ImportFrom)
