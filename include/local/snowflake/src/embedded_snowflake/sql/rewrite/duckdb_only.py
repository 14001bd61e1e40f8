"""Refuse functions that DuckDB has and Snowflake has not, above all those that read the machine's files."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import compilation_error

_PREFIXES = (
    "READ_",
    "DUCKDB_",
    "PRAGMA_",
    "PARQUET_",
    "SNIFF_",
    "ICEBERG_",
    "DELTA_",
    "WRITE_",
    "_FS_",
    "_SF_",
    "_NATIVE_",
)
_NAMES = frozenset(
    {"GLOB", "RANGE", "GENERATE_SERIES", "GETENV", "QUERY", "QUERY_TABLE", "ARROW_SCAN", "PANDAS_SCAN", "WHICH_SECRET"}
)
_WRAPPERS = frozenset({"TABLE", "IDENTIFIER"})  # of what FROM may call; every other function stands within TABLE(…)


def refuse(tree: exp.Expr) -> None:
    """Refuse a statement that names such a function, or a file in place of a table.

    Args:
        tree: Statement as the user wrote it.

    Raises:
        SnowflakeError: It does.
    """
    for node in tree.find_all(exp.Func, exp.Table):
        if isinstance(node, exp.Unnest) and isinstance(node.parent, (exp.From, exp.Join)):
            raise compilation_error("syntax error: unexpected '('.", 1003, "42000")
        if isinstance(node, exp.Table):
            if isinstance(node.this, exp.Literal) and not node.this.name.startswith("@"):
                raise compilation_error(f"syntax error: unexpected '{node.this.name}'.", 1003, "42000")
            called = isinstance(node.this, exp.Func) and not isinstance(node.this, exp.DynamicIdentifier)
            if called and node.this.name.upper() not in _WRAPPERS:
                raise compilation_error("syntax error: unexpected '('.", 1003, "42000")
            continue
        name = node.name.upper() if isinstance(node, exp.Anonymous) else type(node).__name__.upper()
        if (
            (isinstance(node, exp.Anonymous) and name.startswith(_PREFIXES))
            or name in _NAMES
            or name in ("READCSV", "READPARQUET")
        ):
            raise compilation_error(f"Unknown function {node.name.upper() or name}.", 2140, "42601")
