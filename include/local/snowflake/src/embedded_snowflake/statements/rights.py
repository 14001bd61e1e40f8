"""What a procedure with its owner's rights may not do to its caller's session.

https://docs.snowflake.com/en/developer-guide/stored-procedure/stored-procedures-rights: no USE, no ALTER SESSION, no
session variables, no SHOW of the session, and no temporary objects but those that Snowpark makes for itself, which are
SCOPED.
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.sql.resolve import table_names
from embedded_snowflake.state.session import Session

_OF_THE_SESSION = frozenset({"PARAMETERS", "VARIABLES", "LOCKS", "TRANSACTIONS"})


def check(session: Session, tree: exp.Expr, text: str) -> None:
    """Refuse a statement that its procedure has no right to.

    Args:
        session: Whose statement it is.
        tree: The statement.
        text: Its text.

    Raises:
        SnowflakeError: The procedure runs with its owner's rights, under which there is no such statement (090236).
    """
    kind = _refused(tree, text) if session.rights == "OWNER" else None
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


def _refused(tree: exp.Expr, text: str) -> str | None:
    if isinstance(tree, exp.Use):
        return "USE"
    if isinstance(tree, exp.Alter) and str(tree.args.get("kind")).upper() == "SESSION":
        return "ALTER_SESSION"
    if isinstance(tree, exp.Set):
        return "SET"
    if (
        isinstance(tree, (exp.Alias, exp.Anonymous))
        and (tree.this.name if isinstance(tree, exp.Alias) else tree.name).upper() == "UNSET"
    ):
        return "UNSET"
    if isinstance(tree, exp.Create) and table_names.is_temporary(tree) and "SCOPED" not in text.upper().split()[:4]:
        return f"temporary {str(tree.args['kind']).upper().replace(' ', '_')}"
    words = text.upper().split()
    if words[:1] == ["SHOW"] and words[1:2] and words[1] in _OF_THE_SESSION:
        return "SHOW"
    return None
