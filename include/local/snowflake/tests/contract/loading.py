"""Load the contract's cases from the files in `tests/contract/cases`.

In statements {database}, {schema} and {runtime} stand for the current ones, and for a version of Python.

A file holds the cases of one topic; `different.yaml` and `refused.yaml` hold what the embedded server does otherwise,
and what it refuses. A value in `rows` is written so that its type shows:

    null, true, "text", 3         None, bool, str, int
    2.50                          Decimal, with these digits
    2.5e0, .inf, .nan             float
    2024-01-31, 10:11:12          date, time
    2024-01-31 10:11:12.5+01:00   datetime, naive without the offset
    !hex ff00                     bytes
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "cases"
TOPICS = (
    "numbers",
    "texts",
    "dates",
    "binary",
    "semi_structured",
    "queries",
    "changes",
    "stages",
    "transactions",
    "objects",
    "sessions",
    "statements",
    "conversions",
    "stars_in_arguments",
    "table_functions",
    "hierarchies",
    "names",
    "access",
)
"""The files of topics, in the page's order."""


@dataclass(frozen=True)
class Case:
    """One promise, which holds on a real account and on the embedded server.

    Attributes:
        topic: Heading in the page.
        what: What is promised, in a few words.
        sql: Statements; only the last one's answer is looked at.
        rows: Rows that it answers with; None when it fails.
        types: Snowflake's type of each column (fixed, real, text, …); None when not looked at.
        error: Error number and a part of the message, when it fails.
    """

    topic: str
    what: str
    sql: tuple[str, ...]
    rows: list[tuple[Any, ...]] | None = None
    types: list[str] | None = None
    error: tuple[int, str] | None = None


@dataclass(frozen=True)
class Difference:
    """What the embedded server does otherwise.

    Attributes:
        topic: Heading in the page.
        snowflake: What Snowflake does.
        embedded: What the embedded server does.
        sql: Statements that show it; none where SQL alone does not.
        rows: Rows that the embedded server answers the last one with.
    """

    topic: str
    snowflake: str
    embedded: str
    sql: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] | None = None


@dataclass(frozen=True)
class Refusal:
    """What the embedded server says it does not do.

    Attributes:
        topic: Heading in the page.
        what: What is refused, in a few words.
        sql: Statements; the last one is refused.
    """

    topic: str
    what: str
    sql: tuple[str, ...]


class CaseError(Exception):
    """A file of cases is wrong; the message names the file and the case."""


@functools.cache
def load_cases(folder: Path = FOLDER) -> list[Case]:
    """Load what the embedded server does as Snowflake does.

    Args:
        folder: Folder of the files.

    Returns:
        The cases, in the page's order.

    Raises:
        CaseError: A file is wrong, or belongs to no topic.
    """
    unknown = {path.stem for path in folder.glob("*.yaml")} - {*TOPICS, "different", "refused"}
    if unknown:
        raise CaseError(f"{min(unknown)}.yaml: name it in TOPICS, at its place in the page")
    return [case for topic in TOPICS for case in load_topic(folder / f"{topic}.yaml")]


def load_topic(path: Path) -> list[Case]:
    """Load the cases of one topic.

    Args:
        path: Its file.

    Returns:
        Its cases, in their order.

    Raises:
        CaseError: The file is wrong.
    """
    head, entries = _read(path, head={"topic"}, needed={"what", "sql"}, known={"rows", "types", "error"})
    cases = []
    for name, entry, sql in entries:
        if ("rows" in entry) == ("error" in entry):
            raise CaseError(f"{name}: it has either `rows` or `error`")
        if "types" in entry and not _is_list_of(entry["types"], str):
            raise CaseError(f"{name}: `types` is a list of names")
        case = Case(head["topic"], entry["what"], sql, _rows(name, entry), entry.get("types"), _error(name, entry))
        cases.append(case)
    return cases


@functools.cache
def load_differences(folder: Path = FOLDER) -> list[Difference]:
    """Load what the embedded server does otherwise.

    Args:
        folder: Folder of the file `different.yaml`.

    Returns:
        The differences, in the page's order.

    Raises:
        CaseError: The file is wrong.
    """
    differences = []
    needed = {"topic", "snowflake", "embedded"}
    for name, entry, sql in _read(folder / "different.yaml", head=set(), needed=needed, known={"sql", "rows"})[1]:
        if ("rows" in entry) != ("sql" in entry):
            raise CaseError(f"{name}: `sql` and `rows` come together")
        texts = (entry["topic"], entry["snowflake"], entry["embedded"])
        differences.append(Difference(*texts, sql, _rows(name, entry)))
    return differences


@functools.cache
def load_refusals(folder: Path = FOLDER) -> list[Refusal]:
    """Load what the embedded server refuses.

    Args:
        folder: Folder of the file `refused.yaml`.

    Returns:
        The refusals, in the page's order.

    Raises:
        CaseError: The file is wrong.
    """
    entries = _read(folder / "refused.yaml", head=set(), needed={"topic", "what", "sql"}, known=set())[1]
    return [Refusal(entry["topic"], entry["what"], sql) for _, entry, sql in entries]


def _read(
    path: Path, *, head: set[str], needed: set[str], known: set[str]
) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any], tuple[str, ...]]]]:
    """Read a file of cases.

    Args:
        path: The file: a mapping with `cases`; `shared`, where anchors of statements may stand; and `before`,
            statements that run before each case.
        head: Further keys of that mapping.
        needed: Keys that every case has.
        known: Keys that a case may have.

    Returns:
        The mapping; and of each case its name for errors, its keys and values, and its statements.
    """
    try:
        content = yaml.load(path.read_text(), Loader=_Loader)
    except (yaml.YAMLError, ValueError, OSError) as error:
        raise CaseError(f"{path.name}: {error}") from error
    _check_keys(path.name, content, head | {"cases"}, {"shared", "before"})
    if not isinstance(content["cases"], list):
        raise CaseError(f"{path.name}: `cases` is a list")
    before = _statements(f"{path.name}: `before`", content["before"]) if "before" in content else ()
    entries, seen = [], set()
    for number, entry in enumerate(content["cases"], 1):
        label = entry.get("what") or entry.get("embedded") if isinstance(entry, dict) else None
        name = f"{path.name}: case {number} ({label})" if label else f"{path.name}: case {number}"
        _check_keys(name, entry, needed, known)
        for key in {"topic", "what", "snowflake", "embedded"} & entry.keys():
            if not isinstance(entry[key], str):
                raise CaseError(f"{name}: `{key}` is a text")
        if (entry.get("topic"), label) in seen:
            raise CaseError(f"{name}: there is one of this name already")
        seen.add((entry.get("topic"), label))
        sql = _statements(name, entry["sql"]) if "sql" in entry else ()
        entries.append((name, entry, (*before, *sql) if sql else ()))
    return content, entries


def _check_keys(name: str, mapping: Any, needed: set[str], known: set[str]) -> None:
    if not isinstance(mapping, dict):
        raise CaseError(f"{name}: it is no mapping")
    for key in sorted(needed - mapping.keys()):
        raise CaseError(f"{name}: `{key}` is missing")
    for key in mapping.keys() - needed - known:
        raise CaseError(f"{name}: `{key}` is not known; there are {', '.join(sorted(needed | known))}")


def _statements(name: str, sql: Any) -> tuple[str, ...]:
    """Take one statement or several; an alias among them may stand for several."""
    statements = tuple(_flat(sql))
    if not statements or not _is_list_of(list(statements), str):
        raise CaseError(f"{name}: `sql` is a statement, or a list of statements")
    return statements


def _flat(sql: Any) -> Iterator[Any]:
    if not isinstance(sql, list):
        yield sql
        return
    for one in sql:
        yield from _flat(one)


def _rows(name: str, entry: dict[str, Any]) -> list[tuple[Any, ...]] | None:
    if "rows" not in entry:
        return None
    if not _is_list_of(entry["rows"], list):
        raise CaseError(f"{name}: `rows` is a list of lists")
    return [tuple(row) for row in entry["rows"]]


def _error(name: str, entry: dict[str, Any]) -> tuple[int, str] | None:
    if "error" not in entry:
        return None
    matched = re.fullmatch(r"(\d+) (.+)", str(entry["error"]), re.DOTALL)
    if not matched:
        raise CaseError(f"{name}: `error` is a number and a part of the message")
    return int(matched[1]), matched[2]


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


class _Loader(yaml.SafeLoader):
    """Reads YAML with types of our own for scalars, and refuses a key that stands twice in a mapping."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"`{key}` stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


_DATE, _TIME = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d:\d\d(\.\d{1,6})?"
_SCALARS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "null": (r"null", lambda text: None),
    "bool": (r"true|false", lambda text: text == "true"),
    "int": (r"[-+]?\d+", int),
    "decimal": (r"[-+]?\d+\.\d+", Decimal),
    "float": (r"[-+]?\d+(\.\d+)?e[-+]?\d+|-?\.inf|\.nan", lambda text: float(re.sub(r"\.(?=[in])", "", text))),
    "date": (_DATE, datetime.date.fromisoformat),
    "time": (_TIME, datetime.time.fromisoformat),
    "timestamp": (rf"{_DATE} {_TIME}([-+]\d\d:\d\d)?", datetime.datetime.fromisoformat),
}
for _name, (_pattern, _make) in _SCALARS.items():
    _Loader.add_implicit_resolver(f"!{_name}", re.compile(rf"(?:{_pattern})\Z"), None)
    _Loader.add_constructor(f"!{_name}", lambda loader, node, make=_make: make(loader.construct_scalar(node)))
_Loader.add_constructor("!hex", lambda loader, node: bytes.fromhex(loader.construct_scalar(node)))
