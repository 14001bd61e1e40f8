"""Snowflake's functions as DuckDB macros, by Snowflake's name.

Semi-structured values are DuckDB's JSON. A macro takes any type; what depends on it is decided by `typeof`, which
DuckDB folds away when it plans the query. Each entry is a list of (parameters, body), one per number of arguments. The
dialect leaves these names as they are, and `functions` adds the prefix.

Meanings: https://docs.snowflake.com/en/sql-reference/functions-all
"""

from __future__ import annotations

from embedded_snowflake.library.arrays import ARRAYS
from embedded_snowflake.library.assignments import ASSIGNMENTS
from embedded_snowflake.library.dates import DATES
from embedded_snowflake.library.flatten import FLATTEN
from embedded_snowflake.library.helpers import HELPERS
from embedded_snowflake.library.macro_types import Overloads
from embedded_snowflake.library.numbers import NUMBERS
from embedded_snowflake.library.semi_structured import SEMI_STRUCTURED
from embedded_snowflake.library.texts import TEXTS
from embedded_snowflake.names import quote

PREFIX = "_sf_"
LIBRARY: dict[str, Overloads] = {**SEMI_STRUCTURED, **ARRAYS, **TEXTS, **NUMBERS, **DATES}
# Functions that sqlglot would parse into nodes of its own; `conversions` rewrites them.
CONVERSIONS = [
    "ADD_MONTHS",
    "TO_CHAR",
    "TO_VARCHAR",
    "TO_DATE",
    "DATE",
    "TRY_TO_DATE",
    "TO_TIME",
    "TIME",
    "TRY_TO_TIME",
    "TO_TIMESTAMP",
    "TO_TIMESTAMP_NTZ",
    "TO_TIMESTAMP_LTZ",
    "TO_TIMESTAMP_TZ",
    "TRY_TO_TIMESTAMP",
    "TRY_TO_TIMESTAMP_NTZ",
    "TRY_TO_TIMESTAMP_LTZ",
    "TRY_TO_TIMESTAMP_TZ",
    "CONVERT_TIMEZONE",
    "ARRAY_CONSTRUCT",
    "ARRAY_CONSTRUCT_COMPACT",
    "OBJECT_DELETE",
    "OBJECT_PICK",
    "TO_BINARY",
    "TRY_TO_BINARY",
    "TO_DOUBLE",
    "TRY_TO_DOUBLE",
    "TO_BOOLEAN",
    "TRY_TO_BOOLEAN",
    "SPLIT_TO_TABLE",
    "STRTOK_SPLIT_TO_TABLE",
    "AS_DECIMAL",
    "AS_NUMBER",
    "REGEXP_COUNT",
    "REGEXP_REPLACE",
    "REGEXP_INSTR",
    "REGEXP_SUBSTR",
    "REGEXP_SUBSTR_ALL",
    "REGEXP_EXTRACT_ALL",
]

# Replaces fakesnow's, whose subquery is not allowed in a lambda.
_OBJECT_CONSTRUCT = """
create or replace macro {database}.main._fs_object_construct(keys, vals, keep_nulls) as to_json(map(
    list_transform(
        list_filter(range(1, len(keys) + 1), lambda i: keys[i] is not null and (keep_nulls or vals[i] is not null)),
        lambda i: keys[i]),
    list_transform(
        list_filter(range(1, len(keys) + 1), lambda i: keys[i] is not null and (keep_nulls or vals[i] is not null)),
        lambda i: vals[i])))
"""


def creation_sql(database: str) -> str:
    """Write all macros.

    Args:
        database: Database to make them in.

    Returns:
        DuckDB's SQL, statements separated by semicolons.
    """
    statements = [text.format(database=quote(database)) for text in (_OBJECT_CONSTRUCT, FLATTEN)]
    for name, overloads in [
        *HELPERS.items(),
        *((name.lower(), overloads) for name, overloads in LIBRARY.items()),
        *ASSIGNMENTS.items(),
    ]:
        bodies = ", ".join(f"({parameters}) as ({_qualified(body, database)})" for parameters, body in overloads)
        statements.append(f"create or replace macro {quote(database)}.main.{PREFIX}{name}{bodies}")
    return ";\n".join(statements)


def _qualified(body: str, database: str) -> str:
    """Qualify the macros that a body names: it is bound where it is used, whatever the search path is there."""
    return body.replace(PREFIX, f"{quote(database)}.main.{PREFIX}")
