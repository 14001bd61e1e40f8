"""What the interpreters have: PACKAGES of a definition checked, INFORMATION_SCHEMA.PACKAGES listed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from threading import Lock

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from embedded_snowflake.errors import SnowflakeError

_LIST = (
    "import importlib.metadata as m, json; print(json.dumps([[d.metadata['Name'], d.version] for d in"
    " m.distributions()]))"
)
# Conda's names, which Snowflake's channel goes by, for what PyPI calls otherwise; and what every runtime has.
_ALIASES = {"pytorch": "torch", "python-graphviz": "graphviz", "pytables": "tables"}
_SINGLE_EQUALS = re.compile(r"(?<![=<>!~])=(?!=)")


class Packages:
    """Packages of each interpreter.

    Args:
        interpreters: Path of the interpreter for each RUNTIME_VERSION.
    """

    def __init__(self, interpreters: dict[str, Path]) -> None:
        self._interpreters = interpreters
        self._known: dict[str, dict[str, str]] = {}
        self._lock = Lock()

    def check(self, runtime: str, requirements: tuple[str, ...]) -> None:
        """Check that a runtime has what a definition asks for.

        Args:
            runtime: RUNTIME_VERSION.
            requirements: PACKAGES as written: "pandas", "scikit-learn==1.5", "numpy>=1.20,<3".

        Raises:
            SnowflakeError: The runtime is not available, or packages are missing in it, or of another version.
        """
        if runtime not in self._interpreters:
            raise SnowflakeError(
                f"SQL compilation error:\nPython RUNTIME_VERSION {runtime} is not available in the embedded Snowflake; "
                f"available: {', '.join(sorted(self._interpreters)) or 'none'}.",
                391_546,
                "22023",
            )
        missing = [text for text in requirements if not self._has(runtime, text)]
        if missing:
            raise SnowflakeError(
                "SQL compilation error: Cannot create a Python function with the specified packages. Packages not"
                f" supported: {', '.join(missing)}. Please check your packages specification and try again. (The"
                f" embedded Snowflake has what is installed for its Python {runtime}; to add what PyPI has: uv pip"
                f" install --python {self._interpreters[runtime]} {' '.join(missing)}, and start the server again.)",
                391_546,
                "22023",
            )

    def rows(self) -> list[tuple[str, str, str, str]]:
        """List all packages.

        Returns:
            Rows of PACKAGE_NAME, VERSION, LANGUAGE and RUNTIME_VERSION.
        """
        return [
            (name, version, "python", runtime)
            for runtime in self._interpreters
            for name, version in sorted(self._of(runtime).items())
        ]

    def _has(self, runtime: str, text: str) -> bool:
        try:
            requirement = Requirement(_SINGLE_EQUALS.sub("==", text))
        except InvalidRequirement:
            raise SnowflakeError(
                f"SQL compilation error: Invalid package specification '{text}'.", 391_546, "22023"
            ) from None
        name = canonicalize_name(requirement.name)
        if name == "python":
            return requirement.specifier.contains(runtime)
        version = self._of(runtime).get(_ALIASES.get(name, name))
        return version is not None and requirement.specifier.contains(version, prereleases=True)

    def _of(self, runtime: str) -> dict[str, str]:
        with self._lock:
            if runtime not in self._known:
                listed = subprocess.run(
                    [str(self._interpreters[runtime]), "-I", "-c", _LIST], capture_output=True, check=True
                ).stdout
                self._known[runtime] = {
                    canonicalize_name(name): version for name, version in json.loads(listed) if name
                }
            return self._known[runtime]
