"""Which functions give arrays, which objects, and which timestamps with an offset."""

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
        "APPROX_TOP_K",
    ]
)
OBJECTS = frozenset(
    [
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
    ]
)
ZONED = frozenset(["TO_TIMESTAMP_TZ", "TRY_TO_TIMESTAMP_TZ", "TIMESTAMP_TZ_FROM_PARTS", "CONVERT_TIMEZONE"])
