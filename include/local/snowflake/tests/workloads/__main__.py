"""Runs one workload: `python -m tests.workloads <connections.toml> <schema> <workload> <folder>`."""

from __future__ import annotations

import importlib
import sys
import tomllib
from pathlib import Path

import cloudpickle
from snowflake.snowpark import Session


def main() -> None:
    connections, schema, name, folder = sys.argv[1:]
    parameters = tomllib.loads(Path(connections).read_text())["embedded"]
    with Session.builder.configs(parameters).create() as session:
        session.sql(f"create schema {schema}").collect()
        try:
            workload = importlib.import_module(f"tests.workloads.{name}")
            # As functions of a notebook: the server has no such module.
            cloudpickle.register_pickle_by_value(workload)
            workload.run(session, Path(folder))
        finally:
            session.sql(f"drop schema {schema}").collect()


main()
