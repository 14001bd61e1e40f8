"""The target `snowpark`: functions in the Snowpark interpreter, or inside Snowflake as procedures and UDFs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from include.constants import RUN_IN_RUNTIME, SNOWPARK_BATCH_OPERATOR, SNOWPARK_OPERATOR
from include.factory.diagnostics import Diagnostic
from include.factory.python.function_bodies import imported_packages
from include.factory.python.modules import Definition
from include.factory.python.packages import lacking, package_diagnostics
from include.factory.target import FunctionKind, Target, TargetKind

DEFAULT_PYTHON = ".local/venvs/snowpark/bin/python"


class Snowpark(Target):
    """Runs a python_callable in the interpreter or as a stored procedure, a batch_callable as a vectorised UDF."""

    def arguments(self, kind: TargetKind, section: Mapping[str, Any], root: Path) -> dict[str, Any]:
        """Return the interpreter, packages and imports, and for a python_callable how it runs; arguments as above."""
        arguments: dict[str, Any] = {
            # dag-factory 1.1.0 builds no subclass of Airflow's PythonOperator without a `python_callable`, and imports
            # it: this one is no task code.
            "python_callable": RUN_IN_RUNTIME,
            # `absolute`, not `resolve`: a virtual environment's python is a link, and only the link knows the
            # environment.
            "python": _from_root(root, section.get("python", DEFAULT_PYTHON)),
            **{key: section[key] for key in ("packages", "imports") if key in section},
        }
        return arguments if kind == "batch_callable" else arguments | {"run_as": section.get("run_as", "session")}

    def for_comparison(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Return the interpreter: the comparison needs no packages, and nothing but a session."""
        return {key: section[key] for key in ("python",) if key in section}

    def where(self, task: Mapping[str, Any]) -> str:
        """Return the target, and what the function is: inside Snowflake, or beside it."""
        if task["operator"] == SNOWPARK_BATCH_OPERATOR:
            return f"{self.name} (UDF)"
        inside = task.get("run_as") == "stored_procedure"
        return f"{self.name} ({'stored procedure' if inside else 'session in the interpreter'})"

    def section_diagnostics(self, section: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """Check the names of packages."""
        if isinstance(section.get("packages"), list):
            yield from package_diagnostics(section["packages"], ("packages",))

    def function_diagnostics(
        self, kind: FunctionKind, function: str, definition: Definition, section: Mapping[str, Any]
    ) -> Iterator[Diagnostic]:
        """Check that what a function imports is among the packages of the procedure or UDF that runs it."""
        if kind == "python_callable" and section.get("run_as") != "stored_procedure":
            return
        packages = [*(["pandas"] if kind == "batch_callable" else []), *(section.get("packages") or [])]
        for imported, (line, package) in lacking(imported_packages(definition), packages).items():
            message = (
                f"`{function}` imports {imported} ({definition.module.path.name}:{line}); `{self.name}.packages` lacks"
                f" {package}."
            )
            hint = f"Add `{package}` to `{self.name}: {{packages: […]}}` of the task."
            yield Diagnostic(("packages",), message, hint, "missing-package")


@lru_cache(maxsize=64)
def _from_root(root: Path, path: str) -> str:
    return str((root / path).absolute())


TARGET = Snowpark(
    operators={"python_callable": SNOWPARK_OPERATOR, "batch_callable": SNOWPARK_BATCH_OPERATOR},
    is_default=True,
    misnamed={"python_version": "The interpreter of `python` decides it.", "dependencies": "Write `packages`."},
)
