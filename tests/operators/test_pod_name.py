"""A pod's name is one that Kubernetes takes and that tells whose it is, whatever DAG and task are called."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.cncf.kubernetes.kubernetes_helper_functions import add_unique_suffix

from include.operators import SnowparkPodOperator
from include.operators.pod_name import pod_name

DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")

LONG = "forecast_of_demand_by_store_and_article_for_the_next_six_weeks_" * 4


@pytest.mark.parametrize(
    ("dag_id", "task_id", "map_index", "begins"),
    [
        ("Taxi_Trip.v2", "Train", None, "taxi-trip-v2-train-3"),
        ("taxi_side_by_side", "kubernetes.train", -1, "taxi-side-by-side-kubernetes-train-3"),
        ("campaña", "überprüfen", None, "campana-uberprufen-3"),
        ("売上", "学習", None, "mai-shang-xue-xi-3"),
        ("-_-", "...", None, "dag-task-3"),
        ("a", "B" * 250, None, "a-" + "b" * 50 + "-3"),
        ("A" * 250, "b", None, "a" * 50 + "-b-3"),
        (LONG[:250], LONG[:250], 117, "forecast-of-demand-by-st-forecast-of-demand-by-s-117-3"),
        ("daily", "load", 0, "daily-load-0-3"),
    ],
)
def test_name(dag_id: str, task_id: str, map_index: int | None, begins: str) -> None:
    instance = SimpleNamespace(dag_id=dag_id, task_id=task_id, map_index=map_index, try_number=3)
    names = {add_unique_suffix(name=pod_name(instance)) for _ in range(3)}
    assert len(names) == 3
    for name in names:
        assert name.startswith(begins + "-")
        assert len(name) <= 63
        assert DNS_LABEL.fullmatch(name)


@pytest.mark.parametrize(
    ("dag_id", "label"),
    [
        ("Taxi_Trip.v2", "Taxi_Trip.v2"),
        ("売上", "mai-shang-9a390b4df"),
        ("...", "dag_id-2f43b42fd"),
        (LONG[:250], LONG[:53] + "-ef0f9ba2c"),
    ],
)
def test_labels(dag_id: str, label: str) -> None:
    instance = SimpleNamespace(
        dag_id=dag_id, task_id="t", run_id="manual__2024-01-01T00:00:00+00:00", map_index=None, try_number=1
    )
    context: Any = {"ti": instance, "run_id": instance.run_id, "dag": SimpleNamespace()}
    labels = SnowparkPodOperator._get_ti_pod_labels(context)
    assert labels["dag_id"] == label
    for value in labels.values():
        assert len(value) <= 63
        assert LABEL_VALUE.fullmatch(value)
