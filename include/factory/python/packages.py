"""The packages of `snowpark:`: what Snowflake installs for a procedure or a UDF, and what the code in it imports."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath

_PACKAGE = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*?)"
    r"\s*(?:(?P<comparison>==|=|<=|>=|<|>|!=|~=)\s*(?P<version>[A-Za-z0-9.*+!_-]+))?$"
)
_PACKAGE_OF = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv",
    "dateutil": "python-dateutil",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "snowflake": "snowflake-snowpark-python",
    "yaml": "pyyaml",
}
"""Imported name -> package, where they differ."""
_BRINGS = {
    "catboost": "numpy pandas scipy",
    "lightgbm": "numpy scipy scikit-learn",
    "matplotlib": "numpy pillow python-dateutil packaging",
    "pandas": "numpy python-dateutil pytz",
    "prophet": "numpy pandas matplotlib",
    "scikit-image": "numpy scipy pillow packaging",
    "scikit-learn": "numpy scipy joblib threadpoolctl",
    "scipy": "numpy",
    "seaborn": "numpy pandas matplotlib",
    "shap": "numpy scipy scikit-learn pandas tqdm packaging cloudpickle",
    "snowflake-connector-python": (
        "cryptography pytz requests packaging certifi filelock sortedcontainers platformdirs tomlkit"
    ),
    "snowflake-ml-python": (
        "snowflake-snowpark-python numpy pandas scikit-learn xgboost cloudpickle pyyaml requests packaging tqdm"
    ),
    "snowflake-snowpark-python": (
        "snowflake-connector-python cloudpickle pyyaml python-dateutil tzlocal typing-extensions protobuf"
    ),
    "statsmodels": "numpy pandas scipy patsy packaging",
    "xgboost": "numpy scipy",
}
"""Package -> what it needs itself, which Snowflake installs with it (SHOW_PYTHON_PACKAGES_DEPENDENCIES).

By the packages' own requirements. Of widely used ones: of others a task names what it imports.
"""
_ALWAYS_THERE = {"include", "snowflake", *sys.stdlib_module_names}


def lacking(imports: Mapping[str, int], packages: Iterable[Any]) -> dict[str, tuple[int, str]]:
    """Find imports that no package of a task brings.

    Args:
        imports: Imported names, and the line of each.
        packages: As written, Snowpark itself left out.

    Returns:
        Imported name -> its line and the package to add.
    """
    there = _with_dependencies(("snowflake-snowpark-python", *map(str, packages)))
    needed = {
        imported: normal(_PACKAGE_OF.get(imported, imported)) for imported in imports if imported not in _ALWAYS_THERE
    }
    return {imported: (imports[imported], package) for imported, package in needed.items() if package not in there}


@lru_cache(maxsize=1024)
def _with_dependencies(packages: tuple[str, ...]) -> Set[str]:
    there: set[str] = set()
    todo = [normal(match["name"]) for match in map(_PACKAGE.match, packages) if match]
    while todo:
        package = todo.pop()
        if package not in there:
            there.add(package)
            todo += _BRINGS.get(package, "").split()
    return there


def package_diagnostics(packages: Iterable[Any], path: KeyPath) -> Iterator[Diagnostic]:
    """Check the packages of a `snowpark:` section.

    Args:
        packages: As written.
        path: Where they are.

    Returns:
        A mistake for each that Snowflake cannot understand.
    """
    seen: dict[str, str] = {}
    for index, package in enumerate(packages):
        match = _PACKAGE.match(package) if isinstance(package, str) else None
        if match is None:
            message = f"`{package}` is not a package as Snowflake names them."
            yield Diagnostic((*path, index), message, "Write `name` or `name==version`.", "wrong-package")
        elif match["name"] in _PACKAGE_OF:
            message = f"`{match['name']}` is what Python imports; the package has another name."
            yield Diagnostic((*path, index), message, f"Write `{_PACKAGE_OF[match['name']]}`.", "wrong-package")
        elif normal(match["name"]) in seen:
            message = f"The package {match['name']} is here twice: `{seen[normal(match['name'])]}` and `{package}`."
            yield Diagnostic((*path, index), message, "Remove one of them.", "duplicate")
        else:
            seen[normal(match["name"])] = package


@lru_cache(maxsize=4096)
def normal(package: str) -> str:
    """Return a package's name in normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package).lower()
