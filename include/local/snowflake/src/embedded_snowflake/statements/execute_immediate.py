"""EXECUTE IMMEDIATE of one statement. Blocks of Snowflake Scripting are refused."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.results import Result
from embedded_snowflake.sql.parse import dialect
from embedded_snowflake.state.session import Session

_BLOCKS = ("BEGIN", "DECLARE", "LET", "FOR", "WHILE", "IF", "RETURN")


def handle(session: Session, tree: exp.Expr) -> Result | None:
    """Run EXECUTE IMMEDIATE: a `Handler`.

    Raises:
        SnowflakeError: The text is no statement, is a block of Snowflake Scripting, or takes values with USING.
    """
    if (
        not isinstance(tree, exp.Command)
        or str(tree.this).upper() != "EXECUTE"
        or not isinstance(tree.expression, exp.Expr)
    ):
        return None
    word, _, argument = tree.expression.name.partition(" ")
    if word.upper() != "IMMEDIATE":
        return None
    given = dialect.parse(f"select {argument}").expressions
    if len(given) != 1 or not isinstance(given[0], (exp.Literal, exp.RawString)):
        raise not_supported("EXECUTE IMMEDIATE of anything but a text or a variable")
    text = given[0].name
    words = text.upper().split()
    if words[:1] and words[0] in _BLOCKS and words not in (["BEGIN"], ["BEGIN", "TRANSACTION"], ["BEGIN", "WORK"]):
        raise not_supported("Snowflake Scripting")
    return session.run(text, [], describe=session.describe_only)
