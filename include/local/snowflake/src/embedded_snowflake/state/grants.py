"""Who was granted what: privileges on objects, roles, and what is granted on objects that are yet to come.

They are recorded and shown, not enforced. https://docs.snowflake.com/en/user-guide/security-access-control-overview
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from embedded_snowflake.state.account_file import now
from embedded_snowflake.state.grant_queries import COLUMNS, DEFAULT_OWNER, ON, OWNERSHIP, Grant, GrantQueries, key
from embedded_snowflake.state.securables import Securable


class Grants(GrantQueries):
    """Reads and changes the grants of the account."""

    def created(
        self, made: Securable, owner: str, replaced: Securable | None = None, copied: Securable | None = None
    ) -> None:
        """Record what the creation of an object grants: its ownership, and what was granted on such objects in advance.

        What was granted on an object of that name before is forgotten.

        Args:
            made: The new object.
            owner: Role that made it.
            replaced: What it replaces, where that may be of another kind or other arguments.
            copied: Whose grants COPY GRANTS keeps, in place of those made in advance: the replaced object's or the
                original's.
        """
        with self._file.change() as base:
            kept = [grant for grant in self.on(copied) if grant.privilege != OWNERSHIP] if copied is not None else None
            for gone in (made, replaced or made):
                base.execute(f"delete from grants where future=0 and {ON}", key(gone))
            given = self._in_advance(made) if kept is None else kept
            owner = next((grant.grantee for grant in given if grant.privilege == OWNERSHIP), owner)
            _insert(base, OWNERSHIP, made, ("ROLE", owner), option=True, by=owner)
            for grant in given:
                if grant.privilege != OWNERSHIP:
                    _insert(
                        base, grant.privilege, made, (grant.granted_to, grant.grantee), option=grant.option, by=owner
                    )

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
                base.execute(f"delete from grants where future=0 and {ON}", key(gone))

    def renamed(self, *moves: tuple[Securable, Securable]) -> None:
        """Follow objects to their new names.

        Args:
            moves: Old and new names, one move after the other.
        """
        with self._file.change() as base:
            for old, new in moves:
                base.execute(f"delete from grants where future=0 and {ON}", key(new))
                sql = f"update grants set kind=?, database_name=?, schema_name=?, name=? where future=0 and {ON}"
                base.execute(sql, [*key(new), *key(old)])

    def give(
        self,
        privileges: Sequence[str],
        on: Sequence[Securable],
        to: tuple[str, str],
        role: str,
        *,
        option: bool = False,
    ) -> None:
        """Grant privileges, all or none.

        One that is granted already stays, and gets the grant option where it is given.

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
                    base.execute(f"delete from grants where future=1 and privilege='OWNERSHIP' and {ON}", key(on))
                _insert(base, privilege, on, ("ROLE", role), option=option, by="", future=True)

    def take(
        self,
        privileges: Sequence[str] | None,
        on: Sequence[Securable],
        of: tuple[str, str],
        *,
        future: bool = False,
        option: bool = False,
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
                where, values = f"future=? and {ON} and granted_to=? and grantee=?", [int(future), *key(securable), *of]
                if privileges is None:
                    where += " and privilege <> 'OWNERSHIP'"
                else:
                    where += f" and privilege in ({', '.join('?' * len(privileges))})"
                    values += privileges
                base.execute(
                    f"{'update grants set grant_option=0' if option else 'delete from grants'} where {where}", values
                )

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
                    base.execute(
                        f"delete from grants where future=0 and privilege='OWNERSHIP' and {ON}", key(securable)
                    )
                    base.execute(f"update grants set granted_by=? where future=0 and {ON}", [role, *key(securable)])
                else:
                    base.execute(f"delete from grants where future=0 and {ON}", key(securable))
                _insert(base, OWNERSHIP, securable, ("ROLE", role), option=True, by=role)

    def forget_grantee(self, kind: str, name: str, heir: str) -> None:
        """Forget a dropped role or user; what a role owned goes to the role that dropped it.

        Args:
            kind: ROLE or USER.
            heir: The role that drops it.
        """
        with self._file.change() as base:
            owned = "future=0 and privilege='OWNERSHIP' and granted_to=? and grantee=?"
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
        """Whom Snowflake names as the grantor: the owner.

        Of what nobody owns (the account, its own roles) the session's role.
        """
        rows = self._file.rows(f"select grantee from grants where future=0 and privilege='OWNERSHIP' and {ON}", key(on))
        if rows:
            return str(rows[0][0])
        return role if on.kind in ("ACCOUNT", "ROLE") else DEFAULT_OWNER

    def _in_advance(self, made: Securable) -> list[Grant]:
        """Future grants for an object: those of its schema, or without any those of its database."""
        if not made.database or made.kind == "DATABASE":
            return []
        schemas = [made.schema, ""] if made.kind != "SCHEMA" else [""]
        for schema in schemas:
            found = self._read(f"future=1 and {ON}", key(Securable(made.kind, made.database, schema)))
            if found:
                return found
        return []


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
        f"insert into grants (future, {COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict do update set grant_option = max(grant_option, excluded.grant_option)",
        [int(future), privilege, *key(on), *to, int(option), by, now()],
    )
