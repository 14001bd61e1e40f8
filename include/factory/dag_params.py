"""Gives a DAG its params, validated as Airflow does it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from airflow.sdk import DAG, Param
from airflow.sdk.definitions.param import ParamsDict
from jsonschema import FormatChecker, SchemaError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing.exceptions import Unresolvable


def set_params(dag: DAG, params: Mapping[str, Any]) -> None:
    """Give a DAG its params.

    Airflow 3.3.2 checks the schema of each param before it checks the value, an empty schema too, and takes most of a
    DAG's time for it. Here a schema is checked once, whatever has it; what is wrong Airflow says itself.

    Args:
        dag: The DAG.
        params: Values, or Airflow's `Param`s, by name.

    Raises:
        ValueError: The DAG is scheduled, and a default is not what its schema says, or is missing.
        jsonschema.SchemaError: A schema is none.
    """
    held = ParamsDict(params)
    if all(_is_valid(held.get_param(name)) for name in held):
        object.__setattr__(dag, "params", held)  # as the setter does, without validating
    else:
        dag.params = held


def _is_valid(param: Param) -> bool:
    """Whether a param has a value and fits its schema; False too where only Airflow can tell."""
    if param.value is not None and not param.has_value:
        return False
    if param.schema == {}:
        return True
    try:
        validator = _validator(json.dumps(param.schema))
        return validator is not None and validator.is_valid(param.value)
    except (TypeError, Unresolvable):  # it holds what is no JSON, or a `$ref` to nothing
        return False


@lru_cache(maxsize=1024)
def _validator(schema: str) -> Validator | None:
    """Return what validates by a schema, given as JSON; None if it is no schema."""
    read = json.loads(schema)
    kind = validator_for(read)
    try:
        kind.check_schema(read)
    except SchemaError:
        return None
    return kind(read, format_checker=FormatChecker())
