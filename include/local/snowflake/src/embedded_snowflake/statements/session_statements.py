"""Statements about the session itself: USE, ALTER SESSION and transactions."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, not_supported, syntax_error
from embedded_snowflake.names import like
from embedded_snowflake.results import Result, status_result, text_result
from embedded_snowflake.sources import system_functions
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import options, parameters

DONE = "Statement executed successfully."
_SCL, _TCL, _USE = 0x4000, 0x5000, 0x4300


def begin(statement: Statement, _tree: exp.Transaction) -> Result:
    """Run BEGIN."""
    statement.session.begin()
    return status_result(DONE, _TCL)


def commit(statement: Statement, _tree: exp.Commit) -> Result:
    """Run COMMIT."""
    statement.session.end_transaction(commit=True)
    return status_result(DONE, _TCL)


def rollback(statement: Statement, tree: exp.Rollback) -> Result:
    """Run ROLLBACK; Snowflake has no savepoints to roll back to."""
    if tree.args.get("savepoint") is not None:
        raise syntax_error("syntax error: unexpected 'TO'.")
    statement.session.end_transaction(commit=False)
    return status_result(DONE, _TCL)


def use(statement: Statement, tree: exp.Use) -> Result:
    """Run USE of a database, a schema, a warehouse or a role."""
    session = statement.session
    given = tree.args.get("kind") or ""
    kind = (given if isinstance(given, str) else given.name).upper()
    named = tree.this
    parts = [_stored(part) for part in named.parts] if isinstance(named, exp.Table) else []
    if kind == "WAREHOUSE":
        session.warehouse = parts[-1]
    elif kind == "ROLE":
        session.role = parts[-1]
    elif kind == "DATABASE":
        session.use(parts[0], None)
    elif kind == "SCHEMA" or (not kind and len(parts) == 2):
        session.use(parts[-2] if len(parts) > 1 else None, parts[-1])
    elif not kind and len(parts) == 1:
        session.use(parts[0], None)
    elif "SECONDARY" not in kind:
        raise not_supported(f"USE {kind}")
    return status_result(DONE, _USE)


def _stored(identifier: exp.Expr) -> str:
    return identifier.name if identifier.args.get("quoted") else identifier.name.upper()


def alter_session(statement: Statement, tree: exp.Alter) -> Result:
    """Run ALTER SESSION SET or UNSET of parameters."""
    session = statement.session
    for action in tree.args.get("actions") or []:
        for item in action.args.get("expressions") or []:
            assignment = item.this if isinstance(item, exp.SetItem) else item
            if action.args.get("unset"):
                session.parameters.pop(assignment.name.upper(), None)
            elif isinstance(assignment, exp.EQ):
                parameters.require(assignment.this.name.upper())
                set_parameter(session, assignment.this.name.upper(), _value(assignment.expression))
    return status_result(DONE, _SCL)


def set_parameter(session: Session, name: str, value: Any) -> None:
    """Set a session parameter, with what hangs on it.

    Args:
        name: Parameter in upper case.
        value: Its value.

    Raises:
        SnowflakeError: The value is not one.
    """
    if name == "AUTOCOMMIT":
        if session.caller is not None:
            raise SnowflakeError(
                "Stored procedure execution error: AUTOCOMMIT cannot be set in a stored procedure.", 90236, "42601"
            )
        session.end_transaction(commit=True)
        session.autocommit = str(value).lower() == "true"  # connectors from 5 on send parameters as texts
    elif name == "TIMEZONE":
        try:
            session.duck.execute("set TimeZone = ?", [str(value)])
        except Exception as error:
            raise SnowflakeError(f"Invalid value [{value}] for parameter 'TIMEZONE'", 391, "22023") from error
    parameters.check(name, value)
    session.parameters[name] = value


def _value(node: exp.Expr) -> Any:
    if isinstance(node, exp.Boolean):
        return node.this
    if isinstance(node, exp.Literal) and not node.is_string:
        return int(node.name) if node.name.isdigit() else float(node.name)
    return node.name


def call_system_function(statement: Statement, tree: nodes.CallSystemFunction) -> Result:
    """Run CALL of SYSTEM$WAIT, SYSTEM$CANCEL_QUERY or SYSTEM$CANCEL_ALL_QUERIES."""
    return _call(statement, tree, system_functions.RUN)


def describe_system_function(statement: Statement, tree: nodes.CallSystemFunction) -> Result:
    """Describe CALL of such a function: it neither waits nor cancels."""
    return _call(statement, tree, system_functions.DESCRIBE)


def _call(statement: Statement, tree: nodes.CallSystemFunction, answers: system_functions.Answers) -> Result:
    name, arguments = tree.name, [nodes.text_of(value) for value in tree.expressions]
    if name not in answers:
        raise statement.unsupported()
    most = 2 if name == system_functions.WAIT else 1
    if not 1 <= len(arguments) <= most:
        raise not_supported(f"{name} with {'no arguments' if not arguments else f'more than {most}'}")
    return text_result([name], [(answers[name](statement.session, *arguments),)])


def alter_container(_statement: Statement, tree: nodes.AlterContainer) -> Result:
    """Run ALTER SCHEMA or ALTER DATABASE … SET: what it sets is checked, and means nothing here."""
    for item in tree.expressions:
        options.check_option(item.name, item.args["value"], f"ALTER {tree.args['kind']} SET")
    return status_result(DONE, _SCL)


# Parameters that clients look up, with Snowflake's defaults.
_DEFAULTS = {
    "ABORT_DETACHED_QUERY": "false",
    "AUTOCOMMIT": "true",
    "CLIENT_SESSION_KEEP_ALIVE": "false",
    "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "QUERY_TAG": "",
    "QUOTED_IDENTIFIERS_IGNORE_CASE": "false",
    "STATEMENT_TIMEOUT_IN_SECONDS": "172800",
    "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
    "TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_NTZ",
    "TIMEZONE": "UTC",
    "WEEK_START": "0",
}


def show_parameters(statement: Statement, tree: nodes.ShowSession) -> Result:
    """Run SHOW PARAMETERS."""
    session, pattern = statement.session, tree.args["like"]
    wanted = like("%" if pattern is None else nodes.text_of(pattern))
    current = {**_DEFAULTS, **{name: str(value) for name, value in session.parameters.items()}}
    rows = [
        (name, value, _DEFAULTS.get(name, ""), "SESSION" if name in session.parameters else "", "", "STRING")
        for name, value in sorted(current.items())
        if wanted.fullmatch(name)
    ]
    return text_result(["key", "value", "default", "level", "description", "type"], rows, 0x4400)
