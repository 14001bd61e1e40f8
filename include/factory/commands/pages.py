"""Writes the reference pages of `docs/reference` from the JSON Schema: every key, with type, default and examples."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from include.factory.document.reading import YamlLoader
from include.factory.document.schema import schema
from include.factory.document.type_words import Schema, type_words
from include.factory.document.words import NAMES
from include.factory.pipeline import KINDS
from include.factory.project import Project
from include.factory.targets import TARGETS

COMMAND = "python -m include.factory reference"
_GENERATED = f"<!-- Written by `{COMMAND}` from schemas/pipeline.schema.json: edit that. -->\n"
_WIDTH = 100


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        name: The file's name without `.md`.
        title: Its heading.
        parts: The definitions of the schema that it lists, with a heading for each; the empty name is the whole.
        text: What stands before them.
    """

    name: str
    title: str
    parts: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Key:
    """One key of the format.

    Attributes:
        part: The definition of the schema that has it; the empty name is the whole.
        path: The keys that lead to it there, its own last; `[]` is any item of a list.
        schema: What the schema says of it.
        required: Whether it must be there.
    """

    part: str
    path: tuple[str, ...]
    schema: Schema
    required: bool = False

    @property
    def name(self) -> str:
        """What it is called: `input.table`."""
        return ".".join(self.path).replace(".[]", "[]")

    @property
    def examples(self) -> list[Any]:
        """Its examples: its own, or those of the definition that it refers to."""
        found: list[Any] = self.schema.get("examples") or _referred(self.schema).get("examples") or []
        return found


PAGES = (
    Page(
        "pipeline", "A pipeline", {"": "Keys", "variant": "Variants"}, "One file in `configs/`, or in a folder of it."
    ),
    Page("dag", "The DAG", {"dag": "Keys"}, "`dag:` of a pipeline, of a variant or of a layer."),
    Page(
        "task",
        "Tasks",
        {"our_task": "Keys"},
        "Beside this page: [mapping, groups, conditions, branches, setup](../flow.md), [functions](../functions.md),"
        " [values](../values.md), [containers](../containers.md), [the comparison of targets](../comparison.md).",
    ),
    Page(
        "arguments",
        "Airflow's arguments of a task",
        {"default_args": "Keys"},
        "Each task may have these keys, whatever its kind; under `dag.default_args` they hold for all tasks that say"
        " nothing else. An `operator:` task may have every other argument of its operator, too.",
    ),
    Page("params", "Params", {"param": "Keys of a param"}, "`params:` of a pipeline or of a variant, by name."),
    Page(
        "schedules",
        "Schedules and assets",
        {"schedule": "A schedule", "asset": "An asset", "asset_parts": "Keys of an asset", "assets": "Assets together"},
    ),
    Page("snowflake", "The Snowflake session", {"snowflake": "Keys"}, "`snowflake:` of a task or of any layer."),
    *(
        Page(target, f"The target `{target}`", {target: "Keys"}, f"`{target}:` of a task or of any layer.")
        for target in TARGETS
    ),
    Page("prices", "Prices", {"prices": "Keys", "price": "A price"}, "`prices:` of the defaults or of an environment."),
    Page("layers", "Layers", {"layer": "Keys of defaults and environments"}),
    Page("types", "Kinds of values"),
)
_OF_TASKS = ("task", "operator_task", "our_task")
"""Definitions that the page on tasks stands for."""
WITHIN = ("one_callback", "expand", "expand_kwargs")
"""Definitions that are described where they are used."""
_ELSEWHERE = {"our_task": "default_args", "schedule": "asset_parts"}
"""Definitions with keys that are listed under another one."""
_NOUNS = {
    "dag": "[keys of a DAG](dag.md)",
    "default_args": "[arguments of a task](arguments.md)",
    "task": "[a task](task.md)",
    "our_task": "[a task](task.md)",
    "variant": "[a variant](pipeline.md#variants)",
    "param": "[a param](params.md)",
    "schedule": "[a schedule](schedules.md#a-schedule)",
    "asset": "[an asset](schedules.md#an-asset)",
    "asset_parts": "[keys of an asset](schedules.md#keys-of-an-asset)",
    "assets": "[assets](schedules.md#assets-together)",
    "snowflake": "[keys of the session](snowflake.md)",
    "prices": "[prices](prices.md)",
    "price": "[a price](prices.md#a-price)",
    **{target: f"[keys of the target]({target}.md)" for target in TARGETS},
    "one_callback": "[a callback](types.md#callback)",
    "typed": "[an object by `__type__`](types.md#typed)",
    "when": "[a date](types.md#when)",
    "import_path": "[an import path](types.md#import_path)",
}
"""What a definition is called in a sentence; others by their name."""


_PLACES = {"pipeline": "top", "task": "task", "arguments": "default_args"} | {
    name: name for name in ("dag", "snowflake", *TARGETS)
}
"""Page -> the place whose other words it lists."""
_OTHER_WORDS = (
    "What other tools and other versions of Airflow say, and arguments that are no keys; `make validate` says it too.\n"
)


def pages() -> dict[str, str]:
    """Return the text of each page, by the name of its file."""
    found = {f"{page.name}.md": _page(page) for page in PAGES}
    return {"README.md": _index(), **found}


def stale(project: Project) -> list[str]:
    """Return the pages that are not what the schema says, by their names in the project."""
    now = pages()
    folder = project.root / "docs" / "reference"
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(f"docs/reference/{name}" for name in now.keys() | there if now.get(name) != there.get(name))


def write(project: Project) -> list[str]:
    """Write the pages.

    Args:
        project: The project.

    Returns:
        The pages that were changed, made or removed.
    """
    changed, now = stale(project), pages()
    for name in changed:
        path = project.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.name in now:
            path.write_text(now[path.name], encoding="utf-8")
        else:
            path.unlink()
    return changed


def keys() -> list[Key]:
    """Return every key that the pages list, in their order."""
    return [key for page in PAGES for part in _parts(page) for key in _listed(part)]


_USELESS = {"compare": ("container",)}
"""Keys that a kind of task has no use for, as the checks say, and the schema does not."""


def kinds_of(name: str) -> list[str]:
    """Return the kinds of task that take a key of a task.

    Args:
        name: A key of one of our tasks.

    Returns:
        The kinds that say so in the schema, of a target's section those that the target runs, else all; SQL runs in
        Snowflake whatever the target.
    """
    if name in KINDS:
        return [name]
    ours = _our_kinds()
    needs = [kind for kind in schema()["$defs"]["our_task"]["dependentRequired"].get(name, ()) if kind in ours]
    able = {kind for target in TARGETS.values() if name in (target.name, "target") for kind in target.operators}
    found = needs or [kind for kind in ours if kind in able or name not in ("target", *TARGETS)]
    found = [kind for kind in found if kind not in _USELESS.get(name, ())]
    takes_any = name in schema()["$defs"]["operator_task"]["properties"]
    return found + (["operator"] if takes_any else [])


def shown(value: Any) -> str:
    """Write a value as YAML, as a pipeline would have it."""
    if isinstance(value, dict) and len(value) > 1:
        return "\n".join(shown({key: inner}) for key, inner in value.items())
    flow = None if isinstance(value, list) or any(isinstance(one, list | dict) for one in _values(value)) else False
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=flow, sort_keys=False, allow_unicode=True, width=_WIDTH
    )
    return text.removesuffix("\n").removesuffix("\n...")


def _in_a_line(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, width=10**9)
    return text.removesuffix("\n").removesuffix("\n...")


def _values(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else ()


class _Dumper(yaml.SafeDumper):
    """Writes plain what the format's own loader reads as text, and quotes doubly, as the pipelines do."""

    yaml_implicit_resolvers = YamlLoader.yaml_implicit_resolvers

    def choose_scalar_style(self) -> str:
        """Return how a scalar is written."""
        style: str = super().choose_scalar_style()
        return '"' if style == "'" else style

    def ignore_aliases(self, data: Any) -> bool:
        """Write the same value twice, not by an anchor."""
        return True


def _our_kinds() -> list[str]:
    return [one["required"][0] for one in schema()["$defs"]["our_task"]["oneOf"]]


def _part(name: str) -> Schema:
    found: Schema = schema()["$defs"][name] if name else schema()
    return found


def _referred(part: Schema) -> Schema:
    return _part(part["$ref"].rpartition("/")[2]) if "$ref" in part else {}


def _meaning(part: Schema) -> str:
    return str(part.get("description") or _referred(part).get("description", ""))


def _parts(page: Page) -> dict[str, str]:
    """Return the definitions of a page, with their headings; the last page has all that are on no other."""
    if page.name != PAGES[-1].name:
        return dict(page.parts)
    elsewhere = {part for other in PAGES for part in other.parts} | {*_OF_TASKS, *WITHIN}
    return {name: f"`{name}`" for name in schema()["$defs"] if name not in elsewhere}


def _listed(part: str) -> list[Key]:
    """Return the keys of a definition that its page lists: of a task not those that are on the page of arguments."""
    elsewhere = _part(_ELSEWHERE[part])["properties"] if part in _ELSEWHERE else {}
    found = [key for key in _below(part, _part(part), ()) if key.path[0] not in elsewhere]
    if part == "our_task":
        operator = schema()["$defs"]["task"]["properties"]["operator"]
        found.insert(len(_our_kinds()), Key("task", ("operator",), operator))
    return found


def _below(part: str, node: Schema, path: tuple[str, ...]) -> Iterator[Key]:
    """Find the keys below a part of the schema, but not those of other definitions."""
    for alternative in node.get("anyOf", ()):
        yield from _below(part, alternative, path)
    if isinstance(node.get("items"), dict):
        yield from _below(part, node["items"], (*path, "[]"))
    for name, inner in node.get("properties", {}).items():
        yield Key(part, (*path, name), inner, name in node.get("required", ()))
        yield from _below(part, inner, (*path, name))
    for inner in node.get("patternProperties", {}).values():
        yield Key(part, (*path, "x-…"), inner)


def _names() -> dict[str, str]:
    """Return what each definition is called."""
    names = {name: f"[a {name.replace('_', ' ')}](types.md#{name})" for name in schema()["$defs"]} | _NOUNS
    return names | {name: type_words(_part(name), names) for name in WITHIN if name not in _NOUNS}


def _page(page: Page) -> str:
    text = [_GENERATED, f"# {page.title}\n"]
    text += [f"{paragraph}\n" for paragraph in (page.text, *_before(page)) if paragraph]
    for part, heading in _parts(page).items():
        listed = _listed(part)
        text.append(f"## {heading}\n")
        if "type" in _part(part) and _part(part)["type"] == "object" and listed:
            text += [f"{_meaning(_part(part))}\n"] if part else []
        else:
            text += [*_entry(_part(part)), *(_block(example) for example in _part(part).get("examples", ()))]
        for key in listed:
            text.append(f"### `{key.name}`\n")
            text += _entry(key.schema, key)
            text += [_block(_placed(key.path, example)) for example in key.examples]
    if page.name in _PLACES:
        text += ["## Other words\n", _OTHER_WORDS, _table(NAMES[_PLACES[page.name]])]
    return _wrapped(text)


def _table(hints: Mapping[str, str]) -> str:
    """Write hints as a table, words with the same hint together."""
    words: dict[str, list[str]] = {}
    for word, hint in hints.items():
        words.setdefault(hint.replace("|", "\\|"), []).append(f"`{word}`")
    return "\n".join(
        ["| word | what to do |", "|---|---|", *(f"| {', '.join(one)} | {hint} |" for hint, one in words.items()), ""]
    )


def _before(page: Page) -> Iterator[str]:
    """Return what a page says that the schema does not know as a sentence."""
    if page.name in TARGETS:
        yield f"For {_and(kinds_of(page.name))}, where they run on this target; elsewhere it is checked and not used."
    elif page.name == "task":
        yield _meaning(_part("task"))
        yield _matrix()
        yield "What else an `operator:` task says are the arguments of its operator."
    elif page.name == "layers":
        yield from _on_layers()


def _matrix() -> str:
    kinds = [*_our_kinds(), "operator"]
    lines = [f"| key | {' | '.join(f'`{kind}`' for kind in kinds)} |", f"|---|{'---|' * len(kinds)}"]
    for key in _listed("our_task"):
        if len(key.path) == 1 and key.name not in kinds:
            taken = kinds_of(key.name)
            marks = " | ".join("yes" if kind in taken else "" for kind in kinds)
            lines.append(f"| [`{key.name}`](#{key.name}) | {marks} |")
    lines.append(f"| [Airflow's arguments](arguments.md) | {' | '.join('yes' for _ in kinds)} |")
    return "\n".join(lines)


def _on_layers() -> Iterator[str]:
    yield (
        "Each lies over the one before: `configs/defaults.yaml`, `configs/environments/<name>.yaml`, the pipeline, its"
        " variant, the task. `SNOWPOD_ENVIRONMENT` names the environment; without it `local`."
    )
    yield (
        "Mappings are merged key by key, all the way down; a schedule, a callback, a price and an object by `__type__`"
        " are one thing and are replaced. So is everything else, lists too, except these lists, which are merged item"
        " by item:"
    )
    for target in TARGETS.values():
        listed = _part(target.name)["properties"]
        ours, inner = [], []
        for name, key in sorted(target.merge_keys.items()):
            whole = ", an item as a whole" if name in target.whole_items else ""
            if name in listed:
                ours.append(f"- `{target.name}.{name}`, by `{key}`{whole}")
            else:
                inner.append(f"- `{name}` in these, by `{key}`{whole}")
        yield "\n".join(ours + inner)
    yield (
        "A key of `params` replaces the whole param. `${NAME}` and `${NAME:-default}` stand for a variable of the"
        " environment, in every file. `python -m include.factory show DAG --origins` says for each setting which layer"
        " set it, and where."
    )


def _index() -> str:
    text = [
        _GENERATED,
        "# Reference\n",
        "Every key of the format. Its default is what holds where no layer says anything: look into"
        " `configs/defaults.yaml` and the environment's file, or ask `python -m include.factory show DAG --origins`.\n",
        *(f"- [{page.title}]({page.name}.md): {', '.join(dict.fromkeys(_summary(page)))}" for page in PAGES),
    ]
    return _wrapped(text) + "\n"


def _wrapped(paragraphs: Iterable[str]) -> str:
    """Join paragraphs, none wider than a screen; tables, lists and code stay as they are."""
    kept = ("|", "- `", "```", "<!--", "#")
    return "\n".join(
        one
        if one.startswith(kept)
        else textwrap.fill(
            one,
            _WIDTH + 20,
            break_long_words=False,
            break_on_hyphens=False,
            subsequent_indent="  " * one.startswith("- "),
        )
        + "\n" * one.endswith("\n")
        for one in paragraphs
    )


def _summary(page: Page) -> Iterator[str]:
    for part in _parts(page):
        listed = [key for key in _listed(part) if len(key.path) == 1]
        if page.name in ("types", "schedules"):
            yield f"[`{part}`]({page.name}.md#{anchor(_parts(page)[part])})"
        elif page.name != "layers":
            yield from (f"[`{key.name}`]({page.name}.md#{anchor(key.name)})" for key in listed)
        else:
            yield from (f"`{key.name}`" for key in listed)


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _entry(part: Schema, key: Key | None = None) -> Iterator[str]:
    """Return what is to say of a key or a kind of value."""
    yield f"{_meaning(part)}\n"
    words = type_words(part, _names())
    facts = [re.sub(r"^\[?[a-z]", lambda first: first[0].upper(), words) + "."]
    if key is not None:
        if key.required:
            facts.append("Required.")
        if "default" in part:
            facts.append(f"Default: `{_in_a_line(part['default'])}`.")
        if key.part in _OF_TASKS and len(key.path) == 1 and key.path[0] not in KINDS:
            kinds = kinds_of(key.path[0])
            facts.append("For every kind of task." if len(kinds) == len(KINDS) else f"For {_and(kinds)}.")
    yield f"{' '.join(facts)}\n"


def _placed(path: tuple[str, ...], example: Any) -> Any:
    for name in reversed(path):
        example = [example] if name == "[]" else {name: example}
    return example


def _block(example: Any) -> str:
    text = shown(example).replace("x-…:", "x-patient: &patient")
    return f"```yaml\n{text}\n```\n"


def _and(kinds: list[str]) -> str:
    words = [f"`{kind}`" for kind in kinds]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
