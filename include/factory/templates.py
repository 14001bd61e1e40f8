"""The parts of a template that the factory itself replaces: `{{ target }}`, `{{ variant }}` and `{{ outputs.task.key }}`.

Everything else in a template stays for Airflow to render when the task runs. The text is split by Jinja's own lexer, so that
strings, comments and raw blocks are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2
from jinja2.lexer import TOKEN_BLOCK_BEGIN, TOKEN_BLOCK_END, TOKEN_VARIABLE_BEGIN, TOKEN_VARIABLE_END

_JINJA = jinja2.Environment(keep_trailing_newline=True)
_BEGIN = (TOKEN_VARIABLE_BEGIN, TOKEN_BLOCK_BEGIN)
_END = (TOKEN_VARIABLE_END, TOKEN_BLOCK_END)


@dataclass(frozen=True)
class Reference:
    """A name with a dotted or indexed path in a template: `outputs.train.model` is ("outputs", "train", "model").

    Attributes:
        parts: The name and the constant parts of its path.
        line: The line of the template it is in, from 1.
        first: Index of its first token.
        last: Index of the token after its last.
    """

    parts: tuple[str, ...]
    line: int
    first: int
    last: int


def is_template(text: str) -> bool:
    """Whether a text has anything in it for Jinja."""
    return "{{" in text or "{%" in text


@lru_cache(maxsize=4096)
def references(text: str) -> tuple[Reference, ...]:
    """The names a template uses.

    Args:
        text: The template.

    Returns:
        Its names in order, without those after a dot and keyword arguments.

    Raises:
        jinja2.TemplateSyntaxError: if Jinja cannot split it.
    """
    if not is_template(text):
        return ()
    return tuple(_references(list(_JINJA.lex(text))))


@lru_cache(maxsize=4096)
def syntax_problem(text: str) -> tuple[str, int] | None:
    """What keeps a template from being Jinja: Jinja's words, and the line of the template, from 1; None if nothing does."""
    try:
        _JINJA.parse(text)
    except jinja2.TemplateSyntaxError as problem:
        return str(problem.message), problem.lineno
    return None


def strings(value: Any) -> Iterator[str]:
    """All strings in a value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from strings(key)
            yield from strings(below)
    elif isinstance(value, list):
        for below in value:
            yield from strings(below)


def mapped_task(value: Any) -> str | None:
    """The task whose whole result a value stands for: `load` of `{{ outputs.load }}`; None if it is anything else."""
    match = re.fullmatch(r"\s*\{\{\s*outputs\.([\w-]+)\s*\}\}\s*", value) if isinstance(value, str) else None
    return match[1] if match else None


def names(value: Any) -> Iterator[tuple[str, ...]]:
    """The references of all templates in a value; templates that Jinja cannot split have none."""
    for text in strings(value):
        try:
            for reference in references(text):
                yield reference.parts
        except jinja2.TemplateSyntaxError:
            continue


def fill(value: Any, words: dict[str, str], task_id: Callable[[str], str]) -> Any:
    """Replace what the factory knows in all strings of a value.

    Args:
        value: Strings, numbers, lists and mappings; not changed.
        words: The texts of `target` and `variant`.
        task_id: From a task's name to its full id in the DAG.

    Returns:
        The value with `{{ target }}` and `{{ variant }}` replaced by their text, and `{{ outputs.t.k }}` by the XCom of task `t`.
    """
    if isinstance(value, str):
        return _fill(value, words, task_id)
    if isinstance(value, dict):
        return {fill(key, words, task_id): fill(below, words, task_id) for key, below in value.items()}
    if isinstance(value, list):
        return [fill(below, words, task_id) for below in value]
    return value


def _fill(text: str, words: dict[str, str], task_id: Callable[[str], str]) -> str:
    if not is_template(text):
        return text
    tokens = [(kind, value) for _, kind, value in _JINJA.lex(text)]
    for reference in reversed(references(text)):
        word = words.get(reference.parts[0])
        if word is not None:
            first, last = _whole(tokens, reference)
            alone = (first, last) != (reference.first, reference.last)
            tokens[first:last] = [("data", word if alone else repr(word))]
        elif reference.parts[0] == "outputs" and len(reference.parts) > 1:
            pull = f"ti.xcom_pull(task_ids={task_id(reference.parts[1])!r})"
            tokens[reference.first : reference.last] = [("data", pull + "".join(f"[{key!r}]" for key in reference.parts[2:]))]
    return "".join(value for _, value in tokens)


def _whole(tokens: list[tuple[str, str]], reference: Reference) -> tuple[int, int]:
    """The token range of `{{ name }}` if the reference stands alone in it, else its own range."""
    first, last = reference.first - 1, reference.last
    while first >= 0 and tokens[first][0] == "whitespace":
        first -= 1
    while last < len(tokens) and tokens[last][0] == "whitespace":
        last += 1
    if first >= 0 and last < len(tokens) and tokens[first][0] == TOKEN_VARIABLE_BEGIN and tokens[last][0] == TOKEN_VARIABLE_END:
        return first, last + 1
    return reference.first, reference.last


def _references(tokens: list[tuple[int, str, str]]) -> Iterator[Reference]:
    inside = False
    index = 0
    before = ""
    while index < len(tokens):
        line, kind, value = tokens[index]
        if kind in _BEGIN or kind in _END:
            inside = kind in _BEGIN
        elif inside and kind == "name" and before != ".":
            parts, last = _path(tokens, index)
            following = next((token[2] for token in tokens[last:] if token[1] != "whitespace"), "")
            if following != "=" or before in ("{{", "{%"):
                yield Reference(parts, line, index, last)
            index, before = last, value
            continue
        if kind != "whitespace":
            before = value
        index += 1


def _path(tokens: list[tuple[int, str, str]], first: int) -> tuple[tuple[str, ...], int]:
    """The constant path that begins with a name, and the index after it: `.key` and `['key']`."""
    parts = [tokens[first][2]]
    index = first + 1
    while index + 1 < len(tokens):
        kinds = [kind for _, kind, _ in tokens[index : index + 3]]
        values = [value for _, _, value in tokens[index : index + 3]]
        if values[0] == "." and kinds[1] == "name":
            parts.append(values[1])
            index += 2
        elif kinds == ["operator", "string", "operator"] and values[0] == "[" and values[2] == "]":
            parts.append(values[1][1:-1])
            index += 3
        else:
            break
    return tuple(parts), index
