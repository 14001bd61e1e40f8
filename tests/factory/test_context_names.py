"""Names in templates: those of Airflow's context, those of Airflow 2 that are gone, and those that may be anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow.sdk import Context

from include.factory.check import Checker
from include.factory.context_names import AIRFLOWS

PIPELINE = """\
pipeline: sample
target: snowpark
dag: {{{dag}}}
tasks:
  first: {{sql: "{sql}"}}
"""


def test_the_names_are_those_of_airflow() -> None:
    assert set(Context.__annotations__) == AIRFLOWS


@pytest.mark.parametrize(
    ("sql", "dag"),
    [
        ("select '{{ execution_date | default(logical_date) }}'", ""),
        ("select '{{ logical_date if execution_date is undefined else execution_date }}'", ""),
        ("{% set next_ds = ds %}select '{{ next_ds }}'", ""),
        ("select '{{ parms }}'", "user_defined_macros: {parms: 1}"),
        ("select '{{ execution_date }}'", "template_undefined: jinja2.Undefined"),
        ("select '{{ of_a_plugin }}', {{ range(3) | list }}, '{{ outlets }}'", ""),
        ("select '{% raw %}{{ execution_date }}{% endraw %}'", ""),
    ],
)
def test_names_that_may_be_there_are_left_alone(checker: Checker, tmp_path: Path, sql: str, dag: str) -> None:
    file = tmp_path / "sample.yaml"
    file.write_text(PIPELINE.format(sql=sql, dag=dag))
    assert [one for one in checker.pipeline(file).diagnostics if one.code in ("gone-name", "unknown-name")] == []
