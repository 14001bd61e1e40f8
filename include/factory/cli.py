"""The command line: `python -m include.factory <command>`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from include.factory.check import check
from include.factory.project import ROOT, Project
from include.factory.report import as_text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Its words; those of the process if None.

    Returns:
        The exit code: 0, or 1 if there are mistakes.
    """
    parsed = _parser().parse_args(arguments)
    code: int = parsed.run(parsed)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m include.factory", description="Pipelines in YAML: check them, look at them, start them."
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="project root (default: this project)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    validate = commands.add_parser("validate", help="check pipelines and say every mistake")
    validate.add_argument("files", nargs="*", type=Path, metavar="FILE", help="pipelines to check (default: all)")
    validate.set_defaults(run=_validate)
    return parser


def _validate(parsed: argparse.Namespace) -> int:
    project = Project(parsed.root.resolve())
    result = check(project, [path.resolve() for path in parsed.files] or None)
    mistakes = result.mistakes
    if mistakes:
        texts = {checked.name: checked.text for checked in (*result.layers, *result.files)}
        print(as_text(mistakes, texts, sys.stdout.isatty()), end="\n\n")
    wrong = len({mistake.file for mistake in mistakes})
    print(
        f"{_count(len(result.files), 'pipeline')} checked: "
        + (f"{_count(len(mistakes), 'mistake')} in {_count(wrong, 'file')}" if wrong else "no mistakes")
    )
    return 1 if mistakes else 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
