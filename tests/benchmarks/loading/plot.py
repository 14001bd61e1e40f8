"""Draws what loading costs by the number of pipelines: an SVG that is readable on light and dark backgrounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.loading.measure import Figures
from tests.benchmarks.loading.pipelines import KINDS
from tests.benchmarks.loading.sides import SIDES

TEXT = "#808080"
"""Contrast of about 4 to 1, on white and on black alike."""
COLOURS = ("#0a84d0", "#0a84d0", "#2a9d3a", "#d9730d", "#a05fd0", "#c9485b")
LINES = ("-", "--", "-", "-", "-", "-")


def draw(figures: Sequence[Figures], path: Path) -> None:
    """Draw CPU seconds over numbers of pipelines, for each kind; both axes logarithmic.

    Args:
        figures: of all sides.
        path: the SVG to write.
    """
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    settings = dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), TEXT)
    kinds = [kind for kind in KINDS if any(one.kind == kind for one in figures)]
    # A fixed salt and no date: the same figures give the same file.
    with pyplot.rc_context({**settings, "svg.hashsalt": "loading", "svg.fonttype": "none", "font.size": 10}):
        drawing, axes = pyplot.subplots(1, len(kinds), figsize=(4.8 * len(kinds), 4), sharey=True, squeeze=False)
        for axis, kind in zip(axes[0], kinds, strict=True):
            _panel(axis, [one for one in figures if one.kind == kind], KINDS[kind])
        axes[0][0].set_ylabel("CPU seconds to load all DAGs")
        axes[0][0].legend(frameon=False, fontsize=9)
        drawing.tight_layout()
        drawing.savefig(path, transparent=True, metadata={"Date": None})
        pyplot.close(drawing)


def _panel(axis: Any, figures: Sequence[Figures], title: str) -> None:
    for side, colour, line in zip(SIDES, COLOURS, LINES, strict=True):
        own = sorted((one.count, one.median("load")) for one in figures if one.side == side.name and one.load)
        if own:
            axis.plot(
                *zip(*own, strict=True), color=colour, linestyle=line, marker="o", markersize=3.5, label=side.title
            )
    axis.set(xscale="log", yscale="log", title=title, xlabel="pipelines of six tasks")
    counts = sorted({one.count for one in figures})
    axis.set_xticks(counts, [f"{count:,}" for count in counts])
    axis.minorticks_off()
    axis.yaxis.set_major_formatter("{x:g}")
    axis.grid(color=TEXT, alpha=0.25)
    axis.spines[["top", "right"]].set_visible(False)
