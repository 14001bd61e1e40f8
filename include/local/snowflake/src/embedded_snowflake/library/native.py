"""Functions in Python that DuckDB calls, for what cannot be written in its SQL."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import duckdb

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.library import estimates, number_formats, number_parsing, regexps

# Prefix of their names in DuckDB. Not the macros': those are qualified with a database.
NATIVE = "_native_"


def _number_of(text: str, forms: str) -> str:
    number = number_parsing.parse_number(text, forms)
    if number is None:
        raise SnowflakeError(f"Can't parse '{text}' as number with format '{forms}'", 100036, "22018")
    return number


def _try_number_of(text: str | None, forms: str | None) -> str | None:
    return None if text is None or forms is None else number_parsing.parse_number(text, forms)


_SOUNDS = {
    letter: code
    for code, letters in {"1": "BFPV", "2": "CGJKQSXZ", "3": "DT", "4": "L", "5": "MN", "6": "R"}.items()
    for letter in letters
}


def _soundex(text: str) -> str:
    """Compute the American Soundex: https://www.archives.gov/research/census/soundex."""
    letters = [letter for letter in text.upper() if letter.isascii() and letter.isalpha()]
    if not letters:
        return ""
    code = next(letter for letter in text if letter.isascii() and letter.isalpha())
    last = _SOUNDS.get(letters[0], "")
    for letter in letters[1:]:
        sound = _SOUNDS.get(letter, "")
        if sound and sound != last:
            code += sound
        if letter not in "HW":  # two letters of one sound with H or W between them count once
            last = sound
    return code[:4].ljust(4, "0")


def _sha2(content: bytes, bits: int) -> str:
    if bits not in (0, 224, 256, 384, 512):
        raise SnowflakeError(f"Numeric value '{bits}' is not recognized", 100038, "22018")
    return hashlib.new(f"sha{bits or 256}", content).hexdigest()


def _try_base64(text: str | None) -> str | None:
    try:
        return None if text is None else base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _parse_url(url: str) -> str:
    """Take a URL apart, as JSON: https://docs.snowflake.com/en/sql-reference/functions/parse_url."""
    parts = urlsplit(url)
    if not parts.scheme:
        raise SnowflakeError(f"Error parsing URL: scheme not specified: '{url}'", 100139, "22000")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    port = str(parts.port) if parts.port is not None else None
    found = {
        "fragment": parts.fragment or None,
        "host": parts.netloc.rpartition("@")[2].partition(":")[0] or None,
        "parameters": query or None,
        "path": parts.path.lstrip("/") or None,
        "port": port,
        "query": parts.query or None,
        "scheme": parts.scheme,
    }
    return json.dumps(found)


class _Digits(str):
    """A number of a JSON text, with its digits as written."""


def _plain_json(text: str, strip_nulls: bool) -> str:
    """Rewrite JSON: of several values of a key the last, and nulls left out or not."""
    value = json.loads(text, parse_float=_Digits, parse_int=_Digits)
    return _json_text(value, strip_nulls)


def _json_text(value: Any, strip_nulls: bool) -> str:
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, dict):
        kept = [
            f"{json.dumps(key)}:{_json_text(one, strip_nulls)}"
            for key, one in value.items()
            if one is not None or not strip_nulls
        ]
        return "{" + ",".join(kept) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_json_text(one, strip_nulls) for one in value if one is not None or not strip_nulls) + "]"
    return json.dumps(value, ensure_ascii=False)


# These are called with NULL, too; for the others NULL gives NULL without a call.
_TAKES_NULL = frozenset({"estimated", "try_number_of", "try_base64"})
# By name: the function, the types of its arguments, and the type of its value.
_NATIVE: dict[str, tuple[Callable[..., Any], list[str], str]] = {
    "number_text": (number_formats.write_number, ["VARCHAR", "VARCHAR"], "VARCHAR"),
    "number_of": (_number_of, ["VARCHAR", "VARCHAR"], "VARCHAR"),
    "try_number_of": (_try_number_of, ["VARCHAR", "VARCHAR"], "VARCHAR"),
    "regexp_part_replace": (
        regexps.replace,
        ["VARCHAR", "VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "VARCHAR"],
        "VARCHAR",
    ),
    "regexp_part_count": (regexps.count, ["VARCHAR", "VARCHAR", "BIGINT", "VARCHAR"], "BIGINT"),
    "regexp_place": (
        regexps.instr,
        ["VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "BIGINT", "VARCHAR", "BIGINT"],
        "BIGINT",
    ),
    "regexp_parts": (regexps.parts, ["VARCHAR", "VARCHAR", "BIGINT", "VARCHAR", "BIGINT"], "VARCHAR[]"),
    "plain_json": (_plain_json, ["VARCHAR", "BOOLEAN"], "VARCHAR"),
    "accumulated": (estimates.accumulated, ["DOUBLE[]"], "VARCHAR"),
    "combined": (estimates.combined, ["VARCHAR[]"], "VARCHAR"),
    "estimated": (estimates.estimated, ["VARCHAR", "DOUBLE"], "DOUBLE"),
    "sha2": (_sha2, ["BLOB", "BIGINT"], "VARCHAR"),
    "try_base64": (_try_base64, ["VARCHAR"], "VARCHAR"),
    "soundex_of": (_soundex, ["VARCHAR"], "VARCHAR"),
    "url_parts": (_parse_url, ["VARCHAR"], "VARCHAR"),
}


def register(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to DuckDB.

    Args:
        duck: A connection that lives as long as the database does.
    """
    for name, (function, types, returned) in _NATIVE.items():
        nulls = "special" if name in _TAKES_NULL else "default"
        duck.create_function(NATIVE + name, function, types, returned, null_handling=nulls)  # type: ignore[call-overload]
