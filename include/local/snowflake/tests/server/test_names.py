"""Names in another case, in what clients do with them.

Snowpark, write_pandas, functions, procedures, statements about objects.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.pandas_tools import write_pandas
from snowflake.snowpark import DataFrame, Session
from snowflake.snowpark import functions as F

COLUMNS = ["year", "Year", "YEAR", "select", "the Year"]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _shown(names: list[str]) -> list[str]:
    """Names as Snowpark shows them: in quotes but for upper-case words."""
    return [name if name.isupper() and name.replace("_", "").isalpha() else _quoted(name) for name in names]


@pytest.fixture(scope="module", params=COLUMNS)
def frame(request: pytest.FixtureRequest, session: Session) -> tuple[str, DataFrame]:
    """A table with a column of that name, beside one of the same name in another case."""
    name: str = request.param
    table = f"FRAME_{COLUMNS.index(name)}"
    frame = pd.DataFrame({"K": [1, 2], name.swapcase(): [2, 12], name: [1, 11]})
    session.write_pandas(frame, table, auto_create_table=True, table_type="temporary")
    return name, session.table(table)


def test_write_pandas_and_back(frame: tuple[str, DataFrame]) -> None:
    name, table = frame
    back = table.sort("K").to_pandas()
    assert list(back.columns) == ["K", name.swapcase(), name]
    assert back[name].tolist() == [1, 11]
    assert back[name.swapcase()].tolist() == [2, 12]


def test_renaming_in_snowpark(frame: tuple[str, DataFrame]) -> None:
    name, table = frame
    column, other = _quoted(name), _quoted(name.swapcase())
    alone = table.select("K", column)
    renamed = {
        "alias": alone.select("K", F.col(column).alias(other)),
        "with_column_renamed": alone.with_column_renamed(F.col(column), other),
        "rename": alone.rename({column: other}),
        "to_df": alone.to_df("K", other),
        "select of a table": table.select("K", table[column].alias(other)),
        "with_column and drop": alone.with_column(other, F.col(column)).drop(column),
        "in turn": (
            table.drop(other).with_column_renamed(F.col(column), "between").with_column_renamed(F.col("between"), other)
        ),
        "cached": alone.to_df("K", other).cache_result(),
        "unioned": (
            alone.to_df("K", other).filter(F.col(other) < 5).union_all(alone.to_df("K", other).filter(F.col(other) > 5))
        ),
    }
    for how, changed in renamed.items():
        assert changed.columns == _shown(["K", name.swapcase()]), how
        assert [tuple(row) for row in changed.sort("K").collect()] == [(1, 1), (2, 11)], how
        assert changed.sort("K").to_pandas().columns.tolist() == ["K", name.swapcase()], how


def test_swapping_two_names(frame: tuple[str, DataFrame]) -> None:
    name, table = frame
    column, other = _quoted(name), _quoted(name.swapcase())
    swapped = table.select("K", F.col(column).alias(other), F.col(other).alias(column)).sort("K")
    assert [(row[other.strip('"')], row[name]) for row in swapped.collect()] == [(1, 2), (11, 12)]
    assert [tuple(row) for row in swapped.filter(F.col(other) == 11).select(column).collect()] == [(12,)]


def test_joins_in_snowpark(frame: tuple[str, DataFrame]) -> None:
    name, table = frame
    column, other = _quoted(name), _quoted(name.swapcase())
    left, right = table.select("K", column), table.select("K", F.col(column).alias(other))
    joined = left.join(right, on="K", lsuffix="_l", rsuffix="_r").sort("K")
    assert joined.columns == _shown(["K", name, name.swapcase()])
    assert [tuple(row) for row in joined.collect()] == [(1, 1, 1), (2, 11, 11)]
    suffixed = left.cross_join(left.filter(F.col("K") == 2), lsuffix="_l", rsuffix="_r").sort("K_L")
    first, second = (f"{name}{end}" if name != name.upper() else f"{name}{end}".upper() for end in ("_l", "_r"))
    assert suffixed.columns == ["K_L", *_shown([first]), "K_R", *_shown([second])]
    assert [tuple(row) for row in suffixed.collect()] == [(1, 1, 2, 11), (2, 11, 2, 11)]
    using = table.join(left, on=["K", column])
    assert using.columns == _shown(["K", name, name.swapcase()])


def test_grouping_and_pivoting_in_snowpark(frame: tuple[str, DataFrame]) -> None:
    name, table = frame
    column, other = _quoted(name), _quoted(name.swapcase())
    grouped = table.group_by(F.col(column).alias(other)).agg(F.max(other).alias(column)).sort(column)
    assert grouped.columns == _shown([name.swapcase(), name])
    assert [tuple(row) for row in grouped.collect()] == [(1, 2), (11, 12)]
    turned = table.select("K", column).unpivot("V", "N", [column]).sort("V").select("N", "V")
    assert [tuple(row) for row in turned.collect()] == [(name, 1), (name, 11)]


def test_saved_and_merged_in_snowpark(frame: tuple[str, DataFrame], session: Session) -> None:
    name, table = frame
    column, other = _quoted(name), _quoted(name.swapcase())
    table.select("K", F.col(column).alias(other)).write.save_as_table("SAVED", mode="overwrite", table_type="temporary")
    saved = session.table("SAVED")
    assert saved.columns == _shown(["K", name.swapcase()])
    source = table.select("K", column)
    saved.merge(
        source, saved["K"] == source["K"], [F.when_matched(saved["K"] == 2).update({other: source[column] + 1})]
    )
    assert [tuple(row) for row in saved.sort("K").collect()] == [(1, 1), (2, 12)]
    saved.update({other: 0}, saved[other] == 1)
    assert [row[0] for row in saved.sort("K").select(other).collect()] == [0, 12]


@pytest.fixture(scope="module")
def runtime(session: Session) -> str:
    """The server's RUNTIME_VERSION, as a clause."""
    ((version,),) = session.sql("select distinct runtime_version from information_schema.packages").collect()
    return f"language python runtime_version = '{version}'"


def test_functions_and_procedures_take_any_name(frame: tuple[str, DataFrame], session: Session, runtime: str) -> None:
    name, table = frame
    column, other = _quoted(name), _quoted(name.swapcase())
    session.sql(
        f"create or replace function PLUS(X int) returns int {runtime} handler = 'f' as 'def f(x): return x + 1'"
    ).collect()
    plus = table.select(F.call_udf("PLUS", F.col(column)).alias(other)).sort(other)
    assert [row.as_dict() for row in plus.collect()] == [{name.swapcase(): 2}, {name.swapcase(): 12}]
    table.write.save_as_table("PERMANENT", mode="overwrite")
    body = """
def f(session, column, other):
    table = session.table("PERMANENT")
    frame = table.select(table[column].alias(other)).sort(other).to_pandas()
    return f"{list(frame.columns)} {frame.iloc[:, 0].tolist()}"
"""
    packages = "packages = ('snowflake-snowpark-python', 'pandas') handler = 'f'"
    session.sql(
        f"create or replace procedure READ_NAMES(C varchar, O varchar) returns varchar {runtime} {packages} as"
        f" $${body}$$"
    ).collect()
    assert session.call("READ_NAMES", column, other) == f"{[name.swapcase()]} [1, 11]"


def test_infer_schema_then_rename(session: Session) -> None:
    session.sql("create or replace temporary stage INFERRED").collect()
    frame = session.create_dataframe([[1, 2, "x"]], schema=['"id"', '"ID"', '"the name"'])
    frame.write.copy_into_location("@INFERRED/p/", file_format_type="parquet", header=True, overwrite=True)
    read = session.read.parquet("@INFERRED/p/")
    assert read.columns == ['"id"', "ID", '"the name"']
    assert read.select(F.col('"id"').alias("ID"), F.col("ID").alias('"id"')).collect()[0].as_dict() == {
        "ID": 1,
        "id": 2,
    }
    session.sql("create or replace file format INFERRED_FORMAT type = parquet").collect()
    template = (
        "select array_agg(object_construct(*)) from table(infer_schema(location => '@INFERRED/p/', file_format =>"
        " 'INFERRED_FORMAT'))"
    )
    session.sql(f"create or replace temporary table INFERRED using template ({template})").collect()
    session.sql(
        "copy into INFERRED from @INFERRED/p/ file_format = (type = parquet) match_by_column_name = case_sensitive"
    ).collect()
    assert session.table("INFERRED").collect()[0].as_dict() == {"id": 1, "ID": 2, "the name": "x"}
    # A path's step is no column.
    answered = session.sql(
        'select $1:id::int as id, $1:"the name"::varchar as "id" from @INFERRED/p/ (file_format => \'INFERRED_FORMAT\')'
    )
    assert [row.as_dict() for row in answered.collect()] == [{"ID": 1, "id": "x"}]


def test_write_pandas_in_lower_case_then_upper(connection: snowflake.connector.SnowflakeConnection) -> None:
    cursor = connection.cursor()
    rows = pd.DataFrame({"id": [1, 2], "Full Name": ["a", "b"], "ID": [3, 4]})
    write_pandas(connection, rows, "written", auto_create_table=True, overwrite=True)
    cursor.execute(
        'create or replace table WRITTEN as select "id" as ID, "Full Name" as FULL_NAME from "written" where ID = 3'
    )
    assert cursor.execute("select * from WRITTEN").fetch_pandas_all().to_dict("list") == {"ID": [1], "FULL_NAME": ["a"]}
    write_pandas(connection, rows, "written")
    assert cursor.execute('select count(*), sum("id"), sum(ID) from "written"').fetchone() == (4, 6, 14)


OBJECTS = {
    "table": ("create {kind} {name} (A int)", "describe table {name}"),
    "view": ("create {kind} {name} as select 1 as A", "select * from {name}"),
    "sequence": ("create {kind} {name}", "select {name}.nextval"),
    "stage": ("create {kind} {name}", "list @{name}"),
    "file format": ("create {kind} {name} type = csv", "describe file format {name}"),
    "schema": ("create {kind} {name}", "use schema {name}"),
    "database": ("create {kind} {name}", "use database {name}"),
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_objects_that_differ_only_in_case(cursor: SnowflakeCursor, schema: str, kind: str) -> None:
    create, used = OBJECTS[kind]
    names = [f"{schema}_thing", f"{schema}_Thing", f"{schema}_THING"]
    place = f"{cursor.connection.database}.{schema}"
    for name in names:
        cursor.execute(create.format(kind=kind, name=_quoted(name)))
        cursor.execute(f"use schema {place}")
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="already exists"):
        cursor.execute(create.format(kind=kind, name=_quoted(names[0])))
    plural = "databases" if kind == "database" else f"{kind}s"
    listed = cursor.execute(f"show {plural} like '{schema}\\\\_THING'").fetchall()
    at = [column.name for column in cursor.description].index("name")
    assert sorted(row[at] for row in listed) == sorted(names)
    cursor.execute(f"drop {kind} {_quoted(names[1])}")
    if kind != "file format":
        cursor.execute(used.format(name=_quoted(names[0])))
        cursor.execute(f"use schema {place}")
    if kind in ("table", "view", "sequence", "stage"):
        with pytest.raises(snowflake.connector.errors.ProgrammingError, match=f'"{names[1]}".* does not exist'):
            cursor.execute(used.format(name=_quoted(names[1])))
    for name in (names[0], names[2]):
        cursor.execute(f"drop {kind} {_quoted(name)}")


def test_functions_and_procedures_that_differ_only_in_case(cursor: SnowflakeCursor, runtime: str) -> None:
    for kind in ("function", "procedure"):
        for name, value in (("it", 1), ("It", 2), ("IT", 3)):
            text = f"def f({'session' if kind == 'procedure' else ''}): return {value}"
            packages = "packages = ('snowflake-snowpark-python')" if kind == "procedure" else ""
            cursor.execute(
                f"create {kind} {_quoted(name)}() returns int {runtime} {packages} handler = 'f' as $${text}$$"
            )
        cursor.execute(f'drop {kind} "It"()')
    assert cursor.execute('select "it"(), IT()').fetchone() == (1, 3)
    assert cursor.execute('call "it"()').fetchone() == (1,)
    assert cursor.execute("call it()").fetchone() == (3,)


def test_names_in_another_case_are_not_found(cursor: SnowflakeCursor) -> None:
    cursor.execute('create or replace table "strict" ("a" int, B int)')
    missing: dict[str, str] = {
        'select A from "strict"': "invalid identifier 'A'",
        'select "b" from "strict"': "invalid identifier '\"b\"'",
        'select t."A" from "strict" t': "invalid identifier",
        'update "strict" set A = 1': "invalid identifier 'A'",
        'insert into "strict" ("b") values (1)': "invalid identifier '\"b\"'",
        'delete from "strict" where A = 1': "invalid identifier 'A'",
        "select * from strict": "Object 'STRICT' does not exist or not authorized",
        'alter table "strict" drop column A': "column A does not exist",
        'alter table "strict" rename column "b" to C': "column",
        'select "a" from "strict" l join "strict" r on l.B = r.B': "ambiguous column name 'a'",
    }
    for sql, text in missing.items():
        with pytest.raises(snowflake.connector.errors.ProgrammingError) as caught:
            cursor.execute(sql)
        assert text in str(caught.value), sql


def test_what_statements_tell_of_names(cursor: SnowflakeCursor, schema: str) -> None:
    cursor.execute(
        'create or replace table "Told" ("a" int not null, A int, "a b" varchar(3) comment \'c\', primary key ("a"))'
    )
    assert [row[0] for row in cursor.execute('describe table "Told"').fetchall()] == ["a", "A", "a b"]
    shown = cursor.execute('show columns in table "Told"').fetchall()
    assert [row[2] for row in shown] == ["a", "A", "a b"]
    told: list[Any] = cursor.execute(
        "select column_name, character_maximum_length from information_schema.columns "
        f"where table_schema = '{schema}' and table_name = 'Told' order by ordinal_position"
    ).fetchall()
    assert told == [("a", None), ("A", None), ("a b", 3)]
    assert cursor.execute("select get_ddl('table', '\"Told\"')").fetchone() == (
        (
            'create or replace TABLE "Told" (\n\t"a" NUMBER(38,0) NOT NULL,\n\tA NUMBER(38,0),\n'
            '\t"a b" VARCHAR(3) COMMENT \'c\',\n\tprimary key ("a")\n);'
        ),
    )
    assert [row[4] for row in cursor.execute('show primary keys in table "Told"').fetchall()] == ["a"]
    with pytest.raises(snowflake.connector.errors.IntegrityError, match="NULL result in a non-nullable column"):
        cursor.execute('insert into "Told" (A) values (1)')


def test_numbered_columns_of_any_name(cursor: SnowflakeCursor) -> None:
    for kind in ("", "temporary"):
        cursor.execute(f'create or replace {kind} table "num bered" ("the id" int identity(5, 2), "v" int)')
        cursor.execute('insert into "num bered" ("v") values (1), (2)')
        assert cursor.execute('select "the id", "v" from "num bered" order by 1').fetchall() == [(5, 1), (7, 2)]
        cursor.execute('drop table "num bered"')


def test_characters_that_stand_for_others_are_refused(cursor: SnowflakeCursor) -> None:
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match=r"the private character U\+10FE61 in a name"):
        cursor.execute('select 1 as "\U0010fe61"')
    assert cursor.execute("select '\U0010fe61' as \"é\"").fetchone() == ("\U0010fe61",)
    assert cursor.description[0].name == "é"
