"""Python in the warehouse: functions and procedures that run in interpreters of their own."""

from embedded_snowflake.python.objects import PythonObjects

__all__ = ["PythonObjects"]
