"""Conditions: https://docs.snowflake.com/en/sql-reference/expressions-conditional.

Arguments that must have one type are converted in common_types.py.
"""

from __future__ import annotations

CONDITIONS = {
    "BOOLAND": "number number -> boolean",
    "BOOLNOT": "number -> boolean",
    "BOOLOR": "number number -> boolean",
    "BOOLXOR": "number number -> boolean",
    "EQUAL_NULL": "any any -> boolean",
}
