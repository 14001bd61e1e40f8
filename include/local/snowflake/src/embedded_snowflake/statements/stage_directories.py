"""ALTER STAGE … REFRESH and SET DIRECTORY, and DIRECTORY = (…) of CREATE STAGE.

Grammar: https://docs.snowflake.com/en/sql-reference/sql/alter-stage and …/create-stage
"""

from __future__ import annotations

import re

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.results import Result, status_result, text_result
from embedded_snowflake.sources import directories
from embedded_snowflake.state.stages import StageReference
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements.session_statements import command_text

_ALTER = re.compile(r"\s*stage\s+(if\s+exists\s+)?(\S+)\s+(.*)", re.I | re.S)
_REFRESH = re.compile(r"refresh(?:\s+subpath\s*=\s*'((?:[^']|'')*)')?\s*;?\s*", re.I)
_SET = re.compile(r"set\s+directory\s*=\s*\(\s*enable\s*=\s*(true|false)\s*\)\s*;?\s*", re.I)
_TAKEN = {"ENABLE": ("TRUE", "FALSE"), "AUTO_REFRESH": ("FALSE",), "REFRESH_ON_CREATE": ("TRUE", "FALSE")}


def alter(statement: Statement, tree: exp.Command) -> Result:
    """Run ALTER STAGE.

    Returns:
        What a refresh changed, or a status.

    Raises:
        SnowflakeError: The stage does not exist or has no directory table, or the change is not supported.
    """
    session = statement.session
    stage, refresh, setting = _read(statement, tree)
    if setting is not None:
        directories.enable(session, stage, enabled=setting.group(1).upper() == "TRUE")
        return status_result("Statement executed successfully.")
    assert refresh is not None
    return text_result(
        ["file", "status", "description"], directories.refresh(session, stage, (refresh.group(1) or "").lstrip("/"))
    )


def describe_alter(statement: Statement, tree: exp.Command) -> Result:
    """Describe ALTER of a stage that exists."""
    _read(statement, tree)
    return status_result("")


def _read(statement: Statement, tree: exp.Command) -> tuple[StageReference, re.Match[str] | None, re.Match[str] | None]:
    """The stage, and what follows REFRESH or SET, one of them None."""
    match = _ALTER.fullmatch(command_text(tree))
    refresh = _REFRESH.fullmatch(match.group(3)) if match is not None else None
    setting = _SET.fullmatch(match.group(3)) if match is not None else None
    if match is None or (refresh is None and setting is None):
        raise statement.unsupported()
    return statement.session.stage_reference(match.group(2)), refresh, setting


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
