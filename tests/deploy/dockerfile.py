"""The project's Dockerfile, read as a builder reads it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "Dockerfile"


@dataclass(frozen=True)
class Step:
    """One instruction: its word, in capitals, what follows, and the stage that it is in (0 is before the first)."""

    word: str
    rest: str
    stage: int


def steps() -> list[Step]:
    """Return all instructions, lines that go on joined, comments left out."""
    text = "\n".join(line for line in FILE.read_text().splitlines() if not line.lstrip().startswith("#"))
    found: list[Step] = []
    stage = 0
    for line in filter(None, re.sub(r"\\\n\s*", " ", text).splitlines()):
        word, _, rest = line.partition(" ")
        stage += word == "FROM"
        found.append(Step(word, rest.strip(), stage))
    return found


def arguments() -> dict[str, str]:
    """Return the build arguments and their defaults."""
    named = [step.rest.partition("=") for step in steps() if step.word == "ARG"]
    return {name: value.strip('"') for name, _, value in named}


def copied() -> list[str]:
    """Return what is copied out of the project, path by path."""
    return [
        path.rstrip("/")
        for step in steps()
        if step.word == "COPY" and "--from=" not in step.rest
        for path in shlex.split(step.rest)[:-1]
    ]
