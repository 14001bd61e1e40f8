"""What a target is: a place where the functions of pipelines run, and all that the factory has to know of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from include.factory import layers
from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.python.modules import Definition

FunctionKind = Literal["python_callable", "batch_callable"]
"""The kinds of tasks that are a function."""
TargetKind = FunctionKind | Literal["container"]
"""The kinds of tasks that run on a target; SQL and operators run where they run."""


@dataclass(frozen=True)
class Target:
    """One target. Its section of the format is a mapping with its name, in layers, pipelines, variants and tasks.

    A subclass says what is not as here.

    Attributes:
        operators: The operator of each kind of task that it runs, by import path; of others it runs none.
        is_default: Whether functions run there that name no target.
        merge_keys: Lists of its section that are laid over each other item by item, and the key of their items.
        whole_items: Those of these lists with items that are replaced as a whole.
        misnamed: What is often written in its section by mistake, and what to do.
        misnamed_in_task: What is often written beside its section, in a task, and what to do.
    """

    operators: Mapping[TargetKind, str]
    is_default: bool = False
    merge_keys: Mapping[str, str] = field(default_factory=dict)
    whole_items: Collection[str] = ()
    misnamed: Mapping[str, str] = field(default_factory=dict)
    misnamed_in_task: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """The name of its module: what the format's `target` says, and the key of its section."""
        return type(self).__module__.rpartition(".")[2]

    def merged(self, *specs: Mapping[str, Any]) -> dict[str, Any]:
        """Return its section of several layers, merged.

        Args:
            *specs: What the layers say, the lowest first.

        Returns:
            The section; empty if no layer has it.
        """
        return layers.section(self.name, *specs)

    def arguments(self, kind: TargetKind, section: Mapping[str, Any], root: Path) -> dict[str, Any]:
        """Return what its operator takes beside the function, its arguments and the Snowflake session.

        Args:
            kind: Which of its operators.
            section: Its merged section.
            root: The project root, from which relative paths count.

        Returns:
            Arguments as dag-factory takes them: plain YAML types.
        """
        return dict(section)

    def for_comparison(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Return what of a section holds for the comparison of tables too, a function of the project itself."""
        return dict(section)

    def where(self, task: Mapping[str, Any]) -> str:
        """Return where a task runs that was compiled for this target, in words."""
        return self.name

    def section_diagnostics(self, section: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """Check a section as it is written, in whichever layer: what the schema cannot tell.

        Args:
            section: The section, its shape as the schema has it.

        Returns:
            What is wrong; paths begin with a key of the section.
        """
        yield from ()

    def merged_diagnostics(
        self, section: Mapping[str, Any], task: Mapping[str, Any], used: bool
    ) -> Iterator[Diagnostic]:
        """Check what can be told only once the layers lie over each other.

        Args:
            section: The merged section of a task.
            task: What the task itself says.
            used: Whether the task runs on this target; if not, it only has a section for it.

        Returns:
            What is wrong; paths begin with a key of the section.
        """
        yield from ()

    def function_diagnostics(
        self, kind: FunctionKind, function: str, definition: Definition, section: Mapping[str, Any]
    ) -> Iterator[Diagnostic]:
        """Check a function for what it needs where it runs.

        Args:
            kind: The kind of its task.
            function: Its import path.
            definition: Where it is defined.
            section: The merged section of its task.

        Returns:
            What is wrong; paths begin with a key of the section.
        """
        yield from ()

    def explains(self, code: str, refused: KeyPath) -> bool:
        """Whether a mistake follows from another one in this target's section, and need not be reported too.

        Args:
            code: The mistake's code.
            refused: Where the other one is.

        Returns:
            True if it does.
        """
        return False
