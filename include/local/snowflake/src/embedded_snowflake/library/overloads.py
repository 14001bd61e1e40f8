"""How a macro is written down."""

from __future__ import annotations

# One (parameters, body) per number of arguments.
Overloads = list[tuple[str, str]]

INTEGERS = "('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UBIGINT')"
