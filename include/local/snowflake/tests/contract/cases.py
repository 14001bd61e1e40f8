"""What a Snowflake does, as data: statements, and what the last of them answers.

SUPPORTED holds on a real account and on the embedded server. REFUSED and DIFFERENT are the embedded server's own: what
it says it does not do, and what it does otherwise.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Case:
    """One promise.

    Attributes:
        topic: Heading in the page.
        what: What is promised, in a few words.
        sql: Statements; only the last one's answer is looked at.
        rows: Rows it answers with; None when only the types or the error are looked at.
        types: Snowflake's type of each column (fixed, real, text, …); None when not looked at.
        error: Error number and a part of the message, when it fails.
    """

    topic: str
    what: str
    sql: tuple[str, ...]
    rows: list[tuple[Any, ...]] | None = None
    types: list[str] | None = None
    error: tuple[int, str] | None = None


@dataclass(frozen=True)
class Difference:
    """What the embedded server does otherwise.

    Attributes:
        topic: Heading in the page.
        snowflake: What Snowflake does.
        embedded: What the embedded server does.
        sql: Statements that show it; none where SQL alone does not.
        rows: Rows that the embedded server answers the last one with.
    """

    topic: str
    snowflake: str
    embedded: str
    sql: tuple[str, ...]
    rows: list[tuple[Any, ...]]


T = "create or replace temporary table T (A number, B number(10,2), F float, S varchar, D date, TS timestamp_ntz)"
ROW = "insert into T values (1, 2.50, 0.5, 'x', '2024-01-31', '2024-01-31 10:11:12.345'), (3, null, null, null, null, null)"


def _one(topic: str, what: str, sql: str, value: Any, kind: str | None = None) -> Case:
    return Case(topic, what, (sql,), rows=[(value,)], types=[kind] if kind else None)


SUPPORTED = [
    _one(
        "Numbers",
        "a whole number divided by another has 6 digits after the point",
        "select 10/3",
        Decimal("3.333333"),
        "fixed",
    ),
    _one("Numbers", "CEIL with a scale keeps the type", "select ceil(2.15, 1)", Decimal("2.2"), "fixed"),
    _one("Numbers", "CEIL of a negative number", "select ceil(-2.15, 1)", Decimal("-2.1"), "fixed"),
    _one(
        "Numbers",
        "FLOOR with a scale keeps the type",
        "select floor('2.16'::number(10, 4), 1)",
        Decimal("2.1"),
        "fixed",
    ),
    _one("Numbers", "FLOOR with a negative scale", "select floor(125, -1)", 120, "fixed"),
    _one("Numbers", "CEIL with a scale that is reached", "select ceil(2.10, 1)", Decimal("2.1"), "fixed"),
    _one("Numbers", "CEIL with a scale that is computed", "select ceil(2.12345678, factorial(3))", 2.123457),
    _one("Numbers", "CEIL with a scale of a float", "select ceil(2.15::float, 1)", 2.2, "real"),
    _one("Numbers", "a float divided by a number is a float", "select 1::float/4", 0.25, "real"),
    Case(
        "Numbers",
        "AVG of NUMBER(10,2) has scale 8",
        (T, ROW, "select avg(B) from T"),
        [(Decimal("2.50000000"),)],
        ["fixed"],
    ),
    Case(
        "Numbers",
        "quotients and averages of long numbers are right to the last digit",
        ("select sum(column1) / 7, avg(column1) from values (1000000000000), (1704067200123)",),
        [(Decimal("386295314303.285714"), Decimal("1352033600061.500000"))],
        ["fixed", "fixed"],
    ),
    Case(
        "Numbers",
        "SUM keeps the scale",
        (T, ROW, "select sum(B), sum(A) from T"),
        [(Decimal("2.50"), 4)],
        ["fixed", "fixed"],
    ),
    Case("Numbers", "division by zero fails", ("select 1/0",), error=(100051, "Division by zero")),
    Case(
        "Numbers",
        "text that is no number fails",
        ("select 'abc'::number",),
        error=(100038, "Numeric value 'abc' is not recognized"),
    ),
    _one("Numbers", "TRY_CAST gives NULL instead", "select try_cast('abc' as number)", None),
    _one("Numbers", "a cast to a whole number rounds", "select '5.7'::int", 6, "fixed"),
    Case(
        "Numbers",
        "NUMBER(38, 0) holds 38 digits",
        (
            "create or replace temporary table WIDE (N number, I int)",
            "insert into WIDE select 99999999999999999999999999999999999999, 1",
            "update WIDE set I = 9223372036854775807",
            "select N - 1, I + 1 from WIDE",
        ),
        [(99999999999999999999999999999999999998, 9223372036854775808)],
        ["fixed", "fixed"],
    ),
    Case(
        "Numbers",
        "a number of 39 digits fails",
        ("select 99999999999999999999999999999999999999::number + 1",),
        error=(100046, "Number out of representable range"),
    ),
    Case(
        "Numbers",
        "a number with too many digits for its column fails",
        ("create or replace temporary table N (A number(5,2))", "insert into N select 1234.5"),
        error=(100046, "Number out of representable range: type FIXED"),
    ),
    Case(
        "Numbers",
        "a text with too many digits for a NUMBER fails",
        ("select column1::number(4,2) from values ('345.123')",),
        error=(100039, "Numeric value '345.123' is out of range"),
    ),
    Case(
        "Numbers",
        "digits after the scale are rounded, halves away from zero",
        (
            "create or replace temporary table N (A number(5,2), B int)",
            "insert into N select column1::float, column2::float from values (1.125, 2.5), (-1.125, -2.5)",
            "select * from N order by A",
        ),
        [(Decimal("-1.13"), -3), (Decimal("1.13"), 3)],
    ),
    _one(
        "Numbers",
        "a product has at most 12 digits after the point, or as many as a factor",
        "select 1.23456789 * 1.23456789",
        Decimal("1.524157875019"),
        "fixed",
    ),
    _one("Numbers", "a NUMBER written with an exponent is exact", "select 1e30::number(38, 0)", 10**30, "fixed"),
    _one("Numbers", "DIV0 gives 0", "select div0(1, 0)::int", 0),
    _one("Texts", "a float is written shortest", "select 1::float::varchar", "1"),
    _one(
        "Texts",
        "a timestamp is written with milliseconds",
        "select '2024-01-01'::timestamp_ntz::varchar",
        "2024-01-01 00:00:00.000",
    ),
    _one(
        "Texts",
        "TO_CHAR with a format",
        "select to_char('2024-03-05 14:15:16'::timestamp_ntz, 'DD.MM.YYYY HH24:MI')",
        "05.03.2024 14:15",
    ),
    _one("Texts", "LTRIM with characters", "select ltrim('xxay', 'x')", "ay"),
    _one("Texts", "SPLIT_PART counts from 1", "select split_part('a.b.c', '.', 2)", "b"),
    _one("Texts", "INITCAP", "select initcap('hello wORLD')", "Hello World"),
    _one(
        "Texts",
        "LISTAGG",
        "select listagg(column1, ',') within group (order by column1) from values ('b'), ('a')",
        "a,b",
    ),
    Case(
        "Texts",
        "a text longer than VARCHAR(n) fails",
        ("select 'abc'::varchar(2)",),
        error=(100078, "is too long and would be truncated"),
    ),
    *(
        Case(
            "Texts",
            f"a text longer than its column fails: {name}",
            (
                "create or replace temporary table SHORT (S varchar(2), C char)",
                "insert into SHORT values ('ab', 'c')",
                sql,
            ),
            error=(100078, "String 'long' is too long and would be truncated"),
        )
        for name, sql in {
            "INSERT of values": "insert into SHORT (S) values ('long')",
            "INSERT of a query": "insert into SHORT (S) select column1 from values ('ab'), ('long')",
            "UPDATE": "update SHORT set C = 'lo' || 'ng'",
            "MERGE": "merge into SHORT using (select 'ab' as K, 'long' as V) N on S = K when matched then update set S = V",
            "MERGE that inserts": "merge into SHORT using (select 'long' as V) N on S = V when not matched then insert (S) values (V)",
            "CREATE TABLE AS": "create or replace temporary table SHORTER (S varchar(2)) as select 'lo' || 'ng'",
        }.items()
    ),
    _one(
        "Dates",
        "days added to a DATE give a DATE",
        "select dateadd(day, 1, '2024-02-28'::date)",
        datetime.date(2024, 2, 29),
        "date",
    ),
    _one(
        "Dates",
        "hours added to a DATE give a TIMESTAMP",
        "select dateadd(hour, 1, '2024-02-28'::date)",
        datetime.datetime(2024, 2, 28, 1),
        "timestamp_ntz",
    ),
    _one(
        "Dates",
        "DATE_TRUNC of a DATE is a DATE",
        "select date_trunc('month', '2024-02-28'::date)",
        datetime.date(2024, 2, 1),
        "date",
    ),
    _one("Dates", "DATEDIFF counts borders", "select datediff(year, '2023-12-31'::date, '2024-01-01'::date)", 1),
    _one("Dates", "DAYOFWEEK counts from Sunday = 0", "select dayofweek('2024-01-07'::date)", 0),
    _one("Dates", "DAYNAME", "select dayname('2024-01-07'::date)", "Sun"),
    _one(
        "Dates", "a text of digits counts seconds", "select to_timestamp_ntz('31536000')", datetime.datetime(1971, 1, 1)
    ),
    _one(
        "Dates",
        "months are added to the last day",
        "select add_months('2024-01-31'::date, 1)::date",
        datetime.date(2024, 2, 29),
    ),
    Case(
        "Dates", "text that is no date fails", ("select 'soon'::date",), error=(100040, "Date 'soon' is not recognized")
    ),
    _one("Binary", "text is read as hex", "select to_binary('ff00')", b"\xff\x00", "binary"),
    _one("Binary", "binary is written as hex", "select to_char(to_binary('ff00'))", "FF00"),
    _one("Semi-structured", "a path into JSON", 'select parse_json(\'{"a":[1,{"b":"x"}]}\'):a[1].b::string', "x"),
    _one(
        "Semi-structured", "an ARRAY is shown indented", "select array_construct(1, 'a')", '[\n  1,\n  "a"\n]', "array"
    ),
    _one(
        "Semi-structured",
        "OBJECT_CONSTRUCT leaves NULLs out",
        "select object_construct('a', 1, 'b', null)",
        '{\n  "a": 1\n}',
        "object",
    ),
    _one("Semi-structured", "a missing path is NULL", "select parse_json('{}'):a", None, "variant"),
    _one(
        "Semi-structured",
        "ARRAY_CONTAINS takes a VARIANT",
        "select array_contains(1::variant, array_construct(1, 2))",
        True,
    ),
    Case(
        "Semi-structured",
        "FLATTEN gives a row per element",
        ("select f.INDEX, f.VALUE::int from table(flatten(input => parse_json('[7, 8]'))) f order by 1",),
        [(0, 7), (1, 8)],
    ),
    Case(
        "Semi-structured",
        "LATERAL FLATTEN over a column, with a path",
        (
            """select v.value::string from (select parse_json('{"k":["p","q"]}') j), """
            "lateral flatten(input => j, path => 'k') v order by 1",
        ),
        [("p",), ("q",)],
    ),
    Case(
        "Queries",
        "columns of USING come first",
        ("select * from (select 1 x, 2 k) l join (select 3 y, 2 k) r using (k)",),
        [(2, 1, 3)],
    ),
    Case(
        "Queries",
        "so they do in parentheses, as Snowpark writes joins",
        ("select * from ((select 1 x, 2 k, 5 m) as l left outer join (select 3 y, 2 k, 5 m) as r using (m, k))",),
        [(5, 2, 1, 3)],
    ),
    Case(
        "Queries", "NULLs come last ascending", ("select column1 from values (null), (1) order by 1",), [(1,), (None,)]
    ),
    Case(
        "Queries",
        "NULLs come first descending",
        ("select column1 from values (1), (null) order by 1 desc",),
        [(None,), (1,)],
    ),
    Case(
        "Queries",
        "QUALIFY",
        ("select column1 from values (1), (2), (3) qualify row_number() over (order by column1 desc) = 1",),
        [(3,)],
    ),
    Case(
        "Queries",
        "LAST_VALUE sees the whole partition",
        ("select distinct last_value(column1) over (order by column1) from values (1), (2)",),
        [(2,)],
    ),
    Case(
        "Queries",
        "PIVOT over ANY",
        (
            "select * from (select column1 g, column2 v from values ('a', 1), ('b', 2)) pivot (sum(v) for g in (any order by g))",
        ),
        [(1, 2)],
    ),
    Case(
        "Queries",
        "PIVOT with DEFAULT ON NULL",
        (
            "select * from (select column1 g, column2 v from values ('a', 1)) pivot (sum(v) for g in ('a', 'b') default on null (0))",
        ),
        [(1, 0)],
    ),
    Case(
        "Queries",
        "ORDER BY ALL",
        ("select * from (select 1 as B, 2 as A union all select 0, 3 union all select 0, 1) order by all",),
        [(0, 1), (0, 3), (1, 2)],
    ),
    Case(
        "Queries",
        "RANDOM within a subquery, and as a window's order",
        (
            "select count(x), max(r) from (select random() x, row_number() over (order by random()) r from values (1), (2))",
        ),
        [(2, 2)],
    ),
    Case("Queries", "columns that differ in case", ('select "a", A from (select 1 as "a", 2 as A)',), [(1, 2)]),
    Case(
        "Queries",
        "GENERATOR and SEQ4",
        ("select count(*), max(s) from (select seq4() s from table(generator(rowcount => 10)))",),
        [(10, 9)],
    ),
    Case(
        "Queries",
        "SEQ4 of a GENERATOR in aggregates, GROUP BY and WHERE",
        (
            "select mod(seq4(), 2) as G, sum(seq4()) from table(generator(rowcount => 10)) where seq4() > 4 group by 1 order by 1",
        ),
        [(0, 14), (1, 21)],
    ),
    Case("Queries", "RESULT_SCAN", ("select 5 as N", "select N + 1 from table(result_scan(last_query_id()))"), [(6,)]),
    Case(
        "Queries",
        "PIVOT of an earlier result",
        (
            "select column1 g, column2 v from values ('a', 1), ('b', 2)",
            "select * from table(result_scan(last_query_id())) pivot (sum(v) for g in (any order by g))",
        ),
        [(1, 2)],
    ),
    Case(
        "Queries",
        "an ambiguous column of a joined FLATTEN",
        (
            "select VALUE from (select l.*, f.VALUE from (select 1 as VALUE, array_construct(1) as A) l "
            "join table(flatten(input => l.A)) f)",
        ),
        error=(2028, "ambiguous column name 'VALUE'"),
    ),
    Case(
        "Queries",
        "a text compared with a number becomes one",
        (
            "create or replace temporary table MIXED (A int, S varchar, D date)",
            "insert into MIXED values (1, '01', '2024-01-31'), (2, '1.5', '2024-02-01')",
            "select A = S, A > S, S in (1, 2), S between 0 and 1, A in ('1.0', '2.5') from MIXED order by A",
        ),
        [(True, False, True, True, True), (False, True, False, False, False)],
    ),
    Case(
        "Queries",
        "and so in a join",
        ("select L.A from MIXED L join (select S as K from MIXED) R on L.A = R.K",),
        [(1,)],
    ),
    Case(
        "Queries",
        "an aggregate of ordered rows, as Snowpark writes it",
        (
            "select max(A), count(*) from (select column1 as A, column2 as B from values (1, 2), (3, 1)) order by A, B nulls first",
        ),
        [(3, 2)],
    ),
    Case(
        "Queries",
        "USING of anything but columns",
        ("select * from (select 1 K) L join (select 1 K) R using R(K)",),
        error=(1003, "syntax error line 1 at position"),
    ),
    Case("Queries", "a literal keeps its digits", ("select 2 = '1.5', 2 > '1.5'",), [(False, True)]),
    Case(
        "Queries",
        "a text that is no number fails there",
        ("insert into MIXED values (3, 'x', null)", "select count(*) from MIXED where S > A"),
        error=(100038, "Numeric value 'x' is not recognized"),
    ),
    Case(
        "Queries",
        "a text compared with a date becomes one",
        ("select count(*) from (select D, D::varchar as S from MIXED) where D >= S",),
        [(2,)],
    ),
    Case("Changes", "INSERT counts", (T, "insert into T (A) values (1), (2)"), [(2,)]),
    Case("Changes", "UPDATE counts", (T, ROW, "update T set A = A + 1 where A = 1"), [(1, 0)]),
    Case("Changes", "DELETE counts", (T, ROW, "delete from T"), [(2,)]),
    Case(
        "Changes",
        "MERGE counts inserted and updated rows",
        (
            T,
            ROW,
            "merge into T using (select 1 as A, 'new' as S union all select 9, 'more') N on T.A = N.A "
            "when matched then update set S = N.S when not matched then insert (A, S) values (N.A, N.S)",
        ),
        [(1, 1)],
    ),
    Case(
        "Changes",
        "MERGE refuses two sources for one row",
        (
            T,
            ROW,
            "merge into T using (select 1 as A union all select 1) N on T.A = N.A when matched then update set S = 'q'",
        ),
        error=(100090, "Duplicate row detected during DML action"),
    ),
    Case(
        "Changes",
        "NULL in a NOT NULL column fails",
        ("create or replace temporary table N (A number not null)", "insert into N values (null)"),
        error=(100072, "NULL result in a non-nullable column"),
    ),
    Case(
        "Changes",
        "values of another number than the columns fail",
        (T, "insert into T (A, B) select 1"),
        error=(2020, "Insert value list does not match column list expecting 2 but got 1"),
    ),
    Case(
        "Changes",
        "more values than columns fail, too",
        (T, "insert into T (A) select 1, 2"),
        error=(2020, "Insert value list does not match column list expecting 1 but got 2"),
    ),
    Case(
        "Changes",
        "a text is no VARIANT",
        ("create or replace temporary table V (V variant)", "insert into V select 'x'"),
        error=(2023, "Expression type does not match column data type, expecting VARIANT but got VARCHAR"),
    ),
    Case(
        "Changes",
        "a number is no timestamp",
        ("create or replace temporary table M (D date)", "insert into M select 20240101"),
        error=(2023, "Expression type does not match column data type, expecting DATE but got NUMBER"),
    ),
    Case(
        "Changes",
        "UPDATE FROM counts rows joined with several",
        (
            T,
            ROW,
            "update T set S = N.S from (select 1 as A, 'p' as S union all select 1, 'q' union all select 3, 'r') N where T.A = N.A",
        ),
        [(2, 1)],
    ),
    Case(
        "Changes",
        "an ARRAY is not written into a column of texts",
        (T, "insert into T (S) select array_construct(1)"),
        error=(2023, "Expression type does not match column data type"),
    ),
    Case(
        "Changes",
        "NOT NULL in front of AS SELECT holds",
        ("create or replace temporary table N (A number not null) as select 1", "insert into N values (null)"),
        error=(100072, "NULL result in a non-nullable column"),
    ),
    Case(
        "Changes",
        "INSERT ALL counts the rows of each table",
        (
            "create or replace temporary table SRC (N1 number, N2 number, N3 number) as select * from values (1, 11, 101), (2, 22, 202)",
            "create or replace temporary table T1 (C1 number, C2 number, C3 number default 7)",
            "create or replace temporary table T2 (C1 number, C2 number, C3 number)",
            "insert all into T1 into T1 (C1, C2, C3) values (N2, N1, default) into T2 values (N3, N2, null) select N1, N2, N3 from SRC",
        ),
        [(4, 2)],
        ["fixed", "fixed"],
    ),
    Case(
        "Changes",
        "and writes to each what its VALUES say",
        ("select * from T1 union all select * from T2 order by 1",),
        [(1, 11, 101), (2, 22, 202), (11, 1, 7), (22, 2, 7), (101, 11, None), (202, 22, None)],
    ),
    Case(
        "Changes",
        "conditional INSERT ALL takes every clause that is met, and ELSE where none is",
        (
            "truncate table T1",
            "truncate table T2",
            "insert all when N1 > 1 then into T1 when N2 > 11 then into T1 into T2 else into T2 select N1, N2, N3 from SRC",
            "select 'T1', C1 from T1 union all select 'T2', C1 from T2 order by 1, 2",
        ),
        [("T1", 2), ("T1", 2), ("T2", 1), ("T2", 2)],
    ),
    Case(
        "Changes",
        "INSERT FIRST takes the first clause that is met",
        (
            "truncate table T1",
            "truncate table T2",
            "insert first when N1 > 1 then into T1 when N2 > 10 then into T2 else into T1 select N1, N2, N3 from SRC",
            "select 'T1', C1 from T1 union all select 'T2', C1 from T2 order by 1, 2",
        ),
        [("T1", 2), ("T2", 1)],
    ),
    Case(
        "Stages",
        "files are read with the stage's format where the statement names none",
        (
            "create or replace file format HEADED type = csv skip_header = 1",
            "create or replace temporary stage FORMATTED file_format = (format_name = HEADED)",
            "copy into @FORMATTED/rows.csv from (select 'id', 'name' union all select '1', 'a') single = true"
            " file_format = (type = csv compression = none)",
            "create or replace temporary table LOADED (A varchar, B varchar)",
            "copy into LOADED from @FORMATTED",
            "select $1, $2, (select count(*) from LOADED) from @FORMATTED",
        ),
        [("1", "a", 1)],
    ),
    Case(
        "Stages",
        "JSON is unloaded as it is, and loaded by names in any case",
        (
            "copy into @~/unloaded/one.json from (select object_construct('A', 1, 'b', 'x'))"
            " file_format = (type = json compression = none) single = true overwrite = true",
            "create or replace temporary table LOADED (A int, B varchar)",
            "copy into LOADED from @~/unloaded/one.json file_format = (type = json) match_by_column_name = case_insensitive",
            "select A, B from LOADED",
        ),
        [(1, "x")],
    ),
    Case(
        "Stages",
        "texts are unloaded in quotes, binary values in hexadecimal, timestamps as they are shown",
        (
            "create or replace file format LINES type = csv field_delimiter = none",
            "copy into @~/unloaded/quoted.csv from (select 1, 'a', '', null, to_binary('FF'), '2024-01-02 03:04:05'::timestamp_ntz)"
            " file_format = (type = csv compression = none field_optionally_enclosed_by = '\"' null_if = ())"
            " single = true overwrite = true",
            "select $1 from @~/unloaded/quoted.csv (file_format => LINES)",
        ),
        [('1,"a","",,FF,2024-01-02 03:04:05.000',)],
    ),
    Case(
        "Stages",
        "FIELD_DELIMITER = NONE makes a line one field",
        (
            "create or replace file format LINES type = csv field_delimiter = none compression = none",
            "copy into @~/unloaded/line.csv from (select 'a none, b') file_format = (format_name = LINES) single = true overwrite = true",
            "select $1 from @~/unloaded/line.csv (file_format => LINES)",
        ),
        [("a none, b",)],
    ),
    Case(
        "Stages",
        "without quotes a backslash stands before a delimiter",
        (
            "create or replace file format LINES type = csv field_delimiter = none escape_unenclosed_field = none",
            "copy into @~/unloaded/escaped.csv from (select 'a,b', 'c')"
            " file_format = (type = csv compression = none) single = true overwrite = true",
            "select $1 from @~/unloaded/escaped.csv (file_format => LINES)",
        ),
        [("a\\,b,c",)],
    ),
    Case(
        "Stages",
        "with ON_ERROR = CONTINUE lines with too few or too many fields are left out, the others loaded",
        (
            "create or replace file format LINES type = csv field_delimiter = none",
            "copy into @~/unloaded/ragged.csv from (select '1,a' union all select '2' union all select '3,b,c' union all select 'x,d')"
            " file_format = (type = csv compression = none escape_unenclosed_field = none) single = true overwrite = true",
            "create or replace temporary table LOADED (A int, B varchar)",
            "copy into LOADED from @~/unloaded/ragged.csv file_format = (type = csv) on_error = continue",
            """select "status", "rows_parsed"::int, "rows_loaded"::int, "errors_seen"::int from table(result_scan(last_query_id()))""",
        ),
        [("PARTIALLY_LOADED", 4, 1, 3)],
    ),
    Case(
        "Stages",
        "SIZE_LIMIT ends a COPY INTO behind the file that exceeds it",
        (
            "copy into @~/limited/a.csv from (select 1) file_format = (type = csv compression = none) single = true overwrite = true",
            "copy into @~/limited/b.csv from (select 2) file_format = (type = csv compression = none) single = true overwrite = true",
            "create or replace temporary table LOADED (A int)",
            "copy into LOADED from @~/limited/ file_format = (type = csv) size_limit = 1",
            "select count(*) from LOADED",
        ),
        [(1,)],
    ),
    Case(
        "Stages",
        "a table made and filled from what INFER_SCHEMA finds in files",
        (
            "create or replace file format COLUMNAR type = parquet",
            """copy into @~/inferred/a.parquet from (select 1::number(38, 0) as "id", 2.5::number(5, 2) as "price", 'x' as "name")"""
            " file_format = (type = parquet) header = true single = true overwrite = true",
            "create or replace table INFERRED using template (select array_agg(object_construct(*)) within group (order by ORDER_ID)"
            " from table(infer_schema(location => '@~/inferred/a.parquet', file_format => 'COLUMNAR')))",
            "copy into INFERRED from @~/inferred/a.parquet file_format = (format_name = COLUMNAR) match_by_column_name = case_sensitive",
            """select "id", "price", "name" from INFERRED""",
        ),
        [(1, Decimal("2.50"), "x")],
        ["fixed", "fixed", "text"],
    ),
    Case(
        "Stages",
        "a file format is named with quotes or without, qualified or not",
        (
            "create or replace file format HEADED type = csv skip_header = 1",
            "create or replace temporary table LOADED (A varchar, B varchar)",
            "copy into @~/named/rows.csv from (select 'id', 'name' union all select '1', 'a') single = true overwrite = true"
            " file_format = (type = csv compression = none)",
            "copy into LOADED from @~/named/rows.csv file_format = (format_name = HEADED)",
            "copy into LOADED from @~/named/rows.csv file_format = (format_name = 'HEADED') force = true",
            "copy into LOADED from (select $1, $2 from @~/named/rows.csv) file_format = (format_name = {schema}.HEADED) force = true",
            "select count(*), count(distinct A), (select count(*) from @~/named/rows.csv (file_format => HEADED)) from LOADED",
        ),
        [(3, 1, 1)],
    ),
    Case(
        "Stages",
        "METADATA$FILENAME and METADATA$FILE_ROW_NUMBER",
        (
            "create or replace temporary stage NAMED_FILES file_format = (type = csv)",
            "copy into @NAMED_FILES/in/one.csv from (select * from values ('a'), ('b')) file_format = (type = csv compression = none) "
            "single = true",
            "select metadata$filename, metadata$file_row_number, t.$1 from @NAMED_FILES/in/ t order by 2",
        ),
        [("in/one.csv", 1, "a"), ("in/one.csv", 2, "b")],
    ),
    Case(
        "Stages",
        "COPY INTO a stage with PARTITION BY makes a folder for each value",
        (
            "create or replace temporary table DAYS (A number, D date)",
            "insert into DAYS values (1, '2024-01-01'), (2, '2024-01-01'), (3, null)",
            "remove @~/days/",
            "copy into @~/days/ from DAYS partition by ('d=' || to_varchar(D, 'YYYY-MM-DD')) file_format = (type = csv)",
            "select $1::int from @~/days/d=2024-01-01/ order by 1",
        ),
        [(1,), (2,)],
    ),
    Case(
        "Stages",
        "COPY INTO a table with VALIDATION_MODE = RETURN_ERRORS tells of bad rows",
        (
            "create or replace temporary table FLAWED (A number, B varchar)",
            "copy into @~/checked/rows.csv from (select column1, column2 from values ('1', 'a'), ('x', 'b')) "
            "file_format = (type = csv compression = none) single = true overwrite = true",
            "copy into FLAWED from @~/checked/rows.csv file_format = (type = csv) validation_mode = return_errors",
            "select ERROR, LINE, CATEGORY, CODE, SQL_STATE, COLUMN_NAME, ROW_NUMBER from table(result_scan(last_query_id()))",
        ),
        [("Numeric value 'x' is not recognized", 2, "conversion", 100038, "22018", '"FLAWED"["A":1]', 2)],
    ),
    Case(
        "Stages",
        "and with RETURN_1_ROWS shows the first row",
        ("copy into FLAWED from @~/checked/rows.csv file_format = (type = csv) validation_mode = return_1_rows",),
        [(1, "a")],
        ["fixed", "text"],
    ),
    Case(
        "Stages",
        "COPY INTO a stage with VALIDATION_MODE = RETURN_ROWS only shows the rows",
        ("copy into @~/none from (select 1, 'x') validation_mode = return_rows",),
        [(1, "x")],
    ),
    Case(
        "Transactions",
        "ROLLBACK undoes",
        (T, "begin", "insert into T (A) values (1)", "rollback", "select count(*) from T"),
        [(0,)],
    ),
    Case(
        "Objects",
        "a missing table",
        ("select * from NO_SUCH_TABLE",),
        error=(2003, "Object 'NO_SUCH_TABLE' does not exist"),
    ),
    Case("Objects", "a missing column", (T, "select NO_SUCH from T"), error=(904, "invalid identifier 'NO_SUCH'")),
    Case(
        "Objects",
        "SHOW SCHEMAS LIKE shows what it names alone",
        ("show schemas like 'PUBLI_'", """select "name" from table(result_scan(last_query_id()))"""),
        [("PUBLIC",)],
    ),
    Case(
        "Objects",
        "a sequence in order, and the value that comes next",
        (
            "create or replace sequence ORDERED start = 10 increment = 2 order",
            "select ORDERED.nextval",
            "show sequences like 'ORDERED'",
            """select "next_value"::int, "interval"::int from table(result_scan(last_query_id()))""",
        ),
        [(12, 2)],
    ),
    Case(
        "Objects",
        "SHOW TABLES and INFORMATION_SCHEMA.TABLES count rows exactly",
        (
            "create or replace table COUNTED as select 1 as A union all select 2 union all select 3",
            "delete from COUNTED where A = 1",
            "insert overwrite into COUNTED select A from COUNTED where A = 2",
            "show tables like 'COUNTED'",
            """select "rows"::int, (select ROW_COUNT from information_schema.tables where TABLE_NAME = 'COUNTED'
            and TABLE_SCHEMA = current_schema()) from table(result_scan(last_query_id()))""",
        ),
        [(1, 1)],
    ),
    Case(
        "Objects",
        "INFORMATION_SCHEMA.TABLES has views, temporary and transient tables, and their times",
        (
            "create or replace schema LISTED",
            "create or replace transient table LISTED.A (N int)",
            "create or replace temporary table LISTED.B (N int)",
            "create or replace view LISTED.C as select 1 as N",
            "select TABLE_NAME, TABLE_TYPE, IS_TRANSIENT = 'YES', CREATED > dateadd(hour, -1, current_timestamp())"
            " from information_schema.tables where TABLE_SCHEMA = 'LISTED' and TABLE_NAME < 'C'"
            " union all select TABLE_NAME, TABLE_TYPE, false, true from information_schema.tables"
            " where TABLE_SCHEMA = 'LISTED' and TABLE_NAME = 'C' order by 1",
            "use schema {schema}",
            "drop schema LISTED",
            "select * from table(result_scan(last_query_id(-3)))",
        ),
        [("A", "BASE TABLE", True, True), ("B", "LOCAL TEMPORARY", False, True), ("C", "VIEW", False, True)],
    ),
    Case(
        "Objects",
        "a change of a column's type names Snowflake's types",
        ("create or replace table RETYPED (A int)", "alter table RETYPED alter column A type varchar"),
        error=(2108, "cannot change column A from type NUMBER(38,0) to VARCHAR(16777216)"),
    ),
    Case(
        "Sessions",
        "IDENTIFIER names a table wherever one stands",
        (
            "create or replace table NAMED as select 1 as A",
            "set NAME = 'NAMED'",
            "insert into identifier($NAME) values (2)",
            "update identifier($NAME) set A = 3 where A = 2",
            "with Q as (select A from identifier($NAME)) select count(*), max(Q.A) from Q join identifier('named') T on T.A = Q.A",
        ),
        [(2, 3)],
    ),
    Case(
        "Sessions",
        "GETVARIABLE is a variable's value as a text",
        (
            "set (ONE, TWO) = (5, 'x')",
            "select getvariable('ONE'), getvariable('TWO'), getvariable('one'), getvariable('NONE')",
        ),
        [("5", "x", None, None)],
    ),
    Case(
        "Objects",
        "INFORMATION_SCHEMA.COLUMNS has the types that DESCRIBE shows",
        (
            'create or replace table KINDS ("a b" varchar(5), B binary(3), C array, D timestamp_ltz, E number(12, 3), F float)',
            "select COLUMN_NAME, DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE, CHARACTER_MAXIMUM_LENGTH, CHARACTER_OCTET_LENGTH"
            " from information_schema.columns where TABLE_NAME = 'KINDS' and TABLE_SCHEMA = current_schema() order by ORDINAL_POSITION",
        ),
        [
            ("a b", "TEXT", None, None, 5, 20),
            ("B", "BINARY", None, None, 3, 3),
            ("C", "ARRAY", None, None, None, None),
            ("D", "TIMESTAMP_LTZ", None, None, None, None),
            ("E", "NUMBER", 12, 3, None, None),
            ("F", "FLOAT", None, None, None, None),
        ],
    ),
    Case(
        "Objects",
        "INFORMATION_SCHEMA.COLUMNS calls every whole number NUMBER(38,0)",
        (
            "create or replace table WHOLE as select 1 as A, sum(1) as B, bitand(1, 2) as C, sign(-1) as D",
            "select distinct DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE from information_schema.columns"
            " where TABLE_NAME = 'WHOLE' and TABLE_SCHEMA = current_schema()",
        ),
        [("NUMBER", 38, 0)],
    ),
    Case(
        "Objects",
        "INFORMATION_SCHEMA.COLUMNS knows identities",
        (
            "create or replace table NUMBERS (A int identity(10, 5), B int default 5)",
            "select COLUMN_NAME, COLUMN_DEFAULT, IS_IDENTITY, IDENTITY_START, IDENTITY_INCREMENT from information_schema.columns"
            " where TABLE_NAME = 'NUMBERS' and TABLE_SCHEMA = current_schema() order by ORDINAL_POSITION",
        ),
        [("A", None, "YES", "10", "5"), ("B", "5", "NO", None, None)],
    ),
    Case(
        "Changes",
        "INSERT OVERWRITE may read the table that it overwrites",
        (
            "create or replace temporary table AGAIN as select column1 as A from values (1), (1), (2)",
            "insert overwrite into AGAIN select distinct A from AGAIN",
            "select * from AGAIN order by A",
        ),
        [(1,), (2,)],
    ),
    Case(
        "Objects",
        "a column that two tables have",
        ("select S from (select 1 as K, 'a' as S) L join (select 1 as K, 'b' as S) R on L.K = R.K",),
        error=(2028, "ambiguous column name 'S'"),
    ),
    Case(
        "Objects",
        "an ambiguous column",
        ("select A from (select 1 as A, 2 as A)",),
        error=(2028, "ambiguous column name 'A'"),
    ),
    Case(
        "Objects",
        "a column twice in a new table",
        ("create table X as select 1 as A, 2 as A",),
        error=(2025, "duplicate column name 'A'"),
    ),
    Case(
        "Objects",
        "a missing function",
        ("select NO_SUCH_FUNCTION(1)",),
        error=(2140, "Unknown function NO_SUCH_FUNCTION"),
    ),
    Case("Objects", "a syntax error", ("selec 1",), error=(1003, "syntax error")),
    Case("Objects", "a table that exists", (T, T.replace("or replace ", "")), error=(2002, "already exists")),
    Case("Objects", "a temporary table hides a permanent one", (T, ROW, "select count(*) from T"), [(2,)]),
    Case("Objects", "unquoted names are upper case", ("select 1 as abc",), [(1,)]),
    Case(
        "Objects",
        "SHOW TABLES lists temporary tables",
        (T, "show terse tables like 'T'", 'select "name", "kind" from table(result_scan(last_query_id()))'),
        [("T", "TEMPORARY")],
    ),
    Case(
        "Objects",
        "SHOW COLUMNS of a temporary table",
        (
            T,
            "show columns like 'B' in T",
            'select "column_name", parse_json("data_type"):scale::int from table(result_scan(last_query_id()))',
        ),
        [("B", 2)],
    ),
    Case(
        "Objects",
        "SHOW COLUMNS names types, defaults and identities as DESCRIBE does",
        (
            "create or replace table SHOWN (I int identity, L timestamp_ltz default current_timestamp(), S varchar(5) default 'x')",
            "show columns in table SHOWN",
            """select "column_name", parse_json("data_type"):type::varchar, "default", "autoincrement"
            from table(result_scan(last_query_id()))""",
        ),
        [
            ("I", "FIXED", "", "IDENTITY START 1 INCREMENT 1 NOORDER"),
            ("L", "TIMESTAMP_LTZ", "CURRENT_TIMESTAMP()", ""),
            ("S", "TEXT", "'x'", ""),
        ],
    ),
    Case(
        "Changes",
        "a quotient of whole numbers in MERGE has 6 digits after the point, too",
        (
            "create or replace temporary table MERGED (K int, S varchar)",
            "insert into MERGED values (1, '')",
            "merge into MERGED using (select 1 as K, 10 as N) B on MERGED.K = B.K when matched then update set S = B.N / 3",
            "select S from MERGED",
        ),
        [("3.333333",)],
    ),
    Case(
        "Objects",
        "SHOW in a missing schema fails",
        ("show tables in schema NO_SUCH",),
        error=(2043, "Object does not exist, or operation cannot be performed"),
    ),
    Case(
        "Objects",
        "SHOW COLUMNS in a missing table fails",
        ("show columns in table NO_SUCH",),
        error=(2003, "does not exist or not authorized"),
    ),
    Case(
        "Objects",
        "DESCRIBE TABLE",
        (T, "describe table T", 'select "name", "type" from table(result_scan(last_query_id())) limit 3'),
        [("A", "NUMBER(38,0)"), ("B", "NUMBER(10,2)"), ("F", "FLOAT")],
    ),
    Case(
        "Objects",
        "DESCRIBE shows an identity's start and step",
        (
            "create or replace temporary table STEPPED (A number identity start 10 increment 5)",
            "describe table STEPPED",
            'select "default" from table(result_scan(last_query_id()))',
        ),
        [("IDENTITY START 10 INCREMENT 5 NOORDER",)],
    ),
    Case(
        "Statements",
        "EXECUTE IMMEDIATE of a text",
        (
            T,
            "execute immediate $$insert into T (A) values (7)$$",
            "set statement = 'select count(*) from T where A = 7'",
            "execute immediate $statement",
        ),
        [(1,)],
    ),
    Case(
        "Objects",
        "a quoted name in another case is another column",
        (T, 'select max("s") from T'),
        error=(904, "invalid identifier '\"s\"'"),
    ),
    Case(
        "Objects",
        "a column made in lower case is not found without quotes",
        ('create or replace temporary table LOWER_CASE ("id" number)', "select ID from LOWER_CASE where ID = 1"),
        error=(904, "invalid identifier 'ID'"),
    ),
    Case(
        "Objects",
        "a table made in lower case is not found without quotes",
        ('create or replace table "lower_case_permanent" ("id" number)', "select * from LOWER_CASE_PERMANENT"),
        error=(2003, "does not exist or not authorized"),
    ),
    Case(
        "Objects",
        "nor is one written to",
        ('create or replace table "lower_case_permanent" ("id" number)', "insert into LOWER_CASE_PERMANENT values (1)"),
        error=(2003, "does not exist or not authorized"),
    ),
    Case(
        "Objects",
        "columns named AT, END, SHOW and the like need no quotes",
        (
            "create or replace temporary table WORDS (AT number, SHOW date)",
            "insert into WORDS (AT) values (1)",
            "select AT, SHOW from WORDS",
        ),
        [(1, None)],
    ),
    Case(
        "Numbers",
        "a column named as a word of DuckDB's divides as any other",
        (
            "create or replace temporary table WORDS (AT number)",
            "insert into WORDS values (1)",
            "select AT / 3 from WORDS",
        ),
        [(Decimal("0.333333"),)],
    ),
    Case(
        "Objects",
        "primary and unique keys are not enforced",
        (
            "create or replace temporary table KEYED (A int primary key, B int unique)",
            "insert into KEYED values (1, 1), (1, 1)",
            "select count(*) from KEYED",
        ),
        [(2,)],
    ),
    Case(
        "Objects",
        "CREATE TABLE LIKE takes columns, lengths and defaults along",
        (
            "create or replace temporary table ORIGIN (A int default 5, S varchar(2) not null)",
            "create or replace temporary table ALIKE like ORIGIN",
            "insert into ALIKE (S) values ('ab')",
            "select * from ALIKE",
        ),
        [(5, "ab")],
    ),
    Case(
        "Objects",
        "CLONE copies rows, and lengths hold in the clone",
        (
            "create or replace temporary table ORIGIN (S varchar(2))",
            "create or replace temporary table ALIKE clone ORIGIN",
            "insert into ALIKE values ('long')",
        ),
        error=(100078, "String 'long' is too long and would be truncated"),
    ),
    Case(
        "Objects",
        "ALTER TABLE: columns renamed, added and longer",
        (
            "create or replace temporary table ALTERED (S varchar(2), N int)",
            "alter table ALTERED alter column S set data type varchar(4)",
            "alter table ALTERED rename column N to M",
            "alter table ALTERED add column A varchar(1), B int",
            "alter table ALTERED drop column B",
            "insert into ALTERED values ('long', 1, 'a')",
            "describe table ALTERED",
            'select "name", "type" from table(result_scan(last_query_id()))',
        ),
        [("S", "VARCHAR(4)"), ("M", "NUMBER(38,0)"), ("A", "VARCHAR(1)")],
    ),
    Case(
        "Objects",
        "a text column cannot become shorter",
        (
            "create or replace temporary table ALTERED (S varchar(2))",
            "alter table ALTERED alter column S set data type varchar(1)",
        ),
        error=(2108, "cannot change column S from type VARCHAR(2) to VARCHAR(1)"),
    ),
    Case(
        "Objects",
        "comments of tables and columns",
        (
            "create or replace table COMMENTED (A int comment 'of A', B int) comment = 'of all'",
            "comment on column COMMENTED.B is 'of B'",
            "describe table COMMENTED",
            'select "comment" from table(result_scan(last_query_id()))',
        ),
        [("of A",), ("of B",)],
    ),
    Case(
        "Objects",
        "SWAP WITH exchanges two tables",
        (
            "create or replace temporary table LEFT_ONE as select 1 as A",
            "create or replace temporary table RIGHT_ONE as select 2 as A",
            "alter table LEFT_ONE swap with RIGHT_ONE",
            "select A from LEFT_ONE",
        ),
        [(2,)],
    ),
    Case(
        "Objects",
        "a sequence as a column's default",
        (
            "create or replace sequence NUMBERS start = 5 increment = 2",
            "create or replace table NUMBERED (N int default NUMBERS.nextval, S varchar)",
            "insert into NUMBERED (S) values ('a'), ('b')",
            "select min(N), max(N) from NUMBERED",
        ),
        [(5, 7)],
    ),
    Case("Sessions", "variables", ("set v = 5", "select $v + 1"), [(6,)]),
    Case(
        "Sessions",
        "a variable holds a value, not an expression, and stands in no text",
        (
            T,
            ROW,
            "set (largest, word) = ((select max(A) from T), 'it''s')",
            "delete from T",
            "set twice = $largest + 1",
            "select $twice * 2, $word, 'costs $word'",
        ),
        [(8, "it's", "costs $word")],
    ),
    Case(
        "Sessions",
        "a variable that is unset",
        ("set gone = 1", "unset gone", "select $gone"),
        error=(2211, "Session variable '$GONE' does not exist"),
    ),
    Case(
        "Queries",
        "RESULT_SCAN of the statement before the last",
        ("select 42 as N", "select 43 as N", "select N from table(result_scan(last_query_id(-2)))"),
        [(42,)],
    ),
    Case(
        "Objects",
        "GET_DDL of a table",
        (
            "create or replace table D (A number not null, B varchar(10), C number(10,2))",
            "select get_ddl('table', 'D')",
        ),
        [("create or replace TABLE D (\n\tA NUMBER(38,0) NOT NULL,\n\tB VARCHAR(10),\n\tC NUMBER(10,2)\n);",)],
    ),
    Case(
        "Objects",
        "GET_DDL shows a clustering key",
        (
            "create or replace table CLUSTERED (C1 date, C2 string) cluster by (C1, C2)",
            "select get_ddl('table', 'CLUSTERED')",
        ),
        [("create or replace TABLE CLUSTERED cluster by (C1, C2)(\n\tC1 DATE,\n\tC2 VARCHAR(16777216)\n);",)],
    ),
    Case(
        "Objects",
        "and SHOW TABLES, until it is dropped",
        (
            "alter table CLUSTERED cluster by (C2)",
            "create or replace table CLUSTERED_2 like CLUSTERED",
            "alter table CLUSTERED drop clustering key",
            "show tables like 'CLUSTERED%'",
            """select "name", "cluster_by", "automatic_clustering" from table(result_scan(last_query_id())) order by 1""",
        ),
        [("CLUSTERED", "", "OFF"), ("CLUSTERED_2", "LINEAR(C2)", "ON")],
    ),
    Case(
        "Objects",
        "a clustering key of a column that is not there",
        ("create or replace table CLUSTERED (C1 date) cluster by (C2)",),
        error=(904, "invalid identifier 'C2'"),
    ),
    Case("Sessions", "SYSTEM$WAIT", ("call system$wait(1)",), [("waited 1 seconds",)]),
    Case(
        "Sessions",
        "a statement that takes longer than STATEMENT_TIMEOUT_IN_SECONDS is ended",
        ("alter session set statement_timeout_in_seconds = 1", "call system$wait(20)"),
        error=(630, "Statement reached its statement or warehouse timeout of 1 second(s) and was canceled"),
    ),
    Case(
        "Sessions",
        "and so no longer",
        ("alter session set statement_timeout_in_seconds = 0", "call system$wait(2)"),
        [("waited 2 seconds",)],
    ),
    Case(
        "Sessions",
        "a missing database",
        ("use database NO_SUCH_DATABASE",),
        error=(2043, "Object does not exist, or operation cannot be performed"),
    ),
]

REFUSED = [
    ("Access", "grants on temporary objects", "grant select on table T to role PUBLIC"),
    ("Access", "privileges granted to users, shares, applications", "grant select on table T to user EMBEDDED"),
    ("Access", "database roles", "create database role READERS"),
    ("Access", "resource monitors, network policies", "create resource monitor LIMITS with credit_quota = 1"),
    ("Objects", "GET_DDL of views", "select get_ddl('view', 'V')"),
    ("Time travel", "AT, BEFORE and UNDROP", "select * from T at(offset => -60)"),
    ("Stages", "external stages", "create stage EXTERNAL_STAGE url = 's3://bucket/'"),
    ("Stages", "addresses of files in a cloud's storage", "select get_presigned_url('@~', 'a.csv')"),
    ("Stages", "files of Avro, ORC and XML", "create file format F type = avro"),
    ("Stages", "escapes of several characters", "create file format F type = csv escape_unenclosed_field = 'ab'"),
    (
        "Stages",
        "file format options that change texts of JSON and Parquet files",
        "create file format F type = json trim_space = true",
    ),
    ("Queries", "columns of different types in a UNION, without a cast", "select S from T union all select A from T"),
    (
        "Queries",
        "MATCH_RECOGNIZE",
        "select * from T match_recognize(order by A measures first(A) as M pattern(P+) define P as A > 0)",
    ),
    ("Queries", "NTH_VALUE … FROM LAST", "select nth_value(A, 2) from last over (order by A) from T"),
    (
        "Queries",
        "ranks within a frame that begins later",
        "select rank() over (order by A rows between current row and 2 following) from T",
    ),
    ("Queries", "ASOF JOIN with USING", "select * from T asof join T U match_condition (T.A >= U.A) using (S)"),
    ("Dates", "adding nanoseconds: timestamps keep microseconds", "select dateadd(nanosecond, 1, current_timestamp())"),
    ("Dates", "formats that are not constants", "select to_date(S, D::varchar) from T"),
    (
        "Dates",
        "CONVERT_TIMEZONE with two arguments whose offset is needed on the way",
        "select T::date from (select convert_timezone('UTC', current_timestamp()) as T)",
    ),
    ("Texts", "exponents in number formats", "select to_char(12, '9EE')"),
    ("Objects", "schema evolution", "alter table T set enable_schema_evolution = true"),
    ("Objects", "CHECK constraints", "create temporary table CHECKED (A int check (A > 0))"),
    ("Objects", "CREATE OR ALTER", "create or alter table T (A number)"),
    ("Objects", "clones of schemas and databases", "create schema CLONED clone PUBLIC"),
    ("Objects", "tasks, streams, pipes, dynamic tables", "create task NIGHTLY as select 1"),
    (
        "Objects",
        "policies, tags, secrets, integrations",
        "create row access policy P as (V varchar) returns boolean -> true",
    ),
    (
        "Objects",
        "external, Iceberg and hybrid tables",
        "create external table E location = @~/none file_format = (type = csv)",
    ),
    (
        "Python",
        "functions and procedures in other languages, SQL too",
        "create function TWICE(X float) returns float as 'X * 2'",
    ),
    ("Changes", "INSERT OVERWRITE ALL", "insert overwrite all into T (A) values (1) select 1"),
    (
        "Sessions",
        "parameters that change what values mean, with another value than Snowflake's default",
        "alter session set week_start = 7",
    ),
    ("Texts", "collations", "select 'a' collate 'de'"),
    (
        "Semi-structured",
        "IS_DATE, AS_DATE and their like: dates are texts in a VARIANT",
        "select is_date(to_variant(D)) from T",
    ),
    ("Statements", "EXPLAIN", "explain select 1"),
    ("Statements", "Snowflake Scripting", "execute immediate $$begin return 1; end$$"),
    ("Statements", "Snowflake Scripting without EXECUTE IMMEDIATE", "declare X int; begin X := 1; return X; end"),
]

DIFFERENT = [
    Difference(
        "Transactions",
        "a transaction sees what others commit, even after it has changed rows itself",
        "after its first change it sees others' rows as they were then, until it waits for a lock or ends",
        (),
        [],
    ),
    Difference(
        "Access",
        "privileges decide what a role may do",
        "they are recorded and shown, not enforced: under any role the one user may do everything, and any role can be used",
        (
            "create or replace role CONTRACT_NOBODY",
            "create or replace table NOT_GRANTED as select 1 as A",
            "use role CONTRACT_NOBODY",
            "create or replace table TAKEN as select A from NOT_GRANTED",
            "use role SYSADMIN",
            "select A from TAKEN",
        ),
        [(1,)],
    ),
    Difference(
        "Access",
        "warehouses compute, suspend and resume by themselves, and limit statements",
        "they are recorded and shown: statements run in the server, whatever the warehouse, its size and its state",
        ("use warehouse NO_SUCH_WAREHOUSE", "select 1"),
        [(1,)],
    ),
    Difference(
        "Access",
        "users log in",
        "only the user of the server does; the others are names that roles are granted to, and their passwords are not kept",
        ("create or replace user CONTRACT_USER password = 'not kept'", "drop user CONTRACT_USER"),
        [("CONTRACT_USER successfully dropped.",)],
    ),
    Difference(
        "Access",
        "ALL PRIVILEGES are all that the account knows",
        "those that GRANT's page lists for the kinds of objects that exist here",
        (),
        [],
    ),
    Difference(
        "Access",
        "every SHOW names the owner",
        "SHOW TABLES, VIEWS, ROLES, WAREHOUSES and GRANTS do; the others say SYSADMIN",
        (),
        [],
    ),
    Difference(
        "Dates",
        "TIMESTAMP_TZ keeps the offset it was written with",
        "it keeps the instant and shows it in the session's time zone",
        ("select to_timestamp_tz('2024-01-01 00:00:00 +0500')::varchar",),
        [("2023-12-31 19:00:00.000 +0000",)],
    ),
    Difference(
        "Semi-structured",
        "dates, binary values and floats keep their type in a VARIANT",
        "they become texts, timestamps with the digits that they have, bytes as \\xFF; floats become decimals",
        ("select typeof(to_variant('2024-01-01'::date))",),
        [("VARCHAR",)],
    ),
    Difference(
        "Semi-structured",
        "a NULL element of an array is shown as undefined",
        "it is shown as null",
        ("select array_construct(1, null)",),
        [("[\n  1,\n  null\n]",)],
    ),
    Difference(
        "Queries",
        "HASH has Snowflake's own values",
        "values differ; equal inputs still give equal values",
        ("select hash('a') = hash('a'), hash(1.5) = hash(1.50)",),
        [(True, True)],
    ),
    Difference(
        "Numbers",
        "a computed NUMBER has the precision that the scales and digits of its operands give: 11 for NUMBER(10,2) * 2",
        "its scale is that of Snowflake, its precision may be another: values are the same, DESCRIBE shows more digits",
        (
            "create or replace temporary table COMPUTED as select column1 * 2 as C from values (2.50::number(10,2))",
            "describe table COMPUTED",
            """select "type" from table(result_scan(last_query_id()))""",
        ),
        [("NUMBER(18,2)",)],
    ),
    Difference(
        "Semi-structured",
        "numbers in JSON are numbers: 1.0 equals 1",
        "they stay as they are written where VARIANTs are shown, grouped or compared for equality; casts make them numbers",
        (
            """select parse_json('1') = parse_json('1.0'), parse_json('1')::number = parse_json('1.0')::number, parse_json('1.10')""",
        ),
        [(False, True, "1.10")],
    ),
    Difference(
        "Semi-structured",
        "PARSE_JSON of an object with a key twice fails",
        "it does not: a path takes the first of them, and the last is shown",
        ("""select parse_json('{"a": 1, "a": 2}'):a::int""",),
        [(1,)],
    ),
    Difference(
        "Queries",
        "UNIFORM and RANDOM with a constant have Snowflake's own values",
        "values differ; the same constant still gives the same values again",
        ("select uniform(1, 10, 2) = uniform(1, 10, 2)",),
        [(True,)],
    ),
    Difference(
        "Semi-structured",
        "SEQ of FLATTEN and SPLIT_TO_TABLE tells inputs apart, from 1 on, and elements come in their order",
        "equal inputs have an equal SEQ, and rows beside another table come in no certain order",
        (
            "select count(distinct f.seq) from (select parse_json('[1]') a union all select parse_json('[1]')) l, "
            "lateral flatten(input => l.a) f",
        ),
        [(1,)],
    ),
    Difference(
        "Semi-structured",
        "elements of a structured type, such as ARRAY(INT), have that type",
        "they are VARIANTs",
        ("select f.value from table(flatten(input => cast(array_construct(1) as array(int)))) f",),
        [("1",)],
    ),
    Difference(
        "Sessions",
        "statements of one session that are sent at the same time run at the same time",
        "so do queries and changes of rows outside of transactions that name no temporary object of the session; the others, such "
        "as CALL and DDL, wait for each other, in their order",
        (),
        [],
    ),
    Difference(
        "Transactions",
        "a transaction that a procedure begins within its caller's reaches temporary objects",
        "it does not: a statement of it that names one is refused",
        (),
        [],
    ),
    Difference(
        "Objects",
        "defaults of columns are shown as they were written",
        "other than constants and the current time they are shown as DuckDB writes them",
        (
            "create or replace temporary table DEFAULTED (N int default 1+1)",
            "describe table DEFAULTED",
            """select "default" from table(result_scan(last_query_id()))""",
        ),
        [("(1 + 1)",)],
    ),
    Difference(
        "Objects",
        "SHOW says when schemas, databases and sequences were made, and how many bytes tables have",
        "they were made in 1970 and have 0 bytes",
        (
            "create schema if not exists DATED",
            "show schemas like 'DATED'",
            """select year("created_on") from table(result_scan(last_query_id()))""",
        ),
        [(1970,)],
    ),
    Difference(
        "Stages",
        "USE_LOGICAL_TYPE = FALSE, the default, reads columns of Parquet files as their physical types",
        "logical types are always used: a timestamp is one",
        (),
        [],
    ),
    Difference(
        "Stages",
        "a directory table has a FILE_URL for each file",
        "it is NULL",
        (),
        [],
    ),
    Difference(
        "Stages",
        "lists and maps of Parquet files are VARIANTs as the file lays them out, or as USE_VECTORIZED_SCANNER makes them",
        "they are arrays, and objects with a map's keys",
        (),
        [],
    ),
    Difference(
        "Stages",
        "INFER_SCHEMA of CSV gives numbers the digits that it sees",
        "it gives NUMBER(38, 0) or REAL",
        (),
        [],
    ),
    Difference(
        "Objects",
        "a view of SELECT * fails once its table has got more columns",
        "it keeps the columns that it was made with, and fails once one of them is gone",
        (
            "create or replace table BASE (A int, B int)",
            "create or replace view OVER_BASE as select * from BASE",
            "create or replace table BASE (C int, B int, A int)",
            "insert into BASE values (3, 2, 1)",
            "select * from OVER_BASE",
        ),
        [(1, 2)],
    ),
    Difference(
        "Objects",
        "INFORMATION_SCHEMA.VIEWS and SHOW VIEWS give the text of a view",
        "VIEWS gives the statement that DuckDB keeps, SHOW VIEWS none",
        (),
        [],
    ),
    Difference(
        "Objects",
        "INFORMATION_SCHEMA.COLUMNS has the columns of temporary tables",
        "SHOW COLUMNS and DESCRIBE have them, COLUMNS has not",
        (),
        [],
    ),
    Difference(
        "Objects",
        "SHOW TABLES shows the expressions of a clustering key as Snowflake rewrites them",
        "it shows them as they are written",
        (
            "create or replace temporary table CLUSTERED (C1 timestamp_ntz) cluster by (to_date(C1))",
            "show tables like 'CLUSTERED'",
            """select "cluster_by" from table(result_scan(last_query_id()))""",
        ),
        [("LINEAR(to_date(C1))",)],
    ),
    Difference(
        "Dates",
        "times and timestamps keep nanoseconds",
        "they keep microseconds: further digits are cut off",
        ("select date_part(nanosecond, '2024-01-01 00:00:00.123456789'::timestamp_ntz)",),
        [(123456000,)],
    ),
    Difference(
        "Sessions",
        "TIMEZONE is America/Los_Angeles where the account sets none",
        "it is UTC",
        ("show parameters like 'TIMEZONE'", 'select "default" from table(result_scan(last_query_id()))'),
        [("UTC",)],
    ),
    Difference(
        "Python",
        "a vectorised function gets whole numbers as int16, int32 or int64, whichever holds them",
        "as int64",
        (),
        [],
    ),
    Difference(
        "Numbers",
        "whole numbers reach pandas as int8, int16, int32 or int64, whichever holds them",
        "as int64",
        (),
        [],
    ),
    Difference(
        "Numbers",
        "VARIANCE and STDDEV of NUMBERs have 6 digits after the point or more; how they are computed is not documented",
        "they are computed in floating point, to 15 digits or so, and then rounded",
        (),
        [],
    ),
    Difference(
        "Stages",
        "COPY of a file that is no JSON or no Parquet names file and place, and goes by ON_ERROR",
        "it is refused without them, whatever ON_ERROR says; nothing is loaded",
        (),
        [],
    ),
    Difference(
        "Dates",
        "CONVERT_TIMEZONE of a zone that does not exist is an error",
        "with two arguments it answers in UTC",
        (),
        [],
    ),
    Difference(
        "Objects",
        "ALTER COLUMN SET DEFAULT takes a sequence alone",
        "it takes any default",
        (),
        [],
    ),
    Difference(
        "Semi-structured",
        "FLATTEN's rows mostly come in the order of the elements, which is not promised",
        "without ORDER BY they come in any order",
        (),
        [],
    ),
    Difference(
        "Semi-structured",
        "objects with the same pairs are equal, whatever their order",
        "the order in which they were written counts: in =, GROUP BY, DISTINCT, HASH and joins",
        ("""select parse_json('{"b":1,"a":2}') = parse_json('{"a":2,"b":1}')""",),
        [(False,)],
    ),
    Difference(
        "Semi-structured",
        "an ARRAY or OBJECT is no argument of a function of texts",
        "its JSON text is taken",
        ("select length(array_construct(1))",),
        [(3,)],
    ),
    Difference(
        "Dates",
        "TIMESTAMP_NTZ(n), TIME(n) and their like keep n digits of a second",
        "all keep as many as the value has, and DESCRIBE shows 9",
        ("select date_part(nanosecond, '2024-01-01 10:00:00.5'::timestamp_ntz(0))",),
        [(500000000,)],
    ),
    Difference(
        "Semi-structured",
        "a UNION of an ARRAY or OBJECT and NULL keeps the type",
        "it is a VARIANT, as are PIVOT and UNPIVOT of arrays",
        (),
        [],
    ),
    Difference(
        "Objects",
        "SECURE views, DATA_RETENTION_TIME_IN_DAYS, CHANGE_TRACKING and foreign keys are shown",
        "they are taken, have nothing to act on here, and are not shown",
        (),
        [],
    ),
    Difference(
        "Semi-structured",
        "PARSE_JSON takes missing elements, as in [1, , 2]",
        "such a text is an error, which TRY_PARSE_JSON makes NULL",
        ("select try_parse_json('[1, , 2]')",),
        [(None,)],
    ),
]
