"""Which statements are about roles, users, warehouses and grants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from embedded_snowflake.results import Result
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements.access import account_objects, granting, listing, warehouses

_RUN: dict[type[exp.Expr], Callable[[Session, Any], Result]] = {
    nodes.AlterAccountObject: account_objects.alter,
    nodes.CommentOnAccountObject: account_objects.comment,
    nodes.CreateAccountObject: account_objects.create,
    nodes.DescribeWarehouse: warehouses.describe,
    nodes.DropAccountObject: account_objects.drop,
    nodes.Grant: granting.grant,
    nodes.GrantRole: granting.grant_role,
    nodes.Revoke: granting.revoke,
    nodes.RevokeRole: granting.revoke_role,
    nodes.ShowAccountObjects: listing.show,
    nodes.ShowGrants: listing.show_grants,
}


def handle(session: Session, tree: exp.Expr) -> Result | None:
    """Run a statement about roles, users, warehouses or grants: a `Handler`.

    Raises:
        SnowflakeError: What it names does not exist or exists already, Snowflake would refuse it, or it is not
            supported.
    """
    run = _RUN.get(type(tree))
    return None if run is None else run(session, tree)
