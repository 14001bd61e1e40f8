"""Which of Airflow's DAGs are pipelines' of this project, as Airflow's metadata database tells: by their tag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, column, select, table

from include.constants import PIPELINE_TAG

_DAG = table("dag", column("dag_id"), column("description"), column("is_stale"), column("is_paused"))
_TAG = table("dag_tag", column("dag_id"), column("name"))


@dataclass(frozen=True)
class Variant:
    """One DAG of a pipeline.

    Attributes:
        dag_id: the DAG.
        name: the variant's own name: the id without the pipeline's.
        paused: whether Airflow starts no runs of it.
    """

    dag_id: str
    name: str
    paused: bool = False


@dataclass(frozen=True)
class Pipeline:
    """A pipeline.

    Attributes:
        name: its name.
        description: what it says of itself, or empty.
        variants: its DAGs, in the order of their ids.
    """

    name: str
    description: str
    variants: tuple[Variant, ...]

    def has(self, words: str) -> bool:
        """Whether all of some words are in its name, its description or one of its DAGs' ids."""
        text = " ".join([self.name, self.description, *(one.dag_id for one in self.variants)]).casefold()
        return all(word in text for word in words.casefold().split())


def pipelines(connection: Connection, readable: Collection[str]) -> list[Pipeline]:
    """Return the pipelines of which a user may read a DAG.

    Args:
        connection: an open connection to Airflow's metadata database.
        readable: the ids of the DAGs that the user may read.

    Returns:
        The pipelines by name, with the DAGs that the user may read; without those whose file is gone.
    """
    query = (
        select(_TAG.c.name, _DAG.c.dag_id, _DAG.c.description, _DAG.c.is_paused)
        .join_from(_TAG, _DAG, _DAG.c.dag_id == _TAG.c.dag_id)
        .where(_TAG.c.name.startswith(PIPELINE_TAG, autoescape=True), _DAG.c.is_stale.is_(False))
        .order_by(_DAG.c.dag_id)
    )
    variants: dict[str, list[Variant]] = defaultdict(list)
    descriptions: dict[str, str] = {}
    for tag, dag_id, description, paused in connection.execute(query):
        name = _name(tag)
        if name is not None and dag_id in readable:
            variants[name].append(Variant(dag_id, _variant(dag_id, name), bool(paused)))
            descriptions.setdefault(name, description or "")
    return [Pipeline(name, descriptions[name], tuple(variants[name])) for name in sorted(variants)]


def pipeline_of(connection: Connection, dag_id: str) -> str | None:
    """Return the pipeline that a DAG is of.

    Args:
        connection: an open connection to Airflow's metadata database.
        dag_id: the DAG.

    Returns:
        Its name, or None if the DAG is no pipeline's of this project.
    """
    tags = connection.execute(select(_TAG.c.name).where(_TAG.c.dag_id == dag_id)).scalars()
    return next((name for tag in tags if (name := _name(tag)) is not None), None)


def _name(tag: str) -> str | None:
    # Asked of the database too, but SQLite and MySQL do not tell small letters from capitals there.
    return tag.removeprefix(PIPELINE_TAG) if tag.startswith(PIPELINE_TAG) else None


def _variant(dag_id: str, pipeline: str) -> str:
    return dag_id.removeprefix(pipeline).removeprefix("_") or dag_id
