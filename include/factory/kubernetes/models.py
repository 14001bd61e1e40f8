"""Kubernetes' own objects, as the installed Kubernetes client describes them.

The client is read as source, model by model: importing all of its 700 models takes a second.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name, hint_of_words
from include.factory.looks import Looks, is_importable, kept, read_text

_REQUIRED = re.compile(r"Invalid value for `(\w+)`, must not be `None`")
_CONTAINER = re.compile(r"^(list\[|dict[(\[]str, )(.+)[\])]$")
_WORDS = {"str": "text", "int": "a whole number", "float": "a number", "bool": "`true` or `false`"}
_WORDS_OF_COMMAND = "list[str]"
_AMOUNTS = "dict(str, quantity)"
_LOOSE = {
    ("V1EnvVar", "value"): "scalar",
    **{
        (kind, key): _AMOUNTS
        for kind in ("V1ResourceRequirements", "V1VolumeResourceRequirements")
        for key in ("limits", "requests")
    },
}
"""Keys of objects that take more in YAML than the client says.

A variable's value becomes text, quantities may be numbers.
"""
PYTHON = "kubernetes.client.models"
"""Where the classes are."""


@dataclass(frozen=True)
class Model:
    """One kind of Kubernetes object.

    Attributes:
        attributes: The Python name of each key, the key spelled as Kubernetes spells it.
        types: The type of each key.
        required: The keys that it must have.
    """

    attributes: dict[str, str]
    types: dict[str, str]
    required: frozenset[str]


_known: dict[str, tuple[Model | None, Looks]] = {}
_files: dict[None, tuple[dict[str, Path], Looks]] = {}


def model(name: str) -> Model | None:
    """Return a model of the Kubernetes client.

    Args:
        name: Its class name, such as `V1Toleration`.

    Returns:
        The model; None if the client has none of this name, or is not installed.
    """
    return kept(_known, name, lambda: _read(name))


def _read(name: str) -> Model | None:
    module = _modules().get(name)
    if module is None:
        return None
    source = read_text(module)
    tables: dict[str, dict[str, str]] = {}
    for part in ast.parse(source).body:
        if isinstance(part, ast.ClassDef):
            for statement in part.body:
                if (
                    isinstance(statement, ast.Assign)
                    and isinstance(statement.targets[0], ast.Name)
                    and isinstance(statement.value, ast.Dict)
                ):
                    tables[statement.targets[0].id] = ast.literal_eval(statement.value)
    spelled = tables["attribute_map"]
    attributes = {key: attribute for attribute, key in spelled.items()}
    types = {
        spelled[attribute]: _LOOSE.get((name, spelled[attribute]), kind)
        for attribute, kind in tables["openapi_types"].items()
    }
    return Model(attributes, types, frozenset(spelled[attribute] for attribute in _REQUIRED.findall(source)))


def check(value: Any, kind: str, path: KeyPath = ()) -> Iterator[Diagnostic]:
    """Check a value against a type of the Kubernetes client.

    Args:
        value: Plain YAML.
        kind: The type as the client writes it: `V1Volume`, `list[V1EnvVar]`, `dict(str, str)`, `int`.
        path: Where the value is.

    Returns:
        What does not fit.
    """
    container = _CONTAINER.match(kind)
    if container:
        is_list = container[1] == "list["
        if not isinstance(value, list if is_list else dict):
            words = "a list" if is_list else "a mapping"
            hint = hint_of_words(value) if kind == _WORDS_OF_COMMAND and isinstance(value, str) else f"Write {words}."
            yield Diagnostic(path, f"Kubernetes wants {words} here, not {_shown(value)}.", hint, "wrong-type")
            return
        for key, part in enumerate(value) if isinstance(value, list) else value.items():
            yield from check(part, container[2], (*path, key))
    elif kind == "scalar" and not isinstance(value, str | int | float):
        yield Diagnostic(path, f"Kubernetes wants text here, not {_shown(value)}.", "Write text.", "wrong-type")
    elif kind in _WORDS:
        if not _fits(value, kind):
            hint = f"Write {_WORDS[kind]}."
            if kind == "str" and isinstance(value, int | float):
                hint = f'Put it into quotes: `"{value}"`.'
            elif isinstance(value, str) and re.fullmatch(r"-?\d+|true|false", value):
                hint = f"Remove the quotes: `{value}`."
            yield Diagnostic(path, f"Kubernetes wants {_WORDS[kind]} here, not {_shown(value)}.", hint, "wrong-type")
    elif (described := model(kind)) is not None:
        yield from _check_object(value, described, kind, path)


def as_objects(value: Any, kind: str, plain: bool = False) -> Any:
    """Write a value that fits a type as objects of the Kubernetes client.

    Args:
        value: Plain YAML; objects in it that say their own `__type__` stay as they are.
        kind: The type, as above.
        plain: Whether objects stay plain mappings, spelled as Kubernetes spells them.

    Returns:
        The value for dag-factory: mappings with `__type__`, their keys spelled as in Python, and text where the client
        has text.
    """
    container = _CONTAINER.match(kind)
    if container and isinstance(value, list | dict):
        if isinstance(value, list):
            return [as_objects(part, container[2], plain) for part in value]
        return {key: as_objects(part, container[2], plain) for key, part in value.items()}
    if isinstance(value, dict) and "__type__" not in value and (described := model(kind)) is not None:
        given = {key: as_objects(part, described.types[key], plain) for key, part in value.items() if part is not None}
        return (
            given
            if plain
            else {"__type__": f"{PYTHON}.{kind}", **{described.attributes[key]: part for key, part in given.items()}}
        )
    return as_text(value) if kind in ("str", "scalar", "quantity") and isinstance(value, int | float | None) else value


def as_text(value: Any) -> str:
    """Return a scalar as YAML writes it, nothing as empty text: Kubernetes takes text only."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_object(value: Any, described: Model, kind: str, path: KeyPath) -> Iterator[Diagnostic]:
    if not isinstance(value, dict):
        yield Diagnostic(
            path, f"Kubernetes wants a {_plain(kind)} here, not {_shown(value)}.", "Write a mapping.", "wrong-type"
        )
        return
    for key, part in value.items():
        if key not in described.types:
            message = f"A Kubernetes {_plain(kind)} has no `{key}`."
            yield Diagnostic(
                (*path, key), message, hint_by_name(key, set(described.types), "keys"), "unknown-key", on="key"
            )
        elif part is not None:
            yield from check(part, described.types[key], (*path, key))
    for key in sorted(described.required - value.keys()):
        if not any(other not in described.types for other in value):  # a misspelt key is reported as one already
            yield Diagnostic(
                path, f"A Kubernetes {_plain(kind)} must have `{key}`.", f"Add `{key}`.", "missing-key", on="key"
            )


def _modules() -> dict[str, Path]:
    """Return the file of each model, by class name."""
    return kept(_files, None, _list_files)


def _list_files() -> dict[str, Path]:
    spec = find_spec("kubernetes") if is_importable(PYTHON.partition(".")[0]) else None
    if spec is None or not spec.submodule_search_locations:
        return {}
    folder = Path(next(iter(spec.submodule_search_locations))) / "client" / "models"
    listed = read_text(folder / "__init__.py")
    return {
        name: folder / f"{module}.py"
        for module, name in re.findall(r"from kubernetes\.client\.models\.(\w+) import (\w+)", listed)
    }


def _fits(value: Any, kind: str) -> bool:
    if isinstance(value, str) and "{{" in value:  # known only when the task runs
        return True
    if kind == "str":
        return isinstance(value, str)
    if kind == "bool":
        return isinstance(value, bool)
    return isinstance(value, int if kind == "int" else int | float) and not isinstance(value, bool)


def _plain(kind: str) -> str:
    return kind.removeprefix("V1")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"
