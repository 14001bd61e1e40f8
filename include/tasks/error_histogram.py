"""Counts how far predictions are off, for a plot of their errors."""

from __future__ import annotations

from typing import Any

BINS = 30


def error_histogram(errors: Any, limit: float, unit: str) -> dict[str, Any]:
    """Count errors in bins of one width.

    The bins do not depend on the errors, so that those of two targets or two runs can be laid over each other.

    Args:
        errors: what was predicted less what was true; positive: predicted too much. Those that are not known (NaN) are
            left out.
        limit: where the bins end, to both sides of 0. The first and the last one also count what lies beyond.
        unit: what errors are measured in, such as `seconds`.

    Returns:
        `{"edges": of the bins, one more than there are bins, "counts", "unit", "clipped": True}`; the last says that
        the outer bins count what lies beyond.
    """
    import numpy

    known = numpy.asarray(errors, dtype="float64")
    known = known[~numpy.isnan(known)]
    counts, edges = numpy.histogram(known.clip(-limit, limit), bins=BINS, range=(-limit, limit))
    rounded = [round(edge, 6) for edge in edges.tolist()]
    return {"edges": rounded, "counts": counts.tolist(), "unit": unit, "clipped": True}
