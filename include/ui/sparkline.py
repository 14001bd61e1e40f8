"""The trend of a DAG's runs as a small picture."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from include.ui.runs import ListedRun
from include.ui.words import duration

WIDTH, HEIGHT, MARGIN = 120, 28, 3


def sparkline(runs: Sequence[ListedRun]) -> Markup:
    """Draw how long the latest runs took, those that failed as dots.

    Args:
        runs: the runs, the latest first.

    Returns:
        SVG with a text that says the same; empty if fewer than two of them ended.
    """
    ended = [(run, run.seconds) for run in reversed(runs) if run.seconds is not None]
    if len(ended) < 2:
        return Markup("")
    seconds = [one for _, one in ended]
    most = max(seconds) or 1.0
    step = (WIDTH - 2 * MARGIN) / (len(seconds) - 1)
    points = [
        (MARGIN + index * step, HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * one / most)
        for index, one in enumerate(seconds)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    failed = sum(run.state == "failed" for run, _ in ended)
    words = f"The last {len(ended)} runs took {duration(min(seconds))} to {duration(max(seconds))}"
    words += f"; {failed} failed." if failed else "."
    dots = Markup("").join(
        Markup('<circle class="failed" cx="{:.1f}" cy="{:.1f}" r="2.5"/>').format(x, y)
        for (x, y), (run, _) in zip(points, ended, strict=True)
        if run.state == "failed"
    )
    return Markup(
        '<svg class="trend" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}"><title>{}</title>'
        '<polyline points="{}"/>{}</svg>'
    ).format(words, WIDTH, HEIGHT, WIDTH, HEIGHT, escape(words), line, dots)
