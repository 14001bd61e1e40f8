"""Compiles what Airflow's UI shows of a pipeline's DAGs: their tags, their texts, and those of their tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from include.factory.config import Config
from include.factory.document.reading import Document
from include.factory.pages.dag import dag_page
from include.factory.pages.names import name_of
from include.factory.pages.task import task_page
from include.factory.pipeline import Pipeline, Variant
from include.factory.project import Settings
from include.factory.results import Page
from include.factory.where import TARGET_OF


def compile_pages(
    pipeline: Pipeline, configs: Mapping[str, Config], document: Document, name: str, settings: Settings
) -> dict[str, Page]:
    """Compile the pages of a pipeline.

    Args:
        pipeline: One without mistakes.
        configs: What it compiles to, by DAG id.
        document: Its file.
        name: The file's path within the project.
        settings: What it lies over.

    Returns:
        A page by DAG id.
    """
    # What the environment put in place of `${NAME}` may be a secret: it is in no text of ours.
    written = Pipeline(pipeline.name, document.value) if "${" in document.text else pipeline
    found = {}
    for variant in pipeline.variants:
        config = configs[pipeline.dag_id(variant)]
        tasks = {
            task_id: task_page(name_of(task_id, variant), task, written, settings)
            for task_id, task in config["tasks"].items()
        }
        text = dag_page(name, document.text, written, variant, config)
        found[pipeline.dag_id(variant)] = Page(tuple(tagged_targets(variant, config)), text, tasks)
    return found


def tagged_targets(variant: Variant, config: Config) -> Iterator[str]:
    """Return the targets that a DAG is found by: the variant's; without variants, those that its tasks run on."""
    if variant.name is not None:
        yield from variant.targets
        return
    yield from dict.fromkeys(
        TARGET_OF[task["operator"]].name for task in config["tasks"].values() if task["operator"] in TARGET_OF
    )
