"""What a statement is, and who runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlglot import exp

from embedded_snowflake import bindings
from embedded_snowflake.results import Result
from embedded_snowflake.sources import queries
from embedded_snowflake.sql.parse import dialect, nodes
from embedded_snowflake.state import execution
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Handler, Statement
from embedded_snowflake.statements import (
    changes,
    databases,
    describe,
    file_format_objects,
    multi_insert,
    owner_rights,
    session_statements,
    show,
    stage_directories,
    stage_statements,
    tables,
    variables,
)
from embedded_snowflake.statements.access import account_objects, granting, listing, network_policies, warehouses
from embedded_snowflake.statements.copy import between_stages, into_table


def _same(run: Callable[[Statement, Any], Result]) -> Handler:
    """Make the handler of a statement that is run to be described, too."""
    return Handler(run, run)


def _ddl(run: Callable[[Statement, Any], Result]) -> Handler:
    """Make the handler of a statement that answers with a status."""
    return Handler(run, tables.describe)


_CHANGE = Handler(changes.run, changes.describe)
_QUERY = Handler(queries.run, queries.describe)

# By the type of a statement's tree, or by its type and the kind of object that it is about.
_HANDLERS: dict[type[exp.Expr] | tuple[type[exp.Expr], str], Handler] = {
    # The session
    exp.Use: _same(session_statements.use),
    exp.Transaction: _same(session_statements.begin),
    exp.Commit: _same(session_statements.commit),
    exp.Rollback: _same(session_statements.rollback),
    exp.Set: Handler(variables.set_, variables.describe_set),
    nodes.UnsetVariables: Handler(variables.unset, variables.describe_unset),
    (exp.Alter, "SESSION"): _same(session_statements.alter_session),
    (nodes.ShowSession, "PARAMETERS"): _same(session_statements.show_parameters),
    nodes.CallSystemFunction: Handler(
        session_statements.call_system_function, session_statements.describe_system_function
    ),
    # Stages and their files
    (exp.Create, "STAGE"): Handler(stage_statements.create, stage_statements.describe_create),
    (exp.Drop, "STAGE"): Handler(stage_statements.drop, stage_statements.describe_drop),
    nodes.AlterStage: Handler(stage_directories.alter, stage_directories.describe_alter),
    exp.Put: _same(stage_statements.put),
    exp.Get: _same(stage_statements.get),
    exp.ListStage: Handler(stage_statements.list_, stage_statements.describe_list),
    nodes.RemoveFiles: Handler(stage_statements.remove, stage_statements.describe_remove),
    nodes.CopyFiles: Handler(between_stages.run, between_stages.describe),
    exp.Copy: Handler(into_table.run, into_table.describe),
    # Databases, schemas and file formats
    (exp.Create, "DATABASE"): _ddl(databases.create),
    (exp.Create, "SCHEMA"): _ddl(databases.create),
    (exp.Drop, "DATABASE"): _ddl(databases.drop),
    (exp.Drop, "SCHEMA"): _ddl(databases.drop),
    (exp.Create, "FILE FORMAT"): _ddl(file_format_objects.run),
    (exp.Drop, "FILE FORMAT"): _ddl(file_format_objects.run),
    nodes.AlterContainer: _same(session_statements.alter_container),
    exp.Show: Handler(show.run, show.describe),
    # Roles, users, warehouses and grants
    nodes.AlterAccountObject: _ddl(account_objects.alter),
    nodes.CommentOnAccountObject: _ddl(account_objects.comment),
    nodes.CreateAccountObject: _ddl(account_objects.create),
    (nodes.DescribeAccountObject, "WAREHOUSE"): _same(warehouses.describe),
    (nodes.DescribeAccountObject, "NETWORK POLICY"): _same(network_policies.describe),
    nodes.DropAccountObject: _ddl(account_objects.drop),
    nodes.Grant: _ddl(granting.grant),
    nodes.GrantRole: _ddl(granting.grant_role),
    nodes.Revoke: _ddl(granting.revoke),
    nodes.RevokeRole: _ddl(granting.revoke_role),
    nodes.ShowAccountObjects: Handler(listing.show, listing.describe_show),
    nodes.ShowGrants: Handler(listing.show_grants, listing.describe_show_grants),
    # Tables, views and sequences
    exp.Create: _ddl(tables.run),
    exp.Drop: _ddl(tables.run),
    exp.Alter: _ddl(tables.run),
    exp.TruncateTable: _ddl(tables.run),
    exp.Comment: _ddl(tables.run),
    exp.Describe: Handler(describe.run, describe.describe),
    # Rows
    exp.Query: _QUERY,
    exp.Values: _QUERY,
    exp.Insert: _CHANGE,
    exp.Update: _CHANGE,
    exp.Delete: _CHANGE,
    exp.Merge: _CHANGE,
    exp.MultitableInserts: Handler(multi_insert.run, multi_insert.describe),
}


def run(
    session: Session,
    text: str,
    rows: Sequence[list[bindings.Binding]] = (),
    *,
    describe: bool = False,
    query_id: str = "",
    leaves_open: bool = False,
) -> Result:
    """Run one statement.

    Args:
        session: The session, or the part of one, to run it in.
        text: Statement in Snowflake's SQL.
        rows: Values of its placeholders; several rows for an INSERT of many.
        describe: Whether only its result's columns are wanted.
        leaves_open: Whether it leaves the open transaction open though it is DDL.

    Returns:
        Its result; without rows when described.

    Raises:
        SnowflakeError: Snowflake would refuse it, or it is not supported.
    """
    return execution.run(Statement(session, text, rows, describe, query_id, leaves_open), _interpret)


def _interpret(statement: Statement) -> Result:
    text = variables.inline(statement.session, statement.text)
    tree = _read(statement, text)
    owner_rights.check(statement.session, tree)
    if not statement.describe_only and _is_ddl(tree):
        statement.commit_for_ddl()
    handler = _handler(tree, statement.session)
    if handler is None:
        raise statement.unsupported()
    return (handler.describe if statement.describe_only else handler.run)(statement, tree)


def _read(statement: Statement, text: str) -> exp.Expr:
    """Parse a statement and fill in its values."""
    tree, rows = dialect.parse(text), statement.rows
    if len(rows) > 1:
        return changes.of_many(statement, tree)
    if rows and (rows[0] or not statement.describe_only):  # a client may ask for the columns before it has values
        tree = bindings.fill(tree, rows[0])
    return tree


def _run_text(statement: Statement, tree: nodes.ExecuteImmediate) -> Result:
    """Run EXECUTE IMMEDIATE."""
    return execution.run(statement.nested(nodes.text_of(tree.this)), _interpret)


def _describe_text(statement: Statement, tree: nodes.ExecuteImmediate) -> Result:
    """Describe the statement that EXECUTE IMMEDIATE would run."""
    inner = statement.nested(nodes.text_of(tree.this), describe_only=True)
    return execution.run(inner, _interpret)


def _handler(tree: exp.Expr, session: Session) -> Handler | None:
    """Find what runs and describes a statement: here, or among the handlers of functions and procedures."""
    if session.engine.python is not None and type(tree) in session.engine.python.handlers:
        found: Handler = session.engine.python.handlers[type(tree)]
        return found
    kind = str(tree.args.get("kind")).upper()
    for node in type(tree).__mro__:
        handler = _HANDLERS.get((node, kind)) or _HANDLERS.get(node)
        if handler is not None:
            return handler
    return None


_HANDLERS[nodes.ExecuteImmediate] = Handler(_run_text, _describe_text)


# What defines objects, or who may use them.
_DDL = (exp.Create, exp.Alter, exp.Drop, exp.Undrop, exp.Comment, nodes.DataDefinition)


def _is_ddl(tree: exp.Expr) -> bool:
    """Tell whether a statement is DDL, which commits the open transaction.

    TRUNCATE and COPY are not, nor is ALTER SESSION.
    """
    return isinstance(tree, _DDL) and not (
        isinstance(tree, exp.Alter) and str(tree.args.get("kind")).upper() == "SESSION"
    )
