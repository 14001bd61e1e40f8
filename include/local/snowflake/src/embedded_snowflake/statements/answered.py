"""Functions that are answered before the query they stand in runs.

SYSTEM$WAIT, SYSTEM$CANCEL_QUERY, and GET_DDL of tables.
"""

from __future__ import annotations

import time

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.names import display, literal, quote, split_name
from embedded_snowflake.state import declarations
from embedded_snowflake.state.session import Session

LONGEST_WAIT = 60
_STEP_SECONDS = 0.05
_COMMENT = """select comment from _fs_global._fs_information_schema._fs_tables_ext
              where ext_table_catalog=? and ext_table_schema=? and ext_table_name=?"""
_UNITS = {"MILLISECONDS": 0.001, "SECONDS": 1, "MINUTES": 60}


def put_in(session: Session, tree: exp.Expr) -> exp.Expr:
    """Put such functions' answers in their place.

    Args:
        session: The session.
        tree: Query as parsed; changed in place.

    Returns:
        The tree.

    Raises:
        SnowflakeError: What is asked for does not exist or is not supported.
    """
    for call in list(tree.find_all(exp.Anonymous)):
        name = call.name.upper()
        texts = [value.name for value in call.expressions if isinstance(value, exp.Literal)]
        if len(texts) != len(call.expressions):
            continue
        if name in CANCELS and len(texts) == 1:
            answer = cancel(session, name, texts[0])
        elif name == "SYSTEM$WAIT" and texts:
            answer = wait(session, *texts[:2])
        elif name == "GET_DDL" and len(texts) > 1 and texts[0].upper() == "VIEW":
            raise not_supported("GET_DDL of views")
        elif name == "GET_DDL" and len(texts) > 1 and texts[0].upper() == "TABLE":
            answer = _table(session, texts[1])
        else:
            continue
        new = exp.Literal.string(answer)
        new.meta.update(call.meta)  # with the text that names its column
        call.replace(new)
    return tree


CANCELS = ("SYSTEM$CANCEL_QUERY", "SYSTEM$CANCEL_ALL_QUERIES")


def cancel(session: Session, function: str, name: str) -> str:
    """Run SYSTEM$CANCEL_QUERY(id) or SYSTEM$CANCEL_ALL_QUERIES(session).

    Args:
        session: Whose statement it is.
        function: Which of the two.
        name: Id of a statement, or number of a session.

    Returns:
        Snowflake's answer.
    """
    ended = 0 if session.describe_only else session.engine.cancel(name, session)
    if function == "SYSTEM$CANCEL_QUERY":
        return f"query [{name}] terminated." if ended else "Identified SQL statement is not currently executing."
    return f"{ended} queries cancelled."


def wait(session: Session, amount: str, unit: str = "SECONDS") -> str:
    """Run SYSTEM$WAIT(amount, unit).

    Args:
        session: The session; cancelling its statement ends the wait.
        amount: How many, as written.
        unit: MILLISECONDS, SECONDS or MINUTES.

    Returns:
        Snowflake's answer.

    Raises:
        SnowflakeError: It is no wait of up to a minute, or was cancelled (000604).
    """
    factor = _UNITS.get(unit.upper())
    if not amount.isdigit() or factor is None or int(amount) * factor > LONGEST_WAIT:
        raise not_supported(f"SYSTEM$WAIT of anything but 0 to {LONGEST_WAIT} seconds")
    end = time.monotonic() + (0 if session.describe_only else int(amount) * factor)
    session.interrupted.clear()
    while (left := end - time.monotonic()) > 0:
        if session.interrupted.wait(min(left, _STEP_SECONDS)):
            raise SnowflakeError("SQL execution canceled", 604, "57014")
    return f"waited {amount} {unit.lower()}"


def _table(session: Session, text: str) -> str:
    """GET_DDL('TABLE', 'name'): the statement that makes the table."""
    described = session.execute(f"describe table {text}").tuples()
    parts = split_name(text)
    name = (*[session.database or "", session.schema or ""][: 3 - len(parts)], *parts)
    full = (name[0], name[1], name[2])
    kind, comment = _kind(session, full)
    lines = []
    for column, declared, _, nullable, default, *rest in described:
        line = f"\t{display(column)} {declared}"
        line += " NOT NULL" if nullable == "N" else ""
        if str(default).startswith("IDENTITY "):
            raise not_supported("GET_DDL of a table with AUTOINCREMENT")
        line += f" DEFAULT {default}" if default is not None else ""
        remark = rest[4]
        lines.append(line + (f" COMMENT {literal(remark)}" if remark else ""))
    for key in declarations.keys(session, full):
        lines.append(f"\t{key.kind.lower()} ({', '.join(display(column) for column in key.columns)})")
    clustered = declarations.clustering(session, full)
    head = display(parts[-1]) + (f" cluster by {clustered.written}" if clustered is not None else " ")
    end = f")COMMENT={literal(comment)}\n;" if comment else ");"
    return f"create or replace {kind} {head}(\n" + ",\n".join(lines) + "\n" + end


def _kind(session: Session, name: tuple[str, str, str]) -> tuple[str, str | None]:
    if name in session.temporary:
        if session.temporary[name] != "TABLE":
            raise not_supported("GET_DDL of views")
        return "TEMPORARY TABLE", None
    place = f"{quote(name[0])}._fs_information_schema"
    found = session.duck.execute(
        f"select kind from {place}.table_facts where schema_name=? and table_name=?", list(name[1:])
    ).fetchall()
    kind = str(found[0][0]) if found else "TABLE"
    if kind == "VIEW":
        raise not_supported("GET_DDL of views")
    comments = session.duck.execute(_COMMENT, list(name)).fetchall()
    return ("TRANSIENT TABLE" if kind == "TRANSIENT" else "TABLE"), (comments[0][0] if comments else None)
