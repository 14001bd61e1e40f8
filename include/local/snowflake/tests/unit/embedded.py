"""An embedded Snowflake within the tests' own process: an engine on a folder, and sessions, but no server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from embedded_snowflake.state.auth import Authenticator
from embedded_snowflake.state.engine import Engine
from embedded_snowflake.state.session import Session

USER = "SOMEBODY"


@contextlib.contextmanager
def open_engine(folder: Path) -> Iterator[Engine]:
    """Open an engine that has one database, DB, with a schema SC."""
    engine = Engine(folder, Authenticator(USER, "a password"), 0)
    if engine.create_database("DB", exists=True):
        engine.root.execute('create schema "DB"."SC"')
    yield engine
    engine.close()


def open_session(engine: Engine, number: int = 1) -> Session:
    """Log in, with DB.SC as the current schema."""
    session = Session(engine, number, USER)
    session.use("DB", "SC")
    return session
