"""What a check found, and how it is said: as lines for people, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

MENDS = "What to do:"
"""What stands before the advice in the project's own messages."""


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "could not look"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: what it belongs to, such as `snowflake_production`.
        what: the thing itself, such as `warehouse LOADING`.
        state: how it is.
        words: what was seen.
        mend: the command or the edit that mends it; empty if nothing is to be done.
    """

    subject: str
    what: str
    state: State
    words: str = ""
    mend: str = ""


def refused(subject: str, what: str, message: str) -> Finding:
    """Return what a message of the project's own says: what is wrong, and what to do.

    Args:
        subject: what it belongs to.
        what: the thing itself.
        message: the message.
    """
    words, _, mend = message.partition(MENDS)
    return Finding(subject, what, State.MISSING, line(words), line(mend))


def line(text: str) -> str:
    """Return a text in one line."""
    return " ".join(text.split())


def as_text(findings: Iterable[Finding]) -> str:
    """Return findings for people: a heading for each subject, a line for each thing, and what mends it."""
    lines: list[str] = []
    heading = ""
    for one in findings:
        if one.subject != heading:
            lines += [*([""] if lines else []), one.subject]
            heading = one.subject
        lines.append(f"  {one.state:<14}  {one.what}" + (f": {one.words}" if one.words else ""))
        if one.mend:
            lines.append(f"{'':<18}mend: {one.mend}")
    return "\n".join(lines)


def as_json(findings: Iterable[Finding]) -> str:
    """Return findings for programs: a list of mappings with the attributes of `Finding`."""
    return json.dumps([asdict(one) for one in findings], indent=2, ensure_ascii=False)


def verdict(findings: Iterable[Finding]) -> str:
    """Return a last line that counts them."""
    findings = list(findings)
    counts = {state: sum(one.state is state for one in findings) for state in State}
    words = {State.OK: "ok", State.MISSING: "missing", State.UNKNOWN: "could not be looked at"}
    return ", ".join(f"{count} {words[state]}" for state, count in counts.items())
