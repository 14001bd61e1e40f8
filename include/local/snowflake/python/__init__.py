"""Python in the warehouse: functions and procedures that run in interpreters of their own."""

from include.local.snowflake.python.objects import PythonObjects

__all__ = ["PythonObjects"]
