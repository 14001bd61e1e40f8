"""One asset is written the same everywhere: else Airflow takes it for two."""

from __future__ import annotations

import pytest

from include.factory.check import check
from include.factory.project import Project

MADE = "pipeline: made\ntasks: {{a: {{sql: select 1, outlets: [{made}]}}}}\n"
TOLD = "pipeline: told\ndag: {{schedule: {told}}}\ntasks: {{a: {{sql: select 1}}}}\n"
RIDES = '{name: rides, uri: "s3://b/rides"}'


def _warnings(project: Project, made: str, told: str) -> list[tuple[str, str, str]]:
    (project.configs / "made.yaml").write_text(MADE.format(made=made))
    (project.configs / "told.yaml").write_text(TOLD.format(told=told))
    result = check(project)
    assert result.diagnostics == []
    return [(f"{one.file}:{one.position.line}:{one.position.column}", one.message, one.hint) for one in result.warnings]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (RIDES, f"[{RIDES}]"),
        ("rides", "[rides]"),
        ('"s3://b/rides"', '[{uri: "s3://b/rides"}, {__type__: airflow.sdk.AssetAlias, name: "s3://b/rides"}]'),
        (RIDES, '{__and__: [{__type__: airflow.sdk.Asset, name: rides, uri: "s3://b/rides", group: ml}, other]}'),
        (RIDES, '"@daily"\n  , start_date: 2024-01-01'),
    ],
)
def test_the_same_is_no_conflict(project: Project, made: str, told: str) -> None:
    assert _warnings(project, made, told) == []


@pytest.mark.parametrize(
    ("made", "told", "place", "says"),
    [
        (
            RIDES,
            "[rides]",
            "told.yaml:2:18",
            "The asset `rides` has another `uri` in configs/made.yaml: `s3://b/rides`.",
        ),
        (
            RIDES,
            '{__or__: ["s3://b/rides", x]}',
            "told.yaml:2:27",
            "The asset `s3://b/rides` has another `name` in configs/made.yaml: `rides`.",
        ),
        (
            "rides",
            '[{name: rides, uri: "s3://b/other"}]',
            "made.yaml:2:38",
            "The asset `rides` has another `uri` in configs/told.yaml: `s3://b/other`.",
        ),
    ],
)
def test_what_is_two_to_airflow_is_warned_of(project: Project, made: str, told: str, place: str, says: str) -> None:
    ((where, message, hint),) = _warnings(project, made, told)
    assert (where, message) == (f"configs/{place}", f"{says} To Airflow they are two.")
    assert hint.startswith("Write the same at both places: `{name: rides, uri: s3://b/")
