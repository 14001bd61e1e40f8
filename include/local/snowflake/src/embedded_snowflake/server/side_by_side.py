"""Which statements of a session run beside its others.

Those that leave its state as it is and belong to no transaction.
"""

from __future__ import annotations

import re

from embedded_snowflake.state.session import Session

_FIRST = re.compile(r"(?:\s|--[^\n]*\n|//[^\n]*\n|/\*.*?\*/|\()*+(\w+)\s*+(\S*)", re.DOTALL)
_WORDS = frozenset({"SELECT", "VALUES", "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "SHOW", "DESC", "DESCRIBE"})
_PROCEDURE = re.compile(r"\bAS\s+PROCEDURE\b", re.IGNORECASE)
_CANCEL = re.compile(
    r"\s*(?:SELECT|CALL)\s+SYSTEM\$CANCEL_(?:QUERY|ALL_QUERIES)\s*\(\s*'?[\w-]+'?\s*\)[\s;]*", re.IGNORECASE
)


def may(session: Session, sql: str) -> bool:
    """Tell whether a statement may run beside others.

    Args:
        session: Session that it was sent in.
        sql: Text of the statement.

    Returns:
        True for a query or a change of rows that belongs to no transaction and names none of the session's temporary
        objects, which its own connection alone can reach.
    """
    if session.transaction.is_open or not session.autocommit or session.apart:
        return False
    found = _FIRST.match(sql)
    word = found.group(1).upper() if found is not None else ""
    begins = word in _WORDS or (word == "WITH" and _PROCEDURE.search(sql) is None)
    if found is not None and word == "CALL":
        begins = found.group(2).upper().startswith("SYSTEM$")
    text = sql.upper()
    return begins and not any(name.name.upper() in text for name in list(session.temporary))


def cancels(sql: str) -> bool:
    """Tell whether a statement does nothing but to cancel others; it waits for none of them.

    Args:
        sql: Text of the statement.

    Returns:
        True for a call of SYSTEM$CANCEL_QUERY or SYSTEM$CANCEL_ALL_QUERIES alone.
    """
    return _CANCEL.fullmatch(sql) is not None
