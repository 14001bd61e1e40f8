"""CONF of a run, against a pipeline's params."""

from __future__ import annotations

from typing import Any

import pytest

from include.local import conf

PARAMS = {"word": "hello", "number": {"__type__": "airflow.sdk.Param", "default": 3, "type": "integer"}}


def _config(template: str) -> dict[str, Any]:
    return {"params": PARAMS, "tasks": {"first": {"operator": "include.operators.SQL", "sql": template}}}


@pytest.mark.parametrize("template", ["select 1", "select '{{ dag_run.run_id }}'", "{{ dag_run.run_type }}", "{{ dag_runs }}"])
def test_what_is_no_param_is_refused(template: str) -> None:
    with pytest.raises(conf.ConfError, match=r"`wrod` is no param of this pipeline\. Did you mean `word`\?"):
        conf.read('{"wrod": "bye"}', _config(template))


@pytest.mark.parametrize("template", ["{{ dag_run.conf.wrod }}", "{{ dag_run.conf['wrod'] }}", "{{ f(dag_run) }}", "{{ dag_run . conf }}"])
def test_unless_the_pipeline_reads_it_itself(template: str) -> None:
    assert conf.read('{"wrod": "bye"}', _config(template)) == {"wrod": "bye"}
