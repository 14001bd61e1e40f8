"""Write what DuckDB is given now into the files of pairs: python -m tests.unit.translate [TOPIC …].

A statement whose answer has changed shows in the diff; look at it before you commit it.
"""

from __future__ import annotations

import dataclasses
import sys

from tests.unit.translate import pairs


def main(topics: list[str]) -> None:
    """Write the files anew.

    Args:
        topics: Names of files without their suffix; none for all.
    """
    with pairs.translator() as translator:
        for path in pairs.files():
            if not topics or path.stem in topics:
                read = pairs.read(path.read_text())
                new = [dataclasses.replace(pair, duckdb=translator.translate(pair.snowflake)) for pair in read]
                path.write_text(pairs.written(new))


main(sys.argv[1:])
