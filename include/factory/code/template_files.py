"""Files that operators of an `operator:` task read.

By the end of a text (`.sql`, `.sh`) Airflow knows it as the name of one.

Airflow looks for them below `template_searchpath`, to which the factory adds the project root: there paths count as in
`sql:`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from include.factory import looks
from include.factory.code.template_fields import template_extensions, template_fields
from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name
from include.factory.pipeline import Pipeline, Task
from include.factory.project_files import missing_file, unreadable_file
from include.factory.python.sources import Sources
from include.factory.templates.jinja import fill, filled_at_run, references, syntax_problem

_FACTORYS = ("target", "variant", "connection", "outputs")
"""Names that the factory fills in, in the pipeline's own text alone."""
POD_FILES = frozenset({"pod_template_file", "job_template_file"})
"""Arguments of KubernetesPodOperator that name a file; Airflow makes an empty pod where there is none."""


def file_diagnostics(
    task: Task, pipeline: Pipeline, sources: Sources, folders: tuple[Path, ...]
) -> Iterator[Diagnostic]:
    """Check that the files which an operator reads are there, and have only what Airflow can fill in.

    Args:
        task: An `operator:` task.
        pipeline: Its pipeline.
        sources: Where its operator is looked for.
        folders: Where Airflow looks for the files; the last is the project root.

    Returns:
        What is not there, or not to be read.
    """
    fields, ends = template_fields(sources, task.action), _ends(task, sources)
    for path, argument, value in task.given():
        if argument in POD_FILES and "pod_template_dict" in fields:
            yield from _pod_file(value, path, folders[-1])
        elif argument in fields and ends:
            for inner, text in _texts(value, ()):
                if text.endswith(ends):
                    yield from _named(text, pipeline, folders, (*path, *inner))


def from_root(argument: str, value: Any, root: Path) -> Any:
    """Check an argument that names a file as KubernetesPodOperator reads it.

    A path that counts from the project root.
    """
    known = argument in POD_FILES and isinstance(value, str) and value.strip() and not filled_at_run(value)
    return str(root / value) if known else value


def _ends(task: Task, sources: Sources) -> tuple[str, ...]:
    """Return the ends of names of files; those that a PythonOperator is given."""
    given = task.arguments.get("templates_exts")
    return tuple(str(end) for end in given) if isinstance(given, list) else template_extensions(sources, task.action)


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Return the texts in a value, keys left out: Airflow renders none of them."""
    if isinstance(value, str):
        yield path, value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _texts(inner, (*path, key))


def _named(text: str, pipeline: Pipeline, folders: tuple[Path, ...], path: KeyPath) -> Iterator[Diagnostic]:
    reported = set()
    for variant in pipeline.variants:
        for target in variant.targets:
            name = fill(text, {"target": target, "variant": variant.name or "", "connection": ""}, str)
            if filled_at_run(name):
                end = Path(text).suffix
                message = (
                    f"What ends in `{end}` is the name of a file here, and Airflow fills in no templates in such a"
                    " name."
                )
                hint = (
                    f"Write `{{% include 'folder/' ~ params.name ~ '{end}' %}}` for such a file; put a space after what"
                    " is a command."
                )
                yield Diagnostic(path, message, hint, "missing-file")
                return
            if name not in reported:
                reported.add(name)
                yield from _file(name, pipeline, folders, path)


def _file(name: str, pipeline: Pipeline, folders: tuple[Path, ...], path: KeyPath) -> Iterator[Diagnostic]:
    found = next(filter(None, (_found(name, folder) for folder in folders)), None)
    if found is None:
        yield _not_there(name, folders[-1], path)
        return
    try:
        text = looks.read_text(found)
    except (OSError, UnicodeDecodeError) as error:
        yield unreadable_file(name, path, error)
    else:
        yield from _content(text, name, pipeline, path)


def _content(text: str, name: str, pipeline: Pipeline, path: KeyPath) -> Iterator[Diagnostic]:
    """Check what a file has in it for Airflow to fill in."""
    if problem := syntax_problem(text):
        message = f"The template in line {problem[1]} of {name} is not Jinja: {problem[0].rstrip('.')}."
        yield Diagnostic(path, message, "What is no template stands between `{% raw %}` and `{% endraw %}`.", "jinja")
    for parts in dict.fromkeys(reference.parts for reference in references(text)):
        if parts[0] == "params" and len(parts) > 1 and parts[1] not in pipeline.params:
            message = (
                f"`{{{{ {'.'.join(parts[:2])} }}}}` (in {name}) refers to a param that the pipeline does not have."
            )
            yield Diagnostic(path, message, hint_by_name(parts[1], set(pipeline.params), "params"), "unknown-param")
    for word in sorted({reference.parts[0] for reference in references(text) if reference.sure} & set(_FACTORYS)):
        message = (
            f"`{{{{ {word} }}}}` (in {name}) is filled in where the pipeline says it, not in a file that Airflow reads"
            " by itself."
        )
        hint = (
            "Use `sql:` in place of `operator:`."
            if name.endswith(".sql")
            else "Give it to the operator, such as by `env` or `params`."
        )
        yield Diagnostic(path, message, hint, "unknown-name")


def _not_there(name: str, root: Path, path: KeyPath) -> Diagnostic:
    """Return what to say of a file that is missing, and of what was not meant as a file."""
    end = Path(name).suffix
    as_it_stands = f"To have it as it stands, write `\"{{{{ '{name}' }}}}\"`."
    if " " in name or name.startswith("/"):
        message = f"What ends in `{end}` is the name of a file here, and the project has no file `{name}`."
        return Diagnostic(path, message, as_it_stands, "missing-file")
    missing = missing_file(name, path, _near(root, end))
    return missing if "Did you" in missing.hint else replace(missing, hint=f"{missing.hint} {as_it_stands}")


def _pod_file(value: Any, path: KeyPath, root: Path) -> Iterator[Diagnostic]:
    if isinstance(value, str) and not filled_at_run(value) and not looks.is_file(root / value):
        yield missing_file(value, path, _near(root, ".yaml") | _near(root, ".yml"))


def _found(name: str, folder: Path) -> Path | None:
    """Return the file that Jinja finds below a folder: it leaves out `.` and a leading `/`, and refuses `..`."""
    parts = [part for part in name.split("/") if part and part != "."]
    if ".." in parts or "\0" in name:
        return None
    path = folder.joinpath(*parts)
    return path if looks.is_file(path) else None


def _near(root: Path, end: str) -> set[str]:
    """Return the files below `include` with an end, as paths from the root."""
    return {found.relative_to(root).as_posix() for found in (root / "include").rglob(f"*{end}")}
