from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_snowflake.state.account import Account
from embedded_snowflake.state.grant_queries import Grant
from embedded_snowflake.state.grants import Grants
from embedded_snowflake.state.securables import Securable

T = Securable("TABLE", "DB", "SC", "T")
U = Securable("TABLE", "DB", "SC", "U")
READER, WRITER = ("ROLE", "READER"), ("ROLE", "WRITER")


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    opened = Account(tmp_path / "account.sqlite", "SOMEBODY")
    yield opened
    opened.close()


@pytest.fixture
def grants(account: Account) -> Grants:
    account.grants.created(T, "OWNER")
    return account.grants


def _short(grants: list[Grant]) -> list[tuple[str, str, bool]]:
    return [(grant.privilege, grant.grantee, grant.option) for grant in grants]


def test_who_makes_an_object_owns_it(grants: Grants) -> None:
    assert grants.owner(T) == "OWNER"
    assert _short(grants.on(T)) == [("OWNERSHIP", "OWNER", True)]
    assert grants.owner(U) == "SYSADMIN"
    assert grants.owners("DB") == {T: "OWNER"}


def test_a_privilege_is_granted_once_and_keeps_its_option(grants: Grants) -> None:
    grants.give(["SELECT", "INSERT"], [T], READER, "SYSADMIN", option=True)
    grants.give(["SELECT"], [T], READER, "SYSADMIN")
    assert _short(grants.to(*READER)) == [("SELECT", "READER", True), ("INSERT", "READER", True)]
    assert {grant.granted_by for grant in grants.to(*READER)} == {"OWNER"}


def test_nobody_owns_the_account_so_the_sessions_role_grants(grants: Grants) -> None:
    grants.give(["CREATE WAREHOUSE"], [Securable("ACCOUNT")], READER, "ACCOUNTADMIN")
    grants.give(["SELECT"], [U], READER, "ACCOUNTADMIN")
    assert [grant.granted_by for grant in grants.to(*READER)] == ["ACCOUNTADMIN", "SYSADMIN"]


def test_revoking_takes_privileges_or_their_option_alone(grants: Grants) -> None:
    grants.give(["SELECT", "INSERT", "UPDATE"], [T], READER, "SYSADMIN", option=True)
    grants.give(["SELECT"], [T], WRITER, "SYSADMIN")
    grants.take(["SELECT"], [T], READER, option=True)
    grants.take(["INSERT", "DELETE"], [T], READER)
    assert _short(grants.to(*READER)) == [("SELECT", "READER", False), ("UPDATE", "READER", True)]
    grants.take(None, [T], READER)
    assert _short(grants.on(T)) == [("OWNERSHIP", "OWNER", True), ("SELECT", "WRITER", False)]


def test_all_but_the_ownership_is_revoked(grants: Grants) -> None:
    grants.take(None, [T], ("ROLE", "OWNER"))
    assert grants.owner(T) == "OWNER"


def test_future_grants_come_with_new_objects(grants: Grants) -> None:
    in_schema, in_database = Securable("TABLE", "DB", "SC"), Securable("TABLE", "DB")
    grants.give_future(["SELECT"], in_schema, "READER")
    grants.give_future(["INSERT"], in_database, "WRITER", option=True)
    assert _short(grants.future_in("DB", "SC")) == [("SELECT", "READER", False)]
    assert _short(grants.future_in("DB", "")) == [("INSERT", "WRITER", True)]
    assert _short(grants.future_to("WRITER")) == [("INSERT", "WRITER", True)]
    grants.created(U, "OWNER")  # those of the schema come before the database's
    assert _short(grants.on(U)) == [("OWNERSHIP", "OWNER", True), ("SELECT", "READER", False)]
    elsewhere = Securable("TABLE", "DB", "OTHER", "T")
    grants.created(elsewhere, "OWNER")
    assert _short(grants.on(elsewhere)) == [("OWNERSHIP", "OWNER", True), ("INSERT", "WRITER", True)]
    view = Securable("VIEW", "DB", "SC", "V")
    grants.created(view, "OWNER")
    assert _short(grants.on(view)) == [("OWNERSHIP", "OWNER", True)]
    grants.take(["SELECT"], [in_schema], READER, future=True)
    assert grants.future_in("DB", "SC") == []
    assert _short(grants.to(*READER)) == [("SELECT", "READER", False)]  # what was granted stays


def test_a_future_owner_is_one(grants: Grants) -> None:
    place = Securable("TABLE", "DB", "SC")
    grants.give_future(["OWNERSHIP"], place, "READER")
    grants.give_future(["OWNERSHIP"], place, "WRITER")
    grants.created(U, "OWNER")
    assert grants.owner(U) == "WRITER"


def test_a_replaced_object_has_lost_its_grants_or_copies_them(grants: Grants) -> None:
    grants.give(["SELECT"], [T], READER, "SYSADMIN")
    grants.created(U, "NEW", copied=T)
    assert _short(grants.on(U)) == [("OWNERSHIP", "NEW", True), ("SELECT", "READER", False)]
    grants.created(T, "NEW")
    assert _short(grants.on(T)) == [("OWNERSHIP", "NEW", True)]
    view = Securable("VIEW", "DB", "SC", "T")
    grants.created(view, "NEW", replaced=T)
    assert grants.on(T) == []


def test_grants_go_with_their_object_schema_database(grants: Grants) -> None:
    other, elsewhere = Securable("TABLE", "DB", "OTHER", "T"), Securable("TABLE", "DB2", "SC", "T")
    for made in (U, other, elsewhere):
        grants.created(made, "OWNER")
    grants.give_future(["SELECT"], Securable("TABLE", "DB", "SC"), "READER")

    def known() -> list[bool]:
        return [bool(grants.on(one)) for one in (T, U, other, elsewhere)]

    grants.dropped(T)
    assert known() == [False, True, True, True]
    grants.dropped(Securable("SCHEMA", "DB", "SC"))
    assert known() == [False, False, True, True]
    assert grants.future_in("DB", "SC") == []
    grants.dropped(Securable("DATABASE", "DB"))
    assert known() == [False, False, False, True]


def test_grants_follow_renamed_objects_even_in_a_swap(grants: Grants) -> None:
    grants.created(U, "ANOTHER")
    between = Securable("TABLE", "DB", "SC", "BETWEEN")
    grants.renamed((T, between), (U, T), (between, U))
    assert (grants.owner(T), grants.owner(U)) == ("ANOTHER", "OWNER")


def test_ownership_passes_with_the_other_grants_or_without(grants: Grants) -> None:
    grants.give(["SELECT"], [T], READER, "SYSADMIN")
    dependent = grants.dependent(T)
    assert dependent is not None
    assert dependent.grantee == "READER"
    grants.own([T], "NEW", copy=True)
    assert [(grant.privilege, grant.granted_by) for grant in grants.on(T)] == [("SELECT", "NEW"), ("OWNERSHIP", "NEW")]
    grants.own([T], "LAST", copy=False)
    assert _short(grants.on(T)) == [("OWNERSHIP", "LAST", True)]
    assert grants.dependent(T) is None


def test_roles_are_held_through_others(grants: Grants) -> None:
    grants.give(["USAGE"], [Securable("ROLE", name="READER")], ("ROLE", "WRITER"), "SYSADMIN")
    grants.give(["USAGE"], [Securable("ROLE", name="WRITER")], ("USER", "SOMEBODY"), "SYSADMIN")
    assert {"READER", "WRITER", "ACCOUNTADMIN", "SYSADMIN", "USERADMIN"} <= set(grants.roles_of("USER", "SOMEBODY"))
    assert grants.roles_of("ROLE", "WRITER") == ["READER"]
    assert [grant.grantee for grant in grants.of_role("READER")] == ["WRITER"]


def test_a_renamed_role_keeps_its_grants_and_a_dropped_one_leaves_them_to_its_heir(grants: Grants) -> None:
    grants.give(["SELECT"], [T], READER, "SYSADMIN")
    grants.rename_grantee("ROLE", "OWNER", "RENAMED")
    assert grants.owner(T) == "RENAMED"
    assert {grant.granted_by for grant in grants.on(T)} == {"RENAMED"}
    grants.forget_grantee("ROLE", "READER", "HEIR")
    grants.forget_grantee("ROLE", "RENAMED", "HEIR")
    assert _short(grants.on(T)) == [("OWNERSHIP", "HEIR", True)]


def test_changes_are_one_or_none_and_outlive_the_account(tmp_path: Path) -> None:
    account = Account(tmp_path / "account.sqlite", "SOMEBODY")
    account.grants.created(U, "OWNER")
    with contextlib.suppress(ZeroDivisionError), account.change():
        account.grants.created(T, "OWNER")
        raise ZeroDivisionError
    account.close()
    again = Account(tmp_path / "account.sqlite", "ANOTHER")
    assert again.grants.on(T) == []
    assert again.grants.owner(U) == "OWNER"
    assert {"SYSADMIN", "ACCOUNTADMIN"} <= set(again.grants.roles_of("USER", "ANOTHER"))
    again.close()
