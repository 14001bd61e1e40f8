"""Lengths of time and dates arrive at operators and timetables as what they are."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from include.factory.build import build
from include.factory.check import Checker
from include.factory.compile import compile_pipeline
from include.factory.durations import duration_meant
from include.factory.results import Checked
from tests.factory.conftest import HERE

Check = Callable[[str], Checked]


@pytest.mark.parametrize(
    ("spec", "meant"),
    [
        ("2 days", "2d"), ("1 hour", "1h"), ("1 hour 30 minutes", "1h30m"), ("2 hours and 5 min", "2h5m"),
        ("90 secs", "90s"), ("PT30M", "30m"), ("00:30:00", "30m"), ("1:15", "1h15m"), ({"hours": 6}, "6h"),
        ({"days": 1, "minutes": 30}, "1d30m"), ("5 months", None), ("100ms", None), ("soon", None),
        ({"hours": "x"}, None), ({}, None), ("", None), (None, None), ("1 week", "7d"), ("30m 1h", "1h30m"),
    ],
)  # fmt: skip
def test_other_words_for_a_length_of_time(spec: object, meant: str | None) -> None:
    assert duration_meant(spec) == meant


def _build(found: Checked, checker: Checker) -> object:
    assert found.diagnostics == ()
    assert found.pipeline is not None
    (config,) = compile_pipeline(found.pipeline, checker.settings).values()
    return build("sample", config)


def test_sensors_get_lengths_of_time(check_text: Check, checker: Checker) -> None:
    dag = _build(
        check_text(
            "pipeline: sample\ntasks:\n"
            "  file:\n    operator: airflow.providers.standard.sensors.filesystem.FileSensor\n"
            "    filepath: /tmp\n    poke_interval: 30s\n    timeout: 1h\n"
            "  delta: {operator: airflow.providers.standard.sensors.time_delta.TimeDeltaSensor, delta: 5s}\n"
            "  other:\n    operator: airflow.providers.standard.sensors.external_task.ExternalTaskSensor\n"
            "    external_dag_id: sample\n    execution_delta: 1h\n"
            "  seconds:\n    operator: airflow.providers.standard.sensors.external_task.ExternalTaskSensor\n"
            "    external_dag_id: sample\n    execution_delta: 60\n"
        ),
        checker,
    )
    tasks = dag.task_dict  # type: ignore[attr-defined]
    assert (tasks["file"].poke_interval, tasks["file"].timeout) == (30, 3600)
    assert tasks["delta"].delta == datetime.timedelta(seconds=5)
    assert tasks["other"].execution_delta == datetime.timedelta(hours=1)
    assert tasks["seconds"].execution_delta == datetime.timedelta(minutes=1)


def test_an_offset_of_a_start_date_counts(check_text: Check, checker: Checker) -> None:
    for timezone in ("UTC", "Europe/Berlin", "America/New_York"):
        head = f"pipeline: sample\ndag: {{start_date: 2024-01-01T00:00:00+01:00, timezone: {timezone}}}\n"
        dag = _build(check_text(head + "tasks: {a: {sql: select 1}}\n"), checker)
        assert dag.start_date == datetime.datetime(2023, 12, 31, 23, tzinfo=datetime.UTC)  # type: ignore[attr-defined]


def test_a_timetable_gets_dates(check_text: Check, checker: Checker) -> None:
    head = (
        "pipeline: sample\ndag: {start_date: 2024-01-01, schedule: {__type__: airflow.sdk.EventsTimetable, event_dates:"
        " [2024-02-01]}}\n"
    )
    dag = _build(check_text(head + "tasks: {a: {sql: select 1}}\n"), checker)
    assert dag.timetable.event_dates == [datetime.datetime(2024, 2, 1, tzinfo=datetime.UTC)]  # type: ignore[attr-defined]


def test_values_from_the_environment_have_types(checker: Checker) -> None:
    found = checker.pipeline(HERE / "right" / "environment_types.yaml")
    assert found.diagnostics == ()
    (config,) = found.configs.values()
    assert (config["max_active_runs"], config["catchup"]) == (3, False)
    assert (config["default_args"]["retries"], config["default_args"]["retry_exponential_backoff"]) == (2, 1.5)
    assert config["params"] == {"limit": 100, "code": "007", "none": None, "share": 0.001}
    first, second = config["tasks"].values()
    assert first["op_kwargs"] == {"number": 4, "text": "4", "part": "4 of 5"}
    assert (second["parameters"], second["doc_md"], second["hook_params"]) == ({"day": 7}, "3", {"warehouse": "123"})


def test_what_dag_factory_does_not_hand_on_reaches_the_dag(checker: Checker) -> None:
    found = checker.pipeline(HERE / "right" / "dag_arguments_of_airflow_3.yaml")
    (config,) = found.configs.values()
    dag = build("sample", config)
    assert (dag.fail_fast, dag.max_consecutive_failed_dag_runs, dag.render_template_as_native_obj) == (True, 3, True)
    assert dag.owner_links == {"tests": "https://example.com"}
    assert dag.doc_md == "# hello {{ ? }}\n"
    assert dag.get_template_env().from_string("{{ 'a' | indent('-') }}{{ answer }}").render(answer=1)
    assert str(checker.settings.root) in dag.template_searchpath


@pytest.mark.parametrize(("more", "given"), [("", "3"), (", render_template_as_native_obj: true", 3)])
def test_an_operator_of_airflow_gets_text_unless_it_asks_for_values(
    check_text: Check, checker: Checker, more: str, given: object
) -> None:
    """As docs/values.md says."""
    operator = "airflow.providers.standard.operators.python.PythonOperator"
    given_text = f'python_callable: textwrap.dedent, op_kwargs: {{text: "{{{{ params.n }}}}"}}{more}'
    text = f"pipeline: sample\nparams: {{n: 3}}\ntasks: {{a: {{operator: {operator}, {given_text}}}}}\n"
    task = _build(check_text(text), checker).get_task("a")  # type: ignore[attr-defined]
    task.render_template_fields({"params": {"n": 3}})
    assert task.op_kwargs == {"text": given}
