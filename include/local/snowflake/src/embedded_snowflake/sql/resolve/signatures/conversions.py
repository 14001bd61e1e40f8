"""Conversion functions, which take anything: https://docs.snowflake.com/en/sql-reference/functions-conversion."""

from __future__ import annotations

_DATES = [
    "TO_DATE",
    "TRY_TO_DATE",
    "DATE",
    "TO_TIME",
    "TRY_TO_TIME",
    "TIME",
    "TO_TIMESTAMP",
    "TO_TIMESTAMP_NTZ",
    "TO_TIMESTAMP_LTZ",
    "TO_TIMESTAMP_TZ",
    "TRY_TO_TIMESTAMP",
    "TRY_TO_TIMESTAMP_NTZ",
    "TRY_TO_TIMESTAMP_LTZ",
    "TRY_TO_TIMESTAMP_TZ",
    "CONVERT_TIMEZONE",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "TIMESTAMP_FROM_PARTS",
    "TIMESTAMP_NTZ_FROM_PARTS",
    "TIMESTAMP_LTZ_FROM_PARTS",
    "TIMESTAMP_TZ_FROM_PARTS",
]
_GIVEN = {
    **dict.fromkeys(_DATES, "date"),
    **dict.fromkeys(("TO_CHAR", "TO_VARCHAR", "TO_JSON", "TYPEOF"), "text"),
    **dict.fromkeys(("TO_NUMBER", "TRY_TO_NUMBER"), "number"),
    **dict.fromkeys(("TO_DOUBLE", "TRY_TO_DOUBLE"), "float"),
    **dict.fromkeys(("TO_BOOLEAN", "TRY_TO_BOOLEAN"), "boolean"),
    **dict.fromkeys(("ARRAY_SIZE",), "integer"),
    **dict.fromkeys(("ARRAY_CONTAINS", "ARRAYS_OVERLAP", "IS_NULL_VALUE"), "boolean"),
}
CONVERSIONS = {name: f"any* -> {family}" for name, family in _GIVEN.items()}
