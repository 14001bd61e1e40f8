"""What a procedure with its owner's rights may not do to its caller's session.

https://docs.snowflake.com/en/developer-guide/stored-procedure/stored-procedures-rights: no USE, no ALTER SESSION, no
session variables, no SHOW of the session, and no temporary objects but those that Snowpark makes for itself, which are
SCOPED.
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.resolve import table_names
from embedded_snowflake.state.session import Session


def check(session: Session, tree: exp.Expr) -> None:
    """Refuse a statement that its procedure has no right to.

    Args:
        session: Session, or procedure's part of one, that runs it.

    Raises:
        SnowflakeError: The procedure runs with its owner's rights, under which there is no such statement (090236).
    """
    kind = _refused(tree) if session.rights == "OWNER" else None
    if kind is not None:
        raise unsupported(kind)


def unsupported(kind: str) -> SnowflakeError:
    """Make the error of a statement that a procedure with its owner's rights cannot run.

    Args:
        kind: Snowflake's name for the kind of statement.

    Returns:
        The error.
    """
    return SnowflakeError(f"Stored procedure execution error: Unsupported statement type '{kind}'.", 90236, "42601")


def _refused(tree: exp.Expr) -> str | None:
    if isinstance(tree, exp.Use):
        return "USE"
    if isinstance(tree, exp.Alter) and str(tree.args.get("kind")).upper() == "SESSION":
        return "ALTER_SESSION"
    if isinstance(tree, exp.Set):
        return "SET"
    if isinstance(tree, nodes.UnsetVariables):
        return "UNSET"
    if isinstance(tree, nodes.ShowSession):
        return "SHOW"
    if isinstance(tree, exp.Create) and table_names.is_temporary(tree) and not table_names.is_scoped(tree):
        return f"temporary {str(tree.args['kind']).upper().replace(' ', '_')}"
    return None
