"""Compares what the targets of a side-by-side run wrote: tables, and by their predictions models.

The work is done by Snowflake, in SQL: what comes here are counts and a few rows.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from include.tasks.compare.models import models_beside
from include.tasks.compare.pairings import pairings
from include.tasks.compare.two_tables import compare_two, unknown
from include.tasks.compare.words import sentence

if TYPE_CHECKING:
    from snowflake.snowpark import Session

log = logging.getLogger(__name__)


def compare_tables(
    session: Session, outputs: Sequence[Mapping[str, Any]], models: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Compare the tables that each target wrote: the first target's with those of each other one.

    Equal means equal: the same columns of the same types, and the same rows, each as often, save what a tolerance
    allows. NULL equals NULL, NaN equals NaN, and 0.0 equals -0.0, as in Snowflake's `IS NOT DISTINCT FROM`.

    Args:
        session: An open session.
        outputs: For each task that wrote a table for each target its name as `task`, and as `tables` by target what
            tells the table: its name, the task's result with `table` in it, or of a mapped task a list of these. As
            `asked` what the task says of it: `key`, `tolerance`, `keep`, `column`. As `places` by target the schema
            and the database that the task works in, where it chose them.
        models: What `include.tasks.compare.models` is told of the models that predicted.

    Returns:
        `{"equal", "words", "tables": […], "models": […]}`; docs/comparison.md says what is in it. A task's mistake,
        such as a tolerance for a column that is not there, is the `problem` of its tables, which are not equal then.
    """
    tables = []
    for one in pairings(outputs, session.get_current_schema() or "PUBLIC"):
        compared = unknown(one.names, one.problem) if one.problem else compare_two(session, one.names, one.asked)
        tables.append({"task": one.task, "map_index": one.index, **compared})
        log.info("%s", sentence(tables[-1:]))
    equal = all(table["equal"] for table in tables)
    return {"equal": equal, "words": sentence(tables), "tables": tables, "models": models_beside(models, tables)}
