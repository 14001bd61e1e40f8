"""The tables that SQL leaves behind, as its text shows."""

from __future__ import annotations

import pytest

from include.factory.flow.written_tables import same_table, tables_left


@pytest.mark.parametrize(
    ("sql", "left"),
    [
        ("create or replace table T_{{ target }} as select 1", ["T_{{ target }}"]),
        ("CREATE TRANSIENT TABLE IF NOT EXISTS S.T_{{target}} (A INT)", ["S.T_{{target}}"]),
        ('insert overwrite into "low er_{{ target }}" select 1', ['"low er_{{ target }}"']),
        ("merge into {{ params.s }}.T_{{ target }} using U on 1 = 1", ["{{ params.s }}.T_{{ target }}"]),
        ("copy into T_{{ target }} from @stage; copy into @stage/{{ target }} from U", ["T_{{ target }}"]),
        ("create secure view V_{{ target }} as select 1", ["V_{{ target }}"]),
        ("create table {{ outputs.predict.table }}_{{ target }} clone T", ["{{ outputs.predict.table }}_{{ target }}"]),
        # What is there for a while only.
        ("create temporary table W_{{ target }} (A int); insert into w_{{ target }} select 1", []),
        ("create table W_{{ target }} (A int); drop table W_{{ target }}", []),
        ("drop table if exists W_{{ target }}; create table W_{{ target }} (A int)", ["W_{{ target }}"]),
        (
            "create table N_{{ target }} (A int); alter table N_{{ target }} rename to T_{{ target }}",
            ["T_{{ target }}"],
        ),
        # What is no statement.
        ("-- create table C_{{ target }}\nselect 'create table D'; /* insert into E values (1) */", []),
        ("select 1 -- it's\n; create table Q_{{ target }} (A int)", ["Q_{{ target }}"]),
        ("create stream S on table T_{{ target }}", []),
        ("create function F() returns table (A int) as 'select 1'", []),
        ("{# create table C_{{ target }} (A int) #}", []),
        # A name that the template itself puts together cannot be known.
        ("{% for m in [1, 2] %}create table M_{{ m }}_{{ target }} (A int);{% endfor %}", []),
        ("{{ broken", []),
    ],
)
def test_tables_that_are_left(sql: str, left: list[str]) -> None:
    assert tables_left(sql)[0] == left


def test_what_is_dropped_is_told() -> None:
    assert tables_left("drop table if exists S.T_{{ target }}")[1] == ["S.T_{{ target }}"]
    assert same_table("s.T_{{ target }}", "S.t_{{target}}")
    assert not same_table('"t"', '"T"')
