"""EXECUTE IMMEDIATE of one statement. Blocks of Snowflake Scripting are refused."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.sql.parse import dialect
from embedded_snowflake.state.statement import Statement

_BLOCKS = ("BEGIN", "DECLARE", "LET", "FOR", "WHILE", "IF", "RETURN")


def text(statement: Statement, tree: exp.Command) -> str:
    """Find the statement that EXECUTE IMMEDIATE runs.

    Args:
        statement: The EXECUTE IMMEDIATE.
        tree: Its tree.

    Returns:
        The statement's text.

    Raises:
        SnowflakeError: The text is no statement, is a block of Snowflake Scripting, or takes values with USING.
    """
    word, _, argument = tree.expression.name.partition(" ") if isinstance(tree.expression, exp.Expr) else ("", "", "")
    if word.upper() != "IMMEDIATE":
        raise statement.unsupported()
    given = dialect.parse(f"select {argument}").expressions
    if len(given) != 1 or not isinstance(given[0], (exp.Literal, exp.RawString)):
        raise not_supported("EXECUTE IMMEDIATE of anything but a text or a variable")
    found = str(given[0].name)
    words = found.upper().split()
    if words[:1] and words[0] in _BLOCKS and words not in (["BEGIN"], ["BEGIN", "TRANSACTION"], ["BEGIN", "WORK"]):
        raise not_supported("Snowflake Scripting")
    return found
