"""The parts of a template that the factory itself replaces.

`{{ target }}`, `{{ variant }}` and `{{ outputs.task.key }}`.

Everything else in a template stays for Airflow to render when the task runs. Jinja's own tree says which names come
from outside the template, and its lexer where they stand; strings, comments and raw blocks are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2
from jinja2.ext import Extension
from jinja2.lexer import TOKEN_NAME, TOKEN_VARIABLE_BEGIN, TOKEN_VARIABLE_END, Token, TokenStream

from include.constants import RESULT_OF
from include.factory.templates.scopes import free_names


class _Numbered(str):
    """A name in a template, with its number among the template's names."""

    number: int


class _Numbering(Extension):
    """Numbers the names that the parser reads, so that a name in the tree can be found among the tokens."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Return what the parser reads; `stream` as the lexer gives it."""
        number = 0
        for token in stream:
            if token.type == TOKEN_NAME:
                name = _Numbered(token.value)
                name.number = number
                number += 1
                token = Token(token.lineno, token.type, name)
            yield token


# `do` is the one extension that Airflow gives its templates
# (airflow.sdk.definitions._internal.templater.create_template_env).
_JINJA = jinja2.Environment(keep_trailing_newline=True, extensions=["jinja2.ext.do", _Numbering])


_PLAIN = re.compile(r"\{\{(\s*)([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(\s*)\}\}", re.ASCII)
"""An expression that is a name with a dotted path."""
_WORDS = frozenset({"and", "else", "false", "False", "if", "in", "is", "none", "None", "not", "or", "true", "True"})
"""What is no name to Jinja, or none everywhere."""

RESULT_MACRO = RESULT_OF.rpartition(".")[2]
"""What templates call `RESULT_OF`."""


@dataclass(frozen=True)
class Reference:
    """A name from outside a template, with a dotted or indexed path.

    `outputs.train.model` is ("outputs", "train", "model").

    Attributes:
        parts: The name and the constant parts of its path; a method that is called is none.
        line: The line of the template it is in, from 1.
        first: Index of its first token.
        last: Index of the token after its last.
        sure: Whether the template never defines the name itself where it stands.
    """

    parts: tuple[str, ...]
    line: int
    first: int
    last: int
    sure: bool


@dataclass(frozen=True)
class _Parsed:
    """A template as Jinja sees it.

    Attributes:
        tokens: Kinds and texts; the texts together are the template.
        references: The names from outside, in order.
        problem: What keeps it from being Jinja: Jinja's words, and the line; the others are empty then.
    """

    tokens: tuple[tuple[str, str], ...] = ()
    references: tuple[Reference, ...] = ()
    problem: tuple[str, int] | None = None


_NOTHING = _Parsed()


def is_template(text: str) -> bool:
    """Whether a text has anything in it for Jinja."""
    return "{{" in text or "{%" in text or "{#" in text


def filled_at_run(text: str) -> bool:
    """Whether a text still has something for Jinja once the factory has filled in its own names."""
    return is_template(text) and is_template(fill(text, dict.fromkeys(("target", "variant", "connection"), ""), str))


def references(text: str) -> tuple[Reference, ...]:
    """Return the names a template reads from outside, in order; none if it is not Jinja."""
    return _parsed(text).references if is_template(text) else ()


def syntax_problem(text: str) -> tuple[str, int] | None:
    """Return what keeps a template from being Jinja: Jinja's words, and the line of the template, from 1.

    None if nothing does.
    """
    return _parsed(text).problem if is_template(text) else None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> _Parsed:
    return (_plainly_parsed(text) or _fully_parsed(text)) if is_template(text) else _NOTHING


def _plainly_parsed(text: str) -> _Parsed | None:
    """Return what Jinja would say of a template with nothing but names, as most are; None if it has anything else."""
    if "{%" in text or "{#" in text or "\r" in text:
        return None
    tokens: list[tuple[str, str]] = []
    found: list[Reference] = []
    line, place = 1, 0
    for expression in _PLAIN.finditer(text):
        before = text[place : expression.start()]
        parts = tuple(expression[2].split("."))
        if "{{" in before or before.endswith("{") or parts[0] in _WORDS:
            return None
        line += before.count("\n") + expression[1].count("\n")
        tokens += [
            one for one in (("data", before), (TOKEN_VARIABLE_BEGIN, "{{"), ("whitespace", expression[1])) if one[1]
        ]
        first = len(tokens)
        tokens.append((TOKEN_NAME, parts[0]))
        for part in parts[1:]:
            tokens += [("operator", "."), (TOKEN_NAME, part)]
        found.append(Reference(parts, line, first, len(tokens), sure=True))
        if expression[3]:
            tokens.append(("whitespace", expression[3]))
            line += expression[3].count("\n")
        tokens.append((TOKEN_VARIABLE_END, "}}"))
        place = expression.end()
    rest = text[place:]
    if not found or "{{" in rest:
        return None
    return _Parsed((*tokens, ("data", rest)) if rest else tuple(tokens), tuple(found))


def _fully_parsed(text: str) -> _Parsed:
    try:
        free = free_names(_JINJA.parse(text))
        tokens = list(_JINJA.lex(text))
    except jinja2.TemplateSyntaxError as problem:
        return _Parsed(problem=(str(problem.message), problem.lineno))
    except RecursionError:
        return _Parsed(problem=("It is nested too deep", 1))
    places = [index for index, (_, kind, _) in enumerate(tokens) if kind == TOKEN_NAME]
    found = []
    for name, sure in free:
        if isinstance(name, _Numbered):
            first = places[name.number]
            parts, last = _path(tokens, first)
            found.append(Reference(parts, tokens[first][0], first, last, sure))
    found.sort(key=lambda reference: reference.first)
    return _Parsed(tuple((kind, value) for _, kind, value in tokens), tuple(found))


def strings(value: Any) -> Iterator[str]:
    """All strings in a value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(key)
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def is_expression(value: Any) -> bool:
    """Whether a value is one `{{ expression }}` and nothing else, which our operators render with its type kept."""
    tokens = _parsed(value).tokens if isinstance(value, str) else ()
    kinds = [kind for kind, text in tokens if text.strip()]
    return kinds[:1] == [TOKEN_VARIABLE_BEGIN] and kinds.index(TOKEN_VARIABLE_END) == len(kinds) - 1


def names(value: Any) -> Iterator[tuple[str, ...]]:
    """Return the references of all templates in a value; templates that are not Jinja have none."""
    for text in strings(value):
        for reference in references(text):
            yield reference.parts


def masked(text: str) -> tuple[str, list[str]]:
    """Return a text with a mark in place of each `{{ expression }}`, and without all else that is for Jinja.

    Args:
        text: A template; one that is not Jinja has no expressions.

    Returns:
        The text, in which U+E000, a number and U+E001 stand for the expression with that number; and the expressions. A
        name that the template itself defines leaves U+E002, which no name has in it, in place of its expression.
    """
    tokens = _parsed(text).tokens
    free = {reference.first for reference in references(text)}
    written: list[str] = []
    expressions: list[str] = []
    inside: list[int] = []
    for place, (kind, value) in enumerate(tokens):
        if kind.endswith("_begin"):
            inside = [place]
        if not inside:
            written.append(value)
            continue
        if kind.endswith("_end"):
            if kind == TOKEN_VARIABLE_END:
                first = inside[0]
                ours = any(first < one < place for one in free)
                expressions.append("".join(part for _, part in tokens[first : place + 1]))
                written.append(f"\ue000{len(expressions) - 1}\ue001" if ours else "\ue002")
            else:
                written.append(" ")
            inside = []
    return ("".join(written), expressions) if tokens else (text, [])


def fill(value: Any, words: dict[str, str], task_id: Callable[[str], str]) -> Any:
    """Replace what the factory knows in all strings of a value.

    Args:
        value: Strings, numbers, lists and mappings; not changed.
        words: The texts of `target` and `variant`.
        task_id: From a task's name to its full id in the DAG.

    Returns:
        The value with `{{ target }}` and `{{ variant }}` replaced by their text, and `{{ outputs.t.k }}` by the result
        of task `t`.
    """
    if isinstance(value, str):
        return _fill(value, words, task_id) if "{" in value else value
    if isinstance(value, dict):
        return {
            fill(key, words, task_id): inner
            if isinstance(inner, str) and "{" not in inner
            else fill(inner, words, task_id)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [fill(inner, words, task_id) for inner in value]
    return value


def _fill(text: str, words: dict[str, str], task_id: Callable[[str], str]) -> str:
    found = references(text)
    if not found:
        return text
    tokens = list(_parsed(text).tokens)
    for reference in reversed(found):
        name = reference.parts[0]
        first, last = reference.first, reference.last
        if name in words:
            first, last = _whole(tokens, reference) if reference.sure else (first, last)
            alone = (first, last) != (reference.first, reference.last)
            ours = words[name] if alone else repr(words[name])
        elif name == "outputs" and len(reference.parts) > 1:
            ours = (
                f"{RESULT_MACRO}(ti,"
                f" {', '.join(repr(part) for part in (task_id(reference.parts[1]), *reference.parts[2:]))})"
            )
        else:
            continue
        if not reference.sure:  # the template defines the name in one branch of an `if`
            ours = f"({''.join(value for _, value in tokens[first:last])} if {name} is defined else {ours})"
        tokens[first:last] = [("data", ours)]
    return "".join(value for _, value in tokens)


def _whole(tokens: Sequence[tuple[str, str]], reference: Reference) -> tuple[int, int]:
    """Return the token range of `{{ name }}` if the reference stands alone in it, else its own range."""
    first, last = reference.first - 1, reference.last
    while first >= 0 and tokens[first][0] == "whitespace":
        first -= 1
    while last < len(tokens) and tokens[last][0] == "whitespace":
        last += 1
    if (
        first >= 0
        and last < len(tokens)
        and tokens[first][0] == TOKEN_VARIABLE_BEGIN
        and tokens[last][0] == TOKEN_VARIABLE_END
    ):
        return first, last + 1
    return reference.first, reference.last


def _path(tokens: list[tuple[int, str, str]], first: int) -> tuple[tuple[str, ...], int]:
    """Return the constant path that begins with a name, and the index after it.

    `.key` and `['key']`, but not `.method()`.
    """
    parts = [tokens[first][2]]
    index = first + 1
    while index + 1 < len(tokens):
        kinds = [kind for _, kind, _ in tokens[index : index + 3]]
        values = [value for _, _, value in tokens[index : index + 3]]
        if values[0] == "." and kinds[1] == "name":
            if values[2:] == ["("]:
                break
            parts.append(values[1])
            index += 2
        elif kinds == ["operator", "string", "operator"] and values[0] == "[" and values[2] == "]":
            parts.append(values[1][1:-1])
            index += 3
        else:
            break
    return tuple(parts), index
