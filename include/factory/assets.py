"""Checks the assets that schedules, inlets and outlets name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name

PARTS = ("name", "uri", "group", "extra", "watchers")
"""What an asset is made of, where it is written as a mapping."""
_COMBINING = frozenset({"__and__", "__or__"})
_FORMS = {
    "file": (r"file://.*/.*", "file:///folder/file", "it has no path"),
    "snowflake": (
        r"snowflake://[^/]+/[^/]+/[^/]+/[^/]+/*",
        "snowflake://account/database/schema/table",
        "it does not name one table",
    ),
}
"""Schemes with a form of their own (AIP-60; `asset-uris` of the installed providers).

The form, how to write it, what else it is.
"""


def asset_diagnostics(assets: Any, path: KeyPath, in_schedule: bool = False) -> Iterator[Diagnostic]:
    """Check assets.

    Args:
        assets: A list of them, one, or in a schedule a mapping that combines them; each as text, as a mapping of its
            parts, or by `__type__`.
        path: Where they are.
        in_schedule: Whether `__and__` and `__or__` mean something here.

    Returns:
        What is wrong, at the place of the asset, or of its address.
    """
    in_list = isinstance(path[-1], int)
    if isinstance(assets, list) and not in_list:
        for index, asset in enumerate(assets):
            yield from asset_diagnostics(asset, (*path, index), in_schedule)
    elif isinstance(assets, dict) and _COMBINING & assets.keys():
        yield from _condition(assets, path, in_schedule)
    elif isinstance(assets, dict):
        if "__type__" not in assets:
            yield from _parts(assets, path, in_schedule)
        for key in ("name", "uri", "group"):
            if isinstance(assets.get(key), str):
                yield from _address(assets[key], (*path, key), is_uri=key == "uri" or "uri" not in assets)
    elif isinstance(assets, str):
        yield from _address(assets, path)
    elif assets is not None or in_list:
        yield Diagnostic(path, "This is not an asset.", "Write its URI, such as `s3://bucket/key`.", "wrong-asset")


def as_objects(assets: Any) -> Any:
    """Write assets that are mappings of their parts as dag-factory takes them; all else stays.

    Args:
        assets: As `asset_diagnostics` takes them, without mistakes; not changed.

    Returns:
        The same with `__type__`.
    """
    if isinstance(assets, list):
        return [as_objects(asset) for asset in assets]
    if not isinstance(assets, dict) or "__type__" in assets:
        return assets
    if _COMBINING & assets.keys():
        return {key: as_objects(inner) for key, inner in assets.items()}
    return {"__type__": "airflow.sdk.Asset", **assets}


def _condition(assets: dict[str, Any], path: KeyPath, in_schedule: bool) -> Iterator[Diagnostic]:
    """Check `__and__` and `__or__`."""
    if not in_schedule:
        message = "Only a schedule combines assets."
        yield Diagnostic(path, message, "List them: `[s3://…, s3://…]`.", "wrong-asset")
        return
    if len(assets) != 1:
        hint = "Write one of `__and__` and `__or__`, with a list of assets."
        yield Diagnostic(path, f"Assets are combined by one key, not {len(assets)}.", hint, "wrong-asset")
        return
    ((key, inner),) = assets.items()
    if not isinstance(inner, list) or not inner:
        hint = f"Write `{key}: [s3://…, s3://…]`."
        yield Diagnostic((*path, key), f"`{key}` needs a list of assets.", hint, "wrong-asset")
    else:
        yield from asset_diagnostics(inner, (*path, key), in_schedule)


def _parts(asset: dict[str, Any], path: KeyPath, in_schedule: bool) -> Iterator[Diagnostic]:
    """Check an asset that is a mapping of its parts, as far as the schema does not."""
    unknown = [key for key in asset if key not in PARTS]
    for key in unknown:
        known = {*PARTS, "__type__", *(_COMBINING if in_schedule else ())}
        hint = hint_by_name(key, known - asset.keys(), "keys")
        yield Diagnostic((*path, key), f"An asset has no `{key}`.", hint, "unknown-key", on="key")
    if not unknown and not {"name", "uri"} & asset.keys():
        yield Diagnostic(path, "The asset has neither `name` nor `uri`.", "Add one of them, or both.", "missing-key")
    for key, kind, words in (("extra", dict, "a mapping"), *((key, str, "text") for key in ("name", "uri", "group"))):
        if key in asset and not isinstance(asset[key], kind):
            hint = f"Write {words}, or remove it."
            yield Diagnostic((*path, key), f"The asset's `{key}` is not {words}.", hint, "wrong-type")


def _address(text: str, path: KeyPath, is_uri: bool = True) -> Iterator[Diagnostic]:
    """Check an asset's URI, or its name; a name alone is the URI as well."""
    if why := _not_a_name(text) or (_not_a_uri(text) if is_uri else None):
        form = _FORMS.get(text.partition(":")[0], ("", "scheme://path", ""))[1]
        hint = f"Write `{form}`, such as `s3://bucket/key`." if "scheme" in form else f"Write `{form}`."
        what = path[-1] if path[-1] in ("name", "group") else "URI"
        yield Diagnostic(path, f"`{text}` is not an asset's {what}: {why}.", hint, "wrong-asset")


def _not_a_name(text: str) -> str | None:
    """Why Airflow refuses a text as name or URI (airflow.sdk.definitions.asset), or None."""
    if not text.strip():
        return "it is empty"
    if len(text) > 1500:
        return "it has more than 1,500 characters"
    return "Airflow keeps this name to itself" if text in ("self", "context") else None


def _not_a_uri(text: str) -> str | None:
    """Why Airflow refuses a text as URI, or None."""
    try:
        scheme = urlsplit(text).scheme
    except ValueError as problem:
        return str(problem)
    if scheme == "airflow":
        return "the scheme `airflow` is Airflow's own"
    form = _FORMS.get(scheme)
    if form is not None and not re.fullmatch(form[0], text.partition("?")[0].partition("#")[0]):
        return form[2]
    return None
