"""Checks the assets that schedules, inlets and outlets name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name

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


def asset_diagnostics(uris: Any, path: KeyPath) -> Iterator[Diagnostic]:
    """Check a list of asset URIs, nested by `__and__` and `__or__` or not."""
    if isinstance(uris, list):
        for index, uri in enumerate(uris):
            yield from asset_diagnostics(uri, (*path, index))
    elif isinstance(uris, dict) and "__type__" not in uris:
        if len(uris) != 1:
            hint = "Write one of `__and__` and `__or__`, with a list of assets."
            yield Diagnostic(path, f"Assets are combined by one key, not {len(uris)}.", hint, "wrong-asset")
        for key, inner in uris.items() if len(uris) == 1 else ():
            if key not in ("__and__", "__or__"):
                hint = hint_by_name(key, ("__and__", "__or__", "__type__"), "keys")
                yield Diagnostic((*path, key), f"`{key}` does not combine assets.", hint, "unknown-key", on="key")
            elif not isinstance(inner, list) or not inner:
                yield Diagnostic(
                    (*path, key), f"`{key}` needs a list of assets.", f"Write `{key}: [s3://…, s3://…]`.", "wrong-asset"
                )
            else:
                yield from asset_diagnostics(inner, (*path, key))
    elif isinstance(uris, dict):
        if isinstance(uris.get("uri"), str):
            yield from asset_diagnostics(uris["uri"], (*path, "uri"))
    elif not isinstance(uris, str | None):
        yield Diagnostic(path, "This is not an asset.", "Write its URI, such as `s3://bucket/key`.", "wrong-asset")
    elif isinstance(uris, str) and (why := _not_an_asset(uris)):
        form = _FORMS.get(urlsplit(uris).scheme, ("", "scheme://path", ""))[1]
        hint = f"Write `{form}`, such as `s3://bucket/key`." if "scheme" in form else f"Write `{form}`."
        yield Diagnostic(path, f"`{uris}` is not an asset's URI: {why}.", hint, "wrong-asset")


def _not_an_asset(uri: str) -> str | None:
    """Why Airflow refuses a URI (airflow.sdk.definitions.asset), or None."""
    if not uri.strip():
        return "it is empty"
    if len(uri) > 1500:
        return "it has more than 1,500 characters"
    if urlsplit(uri).scheme == "airflow":
        return "the scheme `airflow` is Airflow's own"
    form = _FORMS.get(urlsplit(uri).scheme)
    if form is not None and not re.fullmatch(form[0], uri.partition("?")[0].partition("#")[0]):
        return form[2]
    if uri in ("self", "context"):
        return "Airflow keeps this name to itself"
    return None
