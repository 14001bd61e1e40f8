"""What was granted, read: on an object, to a role or user, in advance."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from embedded_snowflake.state.account_file import AccountFile, instant
from embedded_snowflake.state.securables import Securable

OWNERSHIP = "OWNERSHIP"
DEFAULT_OWNER = "SYSADMIN"  # of what was there before owners were recorded
ON = "kind=? and database_name=? and schema_name=? and name=?"
COLUMNS = "privilege, kind, database_name, schema_name, name, granted_to, grantee, grant_option, granted_by, created"


@dataclass(frozen=True)
class Grant:
    """One grant.

    Attributes:
        privilege: SELECT, OWNERSHIP, …; USAGE of a role that is granted.
        on: The object; of a future grant its kind, and the database or schema that it will be in.
        granted_to: ROLE or USER.
        grantee: The role's or user's name.
        option: Whether the grantee may grant it on.
        granted_by: Role that granted it.
        created: When, in UTC.
    """

    privilege: str
    on: Securable
    granted_to: str
    grantee: str
    option: bool
    granted_by: str
    created: datetime.datetime


class GrantQueries:
    """Reads the grants of the account.

    Args:
        file: Where they are kept.
    """

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def owner(self, of: Securable) -> str:
        """Find an object's owner.

        Args:
            of: The object.

        Returns:
            The role.
        """
        rows = self._file.rows(f"select grantee from grants where future=0 and privilege='OWNERSHIP' and {ON}", key(of))
        return str(rows[0][0]) if rows else DEFAULT_OWNER

    def owners(self, database: str) -> dict[Securable, str]:
        """List the recorded owners in a database.

        Args:
            database: The database.

        Returns:
            Roles by object.
        """
        return {
            grant.on: grant.grantee
            for grant in self._read("future=0 and privilege='OWNERSHIP' and database_name=?", [database])
        }

    def dependent(self, on: Securable) -> Grant | None:
        """Find a grant that stands in the way of another owner.

        Args:
            on: The object.

        Returns:
            A grant to another than the owner; None when there is none.
        """
        owner = self.owner(on)
        return next((grant for grant in self.on(on) if grant.privilege != OWNERSHIP and grant.grantee != owner), None)

    def on(self, securable: Securable) -> list[Grant]:
        """List the grants on an object.

        Args:
            securable: The object.

        Returns:
            The grants, oldest first.
        """
        return self._read(f"future=0 and {ON}", key(securable))

    def to(self, kind: str, name: str) -> list[Grant]:
        """List the grants to a role or user.

        Args:
            kind: ROLE or USER.

        Returns:
            The grants, oldest first.
        """
        return self._read("future=0 and granted_to=? and grantee=?", [kind, name])

    def of_role(self, role: str) -> list[Grant]:
        """List whom a role is granted to.

        Args:
            role: The role.

        Returns:
            The grants, oldest first.
        """
        return self._read("future=0 and kind='ROLE' and name=? and privilege='USAGE'", [role])

    def roles_of(self, kind: str, name: str) -> list[str]:
        """List the roles that are granted to a role or user, directly or through others.

        Args:
            kind: ROLE or USER.

        Returns:
            Names of the roles.
        """
        sql = """with recursive held(name) as (
                   select name from grants where future=0 and kind='ROLE' and privilege='USAGE' and granted_to=?
                        and grantee=?
                   union select grants.name from grants join held on grants.grantee = held.name
                   where future=0 and kind='ROLE' and privilege='USAGE' and granted_to='ROLE')
                 select name from held"""
        return [str(name) for (name,) in self._file.rows(sql, [kind, name])]

    def future_in(self, database: str, schema: str) -> list[Grant]:
        """List what is granted in advance in a database or schema.

        Args:
            database: The database.
            schema: The schema; "" for what is granted for the whole database.

        Returns:
            The grants, oldest first.
        """
        return self._read("future=1 and database_name=? and schema_name=?", [database, schema])

    def future_to(self, role: str) -> list[Grant]:
        """List what is granted in advance to a role.

        Args:
            role: The role.

        Returns:
            The grants, oldest first.
        """
        return self._read("future=1 and grantee=?", [role])

    def _read(self, where: str, values: Sequence[Any]) -> list[Grant]:
        rows = self._file.rows(f"select {COLUMNS} from grants where {where} order by number", values)
        return [
            Grant(privilege, Securable(*on), granted_to, grantee, bool(option), granted_by, instant(created))
            for privilege, *on, granted_to, grantee, option, granted_by, created in rows
        ]


def key(securable: Securable) -> list[str]:
    """Give the values of `ON` for an object.

    Args:
        securable: The object.

    Returns:
        Its kind and its name's parts.
    """
    return [securable.kind, securable.database, securable.schema, securable.name]
