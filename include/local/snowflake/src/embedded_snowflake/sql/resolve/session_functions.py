"""Answer functions that are about the session."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from embedded_snowflake.errors import not_supported, variable_of_caller
from embedded_snowflake.state.session import Session

SERVER_VERSION = "10.0.0"
ACCOUNT = "EMBEDDED"
# Functions about the account that do nothing here.
_SYSTEM = {
    "SYSTEM$CANCEL_ALL_QUERIES": "0 queries cancelled.",
    "SYSTEM$ABORT_SESSION": "session terminated.",
    "SYSTEM$GET_DEFAULT_PYTHON_ARTIFACT_REPOSITORY": "snowflake.snowpark.anaconda_shared_repository",
}


def answer(tree: exp.Expr, session: Session) -> exp.Expr:
    """Replace session functions by their answers.

    Args:
        tree: Statement; changed in place.
        session: The session that they are about.

    Returns:
        The tree.

    Raises:
        SnowflakeError: A call's argument is no constant, or names what is out of reach.
    """
    for call in reversed(list(tree.find_all(exp.Func))):
        answered = _answer(call, session)
        if answered is not call:
            call.replace(answered)
    return tree


def _answer(node: exp.Func, session: Session) -> exp.Expr:
    if isinstance(node, exp.CurrentDate):  # as a call: DuckDB would take the bare word for the column's own alias
        return exp.Anonymous(this="today")
    if isinstance(node, exp.CurrentTimestamp) and not node.args.get("sysdate"):
        return exp.Anonymous(this="now")
    name = node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_name()
    if name in _SYSTEM:
        return exp.Literal.string(_SYSTEM[name])
    if name == "LAST_QUERY_ID":
        found = last_query_id(node, session)
        return exp.cast(exp.Null(), exp.DataType.build("VARCHAR")) if found is None else exp.Literal.string(found)
    if name in ("GETVARIABLE", "SESSION_CONTEXT") and isinstance(node, exp.Anonymous):
        return _variable(node, session)
    value = {
        "CURRENT_DATABASE": session.database,
        "CURRENT_SCHEMA": session.schema,
        "CURRENT_USER": session.user,
        "CURRENT_ROLE": session.role,
        "CURRENT_WAREHOUSE": session.warehouse,
        "CURRENT_ACCOUNT": ACCOUNT,
        "CURRENT_ACCOUNT_NAME": ACCOUNT,
        "CURRENT_ORGANIZATION_NAME": ACCOUNT,
        "CURRENT_REGION": "EMBEDDED",
        "CURRENT_VERSION": SERVER_VERSION,
        "CURRENT_SESSION": str(session.number),
        "CURRENT_CLIENT": session.client,
        "CURRENT_AVAILABLE_ROLES": f'["{session.role}"]',
        "CURRENT_SECONDARY_ROLES": '{"roles":"","value":""}',
        "CURRENT_TRANSACTION": session.transaction.id,
        # What Snowpark asks before it registers Python functions, and when it closes.
        "SYSTEM$ARE_ANACONDA_TERMS_ACKNOWLEDGED": "true",
        "SYSTEM$GET_DEFAULT_PYTHON_ARTIFACT_REPOSITORY": None,
        "SYSTEM$CANCEL_ALL_QUERIES": "0 statements cancelled.",
    }.get(name, node)
    if value is node:
        return node
    text = exp.DataType.build("VARCHAR")
    return exp.cast(exp.Null(), text) if value is None else exp.Literal.string(str(value))


def last_query_id(call: exp.Expr, session: Session) -> str | None:
    """Answer LAST_QUERY_ID(), or LAST_QUERY_ID(-2) and the like.

    Args:
        call: The call.
        session: The session whose statements are counted.

    Returns:
        The id of the statement; None when there was none.

    Raises:
        SnowflakeError: The number is not a constant, or not supported.
    """
    number = call.expressions[0] if call.expressions else exp.Neg(this=exp.Literal.number(1))
    negative = isinstance(number, exp.Neg) and isinstance(number.this, exp.Literal) and number.name.isdigit()
    if not negative and not (isinstance(number, exp.Literal) and number.name.isdigit()):
        raise not_supported("LAST_QUERY_ID of anything but a constant")
    return session.earlier_query(-int(number.name) if negative else int(number.name))


def _variable(node: exp.Anonymous, session: Session) -> exp.Expr:
    """Answer GETVARIABLE('NAME'): the variable's value as a text, NULL where there is none; names are in upper case."""
    if len(node.expressions) != 1 or not isinstance(node.expressions[0], exp.Literal):
        raise not_supported(f"{node.name.upper()} of anything but a constant name")
    if session.rights == "OWNER":
        raise variable_of_caller(node.expressions[0].name)
    held = session.variables.get(node.expressions[0].name)
    return exp.cast(exp.Null() if held is None else sqlglot.parse_one(held, read="snowflake"), "VARCHAR")
