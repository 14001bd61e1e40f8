"""Functions and procedures as grants name them, and what their creation, renaming and dropping does to grants."""

from __future__ import annotations

from embedded_snowflake.names import display
from embedded_snowflake.python.definitions import Definition
from embedded_snowflake.python.listing import returns_of
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session


def securable(definition: Definition) -> Securable:
    """Name a function or procedure as SHOW GRANTS does, with its arguments and what it returns.

    Args:
        definition: Its definition, the name qualified.

    Returns:
        For example DB.PUBLIC."F(X FLOAT):FLOAT".
    """
    database, schema, name = definition.name
    arguments = ", ".join(f"{display(one.name)} {one.type.signature}" for one in definition.arguments)
    return Securable(definition.kind, database, schema, f"{name}({arguments}):{returns_of(definition)}")


def record_creation(session: Session, made: Definition, replaced: Definition | None, *, copy_grants: bool) -> None:
    """Record what a new function's creation grants.

    Args:
        session: Who makes it.
        made: The new definition; nothing happens for a temporary one.
        replaced: The permanent one that it replaces, if any.
        copy_grants: Whether the replaced one's grants stay.
    """
    if made.temporary:
        return
    old = (
        securable(replaced) if replaced is not None else None
    )  # with other names of arguments or another result it is another one
    session.engine.account.grants.created(securable(made), session.role, old, old if copy_grants else None)
