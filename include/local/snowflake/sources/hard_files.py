"""CSV files that DuckDB would read otherwise than Snowflake: found by looking, and refused."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

from include.local.snowflake.errors import not_supported
from include.local.snowflake.sources.file_formats import FileFormat

_CHUNK = 1 << 20
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5": "zstd"}
_ESCAPE = rb"\\(?!N)"  # \N alone is NULL


def refuse(path: Path, form: FileFormat) -> None:
    """Refuse a file that needs what is not supported.

    Args:
        path: The file, compressed or not.
        form: Its format, which is CSV.

    Raises:
        SnowflakeError: It has escapes in fields without quotes, or blanks at quotes that TRIM_SPACE must tell apart.
    """
    trimmed = form.trim and bool(form.quote)
    escaped = bool(form.escape_unenclosed) and _holds_escape(path)
    if not trimmed and not escaped:
        return
    if not form.quote:
        raise _escapes()
    with _open(path) as file:
        text = bytes(file.read())
    quote, delimiter = re.escape(form.quote.encode()), re.escape(form.delimiter.encode())
    inner = rb"[^%b\\]|\\.|%b%b" if form.escape == "\\" else rb"[^%b]|%b%b"
    enclosed = rb"%b(?:%b)*+%b" % (quote, inner % ((quote,) * inner.count(b"%b")), quote)
    for match in re.finditer(enclosed + b"|" + _ESCAPE, text, re.S):
        found = match.group()
        if found.startswith(b"\\"):
            if escaped:
                raise _escapes()
        elif trimmed and found[1:-1] != found[1:-1].strip():
            raise not_supported("TRIM_SPACE for blanks within quotes")
    if trimmed and re.search(rb"(?:^|%b)[ \t]+%b" % (delimiter, quote), text, re.M):
        raise not_supported("TRIM_SPACE for blanks before a quote")


def _escapes() -> Exception:
    what = "backslashes in fields without quotes, which ESCAPE_UNENCLOSED_FIELD makes escapes where it is not NONE"
    return not_supported(what)


def _holds_escape(path: Path) -> bool:
    with _open(path) as file:
        rest = b""
        while chunk := bytes(file.read(_CHUNK)):
            if re.search(_ESCAPE + b".", rest + chunk, re.S):
                return True
            rest = chunk[-1:]
    return rest == b"\\"


def _open(path: Path) -> pa.NativeFile:
    with path.open("rb") as file:
        compression = _MAGIC.get(file.read(2))
    return pa.input_stream(str(path), compression=compression)
