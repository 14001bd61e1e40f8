"""Errors whose message alone tells a user what to do; the runtime shows them without a traceback."""

from __future__ import annotations


class TaskError(Exception):
    """Something that the user can fix: the message says where, what is wrong, and what to do next.

    Attributes:
        final: whether another try, with nothing fixed, would end the same way.
    """

    final = True


class NotPassableError(TaskError):
    """A value that a task gives its function cannot leave Airflow."""


class NotJsonError(TaskError):
    """A function returned something that JSON cannot hold."""


class NoSuchFunctionError(TaskError):
    """A `python_callable` or `batch_callable` that cannot be imported."""


class WrongArgumentsError(TaskError):
    """A function does not take the arguments that the task gives it."""


class ExitedError(TaskError):
    """A function ended by `sys.exit` in place of a result or an error; what for, only the function knows."""

    final = False


class ProcedureFailedError(TaskError):
    """A function failed inside Snowflake, whose message has its traceback."""

    final = False


class RefusedSessionError(TaskError):
    """Snowflake refused the login, or the session has not what was asked for; or no connection was handed over."""


class NoSessionError(TaskError):
    """Snowflake could not be reached."""

    final = False
