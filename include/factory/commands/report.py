"""Shows mistakes: as text for people, and as JSON, GitHub annotations and SARIF for programs.

All from the same values.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from include.factory.diagnostics import Located, spelled

_RED, _YELLOW, _BOLD, _DIM, _PLAIN = "\033[31m", "\033[33m", "\033[1m", "\033[2m", "\033[0m"
_WIDTH = 120
"""Characters of a source line that are shown."""
_SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

Texts = Mapping[str, str]
"""The text of each file, by name."""


def as_text(diagnostics: Sequence[Located], texts: Texts, colour: bool = False) -> str:
    """Mistakes for people: place, message and hint, with the source line and a caret under the place.

    Args:
        diagnostics: The mistakes, each with a position.
        texts: The files' texts by name.
        colour: Whether to use a terminal's colours.

    Returns:
        Lines of text, without a newline at the end.
    """
    return "\n\n".join(_paragraph(diagnostic, texts.get(diagnostic.file, ""), colour) for diagnostic in diagnostics)


def as_json(diagnostics: Sequence[Located], texts: Texts) -> str:
    """Mistakes as a JSON list of objects: file, line, column, path, level, code, message, hint."""
    return json.dumps(
        [{**_place(diagnostic), "path": spelled(diagnostic.path), **_words(diagnostic)} for diagnostic in diagnostics],
        indent=2,
        ensure_ascii=False,
    )


def as_github(diagnostics: Sequence[Located], texts: Texts) -> str:
    """Mistakes as workflow commands (GitHub Docs), which GitHub shows on the lines of a pull request."""

    def escaped(text: str, more: str = "") -> str:
        for character in "%\r\n" + more:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    lines = []
    for diagnostic in diagnostics:
        place = _place(diagnostic)
        file, title = escaped(place["file"], ":,"), escaped(diagnostic.code, ":,")
        where = f"file={file},line={place['line']},col={place['column']},title={title}"
        lines.append(f"::{diagnostic.level} {where}::{escaped(f'{diagnostic.message} {diagnostic.hint}')}")
    return "\n".join(lines)


def as_sarif(diagnostics: Sequence[Located], texts: Texts) -> str:
    """Mistakes as SARIF 2.1.0, for code scanning and editors."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    results = []
    for diagnostic in diagnostics:
        place = _place(diagnostic)
        region = {"startLine": place["line"], "startColumn": place["column"]}
        location = {"physicalLocation": {"artifactLocation": {"uri": place["file"]}, "region": region}}
        text = {"text": f"{diagnostic.message} {diagnostic.hint}"}
        results.append({"ruleId": diagnostic.code, "level": diagnostic.level, "message": text, "locations": [location]})
    driver = {"name": "snowpod", "rules": [{"id": code} for code in codes]}
    return json.dumps(
        {"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}, indent=2
    )


FORMATS: dict[str, Callable[[Sequence[Located], Texts], str]] = {
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
"""The formats for programs."""


def _place(diagnostic: Located) -> dict[str, Any]:
    return {"file": diagnostic.file, "line": diagnostic.position.line, "column": diagnostic.position.column}


def _words(diagnostic: Located) -> dict[str, str]:
    return {"level": diagnostic.level, "code": diagnostic.code, "message": diagnostic.message, "hint": diagnostic.hint}


def _paragraph(diagnostic: Located, text: str, colour: bool) -> str:
    warning = diagnostic.level == "warning"
    red, bold, dim, plain = (_YELLOW if warning else _RED, _BOLD, _DIM, _PLAIN) if colour else ("", "", "", "")
    place = diagnostic.position
    path = spelled(diagnostic.path)
    where = f" {dim}({path}){plain}" if path and f"`{path}`" not in diagnostic.message else ""
    said = f"warning: {diagnostic.message}" if warning else diagnostic.message
    lines = [f"{bold}{diagnostic.file}:{place.line}:{place.column}:{plain} {red}{said}{plain}{where}"]
    source = text.splitlines()
    # The line with a secret stays where it is: reports go to logs and to Airflow's pages.
    if place.line <= len(source) and diagnostic.code != "secret":
        number = str(place.line)
        start = max(0, place.column - _WIDTH + 20)
        shown = source[place.line - 1][start : start + _WIDTH].replace("\t", " ")
        lines.append(f"  {dim}{number} |{plain} {shown}")
        lines.append(f"  {' ' * len(number)} {dim}|{plain} {' ' * (place.column - 1 - start)}{red}^{plain}")
    return "\n".join([*lines, f"  {diagnostic.hint}"])
