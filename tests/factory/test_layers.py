"""Layers over layers: mappings key by key, Kubernetes' lists item by item."""

from __future__ import annotations

import re
from typing import Any

import pytest

from include.factory.check import Checker
from include.factory.layers import section
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
        (
            "env",
            [{"name": "A", "value": "1"}],
            [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "a"}}}],
            [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "a"}}}],
        ),
        (
            "volumes",
            [{"name": "data", "emptyDir": {}}, {"name": "ca", "configMap": {"name": "ca"}}],
            [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
            [
                {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
                {"name": "ca", "configMap": {"name": "ca"}},
            ],
        ),
        (
            "initContainers",
            [{"name": "fetch", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}],
            [{"name": "fetch", "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}],
            [
                {
                    "name": "fetch",
                    "env": [
                        {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                        {"name": "B", "value": "2"},
                    ],
                }
            ],
        ),
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


TIMETABLE = {"__type__": "airflow.timetables.trigger.CronTriggerTimetable", "cron": "0 6 * * *", "timezone": "UTC"}


@pytest.mark.parametrize(
    ("key", "base", "above"),
    [
        ("schedule", {"__or__": ["s3://a/a"]}, {"__and__": ["s3://a/b", "s3://a/c"]}),
        ("schedule", {"name": "a", "uri": "s3://a/a"}, {"name": "b"}),
        ("schedule", TIMETABLE, {"__type__": "datetime.timedelta", "hours": 2}),
        ("on_failure_callback", {"callback": "a.b", "channel": "#a"}, {"callback": "a.c"}),
        ("executor_config", {"pod_override": TIMETABLE}, {"pod_override": {"__type__": "a.B"}}),
    ],
)
def test_what_is_one_thing_is_replaced(key: str, base: Any, above: Any) -> None:
    """Half of one schedule and half of another would be neither."""
    assert section("dag", {"dag": {"tags": ["a"], key: base}}, {"dag": {key: above}}) == {"tags": ["a"], key: above}


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
