"""What templates fill in reaches a container as it is; what is written there is Kubernetes' own spelling."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException
from kubernetes.client import V1Container, V1EnvVar

from include.operators import SnowparkPodOperator
from include.operators.expansion import as_text, check_lengths

PARAMS = {"price": "$(HOME) costs $$5", "flag": True, "rows": [1, "ü"], "none": None, "number": 3}


def rendered(*texts: str, **dag: Any) -> list[str]:
    """Texts as a sidecar's arguments and variables, once their templates are filled in."""
    given = {
        "name": "beside",
        "image": "any:1",
        "args": list(texts),
        "env": [{"name": f"V{number}", "value": text} for number, text in enumerate(texts)],
    }
    with DAG("trips", schedule=None, **dag):
        task = SnowparkPodOperator(
            task_id="task", function="include.tasks.taxi.train", kubernetes={"image": "task:1", "containers": [given]}
        )
    task.render_template_fields({"params": PARAMS, "ds": "2024-01-31"})  # type: ignore[typeddict-item]
    (_, container) = task.pod_template_dict["spec"]["containers"]
    assert [one["value"] for one in container["env"]] == container["args"]
    return [str(one) for one in container["args"]]


@pytest.mark.parametrize("dag", [{}, {"render_template_as_native_obj": True}])
@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("$(HOME)/in and $$", "$(HOME)/in and $$"),
        ("{{ params.price }}", "$$(HOME) costs $$$$5"),
        ("$(DIR)/{{ params.price }}", "$(DIR)/$$(HOME) costs $$$$5"),
        ("{{ '$(HOME)' }}", "$$(HOME)"),
        ("{{ params.flag }}", "true"),
        ("--flag={{ params.flag }}", "--flag=true"),
        ("{{ params.rows }}", '[1, "ü"]'),
        ("rows={{ params.rows }}", 'rows=[1, "ü"]'),
        ("{{ params.none }}", ""),
        ("{{ params.number }}", "3"),
        ("0{{ params.number }}", "03"),
        ("{% if params.flag %}yes{% endif %}", "yes"),
        ("two\nlines\n", "two\nlines\n"),
        ("report_{{ ds }}.json", "report_2024-01-31.json"),
        ("query.sql", "query.sql"),
    ],
)
def test_a_template_gives_what_its_value_is(written: str, sent: str, dag: dict[str, Any]) -> None:
    assert rendered(written, **dag) == [sent]


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(AirflowFailException, match="'dict object' has no attribute 'nowhere'"):
        rendered("--flag={{ params.nowhere }}")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2024, 1, 31, 6, tzinfo=dt.UTC), "2024-01-31T06:00:00+00:00"),
        (dt.date(2024, 1, 31), "2024-01-31"),
        ([dt.date(2024, 1, 31)], '["2024-01-31"]'),
        (Decimal("1.10"), "1.10"),
        (0.5, "0.5"),
        ({"a": None}, '{"a": null}'),
        ("ü", "ü"),
    ],
)
def test_a_value_is_the_text_that_any_language_reads(value: Any, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("container", "words"),
    [
        (V1Container(name="base", env=[V1EnvVar(name="A", value="ü" * 70_000)]), "There are 140,000 bytes in the var"),
        (V1Container(name="base", args=["x" * 131_072]), "in an argument of the container base"),
        (V1Container(name="base", command=["a\0b"]), "There is a NUL character in an argument"),
    ],
)
def test_what_no_program_can_get_is_refused(container: V1Container, words: str) -> None:
    with pytest.raises(AirflowFailException, match=words):
        check_lengths([container])


def test_dollars_count_once() -> None:
    check_lengths([V1Container(name="base", args=["$$" * 131_000], env=[V1EnvVar(name="A", value=None)])])
