"""The contract of roles, warehouses and grants.

On a real account it leaves roles and a warehouse named CONTRACT_… behind.
"""

from __future__ import annotations

from tests.contract.cases import Case

_ROLE = "create or replace role CONTRACT_READER"
_TABLE = "create or replace table GRANTED (A number)"
_ON_TABLE = (
    "show grants on table GRANTED",
    """select "privilege", "grantee_name", "grant_option" from table(result_scan(last_query_id()))
       where "grantee_name" = 'CONTRACT_READER' order by 1""",
)

ACCESS = [
    Case(
        "Access",
        "a role that exists",
        (_ROLE, "create role CONTRACT_READER"),
        error=(2002, "Object 'CONTRACT_READER' already exists."),
    ),
    Case(
        "Access",
        "a missing role",
        ("drop role NO_SUCH_ROLE",),
        error=(2003, "Role 'NO_SUCH_ROLE' does not exist or not authorized."),
    ),
    Case(
        "Access",
        "SHOW ROLES counts what a role is granted to",
        (
            "create or replace role CONTRACT_READER comment = 'reads'",
            "grant role CONTRACT_READER to role SYSADMIN",
            "show roles like 'contract_r%'",
            'select "name", "comment", "granted_to_roles"::int, "granted_roles"::int from table(result_scan(last_query_id()))',
        ),
        [("CONTRACT_READER", "reads", 1, 0)],
    ),
    Case(
        "Access",
        "a pipeline's set-up script, shown by SHOW GRANTS TO ROLE",
        (
            "create warehouse if not exists CONTRACT_WH warehouse_size = xsmall auto_suspend = 60 initially_suspended = true",
            _ROLE,
            _TABLE,
            "create or replace function GRANTED_TOO(X float) returns float language python runtime_version = '3.12' handler = 'run' "
            "as 'def run(x): return x'",
            "grant usage on database {database} to role CONTRACT_READER",
            "grant usage, create view on schema {schema} to role CONTRACT_READER",
            "grant usage on warehouse CONTRACT_WH to role CONTRACT_READER",
            "grant select, insert on table GRANTED to role CONTRACT_READER",
            "grant usage on function GRANTED_TOO(float) to role CONTRACT_READER",
            "show grants to role CONTRACT_READER",
            'select "privilege", "granted_on" from table(result_scan(last_query_id())) order by 1, 2',
        ),
        [
            ("CREATE VIEW", "SCHEMA"),
            ("INSERT", "TABLE"),
            ("SELECT", "TABLE"),
            ("USAGE", "DATABASE"),
            ("USAGE", "FUNCTION"),
            ("USAGE", "SCHEMA"),
            ("USAGE", "WAREHOUSE"),
        ],
    ),
    Case(
        "Access",
        "what is granted and revoked on a table",
        (
            _ROLE,
            _TABLE,
            "grant select, update on table GRANTED to role CONTRACT_READER",
            "grant insert on table GRANTED to role CONTRACT_READER with grant option",
            "revoke update on table GRANTED from role CONTRACT_READER",
            *_ON_TABLE,
        ),
        [("INSERT", "CONTRACT_READER", "true"), ("SELECT", "CONTRACT_READER", "false")],
    ),
    Case(
        "Access",
        "who creates an object owns it",
        (
            _ROLE,  # without what was granted to it in advance
            _TABLE,
            "show grants on table GRANTED",
            """select "privilege", "grantee_name" = current_role(), "grant_option" from table(result_scan(last_query_id()))""",
        ),
        [("OWNERSHIP", True, "true")],
    ),
    Case(
        "Access",
        "future grants come with new objects",
        (
            _ROLE,
            "grant select on future tables in schema {schema} to role CONTRACT_READER",
            _TABLE,
            *_ON_TABLE,
        ),
        [("SELECT", "CONTRACT_READER", "false")],
    ),
    Case(
        "Access",
        "SHOW FUTURE GRANTS",
        (
            _ROLE,
            "grant select on future tables in schema {schema} to role CONTRACT_READER",
            "show future grants in schema {schema}",
            """select "privilege", "grant_on", endswith("name", '.{schema}.<TABLE>'), "grantee_name"
               from table(result_scan(last_query_id()))""",
        ),
        [("SELECT", "TABLE", True, "CONTRACT_READER")],
    ),
    Case(
        "Access",
        "a replaced table has lost its grants",
        (_ROLE, _TABLE, "grant select on table GRANTED to role CONTRACT_READER", _TABLE, *_ON_TABLE),
        [],
    ),
    Case(
        "Access",
        "COPY GRANTS keeps them",
        (
            _ROLE,
            _TABLE,
            "grant select on table GRANTED to role CONTRACT_READER",
            "create or replace table GRANTED copy grants (B number)",
            *_ON_TABLE,
        ),
        [("SELECT", "CONTRACT_READER", "false")],
    ),
    Case(
        "Access",
        "a renamed table keeps them",
        (
            _ROLE,
            "create or replace table BEFORE_GRANTED (A number)",
            "drop table if exists GRANTED",
            "grant select on table BEFORE_GRANTED to role CONTRACT_READER",
            "alter table BEFORE_GRANTED rename to GRANTED",
            *_ON_TABLE,
        ),
        [("SELECT", "CONTRACT_READER", "false")],
    ),
    Case(
        "Access",
        "grants go with their role",
        (
            _ROLE,
            _TABLE,
            "grant select on table GRANTED to role CONTRACT_READER",
            "drop role CONTRACT_READER",
            *_ON_TABLE,
        ),
        [],
    ),
    Case(
        "Access",
        "roles are granted to roles, and shown by SHOW GRANTS OF ROLE",
        (
            _ROLE,
            "grant role CONTRACT_READER to role SYSADMIN",
            "show grants of role CONTRACT_READER",
            'select "role", "granted_to", "grantee_name" from table(result_scan(last_query_id()))',
        ),
        [("CONTRACT_READER", "ROLE", "SYSADMIN")],
    ),
    Case(
        "Access",
        "a grant on a missing table",
        (_ROLE, "grant select on table NO_SUCH_TABLE to role CONTRACT_READER"),
        error=(2003, "does not exist or not authorized"),
    ),
    Case(
        "Access",
        "a grant to a missing role",
        (_TABLE, "grant select on table GRANTED to role NO_SUCH_ROLE"),
        error=(2003, "Role 'NO_SUCH_ROLE' does not exist or not authorized."),
    ),
    Case(
        "Access",
        "ownership is not transferred past other grants",
        (
            _ROLE,
            _TABLE,
            "grant select on table GRANTED to role PUBLIC",
            "grant ownership on table GRANTED to role CONTRACT_READER",
        ),
        error=(3036, "Dependent grant of privilege 'SELECT' on securable"),
    ),
    Case(
        "Access",
        "GRANT ends the open transaction with a commit",
        (
            _ROLE,
            _TABLE,
            "begin",
            "insert into GRANTED values (1)",
            "grant select on table GRANTED to role CONTRACT_READER",
            "rollback",
            "select count(*) from GRANTED",
        ),
        [(1,)],
    ),
    Case(
        "Access",
        "a warehouse as it was made, and changed",
        (
            "create or replace warehouse CONTRACT_WH warehouse_size = 'SMALL' auto_suspend = 60 initially_suspended = true comment = 'c'",
            "alter warehouse CONTRACT_WH set warehouse_size = xsmall",
            "show warehouses like 'contract_wh'",
            'select "name", "state", "size", "auto_suspend"::int, "comment", "is_current" from table(result_scan(last_query_id()))',
        ),
        [("CONTRACT_WH", "SUSPENDED", "X-Small", 60, "c", "Y")],
    ),
    Case(
        "Access",
        "a warehouse that exists",
        ("create warehouse if not exists CONTRACT_WH initially_suspended = true", "create warehouse CONTRACT_WH"),
        error=(2002, "Object 'CONTRACT_WH' already exists."),
    ),
    Case(
        "Access",
        "a missing warehouse",
        ("alter warehouse NO_SUCH_WAREHOUSE suspend",),
        error=(2003, "Warehouse 'NO_SUCH_WAREHOUSE' does not exist or not authorized."),
    ),
]
