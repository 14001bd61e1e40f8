"""The contract of statements' clauses and options: done, or refused by name."""

from __future__ import annotations

from tests.contract.cases import ROW, Case, Difference, T

_VIEW = "create or replace view CONTRACT_V as select A, S from T_KEPT"
_KEPT = "create or replace table T_KEPT (A number not null, S varchar(3))"
COMMANDS = [
    Case(
        "Objects",
        "CREATE TABLE LIKE a view has its columns and no rows",
        (
            _KEPT,
            "insert into T_KEPT values (1, 'a')",
            _VIEW,
            "create or replace table ALIKE_V like CONTRACT_V",
            "describe table ALIKE_V",
            'select "name", "type", (select count(*) from ALIKE_V) from table(result_scan(last_query_id()))',
        ),
        [("A", "NUMBER(38,0)", 0), ("S", "VARCHAR(3)", 0)],
    ),
    Case(
        "Objects",
        "CLONE of a view",
        (_KEPT, _VIEW, "create or replace table ALIKE_V clone CONTRACT_V"),
        error=(2203, "VIEW"),
    ),
    Case(
        "Objects",
        "VOLATILE and LOCAL TEMPORARY tables are temporary",
        (
            "create or replace volatile table PASSING (A int)",
            "create or replace local temporary table PASSING_TOO (A int)",
            "show tables like 'PASSING%'",
            'select "kind" from table(result_scan(last_query_id()))',
        ),
        [("TEMPORARY",), ("TEMPORARY",)],
    ),
    Case(
        "Objects",
        "options without an effect on queries",
        (
            "create or replace transient table OPTED (A int) data_retention_time_in_days = 0 change_tracking = true copy grants",
            "alter table OPTED set data_retention_time_in_days = 1 comment = 'kept'",
            "create or replace secure view OPTED_V copy grants as select * from OPTED",
            "select count(*) from OPTED_V",
        ),
        [(0,)],
    ),
    Case(
        "Sessions",
        "a parameter that does not exist",
        ("alter session set NO_SUCH_PARAMETER = 1",),
        error=(1420, "NO_SUCH_PARAMETER"),
    ),
    Case("Transactions", "there are no savepoints", ("rollback to savepoint X",), error=(1003, "TO")),
    Case(
        "Changes",
        "MERGE has no BY SOURCE",
        (T, ROW, "merge into T using T Q on T.A = Q.A when not matched by source then delete"),
        error=(1003, "BY"),
    ),
]
REFUSED_COMMANDS = [
    ("Changes", "MERGE … ALL BY NAME", "merge into T using T U on T.A = U.A when matched then update all by name"),
    (
        "Stages",
        "a MAX_FILE_SIZE that an unload exceeds",
        "copy into @~/large/ from (select seq4() from table(generator(rowcount => 9999))) max_file_size = 1000",
    ),
    (
        "Objects",
        "dynamic tables",
        "create or replace transient dynamic table D target_lag = '1 minute' warehouse = W as select 1 as A",
    ),
    ("Objects", "hybrid, interactive and event tables", "create hybrid table H (A int primary key)"),
    ("Objects", "tags", "alter table T set tag X = 'y'"),
    ("Objects", "tags of a new table", "create or replace temporary table TAGGED (A int) with tag (X = 'y')"),
    (
        "Objects",
        "row access policies",
        "create or replace temporary table GUARDED (A int) with row access policy P on (A)",
    ),
    (
        "Objects",
        "schema evolution of a new table",
        "create or replace temporary table EVOLVED (A int) enable_schema_evolution = true",
    ),
    (
        "Objects",
        "default collations",
        "create or replace temporary table COLLATED (S varchar) default_ddl_collation = 'en-ci'",
    ),
    ("Objects", "default collations of schemas", "alter schema PUBLIC set default_ddl_collation = 'en-ci'"),
    (
        "Objects",
        "file formats of a table",
        "create or replace temporary table FILED (A int) stage_file_format = (type = csv)",
    ),
    ("Queries", "states of other estimates", "select hll_accumulate(A) from T"),
    ("Sessions", "parameters of the account", "alter account set timezone = 'UTC'"),
    ("Sessions", "TRANSACTION_ABORT_ON_ERROR", "alter session set transaction_abort_on_error = true"),
    ("Access", "keys of users who do not log in", "create user CONTRACT_GUEST rsa_public_key = 'MIIB'"),
]
DIFFERENT_COMMANDS = [
    Difference(
        "Queries", "MINHASH has Snowflake's own values", "values differ; equal sets still have equal ones", (), []
    ),
    Difference(
        "Stages",
        "an unload is split into files of 16 MB, its default",
        "it is one file, or one for each partition",
        (),
        [],
    ),
    Difference(
        "Objects", "databases, schemas, stages and sequences have comments", "they are taken and not kept", (), []
    ),
    Difference("Objects", "a materialized view keeps its rows", "it computes them when it is asked, as a view", (), []),
]
