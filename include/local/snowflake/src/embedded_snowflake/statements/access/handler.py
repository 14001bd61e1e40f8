"""Which statements are about roles, users, warehouses and grants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from embedded_snowflake import bindings
from embedded_snowflake.results import Result
from embedded_snowflake.sql.parse import dialect, nodes
from embedded_snowflake.sql.parse.tokens import TokenReader
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements.access import account_objects, granting, listing, warehouses

_RUN: dict[type[exp.Expr], Callable[[Session, Any], Result]] = {
    nodes.Grant: granting.grant,
    nodes.GrantRole: granting.grant_role,
    nodes.Revoke: granting.revoke,
    nodes.RevokeRole: granting.revoke_role,
    nodes.ShowGrants: listing.show_grants,
}
_KINDS = frozenset({"ROLE", "USER", "WAREHOUSE"})
_SHOWN = frozenset({"USERS", "WAREHOUSES"})


def handle(session: Session, tree: exp.Expr) -> Result | None:
    """Run a statement about roles, users, warehouses or grants: a `Handler`.

    Raises:
        SnowflakeError: What it names does not exist or exists already, Snowflake would refuse it, or it is not
            supported.
    """
    run = _RUN.get(type(tree))
    if run is not None:
        return run(session, tree)
    if isinstance(tree, (exp.Create, exp.Drop, exp.Describe, exp.Comment)):
        return _run(session, tree) if str(tree.args.get("kind")).upper() in _KINDS else None
    if isinstance(tree, exp.Show):
        return _run(session, tree) if tree.name.upper() in _SHOWN else None
    return _run(session, tree) if isinstance(tree, exp.Command) else None


def _tokens(tree: exp.Expr) -> TokenReader:
    values = [bindings.literal(kind, value) for kind, value in tree.meta.get("values", ())]
    return TokenReader(dialect.fill_text(tree.meta["statement"], values))


def _run(session: Session, tree: exp.Expr) -> Result | None:
    tokens = _tokens(tree)
    verb = tokens.take("SHOW", "CREATE", "ALTER", "DROP", "COMMENT", "DESC", "DESCRIBE")
    if verb == "SHOW":
        return listing.show(session, tokens)
    if verb == "CREATE":
        return account_objects.create(session, tokens)
    if verb == "ALTER":
        return account_objects.alter(session, tokens)
    if verb == "DROP":
        return account_objects.drop(session, tokens)
    if verb == "COMMENT":
        return account_objects.comment(session, tokens)
    if verb is not None and tokens.take("WAREHOUSE"):
        return warehouses.described(session.engine.account.objects.get("WAREHOUSE", tokens.name_of_one()))
    return None
