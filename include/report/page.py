"""Writes a report as one page: no network, no scripts, light and dark, on a screen, a phone and paper."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from include.report import words
from include.report.plots import name_of, plots_of
from include.report.targets import title

MOST_BYTES = 1_000_000
"""A page is smaller, whatever the run."""
_LIMITS = (200, 60, 15)
"""Tasks that a page lists, the next fewer where it would be too large."""
_TEMPLATES = Path(__file__).parent / "templates"


def html(report: Mapping[str, Any]) -> str:
    """Return the page of a report.

    Args:
        report: what `include.report.document.report_of` gives, or `report.json` read back.

    Returns:
        A whole HTML document, of less than `MOST_BYTES`.
    """
    plots = plots_of(report)
    for limit in _LIMITS:
        for embedded in (_json(report), None):
            page = _template().render(report=report, plots=plots, limit=limit, embedded=embedded, name_of=name_of)
            if len(page.encode()) < MOST_BYTES:
                return page
    return _template().render(report=report, plots=[], limit=_LIMITS[-1], embedded=None, name_of=name_of)


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "seconds": words.seconds,
        "size": words.size,
        "count": words.count,
        "figure": words.figure,
        "money": words.money,
        "title_of": title,
        "moment": _moment,
        "value": _value,
    }
    return environment.get_template("page.html.j2")


def _json(report: Mapping[str, Any]) -> Markup:
    """Return the report as JSON that can stand in a page: nothing in it ends its element."""
    text = json.dumps(report, allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


def _moment(moment: str | None) -> str:
    if not moment:
        return words.UNKNOWN
    try:
        return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError:
        return moment


def _value(value: Any) -> str:
    """Return a value of a row as people read it."""
    if value is None:
        return "NULL"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
