"""The Airflow image's recipe, without a builder: what it is made from, what gets into it, and as whom it runs."""

from __future__ import annotations

import re
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from include.deploy import pins
from include.doctor.versions import pins as read
from tests.deploy.dockerfile import arguments, copied, steps
from tests.deploy.test_compose import excluded
from tests.deploy.values import DEPLOY, values_of

REQUIREMENTS = DEPLOY / "requirements"
EXTRAS = sorted(file.stem for file in REQUIREMENTS.glob("*.txt") if file.stem != "all")
FILES = ["requirements.txt", *(f"include/deploy/requirements/{extra}.txt" for extra in EXTRAS)]
OUTSIDE = [
    ".env",
    ".git/config",
    ".local/kubernetes/kubeconfig",
    "airflow_settings.yaml",
    "configs/environments/.env",
    "configs/rsa_key.p8",
    "include/deploy/compose/connections.json",
    "include/local/run.py",
    "include/tasks/key.pem",
    "rsa_key.p8",
    "snowpod-cache/one.json",
    "tests/conftest.py",
]
LAST = max(step.stage for step in steps())


def test_the_base_is_the_airflow_that_is_pinned_and_the_chart_starts(root: Path) -> None:
    name, _, tag = arguments()["BASE_IMAGE"].partition(":")
    version = read(root / "requirements.txt", "3.11.9")["apache-airflow"]
    assert name == "docker.io/apache/airflow"
    assert re.fullmatch(rf"slim-{re.escape(version)}-python3\.\d+", tag)
    assert values_of()["airflowVersion"] == version


def test_the_interpreters_are_of_two_pythons_and_no_image_is_the_latest() -> None:
    pythons = [re.search(r"python:?(3\.\d+)", arguments()[name])[1] for name in ("BASE_IMAGE", "SNOWPARK_IMAGE")]  # type: ignore[index]
    assert len(set(pythons)) == 2
    assert "latest" not in Path(DEPLOY.parents[1] / "Dockerfile").read_text()
    # A base may be named by its digest: no image is named but by an argument.
    named = [step.rest.split()[0] for step in steps() if step.word == "FROM"]
    assert set(named) <= {"${BASE_IMAGE}", "${SNOWPARK_IMAGE}", "system"}


def test_it_runs_as_a_user_of_group_0_that_is_not_root() -> None:
    # OpenShift gives any number and group 0 (apache/airflow #8706, #9248).
    assert [step.rest for step in steps() if step.word == "USER" and step.stage == LAST] == ["50000:0"]
    last = [step.word for step in steps() if step.stage == LAST]
    assert last.index("USER") < last.index("RUN")
    assert {"HEALTHCHECK", "ENTRYPOINT", "CMD"} <= set(last)


def test_nothing_secret_is_said_or_kept() -> None:
    for step in steps():
        assert not re.search(r"(?i)password|token|secret(?!,id=|s/)|index-url|://[^/ ]+@", step.rest), step
    with_pip = [step.rest for step in steps() if "pip install" in step.rest]
    assert len(with_pip) == 2
    for rest in with_pip:
        assert rest.count("--mount=type=secret") == 2
        assert "--no-cache-dir" in rest
    # A secret is root's, and this step is not.
    assert with_pip[1].count("uid=50000") == 2


def test_what_the_loader_reads_is_copied(root: Path) -> None:
    assert {"configs", "dags", "include", "schemas", "requirements.txt", "packages.txt"} <= set(copied())
    for path in copied():
        assert (root / path).exists(), path
    for path in [*FILES, "dags/snowpod.py", "schemas/pipeline.schema.json", "include/runtime/requirements.txt",
                 "include/plugins/snowpod.py", "include/deploy/image/start", "include/deploy/pins.py"]:  # fmt: skip
        assert not excluded(root / ".dockerignore", path), path


@pytest.mark.parametrize("path", OUTSIDE)
def test_what_has_no_business_in_an_image_is_left_out(root: Path, path: str) -> None:
    assert excluded(root / ".dockerignore", path)


@pytest.mark.parametrize("name", ["start", "entrypoint", "healthy"])
def test_its_programs_may_be_run_and_are_shell(name: str) -> None:
    file = DEPLOY / "image" / name
    assert file.stat().st_mode & stat.S_IXOTH
    assert subprocess.run(["sh", "-n", file], check=False).returncode == 0


def test_each_extra_is_locked_and_all_go_together(root: Path) -> None:
    groups = tomllib.loads((root / "pyproject.toml").read_text())["dependency-groups"]
    assert sorted(one["include-group"] for one in groups["extras"]) == EXTRAS
    assert set(arguments()["EXTRAS"].split()) <= set(EXTRAS)
    # What the values and the Compose file name is there without an argument.
    assert {"postgres", "celery", "fab"} <= set(arguments()["EXTRAS"].split())
    together = pins.together([root / file for file in FILES])
    assert together["celery"].startswith("5.6.")  # 5.7 lacks what the provider imports
    assert {"psycopg2-binary", "asyncpg", "redis", "statsd", "hvac", "apache-airflow-providers-fab"} <= together.keys()
    for extra in EXTRAS:
        lines = [line for line in (REQUIREMENTS / f"{extra}.txt").read_text().splitlines() if line]
        assert all("==" in line for line in lines), extra
        for wanted in groups[extra]:
            assert any(line.startswith(re.split("[=<]", wanted)[0] + "==") for line in lines), wanted


def test_files_that_pin_two_versions_are_told(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Celery==5.6.3 ; python_full_version >= '3.11'\nkombu==5.7.0\n")
    (tmp_path / "two.txt").write_text("celery==5.7.0\n")
    with pytest.raises(pins.PinsError, match=r"celery is 5\.6\.3 in one\.txt and 5\.7\.0 in two\.txt"):
        pins.together([tmp_path / "one.txt", tmp_path / "two.txt"])


def test_requirements_do_not_move_the_airflow_of_the_base() -> None:
    # A pinned package drew Airflow to another version, and nothing said so (apache/airflow #31506, #47637).
    with pytest.raises(pins.PinsError, match=r"has apache-airflow-core 3\.3\.1, and requirements\.txt 3\.3\.2"):
        pins.same_airflow({"apache-airflow-core": "3.3.2"}, {"apache-airflow-core": "3.3.1"})
    pins.same_airflow({"apache-airflow-core": "3.3.2"}, {})  # a plain Python image


def test_where_pins_and_constraints_differ_is_told(tmp_path: Path) -> None:
    # Constraints force nothing: they are what Airflow was tested with (apache/airflow #52191).
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("# comment\napache-airflow-providers-snowflake==6.9.0\nPyYAML==6.0.3\nunused==1\n")
    pinned = {"apache-airflow-providers-snowflake": "6.20.0", "pyyaml": "6.0.3", "dag-factory": "1.1.0"}
    assert pins.differences(pinned, constraints) == [
        "pins: apache-airflow-providers-snowflake 6.20.0; Airflow's constraints: 6.9.0",
        "pins: 1 of 3 pins are not those of Airflow's constraints",
    ]
    assert "nothing to hold" in pins.differences(pinned, tmp_path / "absent")[0]


def test_what_is_installed_is_held_against_the_pins() -> None:
    there = pins.installed()
    pins.as_pinned({"pyyaml": there["pyyaml"]}, there)
    with pytest.raises(pins.PinsError, match=r"pyyaml \S+ \(1\.0 is pinned\), zzz is missing \(2 is pinned\)"):
        pins.as_pinned({"pyyaml": "1.0", "zzz": "2"}, there)


def test_pins_stands_alone_in_the_image() -> None:
    source = (DEPLOY / "pins.py").read_text()
    assert not re.search(r"^\s*(from|import) include", source, re.MULTILINE)


def test_the_astro_project(root: Path) -> None:
    config = yaml.safe_load((root / ".astro" / "config.yaml").read_text())
    # With the CLI's own defaults a line is added to requirements.txt, and PostgreSQL is too old for Airflow 3.
    assert config["disable_astro_run"] == "true"
    assert int(str(config["postgres"]["tag"]).partition("-")[0]) >= 13
    # The CLI takes an image without the label for Airflow 2, and starts its containers as this user, in this folder.
    labels = next(step.rest for step in steps() if step.word == "LABEL")
    assert "io.astronomer.docker.runtime.version=$ASTRO_VERSION" in labels
    assert re.fullmatch(r"3\.\d+-\d+", arguments()["ASTRO_VERSION"])
    system = next(step.rest for step in steps() if "useradd" in step.rest)
    assert "useradd --no-log-init --non-unique --uid 50000 --gid 0 --home-dir /home/airflow astro" in system
    assert 'ln -s "$AIRFLOW_HOME" /usr/local/airflow' in system
    override = yaml.safe_load((root / "docker-compose.override.yml").read_text())
    for service in ("scheduler", "dag-processor", "api-server", "triggerer"):
        mounted = [volume.split(":") for volume in override["services"][service]["volumes"]]
        assert [there for _, there, _ in mounted] == ["/usr/local/airflow/configs", "/usr/local/airflow/schemas"]
        assert all((root / here).is_dir() for here, _, _ in mounted)


def test_the_settings_of_astro_have_an_example_and_no_secret(root: Path) -> None:
    ignored = subprocess.run(["git", "check-ignore", "-q", "airflow_settings.yaml"], cwd=root, check=False)
    assert ignored.returncode == 0
    settings = yaml.safe_load((root / "airflow_settings.example.yaml").read_text())["airflow"]
    (connection,) = settings["connections"]
    staging = yaml.safe_load((root / "configs" / "environments" / "staging.yaml").read_text())
    assert connection["conn_id"] == staging["snowflake"]["connection"]
    assert connection["conn_extra"]["private_key_content"].startswith("PUT-HERE")
    assert "conn_password" not in connection
