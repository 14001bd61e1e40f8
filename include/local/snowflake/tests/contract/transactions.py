"""The contract of transactions: which statements commit the open one, and which do not."""

from __future__ import annotations

from tests.contract.cases import Case

_TABLES = "create or replace table KEPT (A number)"
_FUNCTION = "function MADE_WITHIN(X float) returns float language python runtime_version = '3.12' handler = 'run' as 'def run(x): return x'"
_PROCEDURE = """procedure CALLED_WITHIN() returns varchar language python runtime_version = '3.12' packages = ('snowflake-snowpark-python')
    handler = 'run' as 'def run(session): return ""'"""

# Each within BEGIN, INSERT … ROLLBACK, with what must be there for it.
_COMMIT = {
    "CREATE TABLE": ((), "create or replace table OTHER (A number)"),
    "CREATE TABLE IF NOT EXISTS of one that exists": ((), "create table if not exists KEPT (A number)"),
    "CREATE TABLE AS": ((), "create or replace table OTHER as select 1 as A"),
    "CREATE TEMPORARY TABLE": ((), "create or replace temporary table PASSING (A number)"),
    "CREATE VIEW": ((), "create or replace view SEEN as select A from KEPT"),
    "CREATE SEQUENCE": ((), "create or replace sequence COUNTING"),
    "CREATE STAGE": ((), "create or replace stage HELD"),
    "CREATE FILE FORMAT": ((), "create or replace file format LINED type = csv"),
    "CREATE FUNCTION": ((), f"create or replace {_FUNCTION}"),
    "CREATE PROCEDURE": ((), f"create or replace {_PROCEDURE}"),
    "DROP TABLE": (("create or replace table OTHER (A number)",), "drop table OTHER"),
    "DROP FUNCTION": ((f"create or replace {_FUNCTION}",), "drop function MADE_WITHIN(float)"),
    "DROP PROCEDURE IF EXISTS of one that does not": ((), "drop procedure if exists NO_SUCH_PROCEDURE()"),
    "ALTER TABLE": (("create or replace table OTHER (A number)",), "alter table OTHER add column B number"),
    "ALTER FUNCTION": ((f"create or replace {_FUNCTION}",), "alter function MADE_WITHIN(float) set comment = 'x'"),
    "COMMENT ON TABLE": ((), "comment on table KEPT is 'x'"),
    "COMMENT ON FUNCTION": ((f"create or replace {_FUNCTION}",), "comment on function MADE_WITHIN(float) is 'x'"),
    "CREATE ROLE": ((), "create or replace role CONTRACT_READER"),
    "ALTER SESSION SET AUTOCOMMIT": ((), "alter session set autocommit = true"),
}
_LEAVE_OPEN = {
    "TRUNCATE": (("create or replace table OTHER (A number)",), "truncate table OTHER"),
    "TRUNCATE of what was inserted": ((), "truncate table KEPT"),
    "TRUNCATE IF EXISTS of a table that does not": ((), "truncate table if exists NO_SUCH_TABLE"),
    "UPDATE": ((), "update KEPT set A = 2"),
    "DELETE": ((), "delete from KEPT"),
    "MERGE": ((), "merge into KEPT using (select 1 as A) N on KEPT.A = N.A when matched then delete"),
    "COPY INTO a stage": ((), "copy into @~/within/ from (select 1) overwrite = true"),
    "COPY INTO a table": ((), "copy into KEPT from @~/nothing_within/ file_format = (type = csv)"),
    "a query": ((), "select count(*) from KEPT"),
    "CALL": ((f"create or replace {_PROCEDURE}",), "call CALLED_WITHIN()"),
    "SHOW": ((), "show tables"),
    "DESCRIBE": ((), "describe table KEPT"),
    "USE SCHEMA": ((), "use schema {schema}"),
    "SET": ((), "set WITHIN_IT = 1"),
    "ALTER SESSION of anything else": ((), "alter session set query_tag = 'within'"),
    "BEGIN": ((), "begin"),
}


def _within(what: str, before: tuple[str, ...], statement: str, kept: int) -> Case:
    sql = (_TABLES, *before, "begin", "insert into KEPT values (1)", statement, "rollback", "select count(*) from KEPT")
    return Case("Transactions", what, sql, [(kept,)])


TRANSACTIONS = [
    *(_within(f"{what} commits the open transaction", before, sql, 1) for what, (before, sql) in _COMMIT.items()),
    *(_within(f"{what} leaves it open", before, sql, 0) for what, (before, sql) in _LEAVE_OPEN.items()),
    Case(
        "Transactions",
        "a rollback brings back what TRUNCATE took",
        (
            *(
                _TABLES,
                "insert into KEPT values (1)",
                "begin",
                "truncate table KEPT",
                "insert into KEPT values (2)",
                "rollback",
            ),
            "select * from KEPT",
        ),
        [(1,)],
    ),
]
