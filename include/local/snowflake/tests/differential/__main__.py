"""The long form: `python -m tests.differential --programs 5000`.

Every program runs on the embedded server, on Snowpark's local testing and on plain pandas. What differs from pandas is
counted by kind and written out, a file for each engine, the shortest program of a kind first.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from snowflake.snowpark import Session

from embedded_snowflake import control
from tests.differential.differences import Difference, difference
from tests.differential.engines import OnSnowpark
from tests.differential.programs import Program, programs


def main() -> int:
    """Run it.

    Returns:
        1 where the embedded server differs from pandas, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--programs", type=int, default=5000, help="how many (default 5000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same programs (default 1)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("differential-reports"),
        help="folder of the reports (default differential-reports)",
    )
    parser.add_argument(
        "--engines", nargs="+", choices=("embedded", "local_testing"), default=("embedded", "local_testing")
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as state:
        server = control.start(Path(state))
        os.environ["REQUESTS_CA_BUNDLE"] = str(server.ca_bundle)
        try:
            return _run(options, Path(state))
        finally:
            control.stop(Path(state))


def _run(options: argparse.Namespace, state: Path) -> int:
    sessions = {}
    if "embedded" in options.engines:
        sessions["embedded"] = Session.builder.configs(control.connection_parameters(state)).create()
    if "local_testing" in options.engines:
        sessions["local_testing"] = Session.builder.config("local_testing", True).create()
    engines = {name: OnSnowpark(session) for name, session in sessions.items()}
    found: dict[str, list[Difference]] = {name: [] for name in engines}
    ran, started = 0, time.monotonic()

    @seed(options.seed)
    @settings(
        max_examples=options.programs,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(program=programs())
    def compare(program: Program) -> None:
        nonlocal ran
        ran += 1
        for name, engine in engines.items():
            if (one := difference(program, engine, name)) is not None:
                found[name].append(one)
        if ran % 100 == 0:
            print(f"{ran} programs, {time.monotonic() - started:.0f} s: {_counts(found)}", flush=True)

    compare()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, differences in found.items():
        (options.out / f"{name}.txt").write_text(_report(differences))
    print(f"{ran} programs, {time.monotonic() - started:.0f} s: {_counts(found)}; reports in {options.out}")
    return 1 if found.get("embedded") else 0


def _counts(found: dict[str, list[Difference]]) -> str:
    return ", ".join(f"{name} differs in {len(differences)}" for name, differences in found.items())


def _report(differences: list[Difference]) -> str:
    kinds: dict[str, list[Difference]] = defaultdict(list)
    for one in differences:
        kinds[_kind(one)].append(one)
    counts = Counter({kind: len(those) for kind, those in kinds.items()})
    parts = []
    for kind, count in counts.most_common():
        shortest = sorted(kinds[kind], key=lambda one: len(str(one)))[:5]
        parts.append(f"## {count} x {kind}\n\n" + "\n\n".join(map(str, shortest)))
    return "\n\n".join(parts) + "\n"


def _kind(one: Difference) -> str:
    if isinstance(one.found, Exception):
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]+|SNOWPARK_\w+|[0-9]+|'[^']*'|\"[^\"]*\"", "…", str(one.found))
        return f"error {type(one.found).__name__} {' '.join(text.split())[:160]}"
    return f"{one.kind} after {one.program.steps[-1].call}"


if __name__ == "__main__":
    raise SystemExit(main())
