"""The query history shows no password, whatever else is wrong with the statement."""

from __future__ import annotations

import pytest

from embedded_snowflake.sql.parse.passwords import without_password

SHOWN = {
    "create user U password = 'x' comment = 'password'": "create user U password = '***' comment = 'password'",
    "alter user U set password='x', password \"y\"": "alter user U set password='***', password '***'",
    "create or replace user U password 'x": "create or replace user U ***",
    "create table USERS (PASSWORD text)": "create table USERS (PASSWORD text)",
    "select 'password'": "select 'password'",
}


@pytest.mark.parametrize("sql", SHOWN)
def test_a_password_is_hidden(sql: str) -> None:
    assert without_password(sql) == SHOWN[sql]
