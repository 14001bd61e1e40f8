"""Compression of staged files: which it is, and their contents without it."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from embedded_snowflake.errors import SnowflakeError

_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "GZIP": gzip.decompress,
    "BZ2": bz2.decompress,
    "ZSTD": lambda packed: _arrow(packed, "zstd"),
    "BROTLI": lambda packed: _arrow(packed, "brotli"),
    "DEFLATE": zlib.decompress,
    "RAW_DEFLATE": lambda packed: zlib.decompress(packed, -zlib.MAX_WBITS),
    "NONE": lambda packed: packed,
}
_MAGIC = {
    b"\x1f\x8b": "GZIP",
    b"BZh": "BZ2",
    b"\x28\xb5\x2f\xfd": "ZSTD",
}  # Brotli has no magic number: Snowflake does not detect it either
COMPRESSIONS = frozenset({"AUTO", *_UNPACK})


def find(path: Path, given: str) -> str:
    """Find a file's compression.

    Args:
        given: COMPRESSION of the file format; AUTO looks into the file.

    Returns:
        One of `COMPRESSIONS` but AUTO.
    """
    if given != "AUTO":
        return given
    with path.open("rb") as file:
        start = file.read(4)
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), "NONE")


def read(path: Path, given: str) -> bytes:
    """Read a file.

    Args:
        given: COMPRESSION of the file format.

    Returns:
        Its bytes, decompressed.

    Raises:
        SnowflakeError: It is not compressed so.
    """
    packed = find(path, given)
    try:
        return _UNPACK[packed](path.read_bytes())
    except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
        raise SnowflakeError(
            f"Invalid data encountered during decompression for file: '{path.name}', compression type used: '{packed}'",
            100055,
            "22000",
        ) from error


def _arrow(packed: bytes, codec: str) -> bytes:
    unpacked: bytes = pa.CompressedInputStream(pa.BufferReader(packed), codec).read()
    return unpacked
