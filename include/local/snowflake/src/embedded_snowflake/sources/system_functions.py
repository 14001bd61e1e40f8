"""Functions that are answered before their query runs: SYSTEM$WAIT, SYSTEM$CANCEL_QUERY, and GET_DDL of tables."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.names import TableName, display, literal, private_table, split_name
from embedded_snowflake.private_tables import TABLE_COMMENTS
from embedded_snowflake.sources import table_columns
from embedded_snowflake.sql.resolve import table_names
from embedded_snowflake.state import declarations
from embedded_snowflake.state.session import Session

LONGEST_WAIT = 60
_STEP_SECONDS = 0.05
_COMMENT = f"""select comment from {TABLE_COMMENTS}
              where ext_table_catalog=? and ext_table_schema=? and ext_table_name=?"""
_UNITS = {"MILLISECONDS": 0.001, "SECONDS": 1, "MINUTES": 60}


def put_in(session: Session, tree: exp.Expr, answers: Answers) -> exp.Expr:
    """Put such functions' answers in their place.

    Args:
        tree: Query as parsed; changed in place.
        answers: RUN, or DESCRIBE where nothing may happen.

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
        if name in answers and texts and (name == WAIT or len(texts) == 1):
            answer = answers[name](session, *texts[:2])
        elif name == "GET_DDL" and len(texts) > 1 and texts[0].upper() == "VIEW":
            raise not_supported("GET_DDL of views")
        elif name == "GET_DDL" and len(texts) > 1 and texts[0].upper() == "TABLE":
            answer = _table(session, texts[1])
        else:
            continue
        call.replace(exp.Literal.string(answer))
    return tree


def _cancel_query(session: Session, name: str) -> str:
    return _cancelled_query(name, session.engine.cancel(name, session))


def _cancelled_query(name: str, ended: int) -> str:
    return f"query [{name}] terminated." if ended else "Identified SQL statement is not currently executing."


def _cancel_all(session: Session, name: str) -> str:
    return _cancelled_all(session.engine.cancel(name, session))


def _cancelled_all(ended: int) -> str:
    return f"{ended} queries cancelled."


def _wait(session: Session, amount: str, unit: str = "SECONDS") -> str:
    """Wait; cancelling the session's statement ends it (000604)."""
    end = time.monotonic() + _seconds(amount, unit)
    session.interrupted.clear()
    while (left := end - time.monotonic()) > 0:
        if session.interrupted.wait(min(left, _STEP_SECONDS)):
            raise SnowflakeError("SQL execution canceled", 604, "57014")
    return _waited(session, amount, unit)


def _waited(_session: Session, amount: str, unit: str = "SECONDS") -> str:
    _seconds(amount, unit)
    return f"waited {amount} {unit.lower()}"


def _seconds(amount: str, unit: str) -> float:
    factor = _UNITS.get(unit.upper())
    if not amount.isdigit() or factor is None or int(amount) * factor > LONGEST_WAIT:
        raise not_supported(f"SYSTEM$WAIT of anything but 0 to {LONGEST_WAIT} seconds")
    return int(amount) * factor


WAIT = "SYSTEM$WAIT"
Answers = dict[str, Callable[..., str]]
# What these functions do and answer, and what they answer where a statement is only described.
RUN: Answers = {WAIT: _wait, "SYSTEM$CANCEL_QUERY": _cancel_query, "SYSTEM$CANCEL_ALL_QUERIES": _cancel_all}
DESCRIBE: Answers = {
    WAIT: _waited,
    "SYSTEM$CANCEL_QUERY": lambda _session, name: _cancelled_query(name, 0),
    "SYSTEM$CANCEL_ALL_QUERIES": lambda _session, _name: _cancelled_all(0),
}


def _table(session: Session, text: str) -> str:
    """GET_DDL('TABLE', 'name'): the statement that makes the table."""
    parts = dict(zip(("this", "db", "catalog"), reversed(split_name(text)), strict=False))
    full = table_names.full_name(exp.Table(**{key: exp.to_identifier(part) for key, part in parts.items()}), session)
    described = table_columns.of_table(session, full).tuples()
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
    head = display(full.name) + (f" cluster by {clustered.written}" if clustered is not None else " ")
    end = f")COMMENT={literal(comment)}\n;" if comment else ");"
    return f"create or replace {kind} {head}(\n" + ",\n".join(lines) + "\n" + end


def _kind(session: Session, name: TableName) -> tuple[str, str | None]:
    if name in session.temporary:
        if session.temporary[name] != "TABLE":
            raise not_supported("GET_DDL of views")
        return "TEMPORARY TABLE", None
    found = session.duck.execute(
        f"select kind from {private_table(name.database, 'table_facts')} where schema_name=? and table_name=?",
        list(name[1:]),
    ).fetchall()
    kind = str(found[0][0]) if found else "TABLE"
    if kind == "VIEW":
        raise not_supported("GET_DDL of views")
    comments = session.duck.execute(_COMMENT, list(name)).fetchall()
    return ("TRANSIENT TABLE" if kind == "TRANSIENT" else "TABLE"), (comments[0][0] if comments else None)
