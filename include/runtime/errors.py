"""Errors whose message alone tells a user what to do; the runtime shows them without a traceback."""

from __future__ import annotations


class TaskMistake(Exception):  # noqa: N818
    """Something that the user can mend: the message says where, what is wrong, and what to do next.

    Attributes:
        final: whether another try, with nothing mended, would end the same way.
    """

    final = True


class NotPassableError(TaskMistake):
    """A value that a task gives its function cannot leave Airflow."""


class NotJsonError(TaskMistake):
    """A function returned something that JSON cannot hold."""


class NoSuchFunctionError(TaskMistake):
    """A `python_callable` or `batch_callable` that cannot be imported."""


class WrongArgumentsError(TaskMistake):
    """A function does not take the arguments that the task gives it."""


class ExitedError(TaskMistake):
    """A function ended by `sys.exit` in place of a result or an error; what for, only the function knows."""

    final = False


class ProcedureFailedError(TaskMistake):
    """A function failed inside Snowflake, whose message has its traceback."""

    final = False


class RefusedSessionError(TaskMistake):
    """Snowflake refused the log-in, or the session has not what was asked for; or no connection was handed over."""


class NoSessionError(TaskMistake):
    """Snowflake could not be reached."""

    final = False
