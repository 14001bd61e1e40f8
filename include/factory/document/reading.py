"""Reads one YAML file: text -> value as written, or the mistake that keeps it from being one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from include.factory.diagnostics import START, Diagnostic, Position
from include.factory.document.words import odd_space

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_NODES = 100_000
MAX_BRACKETS = 2 * MAX_DEPTH
"""A file with fewer brackets, and without a line of many indentations, is not nested too deep for libyaml to read."""

_DEEP_LINE = re.compile(rf"^(?: {{{MAX_DEPTH}}}|(?: *[-?] +){{{MAX_DEPTH // 2}}})", re.MULTILINE)
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map", "merge")
)
_TEXT, _LIST, _MAPPING = (f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))
_TAGS_OF_VALUES = frozenset(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float"))
_KEY_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")


@dataclass(frozen=True)
class Document:
    """One file that could be read.

    Attributes:
        text: Its text.
        value: What it says; `${NAME}` not yet expanded.
    """

    text: str
    value: dict[str, Any] = field(repr=False)


class YamlLoader(yaml.CSafeLoader):
    """libyaml's safe loader with the scalars of YAML 1.2, as editors read them.

    `no` is text, a date is text, `010` is ten.
    """

    def whole_number(self, node: yaml.ScalarNode) -> int:
        """Return a whole number: decimal, or with `0x` or `0o` before it."""
        return int(node.value, 0 if node.value[:2] in ("0x", "0o") else 10)

    # PyYAML's own, called for each node, without what is by place in the document: no tag of ours is.

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Return the tag of a node that says none: its kind, its value, whether it has no quotes."""
        if kind is yaml.ScalarNode:
            if implicit[0]:
                for tag, pattern in self.yaml_implicit_resolvers.get(value[:1], ()):
                    if pattern.match(value):
                        return str(tag)
            return _TEXT
        return _LIST if kind is yaml.SequenceNode else _MAPPING

    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        """Do nothing before a node."""

    def ascend_resolver(self) -> None:
        """Do nothing after it."""


YamlLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^(?:[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+)$", list("-+0123456789")),
    (
        "float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        list("-+.0123456789"),
    ),
    ("merge", r"^<<$", ["<"]),
):
    YamlLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)
YamlLoader.add_constructor("tag:yaml.org,2002:int", YamlLoader.whole_number)


class Unquoted(str):
    """A text with `${` in it that stands without quotes: what the environment gives is read as YAML reads it."""

    __slots__ = ()


class _DocumentLoader(YamlLoader):
    """Keeps apart what stands in quotes, through aliases and merges too."""

    def text(self, node: yaml.ScalarNode) -> str:
        """Return a text, as `Unquoted` where it is that."""
        return Unquoted(node.value) if not node.style and "${" in node.value else str(node.value)


_DocumentLoader.add_constructor("tag:yaml.org,2002:str", _DocumentLoader.text)


def scalar(text: str) -> Any:
    """Return what YAML reads in a text that stands alone and without quotes: a number, a truth value, nothing, text."""
    loader = YamlLoader("")
    try:
        tag = loader.resolve(yaml.ScalarNode, text, (True, False))
        return loader.construct_object(yaml.ScalarNode(tag, text)) if tag in _TAGS_OF_VALUES else text
    except ValueError:  # a number with more digits than Python reads
        return text
    finally:
        loader.dispose()


def read(path: Path) -> Document | list[Diagnostic]:
    """Read one file.

    Args:
        path: The file.

    Returns:
        The document, or the mistakes that keep it from being one.
    """
    try:
        raw = path.read_bytes()
    except OSError as problem:
        return [
            Diagnostic(
                (),
                f"The file cannot be read: {problem.strerror}.",
                "Check that it exists and may be read.",
                "unreadable",
                position=START,
            )
        ]
    if len(raw) > MAX_BYTES:
        hint = "Put data and SQL into files of their own and name them here."
        return [
            Diagnostic(
                (),
                f"The file has {len(raw):,} bytes; {MAX_BYTES:,} are allowed.",
                hint,
                "too-big",
                position=START,
            )
        ]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        column = problem.start - (raw.rfind(b"\n", 0, problem.start) + 1) + 1
        message = f"The byte 0x{raw[problem.start]:02x} is not UTF-8."
        return [Diagnostic((), message, "Save the file as UTF-8.", "encoding", position=Position(line, column))]
    return _parse(text)


def _parse(text: str) -> Document | list[Diagnostic]:
    deep = _too_deep(text)
    if deep is not None:
        return [deep]
    loader = _DocumentLoader(text)
    try:
        node = loader.get_single_node()
        value = None
        if node is not None:
            try:
                value = _Plain(loader, text).of(node)
            except (ValueError, OverflowError, KeyError):
                if diagnostics := _Inspection(text).of(node):
                    return diagnostics
                value = loader.construct_document(node)
    except yaml.MarkedYAMLError as problem:
        return [_syntax(text, problem)]
    except (yaml.YAMLError, ValueError, OverflowError, KeyError) as problem:
        return [_unreadable(text, problem)]
    finally:
        loader.dispose()
    if value is None:
        return [Diagnostic((), "The file is empty.", "Write a pipeline, or delete the file.", "empty", position=START)]
    if not isinstance(value, dict):
        message = f"The file holds a {'list' if isinstance(value, list) else 'single value'} where a mapping is needed."
        blank = odd_space(text)
        hint = f"Replace the {blank} in it by a plain space." if blank else "Begin with `pipeline: <name>`."
        return [Diagnostic((), message, hint, "top-level", position=START)]
    return Document(text, value)


def _too_deep(text: str) -> Diagnostic | None:
    """Nesting without end, found before libyaml makes nodes of it: that is recursive in C and ends the process."""
    if text.count("[") + text.count("{") <= MAX_BRACKETS and not _DEEP_LINE.search(text):
        return None
    depth = 0
    try:
        for event in yaml.parse(text, YamlLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                mark = event.start_mark
                place = Position(mark.line + 1, mark.column + 1) if mark else START
                return Diagnostic(
                    (), f"This is nested more than {MAX_DEPTH} deep.", "Write it flatter.", "too-deep", position=place
                )
    except yaml.YAMLError:
        pass  # said when it is read
    return None


class _Plain:
    """Makes values of nodes in one go, where nothing is that `_Inspection` looks for: no aliases, no tags, no merges.

    That is so in most files.
    """

    def __init__(self, loader: _DocumentLoader, text: str) -> None:
        self._loader = loader
        self._may_be_cut = "(" in text
        # Without an anchor there is no alias, and then each node takes a character at least.
        self._is_simple = "&" not in text and len(text) <= MAX_NODES

    def of(self, node: yaml.Node) -> Any:
        """Return the value of a document; raises `ValueError` or `KeyError` where something else may be in it."""
        if not self._is_simple:
            raise ValueError
        return self._value(node, 0)

    def _value(self, node: yaml.Node, depth: int) -> Any:
        if type(node) is yaml.ScalarNode:
            text = node.value
            if node.tag == _TEXT:
                return Unquoted(text) if "${" in text and not node.style else text
            if node.tag not in _TAGS_OF_VALUES:
                raise ValueError
            return self._loader.yaml_constructors[node.tag](self._loader, node)
        if depth == MAX_DEPTH or (self._may_be_cut and _cut(node)):
            raise ValueError
        if type(node) is yaml.SequenceNode and node.tag == _LIST:
            return [self._value(one, depth + 1) for one in node.value]
        if type(node) is not yaml.MappingNode or node.tag != _MAPPING:
            raise ValueError
        found = {}
        for key, value in node.value:
            if type(key) is not yaml.ScalarNode or key.tag != _TEXT or key.value in found:
                raise ValueError
            found[self._value(key, depth)] = self._value(value, depth + 1)
        return found


def _cut(node: yaml.Node) -> tuple[yaml.ScalarNode, yaml.ScalarNode] | None:
    """Return the parts of a text that YAML cuts at a comma between round brackets: the first, and that which closes."""
    if not isinstance(node, yaml.CollectionNode) or not node.flow_style:
        return None
    parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
    texts = [part for part in parts if isinstance(part, yaml.ScalarNode) and not part.style]
    for place, text in enumerate(texts, 1):
        if text.value.count("(") > text.value.count(")"):
            for later in texts[place:]:
                if later.value.count(")") > later.value.count("("):
                    return text, later
    return None


class _Inspection:
    """Looks at the nodes of a file, before they become values, for what YAML allows and a pipeline must not have."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._diagnostics: list[Diagnostic] = []
        self._sizes: dict[int, int] = {}
        self._open: set[int] = set()

    def of(self, node: yaml.Node) -> list[Diagnostic]:
        """Return the mistakes in a node and all below it."""
        self._size(node, 0)
        return self._diagnostics

    def _size(self, node: yaml.Node, depth: int) -> int:
        if id(node) in self._open:
            self._report(node, "An alias here contains itself.", "Remove the alias (`*name`).", "alias-cycle")
            return 1
        if id(node) in self._sizes:
            return self._sizes[id(node)]
        if node.tag not in _TAGS:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self._report(node, f"The tag `{tag}` is not allowed here.", "Remove it: only plain values are.", "tag")
        if depth > MAX_DEPTH:
            if not self._diagnostics:
                self._report(node, f"This is nested more than {MAX_DEPTH} deep.", "Write it flatter.", "too-deep")
            return 1
        inner: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            self._keys(node)
            inner = [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            inner = node.value
        self._commas(node)
        if not inner:
            return 1
        self._open.add(id(node))
        size = 1 + sum(self._size(child, depth + 1) for child in inner)
        self._open.discard(id(node))
        if size > MAX_NODES:
            message = f"Aliases make more than {MAX_NODES:,} values of this."
            self._report(node, message, "Use fewer aliases (`*name`) of aliases.", "alias-explosion")
            size = 1  # said once, at the innermost place
        self._sizes[id(node)] = size
        return size

    def _keys(self, node: yaml.MappingNode) -> None:
        first: dict[str, yaml.Node] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag not in _KEY_TAGS:
                shown = f"`{key.value}`" if isinstance(key, yaml.ScalarNode) else "A list or mapping"
                template = self._text[key.start_mark.index - 1 : key.start_mark.index + 1] == "{{"
                if template and not isinstance(key, yaml.ScalarNode):
                    message = "A template that is not in quotes is a mapping of mappings to YAML."
                    self._report(key, message, 'Put it into quotes: `"{{ … }}"`.', "unquoted-template")
                else:
                    self._report(key, f"{shown} is a key but not text.", "Put the key into quotes.", "key-not-text")
            elif key.value in first:
                line = first[key.value].start_mark.line + 1
                message = (
                    f"The key `{key.value}` is here twice; it is already in line {line}, and YAML would keep only one."
                )
                self._report(key, message, "Remove one of them, or put both together.", "duplicate-key")
            else:
                first[key.value] = key

    def _commas(self, node: yaml.Node) -> None:
        """Report `{check: MIN(A, 0) > 1}`, which YAML takes for `{check: "MIN(A", "0) > 1": null}`."""
        if cut := _cut(node):
            text, closed = cut
            whole = self._text[text.start_mark.index : closed.end_mark.index]
            message = f"To YAML the value ends at the comma: `{text.value}`."
            self._report(text, message, f'Put the whole into quotes: `"{whole}"`.', "comma-in-value")

    def _report(self, node: yaml.Node, message: str, hint: str, code: str) -> None:
        place = Position(node.start_mark.line + 1, node.start_mark.column + 1)
        self._diagnostics.append(Diagnostic((), message, hint, code, position=place))


# Words of libyaml -> what to do, the first that fits.
_HINTS = (
    ("expected ',' or ']'", "Close the list with `]`, and put a comma between its items."),
    ("expected ',' or '}'", "Close the mapping with `}`, and put a comma between its items."),
    ("expected a single document", "Put each pipeline into a file of its own and remove the `---`."),
    ("mapping values are not allowed", "Put text with `: ` in it into quotes; or indent this key like its neighbours."),
    ("did not find expected key", "Indent this line like the keys beside it."),
    ("undefined alias", "Define it before, as `&name`, or remove the `*name`."),
    ("did not find expected node content", "Close the brackets, or put the value into quotes."),
    ("found unexpected end of stream", "Close the quotes."),
    ("could not find expected ':'", "Write `key: value`, with a space after the colon."),
    ("cannot start any token", "Put the value into quotes."),
)


def _syntax(text: str, problem: yaml.MarkedYAMLError) -> Diagnostic:
    what = " ".join(str(part) for part in (problem.context, problem.problem) if part)
    # Of brackets that are never closed, the place where they open says more than the end of the file.
    opened = "while parsing a flow" in what or "while scanning a quoted" in what
    mark = (problem.context_mark if opened else None) or problem.problem_mark or problem.context_mark
    place = Position(mark.line + 1, mark.column + 1) if mark else START
    lines = text.splitlines()
    hint = next(
        (hint for words, hint in _HINTS if words in what), "Fix the syntax at this place, or in the line before."
    )
    if place.line <= len(lines) and "\t" in lines[place.line - 1][: place.column]:
        hint = "YAML is indented by spaces: replace the tab."
    elif opened and place.line <= len(lines) and re.search(r"\{[^'\"]*\$\{", lines[place.line - 1]):
        hint = "Between `{` and `}` put `${NAME}` into quotes; or write each key in a line of its own."
    elif place.line <= len(lines) and (blank := odd_space(lines[place.line - 1])):
        hint = f"There is a {blank} in this line: replace it by a plain space."
    return Diagnostic((), f"This is not YAML: {what}.", hint, "syntax", position=place)


def _unreadable(text: str, problem: Exception) -> Diagnostic:
    """Return a character that YAML does not allow, or a value that Python does not."""
    index = getattr(problem, "position", None)
    if not isinstance(index, int):
        return Diagnostic((), f"This is not YAML: {problem}.", "Put the value into quotes.", "syntax", position=START)
    # libyaml counts bytes; what is before a control character is mostly ASCII, and a miss stays in the line.
    before = text.encode()[:index].decode(errors="ignore")
    place = Position(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
    message = "There is a control character here, which YAML does not allow."
    return Diagnostic(
        (), message, 'Remove it, or write it as an escape in double quotes: `"\\x07"`.', "syntax", position=place
    )
