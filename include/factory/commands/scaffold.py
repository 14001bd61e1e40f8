"""Starts a new pipeline: its configuration, its functions and their test, which validate and run as they are."""

from __future__ import annotations

import re
from pathlib import Path

from include.factory.project import Project
from include.factory.targets import TARGETS

_CONFIG = """\
# yaml-language-server: $schema=../schemas/pipeline.schema.json
pipeline: {name}
description: What {name} does, in one line

dag:
  schedule: null
  start_date: 2026-01-01
  tags: [{name}]

params:
  rows: {{default: 10, type: integer, minimum: 1, description: How many rows to make}}
  table: {table}

tasks:
  make_rows:
    python_callable: include.tasks.{name}.make_rows
    op_kwargs: {{table: "{{{{ params.table }}}}", rows: "{{{{ params.rows }}}}"}}
  count_rows:
    python_callable: include.tasks.{name}.count_rows
    op_kwargs: {{table: "{{{{ outputs.make_rows.table }}}}"}}

variants:
{variants}
"""
_FUNCTIONS = '''\
"""The functions of the pipeline `{name}`: plain functions of a Snowpark session, the same for every target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snowflake.snowpark import Session


def make_rows(session: Session, table: str, rows: int) -> dict[str, Any]:
    """Makes a table with the numbers from 0.

    Args:
        session: an open session.
        table: the table; replaced if it exists.
        rows: how many rows.

    Returns:
        `{{"table": the table, "rows": its number of rows}}`.
    """
    frame = session.create_dataframe([[number] for number in range(rows)], schema=["NUMBER"])
    frame.write.mode("overwrite").save_as_table(table)
    return {{"table": table, "rows": rows}}


def count_rows(session: Session, table: str) -> dict[str, Any]:
    """Counts the rows of a table.

    Args:
        session: an open session.
        table: the table.

    Returns:
        `{{"rows": how many}}`.
    """
    return {{"rows": session.table(table).count()}}
'''
_TEST = '''\
"""The pipeline `{name}`: its configuration is right and gives the DAGs and tasks that it should."""

from include.constants import ROOT
from include.factory.check import check
from include.factory.commands.plan import plan_of
from include.factory.project import Project


def test_it_has_no_mistakes_and_gives_its_dags() -> None:
    result = check(Project(ROOT), [ROOT / "configs" / "{name}.yaml"])

    assert result.diagnostics == []
    plan = plan_of(result)
    assert set(plan) == {{{dag_ids}}}
    assert all(list(dag["tasks"]) == ["make_rows", "count_rows"] for dag in plan.values())
    assert all(dag["tasks"]["count_rows"]["dependencies"] == ["make_rows"] for dag in plan.values())
'''


def scaffold(project: Project, name: str) -> list[Path]:
    """Write the files of a new pipeline.

    Args:
        project: The project.
        name: The pipeline's name; also a Python module's.

    Returns:
        The files written.

    Raises:
        ValueError: the name cannot be used, or a file is there already; nothing is written then.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
        raise ValueError(
            f"`{name}` cannot be a pipeline's name here: use lower-case letters, digits and `_`, a letter first."
        )
    root = project.root
    contents = {
        root / "configs" / f"{name}.yaml": _CONFIG,
        root / "include" / "tasks" / f"{name}.py": _FUNCTIONS,
        root / "tests" / "pipeline" / f"test_{name}.py": _TEST,
    }
    for path in contents:
        if path.exists():
            raise ValueError(f"{project.name(path)} is there already: take another name, or delete it.")
    words = {
        "name": name,
        "table": name.upper(),
        "variants": "\n".join(f"  {target}: {{target: {target}}}" for target in TARGETS),
        "dag_ids": ", ".join(f'"{name}_{target}"' for target in TARGETS),
    }
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.format(**words), encoding="utf-8")
    return list(contents)
