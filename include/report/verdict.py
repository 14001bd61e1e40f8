"""Says in words what a run showed: differences and failures first, then what was faster, then what was cheaper."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from include.constants import COMPARE
from include.report import words
from include.report.targets import title

ABOUT = 1.1
"""Up to this factor two times, or two costs, are about the same."""
NOISE_SECONDS = 0.5
"""Two times that differ by less are about the same too: starting a task takes now more, now less."""

DIFFERENCE, FAILURE, GOOD, NOTE = "difference", "failure", "good", "note"


@dataclass(frozen=True)
class Sentence:
    """A part of the verdict.

    Attributes:
        kind: `DIFFERENCE`, `FAILURE`, `GOOD` or `NOTE`.
        text: without a full stop.
    """

    kind: str
    text: str


def verdict_of(report: Mapping[str, Any]) -> list[Sentence]:
    """Return the verdict on a run.

    Args:
        report: the report, without its verdict.

    Returns:
        One sentence at least: differences, then failures, then the rest.
    """
    found = [*_equality(report), *_failures(report), *_retries(report)]
    if not any(step["ran"] for step in report["tasks"]):
        found.append(Sentence(NOTE, "no task ran"))
    elif _beside(report):
        found += [*_faster(report), *_faster_at_work(report), *_cheaper(report)]
    else:
        found += _alone(report)
    order = (DIFFERENCE, FAILURE, GOOD, NOTE)
    return sorted(found, key=lambda sentence: order.index(sentence.kind))


def in_one(sentences: list[Sentence]) -> str:
    """Return a verdict as one line.

    Args:
        sentences: the verdict.

    Returns:
        Such as `Equal: 2 tables, row by row; Snowpark 2.1 x faster for predict.`
    """
    text = "; ".join(sentence.text for sentence in sentences)
    return f"{text[:1].upper()}{text[1:]}."


def _beside(report: Mapping[str, Any]) -> bool:
    """Return whether targets ran the same tasks: a variant of one target may have tasks pinned to another."""
    return bool(report["side_by_side"]) and len(report["targets"]) > 1


def _equality(report: Mapping[str, Any]) -> list[Sentence]:
    comparison = report["comparison"]
    if comparison is None:
        if not _beside(report):
            return []
        return [Sentence(NOTE, "not compared: no comparison of what the targets wrote has ended")]
    found = []
    said = (comparison["words"] or "").rstrip(". ")
    if comparison["equal"] is None:
        found.append(Sentence(NOTE, f"not compared: {_in_a_sentence(said) or 'there was no table to compare'}"))
    elif not comparison["equal"]:
        found.append(Sentence(DIFFERENCE, f"different: {said}" if said else f"different: {_differing(comparison)}"))
    else:
        number = len(comparison["tables"]) + comparison["left_out"]
        loose = sum(not table["exact"] for table in comparison["tables"])
        how = f"{loose} of them within their tolerances" if loose else "row by row"
        if comparison["empty"]:
            found.append(Sentence(NOTE, f"equal, but empty: {_counted(number, 'table')} without a row"))
        else:
            found.append(Sentence(GOOD, f"equal: {_counted(number, 'table')}, {how}"))
    others = [model["task"] for model in comparison["models"] if model["same"] is False]
    if others:
        found.append(Sentence(DIFFERENCE, f"models differ: {words.listed(others)}"))
    return found


def _in_a_sentence(said: str) -> str:
    """Return a sentence as it goes on after a colon: `There was` with a small letter, a table as it is."""
    first = said.partition(" ")[0]
    return f"{said[:1].lower()}{said[1:]}" if first.istitle() else said


def _differing(comparison: Mapping[str, Any]) -> str:
    missing = [
        name for table in comparison["tables"] for target in table["missing"] if (name := table["tables"].get(target))
    ]
    if missing:
        return f"{words.listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    tables = [
        next(iter(table["tables"].values()), table["task"]) or ""
        for table in comparison["tables"]
        if not table["equal"]
    ]
    return words.listed(tables) or "the comparison does not say where"


def _failures(report: Mapping[str, Any]) -> list[Sentence]:
    found = []
    failed = [
        step["task_id"] + _how_many(step, "failed")
        for step in report["tasks"]
        if step["states"].get("failed") and not (step["task_id"] == COMPARE and report["equal"] is False)
    ]
    if failed:
        found.append(Sentence(FAILURE, f"failed: {words.listed(failed)}"))
    kept = [step["task_id"] for step in report["tasks"] if step["states"].get("upstream_failed")]
    if kept:
        found.append(Sentence(FAILURE, f"did not run, as a task before failed: {words.listed(kept)}"))
    if report["state"] == "failed" and not found and report["equal"] is not False:
        found.append(Sentence(FAILURE, "the run failed"))
    if report["state"] in ("running", "queued"):
        found.append(Sentence(FAILURE, f"the run has not ended: it is {report['state']}"))
    for target in report["targets"]:
        lacking = [pair for pair, by_target in _pairs(report).items() if target not in by_target]
        if lacking:
            found.append(Sentence(FAILURE, f"{title(target)} has no task {words.listed(lacking)}"))
    return found


def _retries(report: Mapping[str, Any]) -> list[Sentence]:
    again = [step["task_id"] for step in report["tasks"] if step["tries"] > 1]
    return [Sentence(NOTE, f"tried more than once: {words.listed(again)}")] if again else []


def _how_many(step: Mapping[str, Any], state: str) -> str:
    return f" ({step['states'][state]:,} of {step['instances']:,})" if step["instances"] else ""


def _faster(report: Mapping[str, Any]) -> list[Sentence]:
    return _sentences(
        report, lambda step: step["wall_seconds"], "faster", "about as fast", "it took no time", NOISE_SECONDS
    )


def _faster_at_work(report: Mapping[str, Any]) -> list[Sentence]:
    """Say where starting up decided: the function alone was faster on the other target."""
    won: dict[str, list[tuple[str, float]]] = {}
    for name, by_target in _compared(report).items():
        whole = _winner(_figures(by_target, lambda step: step["wall_seconds"]), NOISE_SECONDS)
        work = _winner(_figures(by_target, lambda step: step["work_seconds"]), NOISE_SECONDS)
        if whole and work and whole[0] != work[0]:
            won.setdefault(work[0], []).append((name, work[1]))
    said = {target: _won(target, "faster", wins, "it took no time") for target, wins in won.items()}
    return [Sentence(NOTE, f"without start-up, {text}") for text in said.values()]


def _cheaper(report: Mapping[str, Any]) -> list[Sentence]:
    if not report["prices"]:
        return [Sentence(NOTE, "no prices are set, so costs are not known")]
    known = _sentences(
        report,
        lambda step: step["cost"]["amount"] if step["cost"]["complete"] else None,
        "cheaper",
        "cost about the same",
        "it cost nothing",
        0,
    )
    return known or [Sentence(NOTE, "which was cheaper is not known")]


def _sentences(
    report: Mapping[str, Any],
    figure: Callable[[Mapping[str, Any]], float | None],
    word: str,
    tie: str,
    nothing: str,
    noise: float,
) -> list[Sentence]:
    won: dict[str, list[tuple[str, float]]] = {}
    ties = []
    for name, by_target in _compared(report).items():
        figures = _figures(by_target, figure)
        if len(figures) < 2:
            continue
        winner = _winner(figures, noise)
        if winner is None:
            ties.append(name)
        else:
            won.setdefault(winner[0], []).append((name, winner[1]))
    found = [Sentence(NOTE, _won(target, word, wins, nothing)) for target, wins in won.items()]
    return [*found, Sentence(NOTE, f"{tie} for {words.listed(ties)}")] if ties else found


def _won(target: str, word: str, wins: list[tuple[str, float]], nothing: str) -> str:
    """Say what a target won, and by how much; that the next one needed infinitely more is said as `nothing`."""
    if len(wins) == 1 and math.isfinite(wins[0][1]):
        return f"{title(target)} {words.factor(wins[0][1])} {word} for {wins[0][0]}"
    names = [f"{name} ({words.factor(by) if math.isfinite(by) else nothing})" for name, by in wins]
    return f"{title(target)} {word} for {words.listed(names)}"


def _winner(figures: Mapping[str, float], noise: float) -> tuple[str, float] | None:
    """Return who needed least, and by which factor the next one needed more; None where they need about as much.

    The factor is infinite where the one needed nothing and the next one did.
    """
    ranked = sorted(figures.items(), key=lambda item: item[1])
    if len(ranked) < 2:
        return None
    (best, least), (_, more) = ranked[0], ranked[1]
    if more <= least * ABOUT or more - least < noise:
        return None
    return best, more / least if least else math.inf


def _figures(
    by_target: Mapping[str, Mapping[str, Any]], figure: Callable[[Mapping[str, Any]], float | None]
) -> dict[str, float]:
    done = {target: step for target, step in by_target.items() if step["state"] == "success"}
    return {target: found for target, step in done.items() if (found := figure(step)) is not None}


def _compared(report: Mapping[str, Any]) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return those of `_pairs` that ran in different places: a task that is pinned, or is SQL, differs by chance."""
    return {
        name: by_target
        for name, by_target in _pairs(report).items()
        if len({(step["ran_on"], step["run_as"]) for step in by_target.values()}) > 1
        or any(step["run_as"] is None for step in by_target.values())
    }


def _pairs(report: Mapping[str, Any]) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return the tasks that each target has for itself, by what they are called in the configuration."""
    if not report["side_by_side"]:
        return {}
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for step in report["tasks"]:
        if step["target"] in report["targets"]:
            found.setdefault(step["step"], {})[step["target"]] = step
    return found


def _alone(report: Mapping[str, Any]) -> list[Sentence]:
    found = []
    if report["state"] == "success":
        found.append(Sentence(GOOD, f"succeeded in {words.seconds(report['seconds'])}"))
    timed = [step for step in report["tasks"] if step["wall_seconds"] is not None]
    if len(timed) > 1:
        slowest = max(timed, key=lambda step: step["wall_seconds"])
        found.append(
            Sentence(NOTE, f"the slowest task is {slowest['task_id']} ({words.seconds(slowest['wall_seconds'])})")
        )
    startup = [step["startup_seconds"] for step in timed if step["startup_seconds"] is not None]
    if startup:
        found.append(Sentence(NOTE, f"starting tasks took {words.seconds(sum(startup))} of it"))
    cost = words.money(report["cost"]["amount"], report["currency"], report["cost"]["complete"])
    if report["prices"] and cost != words.UNKNOWN:
        found.append(Sentence(NOTE, f"it cost {cost}"))
    return found


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
