"""The params that a run is started with: CONF of `make run`, checked before anything starts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from include.factory.config import Config
from include.factory.diagnostics import hint_by_name

_READS_CONF = re.compile(r"\bdag_run\b(?!\s*\.\s*(?!conf\b)\w)")
"""`dag_run.conf`, or `dag_run` as a whole; not `dag_run.run_id`."""
_FORMATS = Draft202012Validator.FORMAT_CHECKER


class ConfError(Exception):
    """CONF cannot start the run; the message has a line for each mistake, with its hint."""


def read(text: str, config: Config) -> dict[str, Any]:
    """Read CONF, and check it against the params of a DAG.

    Args:
        text: what the user wrote; empty means nothing.
        config: what the DAG is compiled to.

    Returns:
        The params to start the run with.

    Raises:
        ConfError: it is no JSON object, names an unknown param, has a value that its param does not take, or lacks a
            param that has no default.
    """
    params = config.get("params") or {}
    example = f"CONF='{json.dumps(_example(params))}'"
    try:
        conf = json.loads(text.strip() or "{}")
    except ValueError as error:
        raise ConfError(f"CONF is no JSON ({error}): {text}\nWrite an object in single quotes: {example}") from None
    if not isinstance(conf, dict):
        raise ConfError(f"CONF must be a JSON object, not {json.dumps(conf)}. Write the params by name: {example}")
    diagnostics = [*_unknown(conf, params, config), *_wrong(conf, params)]
    if diagnostics:
        raise ConfError("\n".join(f"CONF: {diagnostic}" for diagnostic in diagnostics))
    return conf


def _unknown(conf: dict[str, Any], params: dict[str, Any], config: Config) -> Iterator[str]:
    # A pipeline that reads `dag_run.conf` itself takes what it has no param for.
    if not _READS_CONF.search(json.dumps(config, default=str)):
        for name in conf.keys() - params.keys():
            yield f"`{name}` is no param of this pipeline. {hint_by_name(name, params, 'params')}"


def _wrong(conf: dict[str, Any], params: dict[str, Any]) -> Iterator[str]:
    for name, param in params.items():
        if not _has_schema(param):
            continue
        schema = {key: value for key, value in param.items() if key not in ("__type__", "default")}
        if name not in conf:
            if "default" not in param:
                yield f"`{name}` has no default, so a run must say it: {json.dumps({name: _sample(schema)})}"
        elif error := best_match(Draft202012Validator(schema, format_checker=_FORMATS).iter_errors(conf[name])):
            shown = {key: value for key, value in schema.items() if key not in ("title", "description")}
            yield (
                f"`{name}` cannot be {json.dumps(conf[name])}: {error.message}. It takes"
                f" {json.dumps(shown, default=str)}"
            )


def _example(params: dict[str, Any]) -> dict[str, Any]:
    """Return a param with a value that it takes."""
    for name, param in params.items():
        if not _has_schema(param):
            return {name: param}
        if "default" in param:
            return {name: param["default"]}
    return {"source": "…"} if not params else {next(iter(params)): "…"}


def _sample(schema: dict[str, Any]) -> Any:
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    return {"integer": 3, "number": 0.5, "boolean": True, "array": [], "object": {}}.get(str(kind), "…")


def _has_schema(param: Any) -> bool:
    return isinstance(param, dict) and "__type__" in param
