"""The command line: `python -m include.factory <command>`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import yaml

from include.constants import ROOT
from include.factory.check import Checker, check
from include.factory.commands.loader_files import loader_doubts, write
from include.factory.commands.origins import described as lines_of_origins
from include.factory.commands.origins import origins
from include.factory.commands.plan import changes, described, plan_at, plan_of
from include.factory.commands.report import FORMATS, as_text
from include.factory.commands.scaffold import scaffold
from include.factory.diagnostics import hint_by_name
from include.factory.document.schema import schema
from include.factory.project import Project
from include.factory.results import Result
from include.factory.target_checks import unused_sections
from include.factory.targets import DEFAULT_TARGET
from include.factory.where import where


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Its words; those of the process if None.

    Returns:
        The exit code: 0; 1 if there are mistakes; 2 if the command itself was wrong.
    """
    words = sys.argv[1:] if arguments is None else [*arguments]
    if words[:1] == ["doctor"]:
        # A program of its own: it imports the operators and the runtime, of which this one knows only the names.
        return subprocess.run([sys.executable, "-m", "include.doctor", *words[1:]], cwd=ROOT, check=False).returncode
    parsed = _parser().parse_args(words)
    try:
        code: int = parsed.run(parsed, Project(parsed.root.resolve()))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m include.factory", description="Pipelines in YAML: check, look at, start them."
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="project root (default: this project)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    validate = commands.add_parser("validate", help="check pipelines and say every mistake")
    validate.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="files to check (default: all of configs/)"
    )
    validate.add_argument("--format", choices=["text", *FORMATS], default="text", help="how to say it (default: text)")
    validate.add_argument("-v", "--verbose", action="store_true", help="also say which sections wait for their target")
    validate.add_argument(
        "--no-build",
        action="store_true",
        help="without building the DAGs with Airflow: some seconds less, but Airflow may refuse what this takes",
    )
    validate.set_defaults(run=_validate)

    plan = commands.add_parser("plan", help="what DAGs, tasks and edges the configurations give")
    plan.add_argument("--against", metavar="REVISION", help="only what changed since a git revision, in words")
    plan.set_defaults(run=_plan)

    show = commands.add_parser("show", help="the dag-factory configuration that a DAG compiles to, and its graph")
    show.add_argument("dag", metavar="DAG")
    show.add_argument("--origins", action="store_true", help="for each setting the file, line and layer that set it")
    show.set_defaults(run=_show)

    new = commands.add_parser("new", help="start a pipeline: configuration, functions, test")
    new.add_argument("name", metavar="NAME")
    new.set_defaults(run=_new)

    reference = commands.add_parser("reference", help="write the reference pages of docs/ from the JSON Schema")
    reference.add_argument("--check", action="store_true", help="write nothing; say which pages are not up to date")
    reference.set_defaults(run=_reference)

    loaders = commands.add_parser(
        "loaders", help="write the files in dags/ between which `loaders` splits the pipelines"
    )
    loaders.add_argument("--remove", action="store_true", help="remove those that are not needed any more, too")
    loaders.set_defaults(run=_loaders)

    commands.add_parser("schema", help="the JSON Schema of a pipeline").set_defaults(run=_schema)
    commands.add_parser("doctor", help="what an environment lacks: see `doctor --help`", add_help=False)
    return parser


def _validate(parsed: argparse.Namespace, project: Project) -> int:
    result = check(project, [path.resolve() for path in parsed.files] or None)
    diagnostics = result.diagnostics
    if not parsed.no_build and not any(layer.diagnostics for layer in result.layers):
        with _quiet_airflow(project), redirect_stdout(sys.stderr):
            from include.factory.refusals import build_diagnostics

            diagnostics += build_diagnostics(result)
    warnings = [*result.warnings, *(loader_doubts(project) if not parsed.files else ())]
    said = [*diagnostics, *warnings]
    if parsed.format != "text":
        print(FORMATS[parsed.format](said, result.texts))
        return 1 if diagnostics else 0
    if said:
        print(as_text(said, result.texts, sys.stdout.isatty()), end="\n\n")
    if parsed.verbose:
        for checked in result.files:
            for note in unused_sections(checked.pipeline) if checked.pipeline else ():
                print(f"{checked.name}: {note}")
    wrong = len({diagnostic.file for diagnostic in diagnostics})
    verdict = f"{_count(len(diagnostics), 'mistake')} in {_count(wrong, 'file')}" if wrong else "no mistakes"
    verdict += f", {_count(len(warnings), 'warning')}" if warnings else ""
    print(f"{_count(len(result.files), 'pipeline')} checked: {verdict}")
    return 1 if diagnostics else 0


@contextmanager
def _quiet_airflow(project: Project) -> Iterator[None]:
    """Let Airflow find its home in the project and not speak on the output, which programs read.

    Leave the environment as it was.
    """
    preferred = {"AIRFLOW_HOME": str(project.root / ".local" / "airflow"), "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING"}
    added = preferred.keys() - os.environ.keys()
    os.environ.update({name: preferred[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def _plan(parsed: argparse.Namespace, project: Project) -> int:
    result = check(project)
    now = plan_of(result)
    if parsed.against is None:
        lines = list(described(now))
    else:
        lines = list(changes(plan_at(project, parsed.against), now)) or [f"Nothing changes against {parsed.against}."]
    print("\n".join(lines))
    return _diagnostics_aside(result)


def _show(parsed: argparse.Namespace, project: Project) -> int:
    result = check(project)
    plan = plan_of(result)
    if parsed.dag not in plan:
        _diagnostics_aside(result)
        raise ValueError(f"There is no DAG `{parsed.dag}`. {hint_by_name(parsed.dag, set(plan), 'DAGs')}")
    if parsed.origins:
        print("\n".join(lines_of_origins(origins(project, result, parsed.dag))))
        return 0
    print(yaml.safe_dump({parsed.dag: plan[parsed.dag]}, sort_keys=False, allow_unicode=True, width=120), end="")
    print("\n# Graph: task: where it runs, and how <- what it waits for")
    for name, task in plan[parsed.dag]["tasks"].items():
        before = task.get("dependencies", [])
        print(f"#   {name}: {where(task)}" + (f" <- {', '.join(before)}" if before else ""))
    return 0


def _new(parsed: argparse.Namespace, project: Project) -> int:
    for path in scaffold(project, parsed.name):
        print(f"wrote {project.name(path)}")
    print(f"Next: make validate, then make run PIPELINE={parsed.name}_{DEFAULT_TARGET.name}")
    return 0


def _schema(parsed: argparse.Namespace, project: Project) -> int:
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
    return 0


def _loaders(parsed: argparse.Namespace, project: Project) -> int:
    wrong = [one for layer in Checker(project).layers for one in layer.diagnostics]
    if wrong:
        raise ValueError(f"First mend {wrong[0].file}: {wrong[0].message}")
    print("\n".join(write(project, parsed.remove)) or "The loader files are as the settings say.")
    return 0


def _reference(parsed: argparse.Namespace, project: Project) -> int:
    from include.factory.commands.pages import COMMAND, stale, write

    if not parsed.check:
        print("\n".join(f"wrote {name}" for name in write(project)) or "The pages are up to date.")
        return 0
    if old := stale(project):
        print(f"Not what the schema says: {', '.join(old)}. Run `{COMMAND}`.", file=sys.stderr)
    return 1 if old else 0


def _diagnostics_aside(result: Result) -> int:
    """Say on the error output that some files are left out."""
    wrong = sorted({diagnostic.file for diagnostic in result.diagnostics})
    if wrong:
        print(f"Left out, as validate finds mistakes in them: {', '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
