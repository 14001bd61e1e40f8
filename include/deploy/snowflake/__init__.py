"""The SQL that sets up a Snowflake account, and what its names may be."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path

SETUP = Path(__file__).with_name("setup.sql")
SIZES = ("XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE", "XXXLARGE", "X4LARGE", "X5LARGE", "X6LARGE")
"""Of warehouses (https://docs.snowflake.com/en/sql-reference/sql/create-warehouse)."""
_VARIABLE = re.compile(r"<% (\w+) %>")


def identifier(text: str) -> str:
    """Check a name of an object.

    Args:
        text: a word.

    Returns:
        It in upper case, as Snowflake keeps it.

    Raises:
        ValueError: it would have to be quoted.
    """
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,254}", text):
        raise ValueError(f"{text!r} is no name of letters, digits and underscores")
    return text.upper()


def address(text: str) -> str:
    """Check an address that may log in.

    Args:
        text: an IPv4 address, or a range of them as 203.0.113.0/24.

    Returns:
        It as a text of SQL.

    Raises:
        ValueError: it is none, or all addresses.
    """
    network = ipaddress.IPv4Network(text)
    if network.prefixlen == 0:
        raise ValueError("all addresses are no limit")
    return f"'{text}'"


def public_key(pem: str) -> str:
    """Take what RSA_PUBLIC_KEY wants out of a file.

    Args:
        pem: the file's text, with the lines that begin and end a public key.

    Returns:
        The key without them, in one line.

    Raises:
        ValueError: it is no public key.
    """
    found = re.search(r"-----BEGIN PUBLIC KEY-----\s(.*)-----END PUBLIC KEY-----", pem, re.DOTALL)
    body = "".join(found[1].split()) if found else ""
    try:
        base64.b64decode(body, validate=True)
    except binascii.Error:
        body = ""
    if not body:
        raise ValueError("it is no public key in PEM (`-----BEGIN PUBLIC KEY-----`)")
    return body


def filled(sql: str, values: Mapping[str, str]) -> str:
    """Fill in the names of an SQL file, as Snowflake CLI does.

    Args:
        sql: with variables as `<% name %>`.
        values: of each of them.

    Returns:
        SQL.

    Raises:
        KeyError: one has no value.
    """
    return _VARIABLE.sub(lambda found: values[found[1]], sql)
