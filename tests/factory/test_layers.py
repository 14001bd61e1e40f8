"""Layers over layers: mappings key by key, Kubernetes' lists item by item."""

from __future__ import annotations

from typing import Any

import pytest

from include.factory.targets import TARGETS


@pytest.mark.parametrize(
    ("key", "base", "above", "merged"),
    [
        (
            "env",
            [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            [{"name": "B", "value": "3"}, {"name": "C", "value": "4"}],
            [{"name": "A", "value": "1"}, {"name": "B", "value": "3"}, {"name": "C", "value": "4"}],
        ),
        (
            "env",
            [{"name": "A", "value": "1"}],
            {"A": True, "B": None},
            [{"name": "A", "value": "true"}, {"name": "B", "value": ""}],
        ),
        (
            "volumeMounts",
            [{"name": "ca", "mountPath": "/run/ca", "readOnly": True}],
            [{"name": "data", "mountPath": "/data"}],
            [{"name": "ca", "mountPath": "/run/ca", "readOnly": True}, {"name": "data", "mountPath": "/data"}],
        ),
        ("imagePullSecrets", [{"name": "a"}], [{"name": "b"}], [{"name": "a"}, {"name": "b"}]),
        ("tolerations", [{"key": "a"}], [{"key": "b"}], [{"key": "b"}]),
        (
            "resources",
            {"limits": {"cpu": "1", "memory": "1Gi"}},
            {"limits": {"memory": "2Gi"}},
            {"limits": {"cpu": "1", "memory": "2Gi"}},
        ),
    ],
)
def test_kubernetes(key: str, base: Any, above: Any, merged: Any) -> None:
    layers = ({"kubernetes": {key: base}}, {}, {"kubernetes": {key: above}})
    assert TARGETS["kubernetes"].merged(*layers) == {key: merged}


def test_the_layers_stay_as_they_were() -> None:
    base = {"snowpark": {"packages": ["pandas"], "python": "a"}}
    merged = TARGETS["snowpark"].merged(base, {"snowpark": {"packages": ["joblib"]}})
    assert merged == {"packages": ["joblib"], "python": "a"}
    assert base == {"snowpark": {"packages": ["pandas"], "python": "a"}}
