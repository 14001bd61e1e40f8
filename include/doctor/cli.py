"""The command line: `python -m include.doctor`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

from include.constants import ENVIRONMENT_VARIABLE, ROOT
from include.doctor import configuration, pools, versions
from include.doctor.findings import State, as_json, as_text, verdict
from include.doctor.running import Check, run
from include.doctor.subject import Pod, Subject
from include.factory.project import Project

LIMIT = 30.0
"""Seconds for a check."""
PARTS = ("configuration", "versions", "interpreter", "snowflake", "kubernetes", "pools")


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at an environment, and say what is missing.

    Args:
        arguments: the words of the command; those of the process if None.

    Returns:
        The exit code: 1 if something is missing, else 0.
    """
    parsed = _parser().parse_args(arguments)
    _settings(parsed.root)
    variables = {**os.environ, **({ENVIRONMENT_VARIABLE: parsed.environment} if parsed.environment else {})}
    with redirect_stdout(sys.stderr):  # Airflow and the connector may say something of their own
        subject = Subject(Project(parsed.root.resolve(), variables))
        found = list(run(checks(subject, parsed.part or PARTS, parsed.limit), parsed.limit))
    if parsed.format == "json":
        print(_hidden(as_json(found)))
    else:
        print(_hidden(as_text(found)), end="\n\n")
        print(f"environment {subject.project.environment}: {verdict(found)}")
    return 1 if any(one.state is State.MISSING for one in found) else 0


def checks(subject: Subject, parts: Sequence[str], limit: float) -> Iterator[Check]:
    """Return the checks of an environment.

    Args:
        subject: the environment.
        parts: some of `PARTS`.
        limit: seconds for each.

    Yields:
        The checks, those that need nothing first.
    """
    if "configuration" in parts:
        yield Check(configuration.SUBJECT, partial(configuration.look, subject))
        yield Check(configuration.SUBJECT, partial(configuration.folders, subject))
    if "versions" in parts:
        yield Check("versions", partial(versions.airflow, subject))
    if "interpreter" in parts:
        for python in subject.interpreters:
            yield Check(f"Snowpark interpreter {python}", partial(versions.interpreter, python))
    if "snowflake" in parts:
        from include.doctor import snowflake

        python = versions.minor(subject.interpreters[0]) if subject.interpreters else versions.DEFAULT_PYTHON
        mend = "let this network reach Snowflake (SELECT SYSTEM$ALLOWLIST() lists its hosts)"
        for login in subject.logins:
            yield Check(login.name, partial(snowflake.look, login, limit, python), mend)
    if "kubernetes" in parts and subject.pods:
        from include.doctor import cluster

        clusters: dict[str, list[Pod]] = {}
        for task, pod in subject.pods:
            clusters.setdefault(cluster.name_of(pod), []).append((task, pod))
        for name, pods in clusters.items():
            yield Check(name, partial(cluster.look, pods, limit), "let this network reach the cluster's API")
    if "pools" in parts:
        yield Check(pools.SUBJECT, partial(pools.look, subject))


def _settings(root: Path) -> None:
    """Let Airflow find its home and its connections as its servers do, and say nothing of its own."""
    preferred = {
        "AIRFLOW_HOME": str(root.resolve() / ".local" / "airflow"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        # Connections that Airflow's database keeps are found too: a server's list of backends has it.
        "_AIRFLOW_PROCESS_CONTEXT": "server",
    }
    for name, value in preferred.items():
        os.environ.setdefault(name, value)


def _hidden(text: str) -> str:
    """Return a text without the secrets of the connections that were read."""
    from airflow.sdk._shared.secrets_masker import redact

    return str(redact(text))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m include.doctor",
        description="Look at an environment from inside: what is there, what is missing, what mends it.",
    )
    parser.add_argument(
        "part",
        nargs="*",
        metavar="PART",
        choices=[*PARTS, []],
        help=f"what to look at: {', '.join(PARTS)} (default: all)",
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="project root (default: this project)")
    parser.add_argument("--environment", help=f"its name (default: {ENVIRONMENT_VARIABLE}, or local)")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to say it (default: text)")
    parser.add_argument("--limit", type=float, default=LIMIT, help=f"seconds for each check (default: {LIMIT:g})")
    return parser
