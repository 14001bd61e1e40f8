"""The contract of names: to Snowflake "year", "Year" and YEAR are three."""

from __future__ import annotations

from tests.contract.cases import Case

RAW = (
    'create or replace temporary table RAW ("year" int, "Year" int, YEAR int, "the year" int)',
    "insert into RAW values (1, 2, 3, 4), (11, 12, 13, 14)",
)


def _named(
    what: str, sql: str, rows: list[tuple[object, ...]] | None = None, error: tuple[int, str] | None = None
) -> Case:
    return Case("Names", what, (*RAW, sql), rows or [], error=error)


NAMES = [
    _named(
        "columns of a table may differ only in case",
        'select "year", "Year", YEAR, "the year" from RAW where YEAR > 3',
        [(11, 12, 13, 14)],
    ),
    _named(
        "an alias may be a column's name in another case",
        'select "year" as YEAR from RAW where "Year" = 2 order by 1',
        [(1,)],
    ),
    _named(
        "the clauses before SELECT see the column, not the alias",
        'select "year" as YEAR from RAW where YEAR = 13',
        [(11,)],
    ),
    _named(
        "in a subquery", 'select YEAR, "YEAR" from (select "year" as YEAR from RAW) order by YEAR', [(1, 1), (11, 11)]
    ),
    _named("ORDER BY takes the alias", 'select -"year" as YEAR from RAW order by YEAR', [(-11,), (-1,)]),
    _named(
        "EXCLUDE, RENAME and REPLACE",
        'select * exclude "year" rename "Year" as Y from RAW order by 1',
        [(2, 3, 4), (12, 13, 14)],
    ),
    _named("ILIKE regards no case", "select * ilike 'y%' from RAW order by 1", [(1, 2, 3), (11, 12, 13)]),
    _named(
        "a name that is not there in that case", 'select "yEAR" from RAW', error=(904, "invalid identifier '\"yEAR\"'")
    ),
    _named(
        "a name with a quote that is not there",
        'select """year" from (select 1 as "year""")',
        error=(904, 'invalid identifier \'"""year"\''),
    ),
    _named(
        "UNPIVOT gives names as they are",
        'select N from RAW unpivot (V for N in ("year", YEAR)) where V < 10',
        [("year",), ("YEAR",)],
    ),
    _named(
        "keys of OBJECT_CONSTRUCT(*)",
        "select object_keys(object_construct(*))[3]::varchar from RAW limit 1",
        [("year",)],
    ),
    Case(
        "Names",
        "tables, too",
        (
            'create or replace temporary table "raw" as select 1 as "a"',
            'create or replace temporary table "Raw" as select 2 as "a"',
            "create or replace temporary table RAW as select 3 as A",
            'select r."a", s."a", t.A from "raw" r, "Raw" s, RAW t',
        ),
        [(1, 2, 3)],
    ),
    Case(
        "Names",
        "sequences and views, too",
        (
            'create or replace sequence "counted_n" start 5',
            "create or replace sequence COUNTED_N start 50",
            'create or replace view "view_n" as select 1 as "one", 2 as ONE',
            'create or replace view VIEW_N as select 3 as "one"',
            'select v."one", ONE, w."one" as W, "counted_n".nextval as N, COUNTED_N.nextval as M from "view_n" v, VIEW_N w',
        ),
        [(1, 2, 3, 5, 50)],
    ),
    Case(
        "Names",
        "a missing table in lower case",
        ('drop table NO."such"."table"',),
        [],
        error=(2003, 'NO."such"."table"'),
    ),
]
