"""One execution of one statement, and what runs a kind of statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.results import Result
from embedded_snowflake.state.session import Session


@dataclass
class Statement:
    """One execution of a statement: made when it is dispatched, gone when it has its result.

    Attributes:
        session: The session, or the part of one, that it runs in.
        text: Its text as sent, with session variables filled in.
        describe_only: Whether only its result's columns are wanted; nothing may change then.
    """

    session: Session
    text: str
    describe_only: bool = False

    def unsupported(self) -> SnowflakeError:
        """Make the error of a statement that nothing here runs.

        Returns:
            An error that shows its first words.
        """
        return not_supported(f"{' '.join(self.text.split()[:4])} …")


@dataclass(frozen=True)
class Handler:
    """What one kind of statement is run and described by; neither asks which of the two is wanted.

    Both take the statement and its tree, placeholders filled in, and raise a SnowflakeError where Snowflake would
    refuse it or the embedded Snowflake does not support it.

    Attributes:
        run: Runs it and gives its result.
        describe: Gives a result with the same columns, and changes nothing.
    """

    run: Callable[[Statement, Any], Result]
    describe: Callable[[Statement, Any], Result]
