"""The logged-in sessions, by token."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.names import split_name
from embedded_snowflake.server.connections import Address
from embedded_snowflake.state.engine import Engine
from embedded_snowflake.state.session import GONE_SECONDS, Session
from embedded_snowflake.statements import session_statements

SESSION_SECONDS = 4 * 3600.0


@dataclass
class Login:
    """An open session with its tokens.

    Attributes:
        token: What each request carries.
        master: What renews the token.
        used: Time of the last request, by the monotonic clock in seconds.
        addresses: The client's ends of the connections that its requests came by.
    """

    session: Session
    token: str
    master: str
    used: float = field(default_factory=time.monotonic)
    addresses: set[Address] = field(default_factory=set)


class Sessions:
    """Opens, finds and closes sessions.

    Args:
        engine: What they share.
        abort: Stops the statements of a session.
    """

    def __init__(self, engine: Engine, abort: Callable[[Session], None]) -> None:
        self._engine = engine
        self._abort = abort
        self._logins: dict[str, Login] = {}
        self._masters: dict[str, Login] = {}
        self._lock = threading.Lock()
        # Numbers do not repeat after a restart: the history spans both.
        self._numbers = itertools.count(int(time.time()) * 1000)

    def open(self, user: str, wanted: dict[str, str | None], parameters: dict[str, Any], client: str) -> Login:
        """Open a session for a user whose credentials were checked.

        Args:
            user: User name.
            wanted: database, schema, warehouse, role as the client asks for them; missing ones are None.
            parameters: Session parameters.
            client: Client's name and version.

        Returns:
            The new session.
        """
        session = Session(self._engine, next(self._numbers), user)
        session.client = client
        wanted = self._defaults(user) | {name: value for name, value in wanted.items() if value is not None}
        session.warehouse = _stored(wanted.get("warehouse"))
        session.role = _stored(wanted.get("role")) or session.role
        database, schema = _stored(wanted.get("database")), _stored(wanted.get("schema"))
        if database is not None:
            # As in Snowflake, a connection naming what does not exist opens without a current database or schema.
            try:
                session.use(database, schema)
            except SnowflakeError:
                with contextlib.suppress(SnowflakeError):
                    session.use(database, None)
                    session.leave_schema()
        for name, value in parameters.items():
            session_statements.set_parameter(session, name.upper(), value)
        login = self.join(session)
        self.close_idle()
        return login

    def _defaults(self, user: str) -> dict[str, str | None]:
        """Give what a user's session has where the client asks for nothing else."""
        known = self._engine.account.objects.find("USER", user)
        given = known.properties if known is not None else {}
        database, _, schema = given.get("DEFAULT_NAMESPACE", "").partition(".")
        return {
            "role": given.get("DEFAULT_ROLE"),
            "warehouse": given.get("DEFAULT_WAREHOUSE"),
            "database": database or None,
            "schema": schema or None,
        }

    def join(self, session: Session) -> Login:
        """Give a client access to a session: who opened it, or a procedure that runs in it.

        Args:
            session: The session, or the part of one that a procedure runs in.

        Returns:
            The access.
        """
        login = Login(session, secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        with self._lock:
            self._logins[login.token] = login
            self._masters[login.master] = login
        return login

    def find(self, token: str, address: Address | None = None) -> Session | None:
        """Find a session, for a request of its client.

        Args:
            token: Its token.
            address: The client's end of the connection that the request came by.

        Returns:
            The session, or None when it ended or never was.
        """
        with self._lock:
            login = self._logins.get(token)
        if login is None or login.session.ended:
            return None
        login.used = time.monotonic()
        login.session.client_gone = None
        if address is not None:
            login.addresses.add(address)
        return login.session

    def client_left(self, address: Address) -> None:
        """Note that a client has closed a connection; with the last one it may be gone.

        Args:
            address: The client's end of it.
        """
        with self._lock:
            logins = [login for login in self._logins.values() if address in login.addresses]
        for login in logins:
            login.addresses.discard(address)
            if not login.addresses:
                login.session.client_gone = time.monotonic()
                if _aborts_detached(login.session):
                    timer = threading.Timer(GONE_SECONDS, self._end_gone, [login.session])
                    timer.daemon = True
                    timer.start()

    def _end_gone(self, session: Session) -> None:
        if session.client_gone is not None:
            self._abort(session)

    def renew(self, master: str) -> Login | None:
        """Find a session by its master token.

        Args:
            master: Its master token.

        Returns:
            The session, its tokens unchanged, or None.
        """
        with self._lock:
            return self._masters.get(master)

    def close(self, token: str) -> None:
        """End a session; an unknown token is no error.

        Args:
            token: Its token.
        """
        with self._lock:
            login = self._logins.pop(token, None)
            if login is not None:
                self._masters.pop(login.master, None)
        if login is not None and login.session.caller is None:  # a procedure's part ends with its CALL
            login.session.close()

    def close_idle(self) -> None:
        """End the sessions that nobody used for long."""
        now = time.monotonic()
        with self._lock:
            idle = [one.token for one in self._logins.values() if now - one.used > SESSION_SECONDS or one.session.ended]
        for token in idle:
            self.close(token)


def _aborts_detached(session: Session) -> bool:
    """Whether statements end with their client. In Snowflake they do 5 minutes after it, if the session asks for it."""
    return str(session.parameters.get("ABORT_DETACHED_QUERY")).lower() == "true"


def _stored(name: str | None) -> str | None:
    if not name:
        return None
    try:
        return split_name(name)[-1]
    except SnowflakeError:
        return name
