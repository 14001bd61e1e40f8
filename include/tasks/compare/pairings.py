"""Which tables stand beside each other: the first target's beside that of each other one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.tasks.compare.names import as_stored, in_place, is_table_name
from include.tasks.compare.tolerances import Tolerance


@dataclass(frozen=True)
class Asked:
    """What a task says of the comparison of its tables.

    Attributes:
        key: The columns that a row is known by; none to have them found.
        tolerances: How far the numbers of columns may be apart.
        keep: The columns that a batch_callable keeps of its input.
        made: The column that it makes.
    """

    key: Sequence[str] = ()
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    keep: Sequence[str] = ()
    made: str = ""


@dataclass(frozen=True)
class Pairing:
    """Two tables to compare.

    Attributes:
        task: The task that wrote them.
        index: The number of its instance, of a mapped task.
        names: Their names by target.
        asked: What the task says.
        problem: Why they cannot be compared; None if they can.
    """

    task: str
    index: int | None
    names: Mapping[str, str]
    asked: Asked = Asked()
    problem: str | None = None


def pairings(outputs: Sequence[Mapping[str, Any]], schema: str) -> list[Pairing]:
    """Return what is to be compared.

    Args:
        outputs: What `compare_tables` is told.
        schema: The schema that the comparison works in.

    Returns:
        Pairs of tables, each once: of two tasks that wrote the same, for the one that says how to compare it, else the
        first.
    """
    found: dict[tuple[str, ...], Pairing] = {}
    for output in outputs:
        for one in _of_output(output, schema):
            key = (*one.names, *map(as_stored, one.names.values()))
            says = one.asked.key or one.asked.tolerances
            if key not in found or (says and not (found[key].asked.key or found[key].asked.tolerances)):
                found[key] = one
    return list(found.values())


def _of_output(output: Mapping[str, Any], schema: str) -> Iterator[Pairing]:
    task, tables = output["task"], output["tables"]
    asked, problem = _asked(output.get("asked") or {})
    mapped = any(isinstance(of_target, list) for of_target in tables.values())
    lists = {target: (of_target or []) if mapped else [of_target] for target, of_target in tables.items()}
    counts = {target: len(of_target) for target, of_target in lists.items()}
    if len(set(counts.values())) > 1:
        number = " and ".join(f"{count} on {target}" for target, count in counts.items())
        problem = f"the targets wrote different numbers of tables, {number}"
    if problem:
        yield Pairing(task, None, {target: _listed(of_target) for target, of_target in lists.items()}, asked, problem)
        return
    for index, group in enumerate(zip(*lists.values(), strict=True)):
        names = {}
        for target, one in zip(lists, group, strict=True):
            place = (output.get("places") or {}).get(target) or {}
            name = _name(one)
            names[target] = None if name is None else in_place(name, place, schema)
        yield from _of_group(task, index if mapped else None, names, asked)


def _of_group(task: str, index: int | None, names: Mapping[str, str | None], asked: Asked) -> Iterator[Pairing]:
    """Return the pairs of one table a target; no pair where both have the same, or neither has one."""
    (first, one), *others = names.items()
    for target, other in others:
        if one is None and other is None:
            continue
        pair = {first: one or "", target: other or ""}
        if one is None or other is None:
            without, has = (first, target) if one is None else (target, first)
            problem = f"it returned a table's name on {has}, and none on {without}"
            yield Pairing(task, index, pair, asked, problem)
        elif wrong := [name for name in (one, other) if not is_table_name(name)]:
            yield Pairing(task, index, pair, asked, f"`{wrong[0]}` is no table's name")
        elif as_stored(one) != as_stored(other):
            yield Pairing(task, index, pair, asked)


def _name(given: Any) -> str | None:
    """Return a table's name; None for a result that tells none."""
    name = given.get("table") if isinstance(given, Mapping) else given
    return name if isinstance(name, str) else None


def _asked(written: Mapping[str, Any]) -> tuple[Asked, str | None]:
    """Return what a task says of its tables, and what is wrong with it."""
    tolerances = {}
    for name, tolerance in (written.get("tolerance") or {}).items():
        try:
            tolerances[name] = Tolerance.of(tolerance)
        except ValueError as error:
            return Asked(), f"`tolerance` of {name}: {error}"
    keep = written.get("keep")
    return Asked(
        written.get("key") or (), tolerances, keep if isinstance(keep, list) else (), written.get("column") or ""
    ), None


def _listed(of_target: Sequence[Any]) -> str:
    return ", ".join(name for one in of_target if (name := _name(one)))
