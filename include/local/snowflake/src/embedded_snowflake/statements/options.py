"""Clauses and options of CREATE and ALTER.

Those that are done, those without an effect here, and every other by its name.

https://docs.snowflake.com/en/sql-reference/sql/create-table, …/create-view, …/create-schema, …/create-database
"""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from embedded_snowflake.errors import not_supported

# Nothing here can show an effect of them: time travel, streams and CHANGES are refused, privileges are not enforced.
WITHOUT_EFFECT = frozenset(
    {"CHANGE_TRACKING", "COMMENT", "DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS", "SECURE"}
)
_AS_IT_IS = {
    "DEFAULT_DDL_COLLATION": "",
    "DEFAULT_PYTHON_ARTIFACT_REPOSITORY": "SNOWFLAKE.SNOWPARK.ANACONDA_SHARED_REPOSITORY",
    "ENABLE_SCHEMA_EVOLUTION": "FALSE",
    "ERROR_LOGGING": "FALSE",
    "LOG_LEVEL": "OFF",
    "TRACE_LEVEL": "OFF",
}
_DONE = (
    exp.ClusterProperty,
    exp.CopyGrantsProperty,
    exp.LikeProperty,
    exp.MaterializedProperty,
    exp.SchemaCommentProperty,
    exp.SecureProperty,
    exp.SequenceProperties,
    exp.TemporaryProperty,
    exp.TransientProperty,
    exp.UsingTemplateProperty,
)


def check(tree: exp.Create, kind: str) -> None:
    """Refuse what a CREATE asks for and would not get.

    Args:
        tree: The statement, of a table, view, sequence, schema or database.
        kind: What it creates.

    Raises:
        SnowflakeError: It has a clause or an option that is not supported.
    """
    properties = tree.args.get("properties")
    for item in properties.expressions if properties is not None else []:
        if type(item) is exp.Property:
            check_option(item.name, item.args.get("value"), f"CREATE {kind}")
        elif not isinstance(item, _DONE):
            clause = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(item).__name__.removesuffix("Property")).upper()
            raise not_supported(f"CREATE {kind} with {clause}")


def check_option(name: str, value: Any, statement: str) -> None:
    """Refuse an option whose value is not the one in force.

    Args:
        value: Its value, as a node or a text; None where it is to be unset.
        statement: The statement in a few words.

    Raises:
        SnowflakeError: It is not supported with that value.
    """
    given = value.name if isinstance(value, exp.Expr) and value.name else str(value)
    in_force = _AS_IT_IS.get(name.upper())
    if (
        name.upper() in WITHOUT_EFFECT
        or value is None
        or (in_force is not None and given.upper().strip("'") == in_force)
    ):
        return
    raise not_supported(f"{statement} … {name.upper()} = {given[:60]}")
