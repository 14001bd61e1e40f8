"""Compares what the targets of a side-by-side run wrote: tables, and by their predictions models.

The work is done by Snowflake, in SQL: what comes here are counts and a few rows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from include.tasks.compare.names import in_place, is_table_name
from include.tasks.compare.tolerances import Tolerance
from include.tasks.compare.two_tables import Asked, compare_two, unknown
from include.tasks.compare.words import sentence

if TYPE_CHECKING:
    from snowflake.snowpark import Session

log = logging.getLogger(__name__)


def compare_tables(session: Session, outputs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Compare the tables that each target wrote: the first target's with those of each other one.

    Equal means equal: the same columns of the same types, and the same rows, each as often, save what a tolerance
    allows. NULL equals NULL, NaN equals NaN, and 0.0 equals -0.0, as in Snowflake's `IS NOT DISTINCT FROM`.

    Args:
        session: An open session.
        outputs: For each task that wrote a table for each target its name as `task`, and as `tables` by target what
            tells the table: its name, the task's result with `table` in it, or of a mapped task a list of these. As
            `asked` what the task says of it: `key`, `tolerance`, `keep`, `column`. As `places` by target the schema
            and the database that the task works in, where it chose them.

    Returns:
        `{"equal", "words", "tables": […], "models": […]}`; docs/comparison.md says what is in it. A task's mistake,
        such as a tolerance for a column that is not there, is the `problem` of its tables, which are not equal then.
    """
    tables = []
    for output in outputs:
        for entry in _entries(session, output):
            tables.append(entry)
            log.info("%s", sentence([entry]))
    equal = all(table["equal"] for table in tables)
    return {"equal": equal, "words": sentence(tables), "tables": tables, "models": []}


def _entries(session: Session, output: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Return what there is to say of the tables of one task, a pair of targets at a time."""
    task = {"task": output["task"], "map_index": None}
    tables = output["tables"]
    asked, problem = _asked(output)
    if problem:
        yield task | unknown({target: str(_shown(one)) for target, one in tables.items()}) | {"problem": problem}
        return
    mapped = any(isinstance(of_target, list) for of_target in tables.values())
    lists = {target: (of_target or []) if mapped else [of_target] for target, of_target in tables.items()}
    counts = {target: len(of_target) for target, of_target in lists.items()}
    if len(set(counts.values())) > 1:
        number = " and ".join(f"{count} on {target}" for target, count in counts.items())
        problem = f"the targets wrote different numbers of tables, {number}"
        yield (
            task
            | unknown({target: str(_shown(of_target)) for target, of_target in lists.items()})
            | {"problem": problem}
        )
        return
    for index, group in enumerate(zip(*lists.values(), strict=True)):
        names = {target: _name(one, output, target) for target, one in zip(lists, group, strict=True)}
        # One table for all is no table of a target's own: there is nothing beside it.
        if None in names.values() or len(set(names.values())) == 1:
            continue
        (first, table), *others = ((target, str(name)) for target, name in names.items())
        for other in others:
            pair = dict([(first, table), other])
            yield task | {"map_index": index if mapped else None} | _pair(session, pair, asked)


def _pair(session: Session, names: dict[str, str], asked: Asked) -> dict[str, Any]:
    for name in names.values():
        if not is_table_name(name):
            return unknown(names) | {"problem": f"`{name}` is no table's name"}
    return compare_two(session, names, asked)


def _name(given: Any, output: Mapping[str, Any], target: str) -> str | None:
    """Return a table's name; None for a result that tells none."""
    name = given.get("table") if isinstance(given, Mapping) else given
    if not isinstance(name, str):
        return None
    return in_place(name, (output.get("places") or {}).get(target) or {})


def _asked(output: Mapping[str, Any]) -> tuple[Asked, str | None]:
    """Return what a task says of its tables, and what is wrong with it."""
    asked = output.get("asked") or {}
    tolerances = {}
    for name, written in (asked.get("tolerance") or {}).items():
        try:
            tolerances[name] = Tolerance.of(written)
        except ValueError as error:
            return Asked(), f"`tolerance` of {name}: {error}"
    return Asked(asked.get("key") or (), tolerances, asked.get("keep") or (), asked.get("column") or ""), None


def _shown(given: Any) -> Any:
    if isinstance(given, list):
        return ", ".join(str(_shown(one)) for one in given) or "nothing"
    return given.get("table", "no table") if isinstance(given, Mapping) else given
