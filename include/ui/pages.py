"""Fills the templates of the pages. Everything that comes from users is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from include.ui.guard import airflow_root
from include.ui.sparkline import sparkline
from include.ui.words import duration, moment

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {
    "duration": duration,
    "moment": moment,
    "trend": sparkline,
    # In one segment of a path, whatever is in it.
    "segment": lambda text: quote(str(text), safe=""),
}


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill a template.

    Args:
        request: what the page answers.
        template: the file's name.
        status: HTTP's word for how it went.
        **values: what the template shows.

    Returns:
        The page.
    """
    html = _TEMPLATES.get_template(template).render(
        here=request.scope["root_path"], airflow=airflow_root(request), nonce=request.state.snowpod_nonce, **values
    )
    return HTMLResponse(html, status)
