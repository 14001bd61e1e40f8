"""Splits the load over several files in dags/, which Airflow parses in parallel.

`dags/snowpod.py` is loader 1. `dags/snowpod_2.py`, `dags/snowpod_3.py` and so on may stand beside it: copies of it,
each of which builds the DAGs of its own part of the pipelines. `loaders` in configs/defaults.yaml or an environment's
file says between how many they are split.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path
from zlib import crc32

FIRST = "snowpod.py"
_LOADER = re.compile(r"snowpod(?:_([1-9][0-9]*))?\.py")


def number_of(file: Path) -> int | None:
    """Return the number of a loader.

    Args:
        file: Its file.

    Returns:
        1 for `snowpod.py`, 2 for `snowpod_2.py`; None for a file of another name, which is no part of a split.
    """
    found = _LOADER.fullmatch(file.name)
    number = int(found[1] or 1) if found else None
    return number if number is not None and file.name == file_of(number) else None


def file_of(number: int) -> str:
    """Return the name of a loader's file."""
    return FIRST if number == 1 else f"snowpod_{number}.py"


def loaders_in(folder: Path, wanted: int) -> tuple[int, ...]:
    """Return the loaders that share the pipelines.

    Only a copy of the first one counts: what is missing, torn or something else would leave its part unbuilt.

    Args:
        folder: Where they are.
        wanted: Between how many the pipelines are to be split.

    Returns:
        Their numbers in order; 1 is always there.
    """
    first = _content(folder / FIRST)
    others = (number for number in range(2, wanted + 1) if first and _content(folder / file_of(number)) == first)
    return (1, *others)


def loader_of(name: str, loaders: Collection[int]) -> int:
    """Return the loader whose part a pipeline is in.

    By Lamping and Veach's jump consistent hash (arXiv:1406.2294): of the numbers at which it jumps, the last that is
    there. So a new loader takes its part from the others evenly, one that goes leaves its part to them, and no pipeline
    moves otherwise. With `% number` four in five would move from four loaders to five.

    Args:
        name: The pipeline's file: its path within configs/, with forward slashes.
        loaders: The loaders that are there; 1 is.

    Returns:
        The loader's number.
    """
    key, jump, last, found = crc32(os.fsencode(name)), 0, max(loaders), 1
    while jump < last:
        if jump + 1 in loaders:
            found = jump + 1
        key = (key * 2862933555777941757 + 1) & 0xFFFF_FFFF_FFFF_FFFF
        jump = int((jump + 1) * (1 << 31) / ((key >> 33) + 1))
    return found


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
