"""Checks params: that each default is what the param itself allows, and that a scheduled run has all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, best_match

from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name

_FORMATS = FormatChecker()


def param_diagnostics(params: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    """Check params: that each default is what the param itself allows.

    Args:
        params: The `params` mapping as written.
        path: Where it is.

    Returns:
        What is wrong.
    """
    for name, param in params.items():
        if not isinstance(param, dict) or "default" not in param:
            continue
        schema = {key: value for key, value in param.items() if key != "default"}
        try:
            # The format's own schema has checked the other keys; this is slow.
            if schema.keys() & {"pattern", "items", "properties"}:
                Draft202012Validator.check_schema(schema)
        except SchemaError as problem:
            wrong = tuple(problem.absolute_path)
            message = f"The param `{name}` is no JSON Schema: {problem.message}."
            yield Diagnostic(
                (*path, name, *wrong), message, "See https://json-schema.org for what its keys take.", "wrong-param"
            )
            continue
        error = best_match(Draft202012Validator(schema, format_checker=_FORMATS).iter_errors(param["default"]))
        if error is not None:
            message = f"The default of the param `{name}` is not what the param allows: {error.message}."
            hint = "Change the default, or what the param allows."
            if param["default"] is None:
                message = f"The default of the param `{name}` is empty, which the param does not allow."
                hint = 'Give a default, or allow none: `type: ["null", …]`.'
            elif error.validator == "enum":
                hint = hint_by_name(param["default"], {str(choice) for choice in param["enum"]}, "choices")
            yield Diagnostic((*path, name, "default"), message, hint, "wrong-param")


def required_params(
    merged: Mapping[str, Any], params: Mapping[str, Any], own: Mapping[str, Any], path: KeyPath
) -> Iterator[Diagnostic]:
    """Params without a default in a DAG that runs by itself: Airflow refuses it, as nobody gives them."""
    if merged.get("schedule") is None or str(merged["schedule"]).strip().lower() == "none":
        return
    for name, param in params.items():
        if isinstance(param, dict) and "default" not in param and "const" not in param:
            message = f"The param `{name}` has no default, and a run on a schedule gives it no value."
            where = ("params", name) if name in own else (*path, "params", name)
            yield Diagnostic(where, message, "Add `default`, or set `schedule: null`.", "missing-default", on="key")
