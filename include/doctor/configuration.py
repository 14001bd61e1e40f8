"""The configuration itself: environment, variables, mistakes of pipelines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from include.constants import ENVIRONMENT_VARIABLE
from include.doctor.findings import Finding, State
from include.doctor.subject import Subject

SUBJECT = "configuration"
VALIDATE = "python -m include.factory validate"
CACHE_VARIABLE, CACHE = "SNOWPOD_CACHE", "snowpod-cache"
OFF = ("", "off")


def look(subject: Subject) -> Iterator[Finding]:
    """Look at the layers and the pipelines.

    Args:
        subject: the environment.

    Yields:
        The environment, what is wrong with its layers (variables that are not set among it), and with pipelines.
    """
    project = subject.project
    wrong = [one for layer in subject.result.layers for one in layer.diagnostics]
    if not any(one.code == "unknown-environment" for one in wrong):
        words = f"{project.name(project.environment_file)} over {project.name(project.defaults_file)}"
        yield Finding(SUBJECT, f"environment {project.environment}", State.OK, words)
    for one in wrong:
        mend = f"export {ENVIRONMENT_VARIABLE}=…" if one.code == "unknown-environment" else one.hint
        yield Finding(SUBJECT, f"{one.file}:{one.position.line}", State.MISSING, one.message, f"{mend}")
    broken = [checked for checked in subject.result.files if checked.diagnostics]
    for checked in broken:
        first = checked.diagnostics[0]
        yield Finding(SUBJECT, f"{first.file}:{first.position.line}", State.MISSING, first.message, VALIDATE)
    good = len(subject.result.files) - len(broken)
    yield Finding(SUBJECT, "pipelines", State.OK, f"{good} without mistakes")


def folders(subject: Subject) -> Iterator[Finding]:
    """Look at the folders that Airflow and the loader use.

    Args:
        subject: the environment.

    Yields:
        Whether the loader is in Airflow's DAGs folder, and whether its cache can be written.
    """
    from airflow.configuration import AIRFLOW_HOME, conf

    dags = Path(conf.get("core", "dags_folder"))
    loader = dags / "snowpod.py"
    if loader.is_file():
        yield Finding(SUBJECT, "loader", State.OK, str(loader))
    else:
        own = subject.project.root / "dags"
        mend = f"export AIRFLOW__CORE__DAGS_FOLDER={own}"
        yield Finding(SUBJECT, "loader", State.MISSING, f"there is no snowpod.py in Airflow's DAGs folder {dags}", mend)
    cache = subject.project.variables.get(CACHE_VARIABLE, str(Path(AIRFLOW_HOME) / CACHE))
    if cache in OFF:
        yield Finding(SUBJECT, "cache", State.OK, f"{CACHE_VARIABLE} turns it off")
        return
    nearest = next(folder for folder in (Path(cache), *Path(cache).absolute().parents) if folder.exists())
    if os.access(nearest, os.W_OK) and nearest.is_dir():
        yield Finding(SUBJECT, "cache", State.OK, f"{cache} can be written")
    else:
        mend = f"export {CACHE_VARIABLE}=<a folder that can be written>, or {CACHE_VARIABLE}=off"
        yield Finding(SUBJECT, "cache", State.MISSING, f"{nearest} cannot be written: each parse checks all anew", mend)
