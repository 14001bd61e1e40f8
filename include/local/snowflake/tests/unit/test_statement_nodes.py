"""Statements without expressions become nodes of the grammar, whole; what does not fit is refused where it stands."""

from __future__ import annotations

import pytest
from sqlglot import exp

from embedded_snowflake import bindings
from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.sql.parse import dialect, grants, nodes
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.statements.access import privileges

NODES: dict[str, type[exp.Expr]] = {
    "grant select, insert on table T to role R with grant option": nodes.Grant,
    "revoke all privileges on future tables in schema S from R cascade": nodes.Revoke,
    "grant ownership on function F(number(3,1), varchar) to role R copy current grants": nodes.Grant,
    "grant role A to user B": nodes.GrantRole,
    "revoke role A from role B": nodes.RevokeRole,
    "show grants": nodes.ShowGrants,
    "show future grants in database D limit 3": nodes.ShowGrants,
    "create or replace role R comment = 'reads'": nodes.CreateAccountObject,
    "create user if not exists U password = 'x', default_secondary_roles = ('ALL')": nodes.CreateAccountObject,
    "create warehouse W if not exists with warehouse_size = xsmall": nodes.CreateAccountObject,
    "alter warehouse resume if suspended": nodes.AlterAccountObject,
    "alter user U unset comment, email": nodes.AlterAccountObject,
    "drop user if exists U": nodes.DropAccountObject,
    "comment if exists on role R is 'there'": nodes.CommentOnAccountObject,
    "desc warehouse W": nodes.DescribeAccountObject,
    "desc network policy P": nodes.DescribeAccountObject,
    "create resource monitor M with credit_quota = 1 triggers on 90 percent do notify": nodes.CreateAccountObject,
    "alter resource monitor M triggers on 90 percent do notify": nodes.AlterAccountObject,
    "create network policy if not exists P allowed_ip_list = ('10.0.0.0/8')": nodes.CreateAccountObject,
    "drop network policy if exists P": nodes.DropAccountObject,
    "show resource monitors like 'm%'": nodes.ShowAccountObjects,
    "show terse users like 'a%' starts with 'A' limit 2": nodes.ShowAccountObjects,
    "create or replace aggregate function F(X number default 1 + 1) returns float "
    "language python runtime_version = '3.12'"
    " packages = ('numpy') handler = 'F' as $$code$$": nodes.CreateRoutine,
    "create procedure if not exists P() returns table (A int) language python execute as caller": nodes.CreateRoutine,
    "create function F() returns int as '1'": exp.Create,
    "alter procedure if exists P() execute as owner": nodes.AlterRoutine,
    "alter function F(number) set comment = 'x'": nodes.AlterRoutine,
    "drop function if exists S.F(number(3, 1), array(int))": nodes.DropRoutine,
    "comment on function F(double precision) is 'x'": nodes.CommentOnRoutine,
    "describe procedure P()": nodes.DescribeRoutine,
    "show user functions like 'f%' in schema S": nodes.ShowRoutines,
    "call S.P(1, X => (select 2))": nodes.Call,
    "call system$wait(1)": nodes.CallSystemFunction,
    "with P as procedure (X int) returns int language python handler = 'f' as 'x' call P(1)": nodes.CallAnonymous,
    "with P as (select 1) select * from P": exp.Select,
    "unset (A, B)": nodes.UnsetVariables,
    "execute immediate $$select 1$$": nodes.ExecuteImmediate,
    "show parameters like 'TIME%' in session": nodes.ShowSession,
    "show transactions": nodes.ShowSession,
    "rm @s/a-b/c.csv pattern = '.*'": nodes.RemoveFiles,
    "alter stage S refresh subpath = 'x'": nodes.AlterStage,
    "alter stage if exists S set directory = (enable = true)": nodes.AlterStage,
    "alter stage S rename to R": exp.Command,
    "alter schema S set data_retention_time_in_days = 1, comment = 'x'": nodes.AlterContainer,
    "start transaction": exp.Transaction,
    "begin name T": exp.Transaction,
    "create table ROLE (A int)": exp.Create,
    "show tables": exp.Show,
}

UNEXPECTED = {
    "grant role A": "line 1 at position 11 unexpected '<EOF>'",
    "grant role A.B to role C": "line 1 at position 15 unexpected '.'",
    "grant select on table T\n  by role R": "line 2 at position 2 unexpected 'by'",
    "grant select on table T to role R 'x'": "line 1 at position 34 unexpected 'x'",
    "drop role A.B": "line 1 at position 12 unexpected '.'",
    "alter role R rename to": "line 1 at position 20 unexpected '<EOF>'",
    "drop function F": "line 1 at position 14 unexpected '<EOF>'",
    "create function F() returns int language python flavour = 'x'": "line 1 at position 58 unexpected 'FLAVOUR'",
    "call P(1) x": "line 1 at position 10 unexpected 'x'",
    "call P(1": "line 1 at position 7 unexpected '<EOF>'",
    "show grants limit many": "line 1 at position 18 unexpected 'many'",
}


@pytest.mark.parametrize("sql", NODES)
def test_a_statement_is_a_node(sql: str) -> None:
    assert type(dialect.parse(sql)) is NODES[sql]


@pytest.mark.parametrize("sql", UNEXPECTED)
def test_a_word_that_does_not_fit_is_named_with_its_place(sql: str) -> None:
    with pytest.raises(SnowflakeError) as error:
        dialect.parse(sql)
    assert error.value.message.endswith(f"{UNEXPECTED[sql]}.")


@pytest.mark.parametrize("sql", [sql for sql in NODES if NODES[sql].__module__ == nodes.__name__])
def test_what_defines_objects_or_rights_commits_the_open_transaction(sql: str) -> None:
    ddl = sql.split()[0] in ("grant", "revoke", "create", "alter", "drop", "comment")
    assert isinstance(dialect.parse(sql), nodes.DataDefinition) == ddl


REFUSED = {
    "begin insert into T values (1)": "Snowflake Scripting",
    "declare A int": "Snowflake Scripting",
    "/* all */ create or replace external table T (A int)": "CREATE EXTERNAL TABLE",
    "create or alter table T (A int)": "CREATE OR ALTER",
    "describe result 'x'": "DESCRIBE RESULT",
    "merge into T using S on true when matched then update all by name": "MERGE … ALL BY NAME",
    "execute immediate 'select ' || '1'": "EXECUTE IMMEDIATE of anything but a text or a variable",
    "alter schema S set tag A = 'x'": "ALTER SCHEMA SET tag A = 'x'",
    "alter user U abort all queries": "ALTER USER … abort all queries",
    "grant select on pets P to role R": "grants on pets P",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_what_is_not_supported_is_named(sql: str) -> None:
    with pytest.raises(SnowflakeError) as error:
        dialect.parse(sql)
    assert error.value.message == f"not supported by the embedded Snowflake: {REFUSED[sql]}"


@pytest.mark.parametrize(
    ("sql", "temporary", "scoped"),
    [
        ("create scoped temporary table if not exists T (A int)", True, True),
        ("create or replace local temporary view V as select 1", True, False),
        ("create volatile table T (A int)", True, False),
        ("create table T if not exists (A int)", False, False),
        ("create transient table T (A int)", False, False),
    ],
)
def test_words_about_temporary_objects(sql: str, temporary: bool, scoped: bool) -> None:
    tree = dialect.parse(sql)
    assert isinstance(tree, exp.Create)
    assert (table_names.is_temporary(tree), table_names.is_scoped(tree)) == (temporary, scoped)
    assert bool(tree.args["exists"]) == ("exists" in sql)


def test_names_are_read_as_they_are_stored() -> None:
    tree = dialect.parse("grant usage on schema d.\"Mixed Case\" to role identifier('reader')")
    assert identifiers.parts(tree.args["target"].this) == ("D", "Mixed Case")
    assert identifiers.only_part(tree.this) == "READER"


def test_bound_names_are_filled_into_the_tree() -> None:
    tree = dialect.parse("grant usage on schema identifier(?) to role identifier(:2)")
    tree = bindings.fill(tree, [("TEXT", "D.S"), ("TEXT", '"r"')])
    assert identifiers.parts(tree.args["target"].this) == ("D", "S")
    assert identifiers.only_part(tree.this) == "r"


def test_values_are_bound_in_a_call() -> None:
    tree = bindings.fill(dialect.parse("call P(?, X => ?)"), [("FIXED", "1"), ("TEXT", "its")])
    assert [value.sql("snowflake") for value in tree.expressions] == ["1", "X => 'its'"]


@pytest.mark.parametrize(
    ("given", "text"), [("''", ""), ("$$a'b$$", "a'b"), ("xsmall", "xsmall"), ("-1", "-1"), ("?", "TRUE")]
)
def test_the_text_of_a_value(given: str, text: str) -> None:
    tree = bindings.fill(dialect.parse(f"call system$wait({given})"), [("BOOLEAN", "true")])
    assert nodes.text_of(tree.expressions[0]) == text


@pytest.mark.parametrize("sql", ["put 'file:///a' ?", "get ? 'file:///a'", "list ?", "rm ?"])
def test_a_place_in_a_stage_is_bound(sql: str) -> None:
    tree = bindings.fill(dialect.parse(sql), [("TEXT", "@S/x")])
    assert tree.args.get("target", tree.this).name == "@S/x"


def test_each_kind_that_can_be_named_in_a_grant_has_its_privileges() -> None:
    assert set(grants.SECURABLE_KINDS) == set(privileges.PRIVILEGES)
