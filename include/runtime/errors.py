"""Errors whose message alone tells a user what to do; the runtime shows them without a traceback."""


class TaskMistake(Exception):  # noqa: N818
    """Something that the user can mend: the message says where, what is wrong, and what to do next."""


class NotJsonError(TaskMistake):
    """A function returned something that JSON cannot hold."""


class NoSuchFunctionError(TaskMistake):
    """A `python_callable` or `batch_callable` that cannot be imported."""


class NoSessionError(TaskMistake):
    """Snowflake could not be reached, or refused the log-in."""
