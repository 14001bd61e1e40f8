"""Session parameters that change what a statement means: taken with the value that is always in force here, refused with another.

Defaults: https://docs.snowflake.com/en/sql-reference/parameters
"""

from __future__ import annotations

from typing import Any

from include.local.snowflake.errors import not_supported

_IN_FORCE: dict[str, tuple[str, ...]] = {
    "BINARY_INPUT_FORMAT": ("HEX",),
    "BINARY_OUTPUT_FORMAT": ("HEX",),
    "DATE_INPUT_FORMAT": ("AUTO",),
    "DATE_OUTPUT_FORMAT": ("AUTO", "YYYY-MM-DD"),
    "DEFAULT_NULL_ORDERING": ("LAST",),
    "ERROR_ON_NONDETERMINISTIC_MERGE": ("TRUE",),
    "ERROR_ON_NONDETERMINISTIC_UPDATE": ("FALSE",),
    "JSON_INDENT": ("2",),
    "QUOTED_IDENTIFIERS_IGNORE_CASE": ("FALSE",),
    "ROWS_PER_RESULTSET": ("0",),
    "TIMESTAMP_INPUT_FORMAT": ("AUTO",),
    "TIMESTAMP_LTZ_OUTPUT_FORMAT": ("", "AUTO", "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"),
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": ("", "AUTO", "YYYY-MM-DD HH24:MI:SS.FF3"),
    "TIMESTAMP_OUTPUT_FORMAT": ("", "AUTO", "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"),
    "TIMESTAMP_TYPE_MAPPING": ("TIMESTAMP_NTZ",),
    "TIMESTAMP_TZ_OUTPUT_FORMAT": ("", "AUTO", "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"),
    "TIME_INPUT_FORMAT": ("AUTO",),
    "TIME_OUTPUT_FORMAT": ("AUTO", "HH24:MI:SS"),
    "TWO_DIGIT_CENTURY_START": ("1970",),
    "WEEK_OF_YEAR_POLICY": ("0",),
    "WEEK_START": ("0",),
}


def check(name: str, value: Any) -> None:
    """Refuse a value that would change results.

    Args:
        name: Parameter in upper case.
        value: Its value.

    Raises:
        SnowflakeError: It is not the one in force.
    """
    values = _IN_FORCE.get(name)
    if values is not None and str(value).upper() not in values:
        raise not_supported(f"{name} = {value}")
