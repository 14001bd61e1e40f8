"""Statements that Snowflake has and the embedded one has not, known by their first words.

Sqlglot reads some as others, or not at all.
"""

from __future__ import annotations

import re

from embedded_snowflake.errors import not_supported

_TRANSACTION = frozenset({"TRANSACTION", "WORK", "NAME"})
_CREATED = (
    "ROW ACCESS POLICY",
    "EXTERNAL TABLE",
    "EXTERNAL FUNCTION",
    "ICEBERG TABLE",
    "DYNAMIC ICEBERG TABLE",
    "DYNAMIC TABLE",
    "EVENT TABLE",
    "HYBRID TABLE",
    "INTERACTIVE TABLE",
    "DATA METRIC FUNCTION",
)


def refuse(sql: str) -> None:
    """Refuse Snowflake Scripting, and kinds of objects that would be taken for others.

    Args:
        sql: One statement.

    Raises:
        SnowflakeError: It is one of them.
    """
    verb, *words = sql[:200].upper().replace(";", " ; ").replace("(", " ( ").split() or [""]
    if verb == "DECLARE" or (verb == "BEGIN" and words and words[0].isidentifier() and words[0] not in _TRANSACTION):
        raise not_supported("Snowflake Scripting")
    if verb in ("DESCRIBE", "DESC") and words[:1] == ["RESULT"]:
        raise not_supported("DESCRIBE RESULT")
    if verb == "MERGE" and re.search(r"\bTHEN\s+(UPDATE|INSERT)\s+ALL\s+BY\s+NAME\b", sql, re.I):
        raise not_supported("MERGE … ALL BY NAME")
    if verb == "CREATE":
        kind = " ".join(word for word in words[:8] if word not in ("OR", "REPLACE", "SECURE", "TRANSIENT"))
        found = next((name for name in _CREATED if kind.startswith(f"{name} ")), None)
        if found is not None:
            raise not_supported(f"CREATE {found}")
