"""What a role was granted, by itself and through the roles that it holds (Snowflake, "Access control privileges")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from snowflake.connector.errors import Error as SnowflakeError

from include.doctor.findings import Finding, State, line
from include.runtime.afterwards import Place, quoted

Ask = Callable[[str], list[dict[str, Any]]]
MAKES = ("CREATE TABLE", "CREATE STAGE")
"""What pipelines make to last. What they make for a session alone is tried, as Snowflake asks less for some of it."""
ALL = "OWNERSHIP"


def look(say: Callable[..., Finding], ask: Ask, place: Place, role: str) -> Iterator[Finding]:
    """Look at a role's grants.

    Args:
        say: makes a finding of what, state, words and what mends it.
        ask: runs a statement and gives its rows.
        place: where the session works.
        role: the session's role.

    Yields:
        What the role lacks; one finding that all is there if it lacks nothing.
    """
    try:
        granted = _granted(ask, role)
    except SnowflakeError as error:
        mend = f"CREATE ROLE {role}; and GRANT ROLE {role} TO USER …;"
        yield say(f"role {role}", State.MISSING, line(error.raw_msg or str(error)), mend)
        return
    database = quoted(place.database or "")
    names = {"DATABASE": database, "SCHEMA": f"{database}.{quoted(place.schema or '')}"}
    if place.warehouse:
        names = {"WAREHOUSE": quoted(place.warehouse), **names}
    owned = {kind for kind, name in names.items() if _owner(ask, kind, name) in granted["ROLE"]}
    wanted = [(kind, "USAGE") for kind in names] + [("SCHEMA", privilege) for privilege in MAKES]
    lacking = [
        (kind, privilege)
        for kind, privilege in wanted
        if kind not in owned and not {privilege, ALL} & granted.get(_key(kind, names[kind]), set())
    ]
    for kind, privilege in lacking:
        mend = f"GRANT {privilege} ON {kind} {names[kind]} TO ROLE {quoted(role)};"
        yield say(
            f"{privilege} on {kind.lower()} {names[kind]}".replace('"', ""),
            State.MISSING,
            f"{role} does not have it",
            mend,
        )
    if not lacking:
        yield say(f"role {role}", State.OK, f"may use warehouse, database and schema, and {' and '.join(MAKES)}")


def _granted(ask: Ask, role: str) -> dict[str, set[str]]:
    """Return the privileges by object, and the roles under `ROLE`."""
    granted: dict[str, set[str]] = {"ROLE": set()}
    waiting = [role]
    while waiting:
        one = waiting.pop()
        if one in granted["ROLE"]:
            continue
        granted["ROLE"].add(one)
        for row in ask(f"SHOW GRANTS TO ROLE {quoted(one)}"):
            if row["granted_on"] == "ROLE" and row["privilege"] == "USAGE":
                waiting.append(str(row["name"]))
            else:
                granted.setdefault(_key(row["granted_on"], row["name"]), set()).add(str(row["privilege"]))
    return granted


def _key(kind: str, name: str) -> str:
    return f"{kind} {name}".replace('"', "")


def _owner(ask: Ask, kind: str, name: str) -> str:
    """Return who owns an object; empty if this role cannot see it."""
    try:
        rows = ask(f"SHOW GRANTS ON {kind} {name}")
    except SnowflakeError:
        return ""
    return next((str(row["grantee_name"]) for row in rows if row["privilege"] == ALL), "")
