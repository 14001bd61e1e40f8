"""GRANT and REVOKE.

Grammar: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege, …/grant-ownership, …/grant-role, and those of
REVOKE. sqlglot has a tree for the shortest of these statements only, so all are read from their tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.sql.parse.tokens import TokenReader
from embedded_snowflake.state.granted import OWNERSHIP
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements.access import privileges as known
from embedded_snowflake.statements.access import securables

_DONE = "Statement executed successfully."
_OTHER_GRANTEES = ("DATABASE", "SHARE", "APPLICATION", "USER")


@dataclass(frozen=True)
class _Target:
    """What something is granted on.

    Attributes:
        kind: Kind of object.
        objects: The objects that there are; of future ones their kind and place.
        future: Whether they are yet to come.
        several: Whether ALL or FUTURE named them.
    """

    kind: str
    objects: list[Securable]
    future: bool = False
    several: bool = False


def run(session: Session, tokens: TokenReader) -> Result:
    """Run GRANT or REVOKE.

    Args:
        session: The session.
        tokens: The statement, at its start.

    Returns:
        "Statement executed successfully."

    Raises:
        SnowflakeError: An object, a role or a user does not exist, Snowflake would refuse it, or it is not supported.
    """
    revoke = tokens.take("GRANT", "REVOKE") == "REVOKE"
    if tokens.take("ROLE"):
        return _role(session, tokens, revoke=revoke)
    if tokens.at("DATABASE", "APPLICATION", "CALLER", "INHERITED"):
        raise not_supported(f"{'REVOKE' if revoke else 'GRANT'} {' '.join(tokens.rest().split()[:2])}")
    option_only = revoke and tokens.take_all("GRANT", "OPTION", "FOR")
    names = _read_privileges(tokens)
    target = _read_target(session, tokens)
    role = _read_role(session, tokens, "FROM" if revoke else "TO")
    if names == [OWNERSHIP] and not target.future:
        if revoke:
            raise compilation_error(
                "OWNERSHIP cannot be revoked: it is transferred to another role by GRANT OWNERSHIP.", 3042, "42601"
            )
        return _own(session, tokens, target, role)
    everything = names is None
    if names is None:
        names = known.all_of(target.kind)
    elif names != [OWNERSHIP]:
        known.check(names, target.kind)
    if revoke:
        tokens.take("RESTRICT", "CASCADE")
    option = option_only or (not revoke and tokens.take_all("WITH", "GRANT", "OPTION"))
    if not revoke and target.future:
        _current_grants(tokens)  # of FUTURE objects there are none
    tokens.expect_end()
    if session.describe_only:
        return status_result("")
    grants = session.engine.account.grants
    if revoke:
        grants.take(
            None if everything else names, target.objects, ("ROLE", role), future=target.future, option=option_only
        )
    elif target.future:
        grants.give_future(names, target.objects[0], role, option=option)
    else:
        grants.give(names, target.objects, ("ROLE", role), session.role, option=option)
    return _done(target)


def _read_privileges(tokens: TokenReader) -> list[str] | None:
    """Privileges in front of ON; None for ALL PRIVILEGES."""
    if tokens.take("ALL"):
        tokens.take("PRIVILEGES")
        tokens.expect("ON")
        return None
    names: list[str] = []
    while True:
        words = [tokens.identifier()]
        while not tokens.at(",", "ON"):
            words.append(tokens.identifier())
        names.append(" ".join(words))
        if not tokens.take(","):
            tokens.expect("ON")
            return names


def _read_target(session: Session, tokens: TokenReader) -> _Target:
    scope = tokens.take("ALL", "FUTURE")
    if scope is None:
        kind = known.read_kind(tokens)
        return _Target(kind, [securables.read_one(session, tokens, kind)])
    kind = known.read_kind(tokens, plural=True)
    tokens.expect("IN")
    where = tokens.take("DATABASE", "SCHEMA")
    if where is None or (kind == "SCHEMA" and where == "SCHEMA"):
        raise tokens.unexpected(where)
    place = securables.read_container(session, tokens, where)
    if scope == "FUTURE":
        return _Target(kind, [Securable(kind, place.database, place.schema)], future=True, several=True)
    return _Target(kind, securables.all_in(session, kind, place.database, place.schema), several=True)


def _read_role(session: Session, tokens: TokenReader, word: str) -> str:
    tokens.expect(word)
    if not tokens.take("ROLE") and tokens.at(*_OTHER_GRANTEES):
        raise not_supported(f"privileges {word} {tokens.identifier()}: only a role gets them here")
    return session.engine.account.objects.get("ROLE", tokens.name_of_one()).name


def _current_grants(tokens: TokenReader) -> str | None:
    word = tokens.take("REVOKE", "COPY")
    if word is not None:
        tokens.expect("CURRENT")
        tokens.expect("GRANTS")
    return word


def _own(session: Session, tokens: TokenReader, target: _Target, role: str) -> Result:
    """GRANT OWNERSHIP … [REVOKE | COPY CURRENT GRANTS]."""
    others = _current_grants(tokens)
    tokens.expect_end()
    if session.describe_only:
        return status_result("")
    account = session.engine.account
    with account.change():
        for securable in target.objects if others is None else []:
            grant = account.grants.dependent(securable)
            if grant is not None:
                raise SnowflakeError(
                    f"SQL execution error: Dependent grant of privilege '{grant.privilege}' on securable"
                    f" '{securable.shown}' to role '{grant.grantee}' exists.  It must be revoked first.  More than one"
                    " dependent grant may exist: use 'SHOW GRANTS' command to view them.  To revoke all dependent"
                    " grants while transferring object ownership, use convenience command 'GRANT OWNERSHIP ON"
                    " <target_objects> TO <target_role> REVOKE CURRENT GRANTS'.",
                    3036,
                    "23001",
                )
        account.grants.own(target.objects, role, copy=others == "COPY")
    return _done(target)


def _role(session: Session, tokens: TokenReader, *, revoke: bool) -> Result:
    """GRANT ROLE r TO ROLE | USER x, and REVOKE ROLE r FROM …."""
    account = session.engine.account
    role = account.objects.get("ROLE", tokens.name_of_one()).name
    tokens.expect("FROM" if revoke else "TO")
    kind = tokens.take("ROLE", "USER")
    if kind is None:
        raise tokens.unexpected()
    holder = account.objects.get(kind, tokens.name_of_one()).name
    tokens.expect_end()
    if session.describe_only:
        return status_result("")
    on = [Securable("ROLE", name=role)]
    with account.change():
        if revoke:
            account.grants.take(["USAGE"], on, (kind, holder))
        elif kind == "ROLE" and holder in (role, *account.grants.roles_of("ROLE", role)):
            raise SnowflakeError(
                f"SQL execution error: Role '{role}' cannot be granted to '{holder}': it holds that role itself.",
                3013,
                "42501",
            )
        else:
            account.grants.give(["USAGE"], on, (kind, holder), session.role)
    return status_result(_DONE)


def _done(target: _Target) -> Result:
    return status_result(
        f"{_DONE} {len(target.objects)} objects affected." if target.several and not target.future else _DONE
    )
