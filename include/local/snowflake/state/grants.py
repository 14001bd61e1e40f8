"""Who was granted what: privileges on objects, roles, and what is granted on objects that are yet to come.

They are recorded and shown, not enforced. https://docs.snowflake.com/en/user-guide/security-access-control-overview
"""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from include.local.snowflake.state.account_file import AccountFile, instant, now
from include.local.snowflake.state.securables import Securable

OWNERSHIP = "OWNERSHIP"
DEFAULT_OWNER = "SYSADMIN"  # of what was there before owners were recorded

_ON = "kind=? and database_name=? and schema_name=? and name=?"
_COLUMNS = "privilege, kind, database_name, schema_name, name, granted_to, grantee, grant_option, granted_by, created"


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


class Grants:
    """All grants of the account.

    Args:
        file: Where they are kept.
    """

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def created(self, made: Securable, owner: str, replaced: Securable | None = None, copied: Securable | None = None) -> None:
        """Record what the creation of an object grants: its ownership, and what was granted on such objects in advance.

        What was granted on an object of that name before is forgotten.

        Args:
            made: The new object.
            owner: Role that made it.
            replaced: What it replaces, where that may be of another kind or other arguments.
            copied: Whose grants COPY GRANTS keeps, in place of those made in advance: the replaced object's or the original's.
        """
        with self._file.change() as base:
            kept = [grant for grant in self.on(copied) if grant.privilege != OWNERSHIP] if copied is not None else None
            for gone in (made, replaced or made):
                base.execute(f"delete from grants where not future and {_ON}", _key(gone))
            given = self._in_advance(made) if kept is None else kept
            owner = next((grant.grantee for grant in given if grant.privilege == OWNERSHIP), owner)
            _insert(base, OWNERSHIP, made, ("ROLE", owner), option=True, by=owner)
            for grant in given:
                if grant.privilege != OWNERSHIP:
                    _insert(base, grant.privilege, made, (grant.granted_to, grant.grantee), option=grant.option, by=owner)

    def dropped(self, gone: Securable) -> None:
        """Forget what was granted on a dropped object, or on anything in a dropped database or schema.

        Args:
            gone: The object.
        """
        with self._file.change() as base:
            if gone.kind == "DATABASE":
                base.execute("delete from grants where database_name=?", [gone.database])
            elif gone.kind == "SCHEMA":
                base.execute("delete from grants where database_name=? and schema_name=?", [gone.database, gone.schema])
            else:
                base.execute(f"delete from grants where not future and {_ON}", _key(gone))

    def renamed(self, *moves: tuple[Securable, Securable]) -> None:
        """Follow objects to their new names.

        Args:
            moves: Old and new names, one move after the other.
        """
        with self._file.change() as base:
            for old, new in moves:
                base.execute(f"delete from grants where not future and {_ON}", _key(new))
                sql = f"update grants set kind=?, database_name=?, schema_name=?, name=? where not future and {_ON}"
                base.execute(sql, [*_key(new), *_key(old)])

    def owner(self, of: Securable) -> str:
        """Find an object's owner.

        Args:
            of: The object.

        Returns:
            The role.
        """
        rows = self._file.rows(f"select grantee from grants where not future and privilege='OWNERSHIP' and {_ON}", _key(of))
        return str(rows[0][0]) if rows else DEFAULT_OWNER

    def owners(self, kind: str) -> dict[Securable, str]:
        """List the recorded owners.

        Args:
            kind: Kind of objects.

        Returns:
            Roles by object.
        """
        found = self._read("not future and privilege='OWNERSHIP' and kind=?", [kind])
        return {grant.on: grant.grantee for grant in found}

    def give(self, privileges: Sequence[str], on: Sequence[Securable], to: tuple[str, str], role: str, *, option: bool = False) -> None:
        """Grant privileges, all or none. One that is granted already stays, and gets the grant option where it is given.

        Args:
            privileges: Their names.
            on: Objects; or one role, with USAGE.
            to: ROLE or USER, and its name.
            role: Role of the session, who grants where no owner does.
            option: WITH GRANT OPTION.
        """
        with self._file.change() as base:
            for securable in on:
                by = self._grantor(securable, role)
                for privilege in privileges:
                    _insert(base, privilege, securable, to, option=option, by=by)

    def give_future(self, privileges: Sequence[str], on: Securable, role: str, *, option: bool = False) -> None:
        """Grant privileges on objects that are yet to come.

        Args:
            privileges: Their names.
            on: Their kind, and the database or schema that they will be in.
            role: Who gets them.
            option: WITH GRANT OPTION.
        """
        with self._file.change() as base:
            for privilege in privileges:
                if privilege == OWNERSHIP:  # one owner only
                    base.execute(f"delete from grants where future and privilege='OWNERSHIP' and {_ON}", _key(on))
                _insert(base, privilege, on, ("ROLE", role), option=option, by="", future=True)

    def take(
        self, privileges: Sequence[str] | None, on: Sequence[Securable], of: tuple[str, str], *, future: bool = False, option: bool = False
    ) -> None:
        """Revoke privileges, all or none. One that was not granted is no error.

        Args:
            privileges: Their names; None for all but the ownership.
            on: Objects; of future grants their kind and place.
            of: ROLE or USER, and its name.
            future: Whether it is about objects yet to come.
            option: Only the grant option is revoked.
        """
        with self._file.change() as base:
            for securable in on:
                where, values = f"future=? and {_ON} and granted_to=? and grantee=?", [int(future), *_key(securable), *of]
                if privileges is None:
                    where += " and privilege <> 'OWNERSHIP'"
                else:
                    where += f" and privilege in ({', '.join('?' * len(privileges))})"
                    values += privileges
                base.execute(f"{'update grants set grant_option=0' if option else 'delete from grants'} where {where}", values)

    def dependent(self, on: Securable) -> Grant | None:
        """Find a grant that stands in the way of another owner.

        Args:
            on: The object.

        Returns:
            A grant to another than the owner; None when there is none.
        """
        owner = self.owner(on)
        return next((grant for grant in self.on(on) if grant.privilege != OWNERSHIP and grant.grantee != owner), None)

    def own(self, on: Sequence[Securable], role: str, *, copy: bool) -> None:
        """Give objects another owner, all or none.

        Args:
            on: The objects.
            role: The new owner.
            copy: Whether the other grants stay.
        """
        with self._file.change() as base:
            for securable in on:
                if copy:
                    base.execute(f"delete from grants where not future and privilege='OWNERSHIP' and {_ON}", _key(securable))
                    base.execute(f"update grants set granted_by=? where not future and {_ON}", [role, *_key(securable)])
                else:
                    base.execute(f"delete from grants where not future and {_ON}", _key(securable))
                _insert(base, OWNERSHIP, securable, ("ROLE", role), option=True, by=role)

    def on(self, securable: Securable) -> list[Grant]:
        """List the grants on an object.

        Args:
            securable: The object.

        Returns:
            The grants, oldest first.
        """
        return self._read(f"not future and {_ON}", _key(securable))

    def to(self, kind: str, name: str) -> list[Grant]:
        """List the grants to a role or user.

        Args:
            kind: ROLE or USER.
            name: Its name.

        Returns:
            The grants, oldest first.
        """
        return self._read("not future and granted_to=? and grantee=?", [kind, name])

    def of_role(self, role: str) -> list[Grant]:
        """List whom a role is granted to.

        Args:
            role: The role.

        Returns:
            The grants, oldest first.
        """
        return self._read("not future and kind='ROLE' and name=? and privilege='USAGE'", [role])

    def roles_of(self, kind: str, name: str) -> list[str]:
        """List the roles that are granted to a role or user, directly or through others.

        Args:
            kind: ROLE or USER.
            name: Its name.

        Returns:
            Names of the roles.
        """
        sql = """with recursive held(name) as (
                   select name from grants where not future and kind='ROLE' and privilege='USAGE' and granted_to=? and grantee=?
                   union select grants.name from grants join held on grants.grantee = held.name
                   where not future and kind='ROLE' and privilege='USAGE' and granted_to='ROLE')
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
        return self._read("future and database_name=? and schema_name=?", [database, schema])

    def future_to(self, role: str) -> list[Grant]:
        """List what is granted in advance to a role.

        Args:
            role: The role.

        Returns:
            The grants, oldest first.
        """
        return self._read("future and grantee=?", [role])

    def forget_grantee(self, kind: str, name: str, heir: str) -> None:
        """Forget a dropped role or user; what a role owned goes to the role that dropped it.

        Args:
            kind: ROLE or USER.
            name: Its name.
            heir: The role that drops it.
        """
        with self._file.change() as base:
            owned = "not future and privilege='OWNERSHIP' and granted_to=? and grantee=?"
            base.execute(f"update grants set grantee=?, granted_by=? where {owned}", [heir, heir, kind, name])
            base.execute("delete from grants where granted_to=? and grantee=?", [kind, name])

    def rename_grantee(self, kind: str, old: str, new: str) -> None:
        """Follow a role or user to its new name.

        Args:
            kind: ROLE or USER.
            old: Its name.
            new: Its new name.
        """
        with self._file.change() as base:
            base.execute("update grants set grantee=? where granted_to=? and grantee=?", [new, kind, old])
            if kind == "ROLE":
                base.execute("update grants set granted_by=? where granted_by=?", [new, old])

    def _grantor(self, on: Securable, role: str) -> str:
        """Whom Snowflake names as the grantor: the owner; of what nobody owns (the account, its own roles) the session's role."""
        rows = self._file.rows(f"select grantee from grants where not future and privilege='OWNERSHIP' and {_ON}", _key(on))
        if rows:
            return str(rows[0][0])
        return role if on.kind in ("ACCOUNT", "ROLE") else DEFAULT_OWNER

    def _in_advance(self, made: Securable) -> list[Grant]:
        """Future grants for an object: those of its schema, or without any those of its database."""
        if not made.database or made.kind == "DATABASE":
            return []
        schemas = [made.schema, ""] if made.kind != "SCHEMA" else [""]
        for schema in schemas:
            found = self._read("future and kind=? and database_name=? and schema_name=?", [made.kind, made.database, schema])
            if found:
                return found
        return []

    def _read(self, where: str, values: Sequence[Any]) -> list[Grant]:
        rows = self._file.rows(f"select {_COLUMNS} from grants where {where} order by number", values)
        return [
            Grant(privilege, Securable(*on), granted_to, grantee, bool(option), granted_by, instant(created))
            for privilege, *on, granted_to, grantee, option, granted_by, created in rows
        ]


def _key(securable: Securable) -> list[str]:
    return [securable.kind, securable.database, securable.schema, securable.name]


def _insert(
    base: sqlite3.Connection,
    privilege: str,
    on: Securable,
    to: tuple[str, str],
    *,
    option: bool,
    by: str,
    future: bool = False,
) -> None:
    base.execute(
        f"insert into grants (future, {_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict do update set grant_option = max(grant_option, excluded.grant_option)",
        [int(future), privilege, *_key(on), *to, int(option), by, now()],
    )
