"""What a comparison says in words: one sentence for the page, and a message for the task that fails by it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from include.tasks.compare.names import label

LONGEST = 80
"""Characters of a value in a message."""
COLUMNS = 3
"""Columns that a sentence names."""


def sentence(tables: Sequence[Mapping[str, Any]]) -> str:
    """Return what comes of a comparison, differences first.

    Args:
        tables: Its entries.

    Returns:
        `2 tables are equal, row by row.`, or a sentence for each that is not.
    """
    wrong = [table for table in tables if not table["equal"]]
    if wrong:
        return " ".join(f"{label(table['tables'])}: {'; '.join(_differences(table))}." for table in wrong)
    if not tables:
        return "There was nothing to compare: no task returned a table of its target's own."
    many = len(tables) > 1
    equal = f"{len(tables)} tables are equal" if many else f"{label(tables[0]['tables'])} is equal"
    loose = [column for table in tables for column in table["columns"] if column["within_tolerance"]]
    how = "row by row" if not loose else f"within the tolerance of {_listed([column['name'] for column in loose])}"
    empty = [label(table["tables"]) for table in tables if not any(table["rows"].values())]
    note = f" ({_listed(empty)} {'has' if len(empty) == 1 else 'have'} no rows)" if empty else ""
    return f"{equal}, {how}{note}."


def message(result: Mapping[str, Any]) -> str:
    """Return what the task says that compared tables which are not equal.

    Args:
        result: Its result.

    Returns:
        Which tables, how many rows, which columns, examples, and what to do.
    """
    lines = ["The targets did not write the same."]
    for table in result["tables"]:
        if not table["equal"]:
            names = " and ".join(table["tables"].values())
            lines.append(f"{names} of the task `{_task(table)}`: {'; '.join(_differences(table))}.")
            lines += [f"  {_example(example, table)}" for example in table["examples"]]
            lines += [f"  What to do: {hint}" for hint in _hints(table)]
    lines.append("The whole comparison is this task's result (XCom return_value).")
    return "\n".join(lines)


def _task(table: Mapping[str, Any]) -> str:
    index = table["map_index"]
    return str(table["task"]) if index is None else f"{table['task']}[{index}]"


def _differences(table: Mapping[str, Any]) -> Iterator[str]:
    """Return what is not equal in two tables, the gravest first."""
    names = table["tables"]
    if table["missing"]:
        missing = [names[target] for target in table["missing"]]
        yield f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} not there"
        return
    for target, columns in table["columns_only"].items():
        if columns:
            yield f"{_columns(columns)} only on {target}"
    for one in table["types"]:
        kinds = [f"{type_} on {target}" for target, type_ in one.items() if target != "name"]
        yield f"{one['name']} is {' and '.join(kinds)}"
    for target, count in table["only"].items():
        if count:
            rows = table["rows"][target]
            yield f"{count:,} of {rows:,} {_rows(rows)} {'is' if count == 1 else 'are'} only on {target}"
    if table["differing"]:
        yield _differing(table)
    if table["problem"]:
        yield table["problem"]


def _differing(table: Mapping[str, Any]) -> str:
    rows, count = max(table["rows"].values()), table["differing"]
    columns = sorted((one for one in table["columns"] if one["differing"]), key=lambda one: -one["differing"])
    largest = [
        f"{one['name']} (by {one['largest']:.6g} at most)" if one["largest"] is not None else one["name"]
        for one in columns
    ]
    return f"{count:,} of {rows:,} {_rows(rows)} {'differs' if count == 1 else 'differ'} in {_listed(largest)}"


def _example(example: Mapping[str, Any], table: Mapping[str, Any]) -> str:
    if "only" in example:
        return f"Only on {example['only']}: {_pairs(example['row'])}"
    values = [f"{_shown(example[target])} on {target}" for target in table["tables"]]
    return f"{_pairs(example['key'])}: {example['column']} is {' and '.join(values)}"


def _hints(table: Mapping[str, Any]) -> Iterator[str]:
    """Return what to do about two tables that are not equal."""
    if table["missing"]:
        yield "look whether the task wrote it under this name, and whether the role of this task may read it."
        return
    if table["problem"]:
        yield f"correct `compare` of the task `{table['task']}` in the pipeline."
    if any(table["columns_only"].values()) or table["types"]:
        yield "name and cast the columns in the function or the SQL that writes the table."
    numbers = [one["name"] for one in table["columns"] if one["differing"] and one["largest"] is not None]
    if numbers:
        tolerance = ", ".join(f"{name}: …" for name in numbers[:COLUMNS])
        yield (
            f"where so small a difference is right, allow it: `compare: {{tolerance: {{{tolerance}}}}}` in the task"
            f" `{table['task']}`."
        )
    if any(table["only"].values()) and table["key"] is None:
        yield f"name what a row is known by, to see which columns differ: `compare: {{key: […]}}` in `{table['task']}`."
    if table["differing"] or any(table["only"].values()):
        yield (
            "look for what the two compute differently: versions of packages, random numbers without a seed,"
            " time zones, an order that nothing fixes."
        )


def _columns(names: Sequence[str]) -> str:
    return f"the column {names[0]} is" if len(names) == 1 else f"the columns {_listed(names)} are"


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"


def _listed(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    shown = names if len(names) <= COLUMNS + 1 else [*names[:COLUMNS], f"{len(names) - COLUMNS} others"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_shown(value)}" for name, value in values.items())


def _shown(value: Any) -> str:
    text = "NULL" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
