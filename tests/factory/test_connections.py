"""Operators that take a Snowflake connection have the environment's: no pipeline changes from one to the next."""

from __future__ import annotations

from typing import Any

import pytest

from include.factory.build import build
from include.factory.check import check
from include.factory.project import Project

SQL = "airflow.providers.common.sql"
SNOWFLAKE = "airflow.providers.snowflake.operators.snowflake"
TASKS = {
    f"operator: {SQL}.operators.sql.SQLExecuteQueryOperator\n    sql: select 1": ("conn_id", "production"),
    f"operator: {SQL}.sensors.sql.SqlSensor\n    sql: select 1": ("conn_id", "production"),
    f"operator: {SQL}.operators.sql.SQLCheckOperator\n    sql: select 1\n    conn_id: other": ("conn_id", "other"),
    f"operator: {SNOWFLAKE}.SnowflakeSqlApiOperator\n    sql: select 1\n    statement_count: 1": (
        "snowflake_conn_id",
        "production",
    ),
    "operator: airflow.providers.standard.operators.bash.BashOperator\n    bash_command: echo {{ connection }}": (
        "bash_command",
        "echo production",
    ),
    "sql: select 1": ("conn_id", "production"),
    "sql: select 1\n    snowflake: {connection: other}": ("conn_id", "other"),
}


@pytest.mark.parametrize("task", TASKS)
def test_the_connection_is_the_environments_unless_a_task_names_one(project: Project, task: str) -> None:
    (project.environments / "far.yaml").write_text("snowflake: {connection: production}\n", encoding="utf-8")
    (project.configs / "sample.yaml").write_text(f"pipeline: sample\ntasks:\n  first:\n    {task}\n", encoding="utf-8")

    result = check(Project(project.root, {"SNOWPOD_ENVIRONMENT": "far"}))

    assert result.diagnostics == []
    (checked,) = result.files
    built: Any = build("sample", checked.configs["sample"]).get_task("first")
    argument, value = TASKS[task]
    assert getattr(built, argument) == value
