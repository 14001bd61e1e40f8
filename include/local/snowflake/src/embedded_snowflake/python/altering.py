"""ALTER of Python functions and procedures.

Grammar: https://docs.snowflake.com/en/sql-reference/sql/alter-function and …/alter-procedure.
"""

from __future__ import annotations

from dataclasses import replace

from embedded_snowflake.errors import not_supported
from embedded_snowflake.python.definitions import Definition
from embedded_snowflake.python.grants import securable
from embedded_snowflake.python.registry import Registry, qualify, unknown
from embedded_snowflake.python.tokens import Tokens
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.state.session import Session

_DONE = "Statement executed successfully."


def alter(tokens: Tokens, session: Session, registry: Registry) -> Result | None:
    """Run ALTER FUNCTION | PROCEDURE [IF EXISTS] name(types) RENAME TO … | SET … | UNSET … | EXECUTE AS ….

    Args:
        tokens: The statement, at its start.
        session: Whose it is.
        registry: The definitions.

    Returns:
        Its status; None for an ALTER of something else.

    Raises:
        SnowflakeError: There is none of this name and these types, the new name is taken, or the change is not
            supported.
    """
    tokens.expect("ALTER")
    kind = tokens.take("FUNCTION", "PROCEDURE")
    if kind is None:
        return None
    if_exists = tokens.take_all("IF", "EXISTS")
    name = qualify(tokens.name(), session.database, session.schema)
    signature = tokens.signature()
    found = [item for item in registry.overloads(kind, name, session) if item.definition.signature == signature]
    if not found and not if_exists:
        raise unknown(kind, name)
    new_name = qualify(tokens.name(), session.database, session.schema) if tokens.take_all("RENAME", "TO") else None
    before = found[0].definition if found else Definition(kind, name, (), None, None, "")
    changed = replace(before, name=new_name) if new_name is not None else _changed(tokens, before)
    tokens.expect_end()
    if found and not session.describe_only:
        registry.change(found[0], changed)
        if new_name is not None and found[0].owner is None:
            session.engine.account.grants.renamed((securable(before), securable(changed)))
    return status_result(_DONE)


def _changed(tokens: Tokens, definition: Definition) -> Definition:
    """Read SET, UNSET or EXECUTE AS and give the definition with it."""
    if definition.kind == "PROCEDURE" and tokens.take_all("EXECUTE", "AS"):
        word = tokens.take("OWNER", "CALLER")
        if word is None:
            raise tokens.unexpected()
        return replace(definition, execute_as=word)
    verb = tokens.take("SET", "UNSET")
    if verb is None:
        raise tokens.unexpected()
    if tokens.take("SECURE"):
        return replace(definition, secure=verb == "SET")
    if not tokens.take("COMMENT"):
        raise not_supported(f"ALTER {definition.kind} … {verb} {tokens.rest()[:40]}")
    if verb == "UNSET":
        return replace(definition, comment="")
    tokens.expect("=")
    return replace(definition, comment=tokens.string())
