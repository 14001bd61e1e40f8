"""Layers over layers: mappings key by key, Kubernetes' lists item by item."""

from __future__ import annotations

import re
from typing import Any

import pytest

from include.factory.check import Checker
from include.factory.project import Project
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
        (
            "initContainers",
            [
                {"name": "fetch", "image": "a:1", "env": [{"name": "A", "value": "1"}], "args": ["x"]},
                {"name": "check", "image": "b:1"},
            ],
            [{"name": "fetch", "image": "a:2", "env": {"B": 2}, "args": ["y"]}, {"name": "last", "image": "c:1"}],
            [
                {
                    "name": "fetch",
                    "image": "a:2",
                    "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                    "args": ["y"],
                },
                {"name": "check", "image": "b:1"},
                {"name": "last", "image": "c:1"},
            ],
        ),
        (
            "containers",
            [{"name": "proxy", "volumeMounts": [{"name": "a", "mountPath": "/a"}]}],
            [{"name": "proxy", "volumeMounts": [{"name": "b", "mountPath": "/a"}], "ports": [{"containerPort": 1}]}],
            [{"name": "proxy", "volumeMounts": [{"name": "b", "mountPath": "/a"}], "ports": [{"containerPort": 1}]}],
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


def test_the_checks_lay_them_as_the_compiler_does(project: Project) -> None:
    defaults = project.defaults_file.read_text()
    layer = '{volumes: [{name: ca, configMap: {name: ca}}], image: "registry.example.com/task:1"}'
    assert "\nkubernetes: {" in defaults
    project.defaults_file.write_text(re.sub(r"(?m)^kubernetes: \{.*$", f"kubernetes: {layer}", defaults))
    project.environment_file.write_text("kubernetes: {volumes: [{name: data, emptyDir: {}}]}\n")
    path = project.configs / "sample.yaml"
    path.write_text(
        "pipeline: sample\ntasks:\n  train:\n    python_callable: include.tasks.sample.trains\n    target: kubernetes\n"
        "    kubernetes: {volumeMounts: [{name: ca, mountPath: /ca}, {name: data, mountPath: /data}]}\n"
    )

    checked = Checker(project).pipeline(path)

    assert checked.diagnostics == ()
    (config,) = checked.configs.values()
    assert [volume["name"] for volume in config["tasks"]["train"]["kubernetes"]["volumes"]] == ["ca", "data"]
