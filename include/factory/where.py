"""Where compiled tasks run, in words."""

from __future__ import annotations

from include.constants import COMPARISON_OPERATOR, SQL_OPERATOR
from include.factory.config import Config
from include.factory.targets import DEFAULT_TARGET, TARGETS

TARGET_OF = {operator: target for target in TARGETS.values() for operator in target.operators.values()}
TARGET_OF[COMPARISON_OPERATOR] = DEFAULT_TARGET
"""Operator -> the target that it is of."""


def where(task: Config) -> str:
    """Where a compiled task runs, and how, in words."""
    operator = str(task["operator"])
    if operator == SQL_OPERATOR:
        return "Snowflake (SQL)"
    return TARGET_OF[operator].where(task) if operator in TARGET_OF else f"Airflow ({operator})"
