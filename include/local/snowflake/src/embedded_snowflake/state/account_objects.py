"""Roles, users, warehouses and what limits these: what belongs to the account and to no database."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from embedded_snowflake.errors import already_exists, does_not_exist
from embedded_snowflake.state.account_file import BEGINNING, AccountFile, instant, now

# https://docs.snowflake.com/en/user-guide/security-access-control-overview#system-defined-roles, and which each is
# granted to.
SYSTEM_ROLES: Mapping[str, str | None] = {
    "ACCOUNTADMIN": None,
    "SECURITYADMIN": "ACCOUNTADMIN",
    "USERADMIN": "SECURITYADMIN",
    "SYSADMIN": "ACCOUNTADMIN",
    "ORGADMIN": None,
    "PUBLIC": None,
}


@dataclass(frozen=True)
class AccountObject:
    """A role, user, warehouse, resource monitor or network policy.

    Attributes:
        kind: ROLE, USER, WAREHOUSE, RESOURCE MONITOR or NETWORK POLICY.
        name: Name as stored.
        comment: Its comment.
        properties: Other properties as written, names in upper case.
        created: When, in UTC.
    """

    kind: str
    name: str
    comment: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    created: datetime.datetime = BEGINNING


class AccountObjects:
    """All of them.

    Args:
        file: Where they are kept.
    """

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def all(self, kind: str) -> list[AccountObject]:
        """List all of a kind.

        Args:
            kind: As AccountObject has it.

        Returns:
            The objects, by name.
        """
        rows = self._file.rows(
            "select name, comment, properties, created from objects where kind=? order by name", [kind]
        )
        return [
            AccountObject(kind, name, comment, json.loads(properties), instant(created))
            for name, comment, properties, created in rows
        ]

    def find(self, kind: str, name: str) -> AccountObject | None:
        """Look one up.

        Args:
            kind: As AccountObject has it.
            name: Name as stored.

        Returns:
            The object, or None.
        """
        return next((item for item in self.all(kind) if item.name == name), None)

    def get(self, kind: str, name: str) -> AccountObject:
        """Look up one that must be there.

        Args:
            kind: As AccountObject has it.
            name: Name as stored.

        Returns:
            The object.

        Raises:
            SnowflakeError: There is none (002003).
        """
        found = self.find(kind, name)
        if found is None:
            raise does_not_exist(kind.capitalize(), name)
        return found

    def add(self, item: AccountObject) -> None:
        """Add one, made now.

        Args:
            item: The object.

        Raises:
            SnowflakeError: It exists (002002).
        """
        with self._file.change() as base:
            if self.find(item.kind, item.name) is not None:
                raise already_exists(item.name)
            sql = "insert into objects (kind, name, comment, properties, created) values (?, ?, ?, ?, ?)"
            base.execute(sql, [item.kind, item.name, item.comment, json.dumps(item.properties), now()])

    def change(self, old: AccountObject, new: AccountObject) -> None:
        """Change one.

        Args:
            old: What is there.
            new: What it becomes; of the same kind.

        Raises:
            SnowflakeError: Its new name is taken (002002).
        """
        with self._file.change() as base:
            if new.name != old.name and self.find(new.kind, new.name) is not None:
                raise already_exists(new.name)
            sql = "update objects set name=?, comment=?, properties=? where kind=? and name=?"
            base.execute(sql, [new.name, new.comment, json.dumps(new.properties), old.kind, old.name])

    def drop(self, item: AccountObject) -> None:
        """Remove one.

        Args:
            item: The object.
        """
        with self._file.change() as base:
            base.execute("delete from objects where kind=? and name=?", [item.kind, item.name])
