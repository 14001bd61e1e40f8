"""Texts of others in Markdown: shown as they are, whatever HTML, Markdown or Jinja is in them."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

LONGEST_VALUE = 80
"""Characters that are shown of a value."""
_SPECIAL = re.compile(r"[\\`*\[\]<>#|~!&${}]|(?<![^\W_])_|_(?![^\W_])")
_CODE = re.compile(r"(?<![`\\])`([^`]+)`(?!`)")
_LINE_START = re.compile(r"^(\d{1,9})?([-+=.)])", re.MULTILINE)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that control, that turn the direction of a line, or that no database takes."""


def clean(text: str) -> str:
    """Return a text with a mark in place of each character that cannot be shown, or should not be."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


@lru_cache(maxsize=4096)  # many pipelines have much of it in common
def plain(text: str) -> str:
    """Return a text as Markdown that shows it: paragraphs and `code` are kept, all else has no meaning."""
    paragraphs = re.split(r"\n\s*\n", clean(text.strip()))
    lines = (" ".join(one.split()) for one in paragraphs)
    return "\n\n".join(_LINE_START.sub(r"\1\\\2", _shown(line)) for line in lines if line)


def _shown(line: str) -> str:
    """Return a line with nothing of Markdown left in it but `code`."""
    parts = _CODE.split(line)  # in turn what is between codes, and a code
    return "".join(code(part) if number % 2 else _SPECIAL.sub(r"\\\g<0>", part) for number, part in enumerate(parts))


def code(text: str) -> str:
    """Return a text as code within a line."""
    text = " ".join(clean(text).split())
    ticks = "`"
    while ticks in text:
        ticks += "`"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}" if text else "empty"


def cell(given: Any) -> str:
    """Return a value as code within a cell of a table, a long one cut."""
    shown = json.dumps(given, ensure_ascii=False, default=str)
    return code(shown if len(shown) <= LONGEST_VALUE else f"{shown[: LONGEST_VALUE - 1]}…").replace("|", "\\|")


@lru_cache(maxsize=1024)
def block(text: str, language: str = "text") -> str:
    """Return a text as a block of code, in a fence longer than any in it."""
    text = clean(text)
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
