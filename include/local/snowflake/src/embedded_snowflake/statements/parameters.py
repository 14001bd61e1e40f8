"""Session parameters that change what a statement means.

Taken with the value that is always in force here, refused with another.

Defaults: https://docs.snowflake.com/en/sql-reference/parameters
"""

from __future__ import annotations

from typing import Any

from embedded_snowflake.errors import compilation_error, not_supported

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
    "DEFAULT_DDL_COLLATION": ("",),
    "GEOGRAPHY_OUTPUT_FORMAT": ("GEOJSON",),
    "GEOMETRY_OUTPUT_FORMAT": ("GEOJSON",),
    "JSON_TREAT_DECIMAL_AS_INT": ("TRUE",),
    "STRICT_JSON_OUTPUT": ("FALSE",),
    "TRANSACTION_ABORT_ON_ERROR": ("FALSE",),
    "TRANSACTION_DEFAULT_ISOLATION_LEVEL": ("READ COMMITTED",),
    "TWO_DIGIT_CENTURY_START": ("1970",),
    "WEEK_OF_YEAR_POLICY": ("0",),
    "WEEK_START": ("0",),
}
# Those that change nothing that is seen here, or that the server follows.
_OTHERS = (
    "ABORT_DETACHED_QUERY ACTIVE_PYTHON_PROFILER AUTOCOMMIT AUTOCOMMIT_API_SUPPORTED CSV_TIMESTAMP_FORMAT"
    " DYNAMIC_TABLES ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION ENABLE_UNREDACTED_QUERY_SYNTAX_ERROR"
    " HYBRID_TABLE_LOCK_TIMEOUT LOCK_TIMEOUT LOG_LEVEL METRIC_LEVEL MULTI_STATEMENT_COUNT NOORDER_SEQUENCE_AS_DEFAULT"
    " QUERY_RESULT_FORMAT QUERY_TAG S3_STAGE_VPCE_DNS_NAME SIMULATED_DATA_SHARING_CONSUMER"
    " STATEMENT_QUEUED_TIMEOUT_IN_SECONDS STATEMENT_TIMEOUT_IN_SECONDS SUSPEND_TASK_AFTER_NUM_FAILURES TIMEZONE"
    " TRACE_LEVEL UNSUPPORTED_DDL_ACTION USE_CACHED_RESULT"
)
_KNOWN = frozenset(_OTHERS.split())
_OF_CLIENTS = ("CLIENT_", "ENABLE_", "GO_", "JDBC_", "ODBC_", "PYTHON_", "SNOWPARK_", "USE_")


def require(name: str) -> None:
    """Refuse a parameter that ALTER SESSION cannot set.

    Args:
        name: Parameter in upper case.

    Raises:
        SnowflakeError: There is none of this name.
    """
    if name not in _IN_FORCE and name not in _KNOWN and not name.startswith(_OF_CLIENTS):
        raise compilation_error(f"invalid property '{name}' for 'SESSION'", 1420, "22023")


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
