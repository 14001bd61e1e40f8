"""Checks what the files of a project say together: DAG ids that two claim, and DAGs of one that another names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from include.factory.diagnostics import Diagnostic
from include.factory.other_dags import NEAR, other_dag_diagnostics, pipeline_names
from include.factory.other_files import OtherFiles
from include.factory.results import Checked


def with_duplicate_ids(files: Iterable[Checked]) -> list[Checked]:
    """Find DAG ids that several pipelines claim.

    Args:
        files: Checked files.

    Returns:
        The same, those with a DAG id that belongs to another file with a mistake. The id belongs to the file that is
        named as its pipeline, else to the first.
    """
    files = list(files)
    owners: dict[str, Checked] = {}
    for checked in sorted(files, key=lambda one: (one.facts is None or one.path.stem != one.facts.pipeline, one.name)):
        for dag_id in _ids(checked):
            owners.setdefault(dag_id, checked)
    return [_with_duplicates(checked, owners) for checked in files]


def with_unknown_dags(files: Iterable[Checked]) -> list[Checked]:
    """Find pipelines that name a DAG, or a task of a DAG, which the project does not have.

    Args:
        files: What came of all files of the project.

    Returns:
        The same, with the mistakes of those pipelines.
    """
    files = list(files)
    known = {dag_id: ids for checked in files if checked.facts for dag_id, ids in checked.facts.dags.items()}
    unsure = {
        name for checked in files if not checked.facts for name in pipeline_names(checked.text, checked.path.stem)
    }
    found = []
    for checked in files:
        wrong = list(other_dag_diagnostics(checked.facts, known, unsure)) if checked.facts is not None else []
        found.append(_refused(checked, wrong) if wrong else checked)
    return found


def beside(files: Iterable[Checked], project: OtherFiles) -> list[Checked]:
    """Find the same mistakes in some files of a project as if all were checked.

    Args:
        files: What came of them.
        project: All files of the project.

    Returns:
        The same, with the mistakes.
    """
    files = list(files)
    if not files:
        return []
    project.add(files)
    named = {dag_id for checked in files if checked.facts for one in checked.facts.named for _, dag_id in one.dags}
    project.ask_for({dag_id for checked in files for dag_id in _ids(checked)} | named)
    for dag_id in named - {dag_id for checked in project.checked for dag_id in _ids(checked)}:
        project.ask_for_alike(dag_id, NEAR)
    # Who claims what those claim that were asked for: of two such, one has no DAGs.
    project.ask_for({dag_id for checked in project.checked for dag_id in _ids(checked)})
    found = {checked.path: checked for checked in with_unknown_dags(with_duplicate_ids(project.checked))}
    return [found[checked.path] for checked in files]


def _with_duplicates(checked: Checked, owners: Mapping[str, Checked]) -> Checked:
    taken = {dag_id: owners[dag_id].name for dag_id in _ids(checked) if owners[dag_id] is not checked}
    if not taken:
        return checked
    ids = ", ".join(f"`{dag_id}`" for dag_id in taken)
    message = f"{', '.join(sorted(set(taken.values())))} has the same DAG {'id' if len(taken) == 1 else 'ids'}: {ids}."
    diagnostic = Diagnostic(("pipeline",), message, "Give one of the two pipelines another name.", "duplicate-dag")
    return _refused(checked, [diagnostic])


def _refused(checked: Checked, diagnostics: list[Diagnostic]) -> Checked:
    from include.factory.document.positions import located  # which reads YAML: only where something is wrong

    wrong = located(diagnostics, checked.name, checked.text)
    return replace(checked, pipeline=None, configs={}, pages={}, facts=None, diagnostics=wrong)


def _ids(checked: Checked) -> Iterable[str]:
    """Return the ids of the DAGs that a file claims."""
    return checked.facts.dags if checked.facts is not None else ()
