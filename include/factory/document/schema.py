"""Checks a document against the JSON Schema, and says what is wrong in words of the format, not of JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from include.constants import ROOT
from include.factory.diagnostics import Diagnostic, KeyPath, did_you_mean, hint_by_name, hint_of_words, spelled
from include.factory.document.type_words import TYPES
from include.factory.document.verdict import Verdict
from include.factory.document.words import belongs, odd_space
from include.factory.durations import duration_meant
from include.factory.pipeline import KINDS

SCHEMA_FILE = ROOT / "schemas" / "pipeline.schema.json"

_TYPES = {**TYPES, "null": "empty"}


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of a pipeline."""
    loaded: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return loaded


def pipeline_shape(value: Mapping[str, Any]) -> list[Diagnostic]:
    """Check a pipeline's document.

    Args:
        value: The document.

    Returns:
        What is wrong with its shape; empty if nothing is.
    """
    dag_id = _other_tool(value)
    if dag_id is not None:
        message = f"This is a file of dag-factory's own: `{dag_id}` is a DAG's id, and its arguments stand below it."
        hint = (
            f"Write `pipeline: {dag_id}` at the top, and beside it `tasks` by name and, under `dag`, the DAG's"
            " arguments."
        )
        return [Diagnostic((dag_id,), message, hint, "other-format", on="key")]
    return [] if _pipeline_verdict().fits(value) else _diagnostics(_pipeline_validator(), value)


def _other_tool(value: Mapping[str, Any]) -> str | None:
    """Return the id of the DAG if a document is one of dag-factory's own: a mapping from ids to DAGs."""
    if "pipeline" in value or "tasks" in value:
        return None
    return next(
        (key for key, inner in value.items() if isinstance(inner, dict) and "tasks" in inner and key != "default"), None
    )


def layer_shape(value: Mapping[str, Any]) -> list[Diagnostic]:
    """Check the document of defaults or of an environment; arguments and result as `pipeline_shape`."""
    return [] if _layer_verdict().fits(value) else _diagnostics(_layer_validator(), value)


@cache
def _pipeline_verdict() -> Verdict:
    return Verdict(schema())


@cache
def _layer_verdict() -> Verdict:
    return Verdict({"$ref": "#/$defs/layer", "$defs": schema()["$defs"]})


@cache
def _pipeline_validator() -> Draft202012Validator:
    return Draft202012Validator(_inlined(schema()))


@cache
def _layer_validator() -> Draft202012Validator:
    return Draft202012Validator(_inlined(schema()["$defs"]["layer"]))


def _inlined(part: Any) -> Any:
    """Return a part of the schema with what each `$ref` stands for in its place.

    Following them takes a third of the time.
    """
    if isinstance(part, list):
        return [_inlined(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {key: _inlined(value) for key, value in _deref(part).items() if key not in ("$ref", "$defs")}


@dataclass(frozen=True)
class _Wrong:
    """A jsonschema error, with the types that it has in this schema.

    Attributes:
        path: Where.
        keyword: The keyword of JSON Schema that failed.
        limit: What the keyword says.
        value: What is there.
        schema: The schema that has the keyword.
        in_names: Whether it is about a mapping's keys (`propertyNames`); `value` is the key then.
        inner: For `anyOf` and `oneOf`: the alternatives' errors, with the alternative's number.
        message: jsonschema's own words.
    """

    path: KeyPath
    keyword: str
    limit: Any
    value: Any
    schema: Mapping[str, Any]
    in_names: bool
    inner: tuple[tuple[int, _Wrong], ...]
    message: str

    @classmethod
    def of(cls, error: ValidationError) -> _Wrong:
        """Take over a jsonschema error."""
        inner = tuple((int(one.schema_path[0]), cls.of(one)) for one in error.context or ())
        in_names = "propertyNames" in list(error.schema_path)[-3:-1]
        schema = cast(Mapping[str, Any], error.schema)
        path = tuple(error.absolute_path)
        return cls(
            path, str(error.validator), error.validator_value, error.instance, schema, in_names, inner, error.message
        )

    @property
    def unknown(self) -> list[str]:
        """The keys that the schema does not have."""
        patterns = self.schema.get("patternProperties", {})
        known = self.schema.get("properties", {})
        return [
            key for key in self.value if key not in known and not any(re.search(pattern, key) for pattern in patterns)
        ]


def _diagnostics(validator: Draft202012Validator, value: Mapping[str, Any]) -> list[Diagnostic]:
    found: dict[tuple[KeyPath, str], Diagnostic] = {}
    for error in validator.iter_errors(value):
        for one in _explain(_Wrong.of(error)):
            found.setdefault((one.path, one.message), one)
    return list(found.values())


def _explain(wrong: _Wrong) -> Iterator[Diagnostic]:
    explain = _EXPLANATIONS.get(wrong.keyword)
    if explain is not None:
        yield from explain(wrong)
    else:
        hint = _meant(wrong.schema) or "See schemas/pipeline.schema.json for what fits."
        yield Diagnostic(wrong.path, f"{_subject(wrong.path)} does not fit: {wrong.message}.", hint, "shape")


def _unknown_key(wrong: _Wrong) -> Iterator[Diagnostic]:
    known = set(wrong.schema.get("properties", {}))
    unknown = wrong.unknown
    if _is_task(wrong.path):
        known |= set(KINDS)
        if not any(kind in wrong.value for kind in KINDS):
            # The key that should have said the kind: the others are judged once the kind is known.
            unknown = [key for key in unknown if did_you_mean(key, KINDS)][:1] or unknown
    for key in unknown:
        path = (*wrong.path, key)
        message = f"{_subject(path)} is not a key of the format."
        hint = belongs(key, wrong.path, schema()["$defs"], "tasks" in known)
        if key in ("__and__", "__or__"):
            hint = "Only a schedule combines assets: list them here."
        if blank := odd_space(key):
            message, hint = f"The key `{key}` has a {blank} in it.", "Write it with plain spaces, or without."
        yield Diagnostic(
            path, message, hint or hint_by_name(key, known - wrong.value.keys(), "keys"), "unknown-key", on="key"
        )


def _missing_key(wrong: _Wrong) -> Iterator[Diagnostic]:
    for key in wrong.limit:
        # jsonschema reports each missing key by itself; a misspelt one is reported as unknown, unless any key may be
        # there.
        near = did_you_mean(key, wrong.unknown)
        if wrong.message.startswith(f"'{key}'") and (
            near is None or wrong.schema.get("additionalProperties") is not False
        ):
            lacks = _lacks(wrong, key, "")
            yield lacks if near is None else replace(lacks, hint=f"Write `{key}` in place of `{near}`.")


def _needs(wrong: _Wrong) -> Iterator[Diagnostic]:
    """dependentRequired: keys that belong to one kind of task, and what a kind needs."""
    kinds = [kind for kind in KINDS if kind in wrong.value]
    for key, needed in wrong.limit.items():
        for other in needed if key in wrong.value else ():
            if other in wrong.value or did_you_mean(other, wrong.unknown) is not None or len(kinds) != 1:
                continue
            if other not in KINDS:
                yield _lacks(wrong, other, f", which `{key}` needs")
            else:
                path = (*wrong.path, key)
                yield Diagnostic(
                    path, f"{_subject(path)} is for tasks with `{other}` only.", "Remove it.", "misplaced-key", on="key"
                )


def _lacks(wrong: _Wrong, key: str, why: str) -> Diagnostic:
    meaning = _meant(wrong.schema.get("properties", {}).get(key, {}))
    return Diagnostic(
        wrong.path,
        f"{_subject(wrong.path)} has no `{key}`{why}.",
        f"Add `{key}`. {meaning}".strip(),
        "missing-key",
        on="key",
    )


def _wrong_kind(wrong: _Wrong) -> Iterator[Diagnostic]:
    if not isinstance(wrong.value, dict):
        return  # said by its type
    given = [kind for kind in KINDS if kind in wrong.value]
    if len(given) > 1:
        names = " and ".join(f"`{kind}`" for kind in given)
        message = f"{_subject(wrong.path)} has {names}."
        yield Diagnostic(
            wrong.path, message, "A task does one thing: make it two tasks, or remove one.", "wrong-kind", on="key"
        )
    elif not any(did_you_mean(key, KINDS) for key in wrong.unknown):
        hint = "Add one of `sql`, `python_callable`, `batch_callable`, `container` and `operator`."
        yield Diagnostic(wrong.path, f"{_subject(wrong.path)} does not say what it does.", hint, "wrong-kind", on="key")


def _wrong_type(wrong: _Wrong) -> Iterator[Diagnostic]:
    wanted = wrong.limit if isinstance(wrong.limit, list) else [wrong.limit]
    names = " or ".join(_TYPES[name] for name in wanted)
    yield Diagnostic(
        wrong.path,
        f"{_subject(wrong.path)} must be {names}, not {_shown(wrong.value)}.",
        _hint_of_type(wrong, wanted),
        "wrong-type",
    )


def _hint_of_type(wrong: _Wrong, wanted: list[str]) -> str:
    value, key = wrong.value, wrong.path[-1] if wrong.path else "the file"
    if _is_duration(wrong.schema) and (meant := duration_meant(value)):
        return f"Write `{meant}`."
    if value is None:
        return f"Give it a value, or remove the line. {_meant(wrong.schema)}".strip()
    if "object" in wanted and isinstance(value, str) and key == "container":
        return f"Write `container: {{image: {value}}}`."
    if "array" in wanted and isinstance(value, str) and key in ("command", "args"):
        return hint_of_words(value)
    if "array" in wanted and isinstance(value, str):
        return f"Write a list: `{key}: [{value}]`."
    if "boolean" in wanted and str(value).lower() in ("yes", "no", "on", "off"):
        return f"Write `{str(str(value).lower() in ('yes', 'on')).lower()}`: YAML 1.2 knows no other words for it."
    if "null" in wanted and value is False:
        return f"For none write `{key}: null`."
    if "string" in wanted and isinstance(value, int | float):
        return f'Put it into quotes: `"{_plain(value)}"`.'
    if isinstance(value, str) and {"integer", "number"} & set(wanted) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return f"Remove the quotes: `{key}: {value}`."
    return _meant(wrong.schema) or f"Write {' or '.join(_TYPES[name] for name in wanted)}."


def _not_allowed(wrong: _Wrong) -> Iterator[Diagnostic]:
    hint = hint_by_name(wrong.value, {_plain(choice) for choice in wrong.limit}, "choices")
    if wrong.in_names:
        path, message = (*wrong.path, wrong.value), f"`{wrong.value}` is not a name that may be used here."
        yield Diagnostic(path, message, hint, "wrong-name", on="key")
        return
    yield Diagnostic(wrong.path, f"{_subject(wrong.path)} cannot be {_shown(wrong.value)}.", hint, "wrong-value")


def _no_match(wrong: _Wrong) -> Iterator[Diagnostic]:
    if wrong.in_names:
        path = (*wrong.path, wrong.value)
        yield Diagnostic(
            path, f"`{wrong.value}` is not a name that may be used here.", _meant(wrong.schema), "wrong-name", on="key"
        )
    else:
        yield Diagnostic(
            wrong.path, f"{_subject(wrong.path)} cannot be {_shown(wrong.value)}.", _meant(wrong.schema), "wrong-value"
        )


def _no_alternative(wrong: _Wrong) -> Iterator[Diagnostic]:
    """anyOf: if just one alternative is of the value's type, what is wrong with it as that; else what the key means."""
    alternatives: dict[int, list[_Wrong]] = {}
    for number, one in wrong.inner:
        alternatives.setdefault(number, []).append(one)
    of_type = [errors for errors in alternatives.values() if not any(_is_of_another_type(one, wrong) for one in errors)]
    complete = [
        errors for errors in of_type if not any(one.path == wrong.path and one.keyword == "required" for one in errors)
    ]
    fitting = complete if len(of_type) > 1 else of_type
    if len(fitting) == 1 and not (_is_duration(wrong.schema) and duration_meant(wrong.value)):
        for one in fitting[0]:
            for found in _explain(one):
                yield found if found.hint else replace(found, hint=_meant(wrong.schema))
    else:
        meant = duration_meant(wrong.value) if _is_duration(wrong.schema) else None
        hint = f"Write `{meant}`." if meant else _meant(wrong.schema)
        yield Diagnostic(wrong.path, f"{_subject(wrong.path)} cannot be {_shown(wrong.value)}.", hint, "wrong-value")


def _is_duration(part: Mapping[str, Any]) -> bool:
    return bool(part.get("anyOf") == _inlined(schema()["$defs"]["duration"])["anyOf"])


def _is_of_another_type(one: _Wrong, wrong: _Wrong) -> bool:
    scalars_only = one.keyword == "enum" and isinstance(one.value, list | dict)
    return one.path == wrong.path and (scalars_only or one.keyword == "type")


def _limit(words: str) -> Callable[[_Wrong], Iterator[Diagnostic]]:
    def explain(wrong: _Wrong) -> Iterator[Diagnostic]:
        message = f"{_subject(wrong.path)} is {_shown(wrong.value)}; it must be {words.format(wrong.limit)}."
        yield Diagnostic(
            wrong.path,
            message,
            _meant(wrong.schema) or f"Write one that is {words.format(wrong.limit)}.",
            "out-of-range",
        )

    return explain


def _empty(wrong: _Wrong) -> Iterator[Diagnostic]:
    hint = f"Give it a value, or remove it. {_meant(wrong.schema)}".strip()
    yield Diagnostic(wrong.path, f"{_subject(wrong.path)} is empty.", hint, "empty")


def _twice(wrong: _Wrong) -> Iterator[Diagnostic]:
    for index, item in enumerate(wrong.value):
        if item in wrong.value[:index]:
            path = (*wrong.path, index)
            yield Diagnostic(
                path, f"{_shown(item)} is in {_subject(wrong.path)} twice.", "Remove one of them.", "duplicate"
            )


_EXPLANATIONS: dict[str, Callable[[_Wrong], Iterator[Diagnostic]]] = {
    "additionalProperties": _unknown_key,
    "required": _missing_key,
    "dependentRequired": _needs,
    "oneOf": _wrong_kind,
    "type": _wrong_type,
    "enum": _not_allowed,
    "pattern": _no_match,
    "anyOf": _no_alternative,
    "minimum": _limit("at least {}"),
    "maximum": _limit("at most {}"),
    "exclusiveMinimum": _limit("greater than {}"),
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _empty,
    "uniqueItems": _twice,
}


def _is_task(path: KeyPath) -> bool:
    return len(path) == 2 and path[0] == "tasks"


def _subject(path: KeyPath) -> str:
    return f"`{spelled(path)}`" if path else "The file"


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = _plain(value)
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"


def _plain(value: Any) -> str:
    """Return a scalar as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _meant(part: Any) -> str:
    """Return what the schema says a value is for."""
    return str(_deref(part).get("description", "")) if isinstance(part, Mapping) else ""


def _deref(part: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = part.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
        return part
    target = _deref(schema()["$defs"][reference.removeprefix("#/$defs/")])
    meanings = [one["description"] for one in (part, target) if "description" in one]
    return {**target, **part, "description": " ".join(meanings)}
