"""Makes a DAG explain itself in Airflow's UI: its tags, its text, and those of its tasks."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG

from include.factory.pages.code_tab import show
from include.factory.results import Page


def explain(dag: DAG, page: Page, name: str, text: str) -> None:
    """Give a DAG its tags and code, and it and its tasks their texts.

    Args:
        dag: The DAG; the texts that the user gave stay, before ours.
        page: What is shown of it.
        name: The file that it is from, within the project.
        text: The file's text.
    """
    known = {tag.lower() for tag in dag.tags}  # MySQL takes no two tags that differ in case alone
    dag.tags |= {tag for tag in page.tags if tag.lower() not in known}
    show(dag, name, text)
    dag.doc_md = f"{dag.doc_md}\n\n{page.text}" if dag.doc_md else page.text
    for task in dag.tasks:
        said, runs_on = page.tasks[task.task_id]
        _document(task, "\n\n".join(filter(None, [str(task.doc_md or "") or said, runs_on])) + "\n")


def _document(task: Any, text: str) -> None:
    if task.is_mapped:
        task.partial_kwargs["doc_md"] = text
    else:
        task.doc_md = text
