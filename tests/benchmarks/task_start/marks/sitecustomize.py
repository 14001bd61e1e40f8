"""Notes when a task passes which point, in each of its processes: Python imports this by itself.

It wraps what is measured as soon as that is imported; nothing of the project or of Airflow knows of it. A mark is a
line in the file that MARKS names: a name, seconds since 1970, and what it is about.
"""

import atexit
import importlib.abc
import importlib.machinery
import json
import os
import sys
import time

FILE = os.environ.get("MARKS")


def mark(name, about=""):
    """Add a line to the file; lines of several processes do not mix, as each is one write."""
    line = json.dumps([name, time.time(), about]) + "\n"
    descriptor = os.open(FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(descriptor, line.encode())
    os.close(descriptor)


def around(owner, attribute, name, about=lambda *arguments, **named: ""):
    """Mark the beginning and the end of each call of a function."""
    function = getattr(owner, attribute, None)
    if function is None or getattr(function, "marked", False):
        return

    def wrapped(*arguments, **named):
        what = about(*arguments, **named)
        mark(f"{name}.begin", what)
        try:
            return function(*arguments, **named)
        finally:
            mark(f"{name}.end", what)

    wrapped.marked = True
    wrapped.__wrapped__ = function
    wrapped.__name__ = attribute
    setattr(owner, attribute, wrapped)


def _statement(cursor, command="", *arguments, **named):
    return " ".join(str(command).split())[:90]


def _connector(module):
    connection = module.SnowflakeConnection
    around(connection, "connect", "login")
    around(connection, "close", "close")


def _cursor(module):
    # Not the subclasses, which call it: one statement is one mark.
    around(getattr(module, "SnowflakeCursorBase", module.SnowflakeCursor), "execute", "statement", _statement)


def _external(module):
    around(module, "_execute_in_subprocess", "child")


def _manager(module):
    for attribute in (
        "create_pod",
        "await_pod_start",
        "fetch_requested_container_logs",
        "await_xcom_sidecar_container_start",
        "extract_xcom_json",
        "extract_xcom_kill",
        "await_pod_completion",
        "delete_pod",
    ):
        around(module.PodManager, attribute, attribute)


def _client(module):
    around(module.ApiClient, "call_api", "request", lambda client, method, url, *more, **named: f"{method} {url[:120]}")


def _child_side_operator(module):
    around(module, "connection_parameters", "connection")


WHERE = {
    "snowflake.connector.connection": _connector,
    "snowflake.connector.cursor": _cursor,
    "airflow.providers.standard.operators.python": _external,
    "airflow.providers.cncf.kubernetes.utils.pod_manager": _manager,
    "kubernetes.client.api_client": _client,
    "include.operators.connection": _child_side_operator,
}


class _Wrapping(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name not in WHERE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            WHERE[name](module)

        spec.loader.exec_module = exec_module
        return spec


if FILE:
    mark("python", " ".join(sys.argv[:2])[:120])
    atexit.register(lambda: mark("exit", f"{time.process_time():.3f}"))
    sys.meta_path.insert(0, _Wrapping())
