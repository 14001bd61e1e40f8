"""ALTER STAGE … REFRESH and SET DIRECTORY, and DIRECTORY = (…) of CREATE STAGE.

Grammar: https://docs.snowflake.com/en/sql-reference/sql/alter-stage and …/create-stage
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.results import Result, status_result, text_result
from embedded_snowflake.sources import directories
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.state import stage_lookup
from embedded_snowflake.state.statement import Statement

_TAKEN = {"ENABLE": ("TRUE", "FALSE"), "AUTO_REFRESH": ("FALSE",), "REFRESH_ON_CREATE": ("TRUE", "FALSE")}


def alter(statement: Statement, tree: nodes.AlterStage) -> Result:
    """Run ALTER STAGE.

    Returns:
        What a refresh changed, or a status.

    Raises:
        SnowflakeError: The stage does not exist or has no directory table.
    """
    session = statement.session
    stage = stage_lookup.find(session, tree.name)
    if tree.args.get("directory") is not None:
        directories.enable(session, stage, enabled=tree.args["directory"])
        return status_result("Statement executed successfully.")
    subpath = nodes.text_of(tree.args["subpath"]).lstrip("/")
    return text_result(["file", "status", "description"], directories.refresh(session, stage, subpath))


def describe_alter(statement: Statement, tree: nodes.AlterStage) -> Result:
    """Describe ALTER of a stage that exists."""
    stage_lookup.find(statement.session, tree.name)
    return status_result("")


def wanted(properties: list[exp.Expr]) -> bool:
    """Tell whether CREATE STAGE asks for a directory table.

    Args:
        properties: Its properties.

    Returns:
        True with DIRECTORY = (ENABLE = TRUE).

    Raises:
        SnowflakeError: Another option of DIRECTORY is not supported.
    """
    found = next(
        (item for item in properties if isinstance(item, exp.Property) and item.name.upper() == "DIRECTORY"), None
    )
    if found is None:
        return False
    value = found.args["value"]
    listed = value.expressions if isinstance(value, exp.Tuple) else [value.this]
    options = {item.this.name.upper(): (item.args.get("value") or item.expression).sql().upper() for item in listed}
    for name, given in options.items():
        if given not in _TAKEN.get(name, ()):
            raise not_supported(f"DIRECTORY = ({name} = {given}) of a stage")
    return options.get("ENABLE") == "TRUE"
