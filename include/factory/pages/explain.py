"""Makes a DAG explain itself in Airflow's UI: its tags, its text, and those of its tasks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflow.sdk import DAG

from include.factory.config import Config
from include.factory.pages.code_tab import show
from include.factory.pages.dag import dag_page
from include.factory.pages.names import name_of
from include.factory.pages.task import task_page
from include.factory.pipeline import Pipeline, Variant
from include.factory.project import Settings
from include.factory.results import Checked
from include.factory.where import TARGET_OF


def explain(dag: DAG, checked: Checked, settings: Settings) -> None:
    """Give a DAG its tags and code, and it and its tasks their texts.

    Args:
        dag: One of the file's DAGs; the texts that the user gave stay, before ours.
        checked: The file, without mistakes.
        settings: What it lies over.
    """
    pipeline = checked.pipeline
    if pipeline is None:
        return
    variant = next(one for one in pipeline.variants if pipeline.dag_id(one) == dag.dag_id)
    config = checked.configs[dag.dag_id]
    # What the environment put in place of `${NAME}` may be a secret: it is in no text of ours.
    written = Pipeline(pipeline.name, checked.written) if "${" in checked.text else pipeline
    known = {tag.lower() for tag in dag.tags}  # MySQL takes no two tags that differ in case alone
    dag.tags |= {tag for tag in tagged_targets(variant, config) if tag.lower() not in known}
    show(dag, checked.name, checked.text)
    page = dag_page(checked, written, variant, config)
    dag.doc_md = f"{dag.doc_md}\n\n{page}" if dag.doc_md else page
    for task in dag.tasks:
        own = str(task.doc_md or "")
        _document(
            task, task_page(name_of(task.task_id, variant), config["tasks"][task.task_id], written, settings, own)
        )


def tagged_targets(variant: Variant, config: Config) -> Iterator[str]:
    """Return the targets that a DAG is found by: the variant's; without variants, those that its tasks run on."""
    if variant.name is not None:
        yield from variant.targets
        return
    yield from dict.fromkeys(
        TARGET_OF[task["operator"]].name for task in config["tasks"].values() if task["operator"] in TARGET_OF
    )


def _document(task: Any, text: str) -> None:
    if task.is_mapped:
        task.partial_kwargs["doc_md"] = text
    else:
        task.doc_md = text
