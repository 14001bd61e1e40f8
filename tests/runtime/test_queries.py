"""How a log names Snowflake's queries."""

from __future__ import annotations

import pytest

from include.runtime.queries import link


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("myorg-account1.snowflakecomputing.com", "myorg/account1"),
        ("MYORG-Account_1.snowflakecomputing.com", "myorg/account_1"),
        ("myorg-prod-eu.snowflakecomputing.com", "myorg/prod-eu"),
        ("xy12345.snowflakecomputing.com", "us-west-2/xy12345"),
        ("xy12345.eu-central-1.snowflakecomputing.com", "eu-central-1/xy12345"),
        ("xy12345.east-us-2.azure.snowflakecomputing.com", "east-us-2.azure/xy12345"),
    ],
)
def test_an_account_has_a_page_for_each_query(host: str, place: str) -> None:
    assert link(host, "01b7-a") == f"https://app.snowflake.com/{place}/#/compute/history/queries/01b7-a/detail"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "",
        "xy12345.eu-central-1.privatelink.snowflakecomputing.com",
        "snowflakecomputing.com.example.org",
    ],
)
def test_what_is_no_account_that_a_browser_reaches_has_none(host: str) -> None:
    assert link(host, "01b7-a") is None


def test_an_id_is_nothing_but_an_id() -> None:
    assert link("a-b.snowflakecomputing.com", "x/../<b>") == (
        "https://app.snowflake.com/a/b/#/compute/history/queries/x%2F..%2F%3Cb%3E/detail"
    )
