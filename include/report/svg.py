"""Draws figures as SVG that stands inside a page: text as text, colours by the page's own variables, light and dark."""

from __future__ import annotations

import io
import threading
import warnings
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

WIDTH = 400
"""Units that a plot is wide: a phone's screen shows them at about their size."""
DPI = 72
"""At which a unit of the plot is a point."""
COLOURS = {
    name: f"#0{index:x}0f0e"
    for index, name in enumerate(("ink", "faint", "paper", "c1", "c2", "c3", "c4", "c5", "bad"))
}
"""What stands for the page's colours while a plot is drawn: colours that nothing else has."""
_SVG, _LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_DRAWING = threading.Lock()
"""Matplotlib's settings are one for the whole process, which may draw for several people at once."""


@dataclass(frozen=True)
class Margins:
    """What is left free around a plot for its names, in the units of `WIDTH`.

    Matplotlib can find them by itself, which takes it as long as drawing the plot once more.
    """

    left: float
    bottom: float
    top: float
    right: float = 26


def drawn(
    name: str, height: float, margins: Margins, draw: Callable[[Axes], None], title: str, description: str
) -> str:
    """Draw a plot.

    Args:
        name: what the ids in it begin with, another one for each plot of a page.
        height: in the units of `WIDTH`, margins included.
        margins: what is left free around it.
        draw: draws into the axes; uses `COLOURS`.
        title: what the plot is called.
        description: what it shows, for those who do not see it.

    Returns:
        An SVG element.
    """
    with _DRAWING, _settings(name):
        figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI)
        FigureCanvasSVG(figure)
        across, up = WIDTH - margins.left - margins.right, height - margins.bottom - margins.top
        axes = figure.add_axes((margins.left / WIDTH, margins.bottom / height, across / WIDTH, up / height))
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_axisbelow(True)
        draw(axes)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return _inline(buffer.getvalue(), name, title, description)


@contextmanager
def _settings(name: str) -> Iterator[None]:
    ink, faint = COLOURS["ink"], COLOURS["faint"]
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "text.parse_math": False,  # a `$` in a task's name is one
        "axes.formatter.use_mathtext": False,
        "axes.unicode_minus": False,
        "font.size": 11.5,
        "font.family": "sans-serif",
        "text.color": ink,
        "axes.labelcolor": ink,
        "axes.edgecolor": faint,
        "xtick.color": faint,
        "ytick.color": faint,
        "xtick.labelcolor": ink,
        "ytick.labelcolor": ink,
        "grid.color": faint,
        "grid.linewidth": 0.4,
        "legend.frameon": False,
        "legend.labelcolor": ink,
        "legend.fontsize": 10,
    }
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # Letters that Matplotlib's own font lacks: the reader's browser has them.
        warnings.filterwarnings("ignore", message="Glyph")
        yield


def _inline(text: str, name: str, title: str, description: str) -> str:
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(text)
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    for element in root.iter():
        _tidy(element, name)
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-description")
    for position, (tag, words) in enumerate({"title": title, "desc": description}.items()):
        child = ElementTree.Element(
            f"{{{_SVG}}}{tag}", {"id": f"{name}-{'title' if tag == 'title' else 'description'}"}
        )
        child.text = words
        root.insert(position, child)
    drawing = ElementTree.tostring(root, encoding="unicode")
    for colour, value in COLOURS.items():
        drawing = drawing.replace(value, f"var(--{colour})")
    return drawing


def _tidy(element: ElementTree.Element, name: str) -> None:
    """Make ids the plot's own, so that those of several plots on a page do not meet."""
    if "id" in element.attrib:
        element.set("id", f"{name}-{element.attrib['id']}")
    if (link := element.attrib.pop(f"{{{_LINK}}}href", None)) is not None:
        element.set("href", link.replace("#", f"#{name}-", 1))
    for key in ("clip-path", "style"):
        if key in element.attrib:
            element.set(key, element.attrib[key].replace("url(#", f"url(#{name}-"))
