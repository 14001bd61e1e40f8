"""Snowpark's own integration tests against the embedded Snowflake: passed, failed and refused of each of 15 files.

    python -m benchmarks.snowpark_suite CHECKOUT --python CLIENT_PYTHON [--reasons] [--files FILE …]

CHECKOUT is a checkout of https://github.com/snowflakedb/snowpark-python (its folder `tests` and its tox.ini are
enough). It is copied, never written to. CLIENT_PYTHON is an interpreter of the same version as the one that
runs this, with the packages that are there in the same versions, since what a test pickles is run there and asks for
them, and with more:

    uv pip freeze > versions.txt
    uv pip install --python CLIENT_PYTHON -r versions.txt "snowflake.core<2" "pytest<8" pytest-timeout pytz openpyxl

(`pytest<8` as Snowpark's own setup.py has it; Snowpark's catalog, which the tests import, needs `snowflake.core` below
2.) The server has a state of its own in a temporary folder, which goes at the end. It takes about a
quarter of an hour on two cores.

A test counts as refused when it failed with "not supported by the embedded Snowflake"; --reasons prints what tests
failed with, most frequent first.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from embedded_snowflake import control

FILES = (
    "scala/test_dataframe_suite.py",
    "scala/test_function_suite.py",
    "scala/test_table_suite.py",
    "scala/test_dataframe_join_suite.py",
    "scala/test_window_frame_suite.py",
    "scala/test_dataframe_writer_suite.py",
    "scala/test_dataframe_aggregate_suite.py",
    "scala/test_sql_suite.py",
    "scala/test_file_operation_suite.py",
    "test_dataframe.py",
    "test_function.py",
    "test_udf.py",
    "test_stored_procedure.py",
    "test_pandas_to_df.py",
    "test_df_to_pandas.py",
)
REFUSAL = "not supported by the embedded Snowflake"
TEST_SECONDS = 60
FILE_SECONDS = 1800
# What differs from one run to the next in an error's text.
_VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27,}: |SNOWPARK_TEMP_\w+|0x[0-9a-f]+|\b[A-Z0-9]{10,}\b")


@dataclass
class Outcome:
    """How the tests of one file went.

    Attributes:
        passed: Number that passed.
        skipped: Number that were skipped or failed as expected.
        refused: Name and refusal of those that failed with one.
        failed: Name and first error line of those that failed otherwise.
    """

    passed: int = 0
    skipped: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ran(self) -> int:
        """Number of tests that were not skipped."""
        return self.passed + len(self.refused) + len(self.failed)


def main(checkout: Path, python: Path, files: list[str], *, reasons: bool) -> int:
    """Runs the tests and prints the table.

    Args:
        checkout: Of snowpark-python.
        python: Interpreter with Snowpark and what its tests need.
        files: Test files, relative to tests/integ.
        reasons: Whether to print what the failures were.

    Returns:
        The exit code: 0; 1 when a file gave no results.
    """
    outcomes: dict[str, Outcome | None] = {}
    with tempfile.TemporaryDirectory(prefix="snowpark-suite-") as name:
        state, work = Path(name, "state"), Path(name, "checkout")
        copy_tests(checkout, work)
        control.start(state)
        try:
            write_parameters(work / "tests" / "parameters.py", state)
            environment = {**os.environ, "REQUESTS_CA_BUNDLE": str(state / "ca-bundle.pem")}
            for file in files:
                outcomes[file] = run(work, python, file, environment)
                print(row(file, outcomes[file]), flush=True)
        finally:
            control.stop(state)
    known = [outcome for outcome in outcomes.values() if outcome is not None]
    print(row("all", sum_of(known)))
    if reasons:
        print_reasons(known)
    return 0 if len(known) == len(files) else 1


def copy_tests(checkout: Path, work: Path) -> None:
    """Copies what the tests need from a checkout.

    Args:
        checkout: Of snowpark-python.
        work: Folder to make.
    """
    shutil.copytree(checkout / "tests", work / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(checkout / "tox.ini", work)


def write_parameters(path: Path, state: Path) -> None:
    """Writes the tests' connection parameters.

    Args:
        path: The tests' parameters.py.
        state: State folder of the server.
    """
    # The tests pick known names of these, and not insecure_mode; the server's own authority is trusted through the
    # environment.
    parameters = {
        name: value for name, value in control.connection_parameters(state).items() if name != "insecure_mode"
    }
    control.write_private(path, f"CONNECTION_PARAMETERS = {parameters!r}\n")


def run(work: Path, python: Path, file: str, environment: dict[str, str]) -> Outcome | None:
    """Runs one file's tests.

    Args:
        work: Copy of the checkout.
        python: Interpreter of the client.
        file: The file, relative to tests/integ.
        environment: Of the process.

    Returns:
        How they went; None when there are no results.
    """
    report = work / "report.xml"
    report.unlink(missing_ok=True)
    command = [
        str(python),
        "-W",
        "ignore",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--tb=short",
        "--disable-warnings",
    ]
    command += [f"--timeout={TEST_SECONDS}", f"--junitxml={report}", f"tests/integ/{file}"]
    try:
        done = subprocess.run(
            command, cwd=work, env=environment, capture_output=True, text=True, timeout=FILE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if not report.exists():
        print(done.stdout[-2000:], done.stderr[-2000:])
        return None
    return read(report)


def read(report: Path) -> Outcome:
    """Reads pytest's JUnit report.

    Args:
        report: Its file.

    Returns:
        How the tests went; a test that failed and whose clean-up failed too counts once.
    """
    outcome = Outcome()
    seen: dict[str, str] = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name = case.get("name", "")
        wrong = [problem for problem in case if problem.tag in ("failure", "error")]
        if wrong:
            seen[name] = seen.get(name, "") + "\n".join(
                f"{problem.get('message')}\n{problem.text}" for problem in wrong
            )
        elif name not in seen:
            seen[name] = ""
            outcome.skipped += case.find("skipped") is not None
    for name, text in seen.items():
        if REFUSAL in text:
            start = text.index(REFUSAL)
            outcome.refused.append((name, _VARYING.sub("…", text[start : start + 160].splitlines()[0])))
        elif text:
            outcome.failed.append((name, first_line(text)))
    outcome.passed = len(seen) - outcome.skipped - len(outcome.refused) - len(outcome.failed)
    return outcome


def first_line(text: str) -> str:
    """Finds an error's first lines in pytest's text, without what differs from run to run.

    Args:
        text: Message and traceback.

    Returns:
        One line.
    """
    errors = [line[1:].strip() for line in text.splitlines() if line.startswith("E  ")] or text.splitlines()[:1]
    return _VARYING.sub("…", " | ".join(errors[:3]))[:240]


def sum_of(outcomes: list[Outcome]) -> Outcome:
    """Adds outcomes up.

    Args:
        outcomes: Of some files.

    Returns:
        Of all of them.
    """
    total = Outcome()
    for outcome in outcomes:
        total.passed += outcome.passed
        total.skipped += outcome.skipped
        total.refused += outcome.refused
        total.failed += outcome.failed
    return total


def row(name: str, outcome: Outcome | None) -> str:
    """Writes a row of the table.

    Args:
        name: Of the file.
        outcome: How its tests went; None when there are no results.

    Returns:
        The row.
    """
    if outcome is None:
        return f"{name:<42} no results"
    share = 100 * outcome.passed / outcome.ran if outcome.ran else 0.0
    counts = f"passed {outcome.passed:>5}   failed {len(outcome.failed):>4}   refused {len(outcome.refused):>4}"
    return f"{name:<42} {counts}   skipped {outcome.skipped:>4}   {share:5.1f} % of those that ran"


def print_reasons(outcomes: list[Outcome]) -> None:
    """Prints what the tests failed with, most frequent first, each with the tests' names.

    Args:
        outcomes: Of the files.
    """
    found = [failure for outcome in outcomes for failure in (*outcome.failed, *outcome.refused)]
    for reason, count in Counter(reason for _, reason in found).most_common():
        names = [name for name, other in found if other == reason]
        print(f"\n{count} x {reason}\n    {', '.join(names)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Snowpark's own integration tests against the embedded Snowflake.")
    parser.add_argument("checkout", type=Path, help="checkout of snowflakedb/snowpark-python")
    parser.add_argument("--python", type=Path, required=True, help="interpreter with Snowpark and what its tests need")
    parser.add_argument("--reasons", action="store_true", help="print what the failed tests failed with")
    parser.add_argument(
        "--files", nargs="+", default=FILES, help="test files, relative to tests/integ; without any, the 15"
    )
    given = parser.parse_args()
    sys.exit(main(given.checkout, given.python, list(given.files), reasons=given.reasons))
