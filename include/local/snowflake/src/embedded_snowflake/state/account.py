"""The account: its roles, users and warehouses, and who was granted what."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from embedded_snowflake.state.account_file import AccountFile
from embedded_snowflake.state.account_objects import SYSTEM_ROLES, AccountObject, AccountObjects
from embedded_snowflake.state.grant_queries import DEFAULT_OWNER
from embedded_snowflake.state.grants import Grants
from embedded_snowflake.state.securables import Securable

DEFAULT_WAREHOUSE = "COMPUTE_WH"


class Account:
    """What belongs to no database.

    Args:
        path: The file that keeps it; made when missing, with the system-defined roles and the default warehouse.
        user: The user who may log in; made when missing, with the roles that a new account's first user has.

    Attributes:
        objects: Roles, users and warehouses.
        grants: Who was granted what.
    """

    def __init__(self, path: Path, user: str) -> None:
        self._file = AccountFile(path)
        self.objects = AccountObjects(self._file)
        self.grants = Grants(self._file)
        with self.change():
            if not self.objects.all("ROLE"):
                self._begin()
            if self.objects.find("USER", user) is None:
                self.objects.add(AccountObject("USER", user))
                self.grants.created(Securable("USER", name=user), "ACCOUNTADMIN")
                for role in ("ACCOUNTADMIN", DEFAULT_OWNER):
                    self.grants.give(["USAGE"], [Securable("ROLE", name=role)], ("USER", user), "ACCOUNTADMIN")

    def change(self) -> AbstractContextManager[Any]:
        """Make several changes one: all of them or none."""
        return self._file.change()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _begin(self) -> None:
        for role in SYSTEM_ROLES:
            self.objects.add(AccountObject("ROLE", role))
        for role, holder in SYSTEM_ROLES.items():
            if holder is not None:
                self.grants.give(["USAGE"], [Securable("ROLE", name=role)], ("ROLE", holder), "")
        self.objects.add(AccountObject("WAREHOUSE", DEFAULT_WAREHOUSE))
        self.grants.created(Securable("WAREHOUSE", name=DEFAULT_WAREHOUSE), DEFAULT_OWNER)
