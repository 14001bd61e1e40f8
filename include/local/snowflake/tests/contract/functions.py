"""The contract of single functions, with the values that Snowflake's documentation shows for them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from tests.contract.cases import Case

AGGR = (
    "create or replace temporary table AGGR (K int, V decimal(10,2), V2 decimal(10,2))",
    "insert into AGGR values (1, 10, null), (2, 10, 12), (2, 20, 22), (2, 25, null), (2, 30, 35)",
)


def _one(topic: str, what: str, sql: str, value: Any, kind: str | None = None) -> Case:
    return Case(topic, what, (sql,), rows=[(value,)], types=[kind] if kind else None)


FUNCTIONS = [
    _one("Numbers", "TO_CHAR with groups and zeros", "select to_char(1234.5, '999,990.00')", "   1,234.50"),
    _one("Numbers", "TO_CHAR without blanks", "select to_varchar(123.456, 'FM999,999.999')", "123.456"),
    _one("Numbers", "TO_CHAR with a dollar, too long", 'select to_char(3987, \'">"$99.0"<"\')', "> $##.#<"),
    _one("Numbers", "TO_CHAR with the sign behind", "select to_char(-12454.8, '99,999.9S')", "12,454.8-"),
    _one("Numbers", "TO_CHAR in hexadecimal", "select to_char(-12.391, '0XXX')", "FFF4"),
    _one(
        "Numbers",
        "TO_NUMBER with a format",
        "select to_number(' 12,345.67', '999,999.99', 8, 2)",
        Decimal("12345.67"),
        "fixed",
    ),
    _one("Numbers", "TO_NUMBER with several formats", "select to_number('102-', 'MI999|999MI')", -102),
    _one(
        "Numbers",
        "TRY_TO_NUMBER of what the format does not fit",
        "select try_to_number('12,345.67', '000,000.00', 8, 2)",
        None,
    ),
    Case(
        "Numbers",
        "KURTOSIS",
        (*AGGR, "select kurtosis(K), kurtosis(V), kurtosis(V2) from AGGR"),
        [(5, Decimal("-2.32421875"), None)],
        ["fixed"] * 3,
    ),
    _one(
        "Semi-structured",
        "keys of JSON need no quotes",
        "select parse_json('{a: 1, $b_2 :{c:[2]}}'):\"$b_2\".c[0]::int",
        2,
    ),
    _one(
        "Semi-structured",
        "they are looked for in no text",
        """select parse_json('{"a": "x, b: c"}'):a::varchar""",
        "x, b: c",
    ),
    Case(
        "Numbers",
        "states of APPROX_PERCENTILE are kept, combined and asked",
        (
            "create or replace temporary table STATES as select column2 as K, approx_percentile_accumulate(column1) as S"
            " from values (1, 'a'), (2, 'a'), (5, 'b'), (null, 'b') group by K",
            "select approx_percentile_estimate(approx_percentile_combine(S), 0.75), count(*), max(S:type::varchar) from STATES",
        ),
        [(3.5, 2, "tdigest")],
    ),
    Case(
        "Numbers",
        "and of nothing there is no percentile",
        (
            "select approx_percentile_estimate(approx_percentile_accumulate(column1), 0.5) from values (1) where column1 = 2",
        ),
        [(None,)],
    ),
    Case(
        "Numbers",
        "nor one beyond the greatest value",
        ("select approx_percentile_estimate(approx_percentile_accumulate(column1), 1.5) from values (1)",),
        error=(1044, "Invalid value [1.5] for function 'APPROX_PERCENTILE_ESTIMATE'"),
    ),
    Case(
        "Queries",
        "PIVOT over dates",
        (
            "select * from (select '2024-01-31'::date as A, 1 as B) pivot (sum(B) for A in (date '2024-01-31', to_date('2024-02-01')))",
        ),
        [(1, None)],
    ),
    Case(
        "Queries",
        "PIVOT over the moments that there are",
        (
            "select * from (select '2024-01-31 10:00:00'::timestamp_ntz as A, 1 as B) pivot (sum(B) for A in (any order by A))",
        ),
        [(1,)],
    ),
    Case("Queries", "GROUP BY ROLLUP () fails", ("select count(*) group by rollup ()",), error=(1003, "syntax error")),
    Case(
        "Objects",
        "the package repository that is the default may be set",
        ("alter schema PUBLIC set default_python_artifact_repository = snowflake.snowpark.anaconda_shared_repository",),
        [("Statement executed successfully.",)],
    ),
    Case(
        "Semi-structured",
        "what is no JSON fails",
        ("select parse_json('{a: 1, b}')",),
        error=(100069, "Error parsing JSON"),
    ),
    Case(
        "Numbers",
        "MEDIAN and PERCENTILE_CONT of NUMBERs are exact",
        (
            "select median(A), percentile_cont(0.5) within group (order by A) from (select -111.67::number(38, 18) as A)",
        ),
        [(Decimal("-111.67"), Decimal("-111.67"))],
    ),
    Case(
        "Numbers",
        "numbers that meet keep their digits after the point",
        ("select 1.5::number(38, 2) as A union all select 824.925::number(38, 18) order by 1",),
        [(Decimal("1.5"),), (Decimal("824.925"),)],
    ),
    Case(
        "Numbers",
        "a product may overflow on the way to what would fit",
        ("select 37.66::number(38, 18) * 22.29::number(38, 18)",),
        error=(100046, "Number out of representable range"),
    ),
    Case(
        "Numbers",
        "MEDIAN has three digits more",
        (*AGGR, "select median(V)::varchar from AGGR where K = 2"),
        [("22.50000",)],
    ),
    _one("Numbers", "TO_DOUBLE with a format", "select to_double('2.34-', '9.99MI')", -2.34, "real"),
    _one(
        "Numbers", "COUNT of several columns", "select count(column1, column2) from values (1, 2), (1, null), (1, 2)", 2
    ),
    _one("Texts", "REGEXP_SUBSTR of a group", "select regexp_substr('abc ABD', 'ab(.)', 1, 2, 'ie', 1)", "D"),
    _one(
        "Texts",
        "REGEXP_REPLACE of one occurrence",
        "select regexp_replace('abc abd', 'ab(.)', '<\\\\1>', 1, 2)",
        "abc <d>",
    ),
    _one(
        "Texts",
        "REGEXP_REPLACE takes a column's pattern",
        "select regexp_replace('aab', column1, 'z') from values ('a')",
        "zzb",
    ),
    _one("Texts", "REGEXP_INSTR of a group", "select regexp_instr('abc abd', 'ab(.)', 1, 2, 0, 'e', 1)", 7),
    _one("Texts", "REGEXP_COUNT with parameters", "select regexp_count('abc ABC', 'ab.', 2, 'i')", 1),
    _one("Texts", "SOUNDEX", "select soundex('Marks')", "M620"),
    _one("Texts", "PARSE_URL", "select parse_url('https://example.com/a?b=c'):parameters.b::varchar", "c"),
    _one(
        "Dates",
        "CONVERT_TIMEZONE moves a wall clock",
        "select convert_timezone('America/Los_Angeles', 'America/New_York', '2024-01-01 14:00:00'::timestamp_ntz)",
        datetime.datetime(2024, 1, 1, 17),
    ),
    _one(
        "Dates",
        "a TIMESTAMP_NTZ leaves out the offset of its text",
        "select '2024-01-31T10:00:00+01:00'::timestamp_ntz",
        datetime.datetime(2024, 1, 31, 10),
    ),
    _one(
        "Dates", "what is added is rounded", "select dateadd(day, 1.5, '2024-01-01'::date)", datetime.date(2024, 1, 3)
    ),
    _one(
        "Dates",
        "a DATE and an interval of days is a DATE",
        "select '2024-01-31'::date + interval '1 day'",
        datetime.date(2024, 2, 1),
        "date",
    ),
    _one(
        "Dates",
        "the day of an instant in another zone",
        "select date_trunc('day', convert_timezone('Asia/Tokyo', '2024-01-01 20:00:00 +0000'::timestamp_tz))::date",
        datetime.date(2024, 1, 2),
        "date",
    ),
    _one(
        "Semi-structured", "ARRAY_MAX compares numbers as numbers", "select array_max(array_construct(9, 10))::int", 10
    ),
    _one("Semi-structured", "ARRAY_EXCEPT counts", "select array_to_string(array_except([1, 1, 2], [1]), ',')", "1,2"),
    _one(
        "Semi-structured",
        "ARRAY_INTERSECTION counts",
        "select array_to_string(array_intersection([1, 1, 2], [1]), ',')",
        "1",
    ),
    Case(
        "Semi-structured",
        "VARIANTs are compared and ordered by value",
        ("select f.VALUE from table(flatten([10, 9, 2])) f where f.VALUE > 5 order by f.VALUE",),
        [("9",), ("10",)],
    ),
    _one("Semi-structured", "MAX of VARIANTs", "select max(f.VALUE) from table(flatten([10, 9])) f", "10", "variant"),
    _one(
        "Semi-structured",
        "functions of texts take a VARIANT's text",
        "select upper(f.VALUE) || '!' from table(flatten(['a'])) f",
        "A!",
    ),
    _one("Semi-structured", "FILTER", "select array_to_string(filter([1, 10, 9], x -> x > 5), ',')", "10,9"),
    _one("Semi-structured", "TRANSFORM", "select array_to_string(transform([1, 2], x int -> x * 2), ',')", "2,4"),
    _one(
        "Semi-structured",
        "ARRAY_INSERT from the back",
        "select array_to_string(array_insert([0, 1], -1, 9), ',')",
        "0,9,1",
    ),
    _one("Semi-structured", "an index before the first element gives NULL", "select array_construct(1, 2)[-1]", None),
    Case(
        "Semi-structured",
        "FLATTEN with RECURSIVE",
        (
            """select PATH, INDEX from table(flatten(parse_json('{"a":1, "b":[77, 88], "c":{"d":"X"}}'), recursive => true)) order by 1""",
        ),
        [("a", None), ("b", None), ("b[0]", 0), ("b[1]", 1), ("c", None), ("c.d", None)],
    ),
    _one(
        "Queries",
        "HASH_AGG does not depend on the order",
        "select (select hash_agg(*) from values (1, 'a'), (2, 'b')) = (select hash_agg(*) from values (2, 'b'), (1, 'a'))",
        True,
    ),
    _one("Texts", "LISTAGG without a delimiter has none", "select listagg(column1) from values ('a'), ('b')", "ab"),
    _one(
        "Dates",
        "ADD_MONTHS of a DATE is a DATE",
        "select add_months('2024-01-31'::date, 1)",
        datetime.date(2024, 2, 29),
        "date",
    ),
    _one(
        "Dates",
        "ADD_MONTHS keeps the last day of the month",
        "select add_months('2024-02-29 10:00:00'::timestamp_ntz, 1)",
        datetime.datetime(2024, 3, 31, 10),
        "timestamp_ntz",
    ),
    _one(
        "Dates",
        "the end of a TIME_SLICE of a DATE",
        "select time_slice('2019-02-28'::date, 4, 'MONTH', 'END')",
        datetime.date(2019, 5, 1),
        "date",
    ),
    _one(
        "Dates",
        "MONTHS_BETWEEN counts the hours, too",
        "select round(months_between('2019-03-01 02:00:00'::timestamp_ntz, '2019-02-15 01:00:00'::timestamp_ntz), 6)",
        0.549731,
        "real",
    ),
    Case("Dates", "a number is no date", ("select to_date(19000)",), error=(1007, "invalid type")),
    _one(
        "Dates",
        "the hour alone may follow a date",
        "select '2024-01-02 10'::timestamp_ntz",
        datetime.datetime(2024, 1, 2, 10),
    ),
    Case(
        "Numbers",
        "NULL divided by zero is NULL",
        ("select div0(column1, column2), column1 / column2 from values (null::int, 0)",),
        [(None, None)],
        ["fixed", "fixed"],
    ),
    Case(
        "Semi-structured",
        "ARRAY_AGG leaves NULLs out, in an order and as a window, too",
        (
            "select array_to_string(array_agg(A) within group (order by B), ','), array_to_string(array_agg(distinct A), ','),"
            " array_size(any_value(C)) from (select A, B, array_agg(A) within group (order by B) over (partition by 1) as C"
            " from (select column1 as A, column2 as B from values (null, 1), (3, 2), (3, 3)))",
        ),
        [("3,3", "3", 2)],
    ),
    Case(
        "Semi-structured",
        "brackets after brackets",
        (
            "select V['a'][1]['b']::int, V:a[0][0]::int, V['a'][0][0]::int from (select parse_json('{\"a\": [[1], {\"b\": 3}]}') as V)",
        ),
        [(3, 1, 1)],
    ),
    Case(
        "Semi-structured",
        "a key of an object constant that is a column's name in another case",
        ("select object_keys({'n': N})[0]::varchar from (select 1 as N)",),
        [("n",)],
    ),
    _one(
        "Semi-structured",
        "keys of object constants keep their case",
        "select object_keys({'a': {'B': 1}})[0]::varchar",
        "a",
    ),
    _one(
        "Semi-structured",
        "array constants hold values of any type",
        "select array_to_string(['a', 1, true], ',')",
        "a,1,true",
    ),
    _one(
        "Semi-structured",
        "MAX_BY of several rows is an array",
        "select max_by(column1, column2, 2)[0]::varchar from values ('a', 1), ('b', 2)",
        "b",
    ),
    _one(
        "Texts",
        "what is joined to a text is written as a cast writes it",
        "select column1 || '|' || column2 from values ('2024-01-31 10:11:12'::timestamp_ntz, 1::float)",
        "2024-01-31 10:11:12.000|1",
    ),
    Case(
        "Semi-structured",
        "a text beside a VARIANT stays a text",
        (
            "select typeof(coalesce(V:b, '7')), typeof(iff(true, '7', V:a)), typeof(case when false then V:a else '7' end)"
            """ from (select parse_json('{"a": 1}') as V)""",
        ),
        [("VARCHAR", "VARCHAR", "VARCHAR")],
    ),
    _one(
        "Numbers",
        "products of many digits",
        "select column1 * column1 from values (99999999.99::number(10,2))",
        Decimal("9999999998000000.0001"),
    ),
    _one(
        "Texts",
        "TO_CHAR of an offset",
        "select to_char('2024-01-01'::date::timestamp_ntz, 'HH24 TZH:TZM')",
        "00 +00:00",
    ),
    Case(
        "Queries",
        "an order beside a window that ignores NULLs",
        (
            "select lag(A) ignore nulls over (order by B) from (select column1 as A, column2 as B from values (1, 1), (null, 2), (3, 3))"
            " order by B",
        ),
        [(None,), (1,), (1,)],
    ),
    Case(
        "Semi-structured",
        "groups by a path, in its order",
        (
            "select V:a as N, count(*)"
            """ from (select parse_json(column1) as V from values ('{"a": 10}'), ('{"a": 9}')) group by N order by N""",
        ),
        [("9", 1), ("10", 1)],
    ),
    Case(
        "Queries",
        "HASH of equal numbers is equal",
        (
            "select hash(1.5::number(10,2)) = hash(1.50::number(18,4)), hash(1::float) = hash(1), hash(10::number(38,0)) = hash(1)",
        ),
        [(True, True, False)],
    ),
    Case(
        "Queries",
        "RATIO_TO_REPORT",
        ("select ratio_to_report(column1) over () from values (1), (3) order by 1",),
        [(Decimal("0.25"),), (Decimal("0.75"),)],
    ),
    Case(
        "Queries",
        "SPLIT_TO_TABLE",
        ("select INDEX, VALUE from table(split_to_table('a.b', '.')) order by 1",),
        [(1, "a"), (2, "b")],
    ),
    Case(
        "Queries",
        "RANK in a frame that begins with the partition",
        (
            "select rank() over (order by column1 rows between unbounded preceding and current row) from values (1), (1), (2) order by 1",
        ),
        [(1,), (1,), (3,)],
    ),
    Case(
        "Queries",
        "LISTAGG and ARRAY_AGG of nothing are empty",
        ("select listagg(column1, ','), array_size(array_agg(column1)) from values ('a') where false",),
        [("", 0)],
    ),
    _one("Queries", "COLUMN1 of VALUES with an alias", "select T1.column1 from values (1) as T1", 1),
]
