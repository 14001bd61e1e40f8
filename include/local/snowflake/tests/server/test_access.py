"""Roles, warehouses and grants beyond the contract: what becomes of grants, and who owns what."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import ProgrammingError
from snowflake.snowpark import Session


@pytest.fixture
def role(cursor: SnowflakeCursor) -> Iterator[str]:
    name = f"R_{uuid.uuid4().hex[:8].upper()}"
    cursor.execute(f"create role {name}")
    yield name
    cursor.execute(f"drop role if exists {name}")


def _on(cursor: SnowflakeCursor, what: str) -> list[tuple[str, str, str]]:
    """Privilege, grantee and grantor of each grant on an object."""
    return sorted((row[1], row[5], row[7]) for row in cursor.execute(f"show grants on {what}").fetchall())


def _granted(cursor: SnowflakeCursor, role: str) -> list[tuple[str, str]]:
    return sorted(
        (row[1], row[3].partition(".")[2].partition(".")[2])
        for row in cursor.execute(f"show grants to role {role}").fetchall()
    )


def test_all_and_future_objects_of_a_schema_and_a_database(cursor: SnowflakeCursor, schema: str, role: str) -> None:
    cursor.execute("create or replace table ONE (A int)")
    cursor.execute("create or replace view OVER_ONE as select A from ONE")
    cursor.execute("create temporary table PASSING (A int)")
    assert (
        cursor.execute(f"grant select on all tables in schema {schema} to role {role}")
        .fetchone()[0]
        .endswith("1 objects affected.")
    )
    cursor.execute(f"grant insert on future tables in database EMBEDDED to role {role}")
    cursor.execute("create table TWO (A int)")
    assert _granted(cursor, role) == [("INSERT", "TWO"), ("SELECT", "ONE")]
    cursor.execute(f"grant all on future tables in schema {schema} to role {role}")
    cursor.execute(f"revoke all privileges on future tables in schema {schema} from role {role}")
    cursor.execute(f"grant update on future tables in schema {schema} to role {role}")
    cursor.execute("create or replace table TWO (A int)")  # the schema's future grants go before the database's
    assert _granted(cursor, role) == [("SELECT", "ONE"), ("UPDATE", "TWO")]
    cursor.execute(f"revoke select on all tables in schema {schema} from role {role}")
    cursor.execute("drop table TWO")
    assert _granted(cursor, role) == []


def test_ownership_goes_to_another_role(cursor: SnowflakeCursor, role: str) -> None:
    cursor.execute("create or replace table OWNED (A int)")
    cursor.execute("grant select on table OWNED to role PUBLIC")
    cursor.execute(f"grant ownership on table OWNED to role {role} copy current grants")
    assert _on(cursor, "table OWNED") == [("OWNERSHIP", role, role), ("SELECT", "PUBLIC", role)]
    assert [row[9] for row in cursor.execute("show tables like 'OWNED'").fetchall()] == [role]
    cursor.execute("grant ownership on table OWNED to role SYSADMIN revoke current grants")
    assert _on(cursor, "table OWNED") == [("OWNERSHIP", "SYSADMIN", "SYSADMIN")]
    cursor.execute(f"use role {role}")
    cursor.execute("create or replace table OWNED (A int)")
    cursor.execute("use role SYSADMIN")
    assert _on(cursor, "table OWNED") == [("OWNERSHIP", role, role)]
    cursor.execute(f"drop role {role}")  # what it owned goes to the role that dropped it
    assert _on(cursor, "table OWNED") == [("OWNERSHIP", "SYSADMIN", "SYSADMIN")]


def test_grants_follow_swapped_tables_and_copies(cursor: SnowflakeCursor, role: str) -> None:
    cursor.execute("create or replace table SWAPPED (A int)")
    cursor.execute("create or replace table OTHER (A int)")
    cursor.execute(f"grant select on table SWAPPED to role {role}")
    cursor.execute("alter table SWAPPED swap with OTHER")
    assert _granted(cursor, role) == [("SELECT", "OTHER")]
    cursor.execute("create or replace table LIKE_OTHER like OTHER copy grants")
    cursor.execute("create or replace table CLONE_OF_OTHER clone OTHER")
    cursor.execute("create or replace view SWAPPED_VIEW as select 1 as A")
    cursor.execute(f"grant select on view SWAPPED_VIEW to role {role}")
    assert _granted(cursor, role) == [("SELECT", "LIKE_OTHER"), ("SELECT", "OTHER"), ("SELECT", "SWAPPED_VIEW")]
    cursor.execute("create or replace view SWAPPED_VIEW copy grants as select 2 as A")
    cursor.execute("drop table LIKE_OTHER")
    assert _granted(cursor, role) == [("SELECT", "OTHER"), ("SELECT", "SWAPPED_VIEW")]


def test_functions_and_procedures(cursor: SnowflakeCursor, role: str, runtime: str) -> None:
    python = f"language python runtime_version = '{runtime}' handler = 'run' as 'def run(*values): return 1'"
    cursor.execute(f"create or replace function GIVEN(X float, N number(10,2)) returns int {python}")
    cursor.execute(f"create or replace procedure RUN() returns int packages = ('snowflake-snowpark-python') {python}")
    cursor.execute(f"grant usage on function GIVEN(FLOAT, NUMBER) to role {role}")
    cursor.execute(f"grant usage on procedure RUN() to role {role}")
    assert _granted(cursor, role) == [
        ("USAGE", '"GIVEN(X FLOAT, N NUMBER):NUMBER(38,0)"'),
        ("USAGE", '"RUN():NUMBER(38,0)"'),
    ]
    cursor.execute("alter function GIVEN(float, number) rename to TAKEN")
    cursor.execute(f"create or replace function TAKEN(Y float, N number) copy grants returns varchar {python}")
    cursor.execute("drop procedure RUN()")
    assert _granted(cursor, role) == [("USAGE", '"TAKEN(Y FLOAT, N NUMBER):VARCHAR"')]
    cursor.execute(f"create or replace function TAKEN(Y float, N number) returns varchar {python}")
    assert _granted(cursor, role) == []
    with pytest.raises(ProgrammingError, match=r"User-defined function '.*TAKEN' does not exist or not authorized"):
        cursor.execute(f"grant usage on function TAKEN(varchar) to role {role}")


def test_what_is_in_a_dropped_schema_is_granted_no_more(cursor: SnowflakeCursor, schema: str, role: str) -> None:
    cursor.execute(f"create schema {schema}_GONE")
    for what, privilege in (
        ("stage S", "read"),
        ("file format F", "usage"),
        ("sequence N", "usage"),
        ("table T (A int)", "delete"),
    ):
        cursor.execute(f"create {what}")
        cursor.execute(f"grant {privilege} on {what.partition(' (')[0]} to role {role}")
    cursor.execute(f"grant usage on schema {schema}_GONE to role {role}")
    cursor.execute(f"grant select on future views in schema {schema}_GONE to role {role}")
    assert [name for _, name in _granted(cursor, role)] == ["T", "S", "", "F", "N"]
    cursor.execute(f"drop schema {schema}_GONE")
    assert _granted(cursor, role) == []
    assert cursor.execute(f"show future grants to role {role}").fetchall() == []


def test_roles_are_not_granted_in_a_circle_and_keep_their_grants_under_another_name(
    cursor: SnowflakeCursor, role: str
) -> None:
    cursor.execute(f"create role {role}_ABOVE")
    cursor.execute(f"grant role {role} to role {role}_ABOVE")
    cursor.execute(f"grant role {role} to user EMBEDDED")
    with pytest.raises(ProgrammingError, match="cannot be granted"):
        cursor.execute(f"grant role {role}_ABOVE to role {role}")
    cursor.execute(f"alter role {role}_ABOVE rename to {role}_OVER")
    assert [row[2:4] for row in cursor.execute(f"show grants of role {role}").fetchall()] == [
        ("ROLE", f"{role}_OVER"),
        ("USER", "EMBEDDED"),
    ]
    assert role in [row[1] for row in cursor.execute("show grants").fetchall()]
    cursor.execute("use secondary roles all")
    cursor.execute(f"set R = '{role}'")
    cursor.execute("revoke role identifier($R) from user EMBEDDED")
    cursor.execute(f"drop role {role}_OVER")
    assert cursor.execute(f"show grants of role {role}").fetchall() == []
    with pytest.raises(ProgrammingError, match="Insufficient privileges to operate on role 'SYSADMIN'"):
        cursor.execute("drop role SYSADMIN")


def test_a_warehouse_is_suspended_and_resumed(cursor: SnowflakeCursor) -> None:
    cursor.execute("create or replace warehouse SLEEPING")
    assert cursor.execute("select current_warehouse()").fetchone() == ("SLEEPING",)
    cursor.execute("alter warehouse suspend")
    with pytest.raises(ProgrammingError, match=r"Invalid state\. Warehouse 'SLEEPING' cannot be suspended"):
        cursor.execute("alter warehouse SLEEPING suspend")
    cursor.execute("alter warehouse SLEEPING resume if suspended")
    cursor.execute("alter warehouse SLEEPING rename to AWAKE")
    cursor.execute("comment on warehouse AWAKE is 'it is'")
    assert [row[21] for row in cursor.execute("show warehouses like 'awake'").fetchall()] == ["it is"]
    assert cursor.execute("describe warehouse AWAKE").fetchone()[1:] == ("AWAKE", "WAREHOUSE")
    cursor.execute("drop warehouse AWAKE")
    assert [
        row[0] for row in cursor.execute("show warehouses").fetchall() if row[0] in ("SLEEPING", "AWAKE", "COMPUTE_WH")
    ] == ["COMPUTE_WH"]


def test_users_are_names_without_passwords(cursor: SnowflakeCursor, role: str, snowflake_state: Path) -> None:
    secret = f"secret-{uuid.uuid4().hex}"
    cursor.execute(
        f"create user if not exists LOADER password = '{secret}' default_role = {role} default_secondary_roles ="
        " ('ALL')"
    )
    history = (
        "select QUERY_TEXT from table(information_schema.query_history_by_session()) where QUERY_TEXT like 'create"
        " user%'"
    )
    assert "LOADER password = '***' default_role" in cursor.execute(history).fetchone()[0]
    cursor.execute(f"alter user LOADER set password='{secret}', default_warehouse = COMPUTE_WH, comment = 'loads'")
    with pytest.raises(ProgrammingError):
        cursor.execute(f"create user LOADER password '{secret}")
    assert not [path for path in snowflake_state.glob("*.sqlite*") if secret.encode() in path.read_bytes()]
    cursor.execute(f"grant role {role} to user LOADER")
    assert [row[1] for row in cursor.execute("show grants to user LOADER").fetchall()] == [role]
    assert {"LOADER", role, "COMPUTE_WH", "loads"} <= set(cursor.execute("show users like 'loader'").fetchall()[0])
    cursor.execute("drop user LOADER")
    with pytest.raises(ProgrammingError, match="User 'LOADER' does not exist or not authorized"):
        cursor.execute(f"grant role {role} to user LOADER")


WRONG = {
    "grant fly on schema PUBLIC to role PUBLIC": "not supported by the embedded Snowflake: the privilege FLY on SCHEMA",
    "grant usage on all warehouses in database EMBEDDED to role PUBLIC": (
        "not supported by the embedded Snowflake: grants on"
    ),
    "create role R tag = 'x'": "not supported by the embedded Snowflake: TAG of a role",
    "create warehouse W nonsense = 1": "invalid property 'NONSENSE' for 'WAREHOUSE'",
    "create warehouse W warehouse_size = huge": "invalid value 'huge' for property 'WAREHOUSE_SIZE'",
    "create warehouse W auto_suspend = soon": "invalid value 'soon' for property 'AUTO_SUSPEND'",
    "show grants limit many": "unexpected 'many'",
    "comment on role NO_SUCH_ROLE is 'there'": "Role 'NO_SUCH_ROLE' does not exist or not authorized",
    "grant role PUBLIC": "unexpected '<EOF>'",
    "show grants on": "not supported by the embedded Snowflake: grants on nothing",
    "grant usage on database NO_SUCH_DATABASE to role PUBLIC": (
        "Database 'NO_SUCH_DATABASE' does not exist or not authorized"
    ),
}


def test_what_is_wrong_is_said(cursor: SnowflakeCursor) -> None:
    for statement, message in WRONG.items():
        with pytest.raises(ProgrammingError, match=message):
            cursor.execute(statement)


def test_values_are_bound(session: Session, role: str) -> None:
    session.sql("grant usage on schema identifier(?) to role identifier(?)", params=["PUBLIC", role]).collect()
    assert [row["name"] for row in session.sql("show roles like ?", params=[role]).collect()] == [role]
    assert [row["privilege"] for row in session.sql("show grants to role identifier(?)", params=[role]).collect()] == [
        "USAGE"
    ]


def test_through_snowpark(session: Session, role: str) -> None:
    session.sql("create or replace table OF_SNOWPARK (A int)").collect()
    session.sql(f"grant select on table OF_SNOWPARK to role {role}").collect()
    rows = session.sql(f"show grants to role {role}").collect()
    assert [(row["privilege"], row["granted_on"], row["grantee_name"]) for row in rows] == [("SELECT", "TABLE", role)]
    session.create_dataframe([[1]], schema=["A"]).write.mode("overwrite").save_as_table("OF_SNOWPARK")
    assert session.sql(f"show grants to role {role}").count() == 0
