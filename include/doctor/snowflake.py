"""A Snowflake session, as tasks open it: the connection, the login, what the role may do there."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import snowflake.connector
from airflow.providers.common.compat.sdk import AirflowException
from snowflake.connector import DictCursor, SnowflakeConnection
from snowflake.connector.errors import Error as SnowflakeError

from include.doctor.findings import Finding, State, line, refused
from include.doctor.grants import look as grants
from include.doctor.subject import Login
from include.operators.connection import connection_parameters
from include.operators.connection_check import reach
from include.runtime.afterwards import Place

Ask = Callable[[str], list[dict[str, Any]]]
PASSWORD_REFUSED, ROLE_REFUSED, KEY_REFUSED = 390100, 390189, 390144
"""Snowflake's codes of a login that is refused, in its own words."""
TRIED = "SNOWPOD_DOCTOR"
"""The name of what is made for a moment; temporary, so that the session's end removes it."""


def look(login: Login, limit: float, python: str) -> Iterator[Finding]:
    """Log in as tasks do, and look around. Nothing is left behind.

    Args:
        login: the session.
        limit: seconds for the login.
        python: the Python that functions get inside Snowflake, such as `3.12`.

    Yields:
        The Airflow connection, the login, warehouse, database and schema, the role's grants, what the session can make.
    """
    say = partial(Finding, login.name)
    try:
        parameters = connection_parameters(login.connection) | dict(login.chosen)
        how = _authenticator(parameters)
        yield say("Airflow connection", State.OK, f"of type snowflake, {how}")
        reach(parameters, login.connection)
    except AirflowException as error:
        yield refused(login.name, "Airflow connection", str(error))
        return
    user = str(parameters.get("user") or "the user")
    try:
        connection = snowflake.connector.connect(
            **parameters | {"login_timeout": int(limit), "network_timeout": int(limit)}
        )
    except SnowflakeError as error:
        mend = _login_mend(error.errno or 0, user, parameters)
        yield say("login", State.MISSING, f"{how}: {line(error.raw_msg or str(error))}", mend)
        return
    with connection:
        ask = partial(_rows, connection)
        (who,) = ask("SELECT CURRENT_USER() AS NAME, CURRENT_ROLE() AS ROLE, CURRENT_VERSION() AS VERSION")
        yield say("login", State.OK, f"{who['NAME']} by {how}, Snowflake {who['VERSION']}")
        role = str(who["ROLE"])
        yield from _warehouse(say, ask, parameters, role)
        if connection.database and connection.schema:
            yield from grants(say, ask, Place.of(connection), role)
            yield from _tries(say, connection, ask, python)
            yield from _task_runs(say, ask, Place.of(connection), login.task_runs)
        else:
            yield from _no_place(say, parameters, role)


def _rows(connection: SnowflakeConnection, statement: str) -> list[dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(statement)
        return [dict(row) for row in cursor.fetchall()]


def _authenticator(parameters: Mapping[str, Any]) -> str:
    """Return how a connection logs in, in words."""
    authenticator = str(parameters.get("authenticator") or "snowflake")
    if parameters.get("private_key"):
        return "key pair"
    if authenticator.upper() == "WORKLOAD_IDENTITY":
        return f"workload identity of {parameters.get('workload_identity_provider')}"
    return {"snowflake": "password", "oauth": "OAuth token"}.get(authenticator.lower(), authenticator)


def _login_mend(code: int, user: str, parameters: Mapping[str, Any]) -> str:
    role = parameters.get("role")
    if code == ROLE_REFUSED and role:
        return f"GRANT ROLE {role} TO USER {user};"
    if code == KEY_REFUSED:
        return f"ALTER USER {user} SET RSA_PUBLIC_KEY = '<the public key of this private key>';"
    if code == PASSWORD_REFUSED:
        return "put the right login and password (or key) into the Airflow connection"
    return "check account, host and authenticator of the Airflow connection"


def _warehouse(say: Any, ask: Ask, parameters: Mapping[str, Any], role: str) -> Iterator[Finding]:
    (row,) = ask("SELECT CURRENT_WAREHOUSE() AS NAME")
    current = str(row["NAME"] or "")
    name = str(parameters.get("warehouse") or current)
    if not name:
        mend = "name one as `snowflake: {warehouse: …}` in the environment file, or in the Airflow connection"
        yield say("warehouse", State.MISSING, "none is named, and the user has no default", mend)
        return
    found = [row for row in ask("SHOW WAREHOUSES") if str(row["name"]) == _plain(name)]
    if found and not current:  # MONITOR alone shows it, and a session does not get it
        mend = f"GRANT USAGE ON WAREHOUSE {name} TO ROLE {role};"
        yield say(f"warehouse {name}", State.MISSING, f"{role} sees it, and may not use it", mend)
    elif found and str(found[0]["auto_resume"]).lower() == "false" and found[0]["state"] != "STARTED":
        mend = f"ALTER WAREHOUSE {name} SET AUTO_RESUME = TRUE;"
        yield say(f"warehouse {name}", State.MISSING, "it is suspended, and no statement starts it", mend)
    elif found:
        words = f"{found[0]['size']}, {str(found[0]['state']).lower()}, auto-suspend {found[0]['auto_suspend']} s"
        yield say(f"warehouse {name}", State.OK, words)
    else:
        mend = f"CREATE WAREHOUSE {name} AUTO_SUSPEND = 60; or GRANT USAGE ON WAREHOUSE {name} TO ROLE {role};"
        yield say(f"warehouse {name}", State.MISSING, f"there is none that {role} sees", mend)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.upper()


def _no_place(say: Any, parameters: Mapping[str, Any], role: str) -> Iterator[Finding]:
    database, schema = parameters.get("database"), parameters.get("schema")
    place = ".".join(str(part) for part in (database, schema) if part)
    if not database or not schema:
        mend = (
            "name them as `snowflake: {database: …, schema: …}` in the environment file, or in the Airflow connection"
        )
        yield say("database and schema", State.MISSING, "not both are named", mend)
        return
    mend = f"CREATE SCHEMA {place}; or GRANT USAGE ON DATABASE {database} TO ROLE {role};"
    mend += f" GRANT USAGE ON SCHEMA {place} TO ROLE {role};"
    yield say(f"schema {place}", State.MISSING, f"there is none that {role} sees", mend)


def _tries(say: Any, connection: SnowflakeConnection, ask: Ask, version: str) -> Iterator[Finding]:
    """Make what tasks make in their sessions; all of it is temporary."""
    python = (
        f"LANGUAGE PYTHON RUNTIME_VERSION = '{version}' PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' AS"
    )
    body = "$$\ndef run(*arguments):\n    return 'well'\n$$"
    anaconda = "accept the Anaconda terms (Snowsight, Admin, Billing & Terms), and GRANT USAGE ON SCHEMA … to the role"
    tries = {
        "temporary table": (f"CREATE TEMPORARY TABLE {TRIED} (N NUMBER)", "GRANT USAGE ON SCHEMA … to the role"),
        "temporary stage": (f"CREATE TEMPORARY STAGE {TRIED}", "GRANT USAGE ON SCHEMA … to the role"),
        "temporary function": (f"CREATE TEMPORARY FUNCTION {TRIED}() RETURNS VARCHAR {python} {body}", anaconda),
        "temporary procedure": (f"CREATE TEMPORARY PROCEDURE {TRIED}() RETURNS VARCHAR {python} {body}", anaconda),
    }
    for what, (statement, mend) in tries.items():
        try:
            ask(statement)
        except SnowflakeError as error:
            yield say(what, State.MISSING, line(error.raw_msg or str(error)), mend)
        else:
            yield say(what, State.OK, "can be made")
    try:
        with connection.cursor() as cursor:
            content = io.BytesIO(b"well")
            cursor.execute(f"PUT file://doctor.txt @{TRIED} AUTO_COMPRESS = FALSE", file_stream=content)
        yield say("upload to a stage", State.OK)
    except (SnowflakeError, OSError) as error:
        mend = "let this network reach the account's stage: SELECT SYSTEM$ALLOWLIST() lists the hosts"
        yield say("upload to a stage", State.MISSING, line(str(error)), mend)


def _task_runs(say: Any, ask: Ask, place: Place, table: str) -> Iterator[Finding]:
    if not table:
        return
    whole = place.table(table)
    try:
        ask(f"DESCRIBE TABLE {whole}")
        yield say(f"table {table}", State.OK)
    except SnowflakeError:
        yield say(f"table {table}", State.OK, "not there yet: the first task makes it")
