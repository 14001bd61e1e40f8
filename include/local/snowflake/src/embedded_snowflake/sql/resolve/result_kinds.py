"""List the functions that give arrays, objects, and timestamps with an offset."""

from __future__ import annotations

ARRAYS = frozenset(
    [
        "ARRAY_CONSTRUCT",
        "ARRAY_CONSTRUCT_COMPACT",
        "ARRAY_AGG",
        "ARRAY_UNIQUE_AGG",
        "SPLIT",
        "TO_ARRAY",
        "AS_ARRAY",
        "ARRAY_APPEND",
        "ARRAY_PREPEND",
        "ARRAY_CAT",
        "ARRAY_COMPACT",
        "ARRAY_INSERT",
        "ARRAY_SLICE",
        "ARRAY_REMOVE",
        "ARRAY_REMOVE_AT",
        "ARRAY_REVERSE",
        "ARRAY_DISTINCT",
        "ARRAY_EXCEPT",
        "ARRAY_INTERSECTION",
        "ARRAY_FLATTEN",
        "ARRAY_GENERATE_RANGE",
        "STRTOK_TO_ARRAY",
        "OBJECT_KEYS",
        "ARRAY",
        "ARRAY_SORT",
        "REGEXP_SUBSTR_ALL",
        "REGEXP_EXTRACT_ALL",
        "ARRAYS_ZIP",
        "ARRAY_FILTER",
        "FILTER",
        "TRANSFORM",
        "APPROX_TOP_K",
    ]
)
OBJECTS = frozenset(
    [
        "APPROX_PERCENTILE_ACCUMULATE",
        "APPROX_PERCENTILE_COMBINE",
        "OBJECT_CONSTRUCT",
        "OBJECT_CONSTRUCT_KEEP_NULL",
        "OBJECT_AGG",
        "OBJECT_INSERT",
        "OBJECT_DELETE",
        "OBJECT_PICK",
        "TO_OBJECT",
        "AS_OBJECT",
        "ARRAYS_TO_OBJECT",
        "STRUCT",
        "STAR_MAP",
        "JSON_OBJECT",
        "J_S_O_N_OBJECT",
    ]
)
ZONED = frozenset(["TO_TIMESTAMP_TZ", "TRY_TO_TIMESTAMP_TZ", "TIMESTAMP_TZ_FROM_PARTS", "CONVERT_TIMEZONE"])
# They give NULL for NULL alone.
STRICT = frozenset(
    [
        "TO_NUMBER",
        "TO_DECIMAL",
        "TO_NUMERIC",
        "TO_DOUBLE",
        "TO_VARCHAR",
        "TO_CHAR",
        "TO_DATE",
        "TO_TIME",
        "TO_TIMESTAMP",
        "TO_TIMESTAMP_NTZ",
        "TO_TIMESTAMP_LTZ",
        "TO_TIMESTAMP_TZ",
        "TO_BOOLEAN",
        "TO_BINARY",
        "UPPER",
        "LOWER",
        "ABS",
    ]
)
