"""The text of a DAG: what it is for, its graph in words, its params, and where to find more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from include.constants import COMPARE, MAPPED_ITEMS
from include.factory.config import Config
from include.factory.pages.markdown import code, plain
from include.factory.pages.names import name_of, waits_for
from include.factory.pages.params import params_table
from include.factory.pipeline import Pipeline, Variant
from include.factory.where import where

MOST_TASKS = 60
"""Tasks that the graph in words names."""


def dag_page(name: str, text: str, written: Pipeline, variant: Variant, config: Config) -> str:
    """Return a DAG's text.

    Args:
        name: The file that it is from.
        text: The file's text.
        written: The pipeline as written, `${NAME}` not expanded.
        variant: Which of its DAGs.
        config: What that is compiled to.

    Returns:
        Markdown. It changes with every edit of the file, so that Airflow keeps a version of the DAG for each.
    """
    own = _mapping(_mapping(written.spec.get("variants")).get(variant.name))
    description = own.get("description") or written.spec.get("description")
    parts = [
        plain(str(description)) if description else "",
        "\n".join(["### Tasks", "", *graph_in_words(written, variant, config)]),
        "\n".join(params_table({**_mapping(written.spec.get("params")), **_mapping(own.get("params"))})),
        _more(name, text, written, variant),
    ]
    if parts[2]:
        parts[2] = f"### Params\n\n{parts[2]}"
    return "\n\n".join(filter(None, parts)) + "\n"


def graph_in_words(written: Pipeline, variant: Variant, config: Config) -> Iterator[str]:
    """Return a line for each task, in the order of the file: what it comes after, and where it runs.

    What runs once for each of several targets has one line. Arguments as above.
    """
    after: dict[str, dict[str, None]] = {}
    places: dict[str, dict[str, None]] = {}
    tasks = config["tasks"]
    for task_id, task in tasks.items():
        if task["operator"] == MAPPED_ITEMS:
            continue
        name = name_of(task_id, variant)
        after.setdefault(name, {}).update((name_of(one, variant), None) for one in waits_for(task, tasks))
        compares = name == COMPARE and name not in written.tasks
        place = "compares what the targets wrote" if compares else place_of(name, task, written)
        places.setdefault(name, {})[place] = None
    for name in list(places)[:MOST_TASKS]:
        waits = f" after {', '.join(map(plain, after[name]))}" if after[name] else ""
        often = ", for each of several values" if {"expand", "expand_kwargs"} & _spec(written, name).keys() else ""
        yield f"- **{plain(name)}**{waits}: {' and '.join(places[name])}{often}"
    if len(places) > MOST_TASKS:
        yield f"- and {len(places) - MOST_TASKS} more"


def place_of(name: str, task: Config, written: Pipeline) -> str:
    """Return where a compiled task runs, as Markdown; of an operator its path as the file has it."""
    if name in written.tasks and written.tasks[name].kind == "operator":
        return f"Airflow ({code(str(written.tasks[name].action))})"
    return plain(where(task))


def _more(name: str, text: str, written: Pipeline, variant: Variant) -> str:
    others = [written.dag_id(one) for one in written.variants if one.name != variant.name]
    lines = ["### More", "", "- [Snowpark or Kubernetes?](snowpod/): what runs took, cost and gave, by target"]
    if others:
        lines.append(f"- The same pipeline elsewhere: {', '.join(map(code, others))}")
    version = sha256(text.encode()).hexdigest()[:8]
    lines.append(
        f"- Edit {code(name)} (the Code tab shows it; this is version {version});"
        " `docs/reference/README.md` has every key"
    )
    return "\n".join(lines)


def _spec(written: Pipeline, name: str) -> Mapping[str, Any]:
    return written.tasks[name].spec if name in written.tasks else {}


def _mapping(part: Any) -> Mapping[Any, Any]:
    return part if isinstance(part, Mapping) else {}
