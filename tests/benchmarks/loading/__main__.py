"""`make bench`: measures, and prints the tables.

python -m tests.benchmarks.loading [pipelines …] [--kinds snowpark,kubernetes] [--repeats N] [--out FOLDER]
"""

from __future__ import annotations

import argparse
import json
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from include.constants import ROOT
from tests.benchmarks.loading import limits, table
from tests.benchmarks.loading.measure import Figures, as_json, measure
from tests.benchmarks.loading.pipelines import KINDS
from tests.benchmarks.loading.plot import draw
from tests.benchmarks.loading.processor import Processor
from tests.benchmarks.loading.sides import SIDES, SPLIT, Side
from tests.benchmarks.loading.workshop import Workshop

COUNTS = (1, 10, 100, 1000, 5000)
PYTHON = ROOT / ".local" / "venvs" / "bench" / "bin" / "python"


def main(words: list[str]) -> int:
    """Measure what the command line says.

    Returns:
        The exit code: 0; 1 if a ratio is over its limit.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folder goes with it
    asked = _arguments(words)
    sides, missing = _installed(asked.python)
    figures: list[Figures] = []
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:5.0f} s  {text}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="bench-loading-") as folder:
        workshop = Workshop(Path(folder), asked.python)
        processor = None if asked.no_processor else Processor(workshop)
        for count in asked.counts:
            for kind in asked.kinds.split(","):
                say(f"{kind}, {count:,} pipelines: written, and the DAGs of all sides held against each other")
                workshop.write([*sides, SPLIT], count, kind)
                found = measure(workshop, sides, kind, count, asked.repeats or (5 if count < 5000 else 3), say)
                figures += found if processor is None else _parsed(processor, found, say)
    found = limits.ratios(limits.medians(figures))
    text = table.tables(figures, missing) + "\n" + table.verdicts(found)
    print(text)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "loading.json").write_text(json.dumps({"machine": _machine(), "figures": as_json(figures)}, indent=1))
    (asked.out / "loading.md").write_text(text)
    draw(figures, asked.out / "loading.svg")
    print(f"in {asked.out}: loading.json, loading.md, loading.svg", file=sys.stderr)
    return 0 if all(one.holds for one in found) else 1


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=COUNTS, help="numbers of pipelines")
    parser.add_argument("--kinds", default=",".join(KINDS), help="the targets")
    parser.add_argument("--repeats", type=int, default=0, help="processes for each figure (5; 3 from 5,000 on)")
    parser.add_argument("--no-processor", action="store_true", help="without the dag-processor")
    parser.add_argument("--out", type=Path, default=ROOT / ".local" / "bench", help="folder for the results")
    parser.add_argument("--python", type=Path, default=PYTHON, help="the interpreter of all sides")
    return parser.parse_args(words)


def _parsed(processor: Processor, figures: list[Figures], say: Callable[[str], None]) -> Iterator[Figures]:
    """Add what a parse in the dag-processor takes, and a side for several loaders."""
    kind, count = figures[0].kind, figures[0].count
    sides = {side.name: side for side in (*SIDES, SPLIT)}
    for one in (*figures, Figures(kind, count, SPLIT.name)):
        say(f"{kind}, {count:,} pipelines: the dag-processor, {sides[one.side].title}")
        one.processor = processor.parse(sides[one.side], kind, count)
        yield one


def _installed(python: Path) -> tuple[list[Side], list[str]]:
    """The sides that an interpreter can run, and the titles of the others."""

    def runs(side: Side) -> bool:
        look = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({side.needs!r}) is None)"
        return not side.needs or subprocess.run([python, "-c", look], check=False).returncode == 0

    return [side for side in SIDES if runs(side)], [side.title for side in SIDES if not runs(side)]


def _machine() -> dict[str, str]:
    def lines() -> Iterator[str]:
        info = Path("/proc/cpuinfo")
        yield from info.read_text().splitlines() if info.exists() else ()

    model = next((line.partition(":")[2].strip() for line in lines() if line.startswith("model name")), "")
    return {
        "processor": model or platform.processor(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
