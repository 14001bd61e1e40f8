"""What our format compiles to: the operators and arguments that the other sides get, equal by construction."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from include.factory.check import Checker
from include.factory.project import Project
from tests.benchmarks.loading.pipelines import in_our_format, numbered

_MARKS = {"dag_id": "p99999999", "number": "99999999", "schedule": "59 23 29 2 *"}


class Compiled:
    """The configurations of all pipelines of one kind, compiled once: the pipelines differ in three texts only.

    Attributes:
        kind: the target.
        shared: the configuration of one of them, for what all of them share.
    """

    def __init__(self, project: Path, kind: str) -> None:
        """Compile.

        Args:
            project: the root of ours; what it has in `configs/` besides is left alone.
            kind: the target.
        """
        self.kind = kind
        path = project / "configs" / f"{_MARKS['dag_id']}.yaml"
        path.write_text(in_our_format(_MARKS, kind))
        try:
            checked = Checker(Project(project, {})).pipeline(path)
        finally:
            path.unlink()
        assert not checked.diagnostics, checked.diagnostics
        self.shared: dict[str, Any] = checked.configs[_MARKS["dag_id"]]
        self._text = json.dumps(self.shared)

    def config(self, number: int) -> dict[str, Any]:
        """dag-factory's configuration of one pipeline."""
        text = self._text
        for name, value in numbered(number).items():
            text = text.replace(_MARKS[name], value)
        config: dict[str, Any] = json.loads(text)
        return config
