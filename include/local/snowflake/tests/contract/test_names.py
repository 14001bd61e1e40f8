"""A matrix of names: each kind of name, under each kind of alias, in each place where a statement names a column.

Beside the column stands one of the same name in another case, whose values would tell if it were taken instead.
"""

from __future__ import annotations

from itertools import product

import pytest
from snowflake.connector import SnowflakeConnection
from snowflake.connector.cursor import SnowflakeCursor

COLUMNS = {"lower": "year", "mixed": "Year", "upper": "YEAR", "reserved": "select", "blanks": "the Year"}
ALIASES = ("other case", "same", "none")
VALUES = [(1,), (11,)]

# {c} is the column, {a} its alias with AS, {n} the name that the two give it, {o} the name in another case. SRC has
# {c}, {o} and K; ONE has {c} and K alone. The last statement's first column is looked at.
FORMS: dict[str, tuple[str, ...]] = {
    "SELECT": ("select {c}{a} from SRC order by K",),
    "of a table": ("select T.{c}{a} from SRC as T where T.{o} > 0 order by T.K",),
    "SELECT *": ("select * exclude K from (select {c}{a}, K from SRC) order by 1",),
    "common table": ("with Q as (select {c}{a}, K from SRC) select {n} from Q order by K",),
    "common table with names": ("with Q ({n}, {k}) as (select {c}, K from SRC) select {n} from Q order by {k}",),
    "subquery": ("select Q.{n} from (select {c}{a}, K from SRC) as Q order by K",),
    "view": ("create or replace view SEEN as select {c}{a}, K from SRC", "select {n} from SEEN order by K"),
    "CREATE TABLE AS": ("create or replace table MADE as select {c}{a}, K from SRC", "select {n} from MADE order by K"),
    "INSERT": (
        "create or replace table MADE (K int, {n} int)",
        "insert into MADE ({n}, K) select {c}{a}, K from SRC",
        "select {n} from MADE order by K",
    ),
    "JOIN ON": ("select L.{c}{a} from SRC L join ONE R on L.{c} = R.{c} order by L.K",),
    "JOIN USING": ("select {c}{a} from SRC L join ONE R using ({c}) order by L.K",),
    "NATURAL JOIN": ("select {c}{a} from (select {c}, {o} from SRC) natural join ONE order by K",),
    "WHERE": ("select {c}{a} from SRC where {c} in (1, 11) and {o} in (2, 12) order by K",),
    "GROUP BY": ("select {c}{a}, count(*) from SRC group by {c} order by 1",),
    "GROUP BY alias": ("select {c}{a}, count(*) from ONE group by {n} order by 1",),
    "HAVING": ("select {c}{a} from SRC group by {c} having max({o}) > 0 order by 1",),
    "ORDER BY alias": ("select {c}{a} from SRC order by {n}",),
    "QUALIFY": ("select {c}{a} from SRC qualify row_number() over (partition by {c} order by {o}) = 1 order by K",),
    "window": ("select sum({c}) over (partition by {o} order by {c}) as {n} from SRC order by K",),
    "set operation": ("select {c}{a} from SRC union select {c} from ONE order by {n}",),
    "PIVOT": (
        "select P as {n} from (select K, {c}{a}, 'p' as Q from SRC) "
        "pivot (sum({n}) for Q in ('p')) as X (K, P) order by K",
    ),
    "UNPIVOT": (
        "select {n} from (select V as {n}, N from (select {c}{a}, K from SRC) "
        "unpivot (V for N in ({n}))) where N = {t} order by 1",
    ),
    "MERGE": (
        "create or replace table MADE as select K, 0 as {n} from SRC where K = 1",
        "merge into MADE using (select {c}{a}, K from SRC) S on MADE.K = S.K when matched and "
        "S.{n} > MADE.{n} then update set {n} = S.{n} "
        "when not matched then insert ({n}, K) values (S.{n}, S.K)",
        "select {n} from MADE order by K",
    ),
    "UPDATE FROM": (
        "create or replace table MADE as select K, 0 as {n} from SRC",
        "update MADE set {n} = S.{c} from SRC S where MADE.K = S.K and S.{o} > MADE.{n}",
        "select {n} from MADE order by K",
    ),
    "DELETE": (
        "create or replace table MADE as select {c}{a}, K from SRC",
        "delete from MADE using SRC where MADE.{n} <> SRC.{c} and MADE.K = SRC.K",
        "select {n} from MADE order by K",
    ),
    "RENAME COLUMN": (
        "create or replace table MADE as select {c} as BEFORE, K from SRC",
        "alter table MADE rename column BEFORE to {n}",
        "select {n} from MADE order by K",
    ),
    "DROP COLUMN": (
        "create or replace table MADE as select {c}, {o}, K from SRC",
        "alter table MADE drop column {o}",
        "alter table MADE rename column {c} to TEMPORARILY",
        "alter table MADE rename column TEMPORARILY to {n}",
        "select * exclude K from MADE order by K",
    ),
    "LIKE and CLONE": (
        "create or replace table MADE as select {c}{a}, K from SRC",
        "create or replace table COPIED clone MADE",
        "create or replace table LIKE_COPIED like COPIED",
        "insert into LIKE_COPIED select * from COPIED",
        "select {n} from LIKE_COPIED order by K",
    ),
    "COPY into a stage and back": (
        "copy into @~/names/ from (select {c}{a}, K from SRC) file_format "
        "= (type = parquet) header = true overwrite = true",
        "create or replace table MADE ({n} int, K int)",
        "copy into MADE from (select $1:{n}::int as {n}, $1:K::int from @~/names/) file_format "
        "= (type = parquet) force = true",
        "select {n} from MADE order by K",
    ),
    "COPY by name": (
        "copy into @~/names/ from (select {c}{a}, K from SRC) "
        "file_format = (type = parquet) header = true overwrite = true",
        "create or replace table MADE (K int, {n} int, {x} int)",
        "copy into MADE from @~/names/ "
        "file_format = (type = parquet) match_by_column_name = case_sensitive force = true",
        "select {n} from MADE where {x} is null order by K",
    ),
    "RESULT_SCAN": ("select {c}{a}, K from SRC", "select {n} from table(result_scan(last_query_id())) order by K"),
    "temporary table": (
        "create or replace temporary table PASSING as select {c}{a}, K from SRC",
        "select {n} from PASSING order by K",
    ),
    "OBJECT_CONSTRUCT(*)": (
        "select get(object_construct(*), {t})::int as {n} from (select {c}{a} from SRC) order by 1",
    ),
    "REPLACE": ("select * replace ({n} + 0 as {n}) from (select {c}{a} from SRC) order by 1",),
    "EXCLUDE": ("select * exclude ({x}, K) from (select {c}{a}, {o} as {x}, K from SRC) order by 1",),
    "RENAME": ("select * rename ({x} as {n}) from (select {c} as {x} from SRC) order by 1",),
}


def _quoted(name: str) -> str:
    return f'"{name}"'


@pytest.fixture(scope="module", params=COLUMNS)
def column(request: pytest.FixtureRequest, account: SnowflakeConnection) -> str:
    """A column's name, with the tables that have it."""
    name: str = COLUMNS[request.param]
    cursor = account.cursor()
    cursor.execute(f"create or replace table SRC (K int, {_quoted(name.swapcase())} int, {_quoted(name)} int)")
    cursor.execute("insert into SRC values (1, 2, 1), (2, 12, 11)")
    cursor.execute(f"create or replace table ONE as select {_quoted(name)}, K from SRC")
    return name


@pytest.mark.parametrize(("form", "alias"), product(FORMS, ALIASES))
def test_every_place_that_names_a_column(account_cursor: SnowflakeCursor, column: str, form: str, alias: str) -> None:
    name = column.swapcase() if alias == "other case" else column
    words = {
        "c": _quoted(column),
        "o": _quoted(column.swapcase()),
        "a": "" if alias == "none" else f" as {_quoted(name)}",
        "n": _quoted(name),
        "t": f"'{name}'",
        "k": _quoted("k"),
        "x": _quoted("x".join(name)),
    }
    for statement in FORMS[form]:
        account_cursor.execute(statement.format(**words))
    assert account_cursor.description[0].name == name
    assert [row[:1] for row in account_cursor.fetchall()] == VALUES
