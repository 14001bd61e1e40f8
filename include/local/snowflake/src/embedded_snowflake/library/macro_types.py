"""What the files of macros share: the type of a macro, and DuckDB's names of whole-number types."""

from __future__ import annotations

# One (parameters, body) per number of arguments.
Overloads = list[tuple[str, str]]

INTEGERS = "('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UBIGINT')"
