"""CREATE, DROP, SHOW, DESCRIBE and COMMENT ON of Python functions and procedures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from embedded_snowflake.errors import compilation_error
from embedded_snowflake.names import display, like
from embedded_snowflake.python import listing
from embedded_snowflake.python.definitions import Definition, creation_of
from embedded_snowflake.python.duck_functions import DuckFunctions
from embedded_snowflake.python.grants import record_creation, securable
from embedded_snowflake.python.packages import Packages
from embedded_snowflake.python.registry import Registered, Registry, qualify, unknown
from embedded_snowflake.python.sqltypes import signature
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.sql.parse import dialect, nodes
from embedded_snowflake.sql.resolve import identifiers
from embedded_snowflake.state import stage_lookup
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement

_DONE = "Statement executed successfully."


class Statements:
    """Runs statements that define, drop or list.

    Args:
        registry: The definitions.
        packages: What the interpreters have.
        functions: The functions that DuckDB knows.
    """

    def __init__(self, registry: Registry, packages: Packages, functions: DuckFunctions) -> None:
        self._registry = registry
        self._packages = packages
        self._functions = functions

    def create(self, statement: Statement, tree: nodes.CreateRoutine) -> Result:
        """Run CREATE FUNCTION or CREATE PROCEDURE.

        Args:
            statement: Execution of it.
            tree: Statement.

        Returns:
            Its status.

        Raises:
            SnowflakeError: It exists, a package or runtime is not available, or a staged file is missing.
        """
        session, creation = statement.session, creation_of(tree)
        definition = replace(
            creation.definition, name=qualify(creation.definition.name, session.database, session.schema)
        )
        imports = self.checked_imports(definition, session)
        before = self._registry.overloads(definition.kind, definition.name, session)
        item = self._registry.add(replace(creation, definition=definition), imports, session)
        name = display(definition.name[-1])
        if item is None:
            return status_result(f"{name} already exists, statement succeeded.")
        replaced = [
            old for old in before if old.owner is item.owner and old.definition.signature == definition.signature
        ]
        for old in replaced:
            self._functions.forget(old)
        record_creation(
            session, definition, replaced[0].definition if replaced else None, copy_grants=creation.copy_grants
        )
        return status_result(f"{definition.kind.capitalize()} {name} successfully created.")

    def checked_imports(self, definition: Definition, session: Session) -> tuple[Path, ...]:
        """Check that a definition's runtime, packages and staged files are there.

        Args:
            definition: What is defined.
            session: Session whose database and schema names leave out.

        Returns:
            Local paths of the staged files.

        Raises:
            SnowflakeError: Something is not there.
        """
        self._packages.check(definition.runtime, definition.packages)
        paths = tuple(stage_lookup.path(session, ref) for ref in definition.imports)
        for ref, path in zip(definition.imports, paths, strict=True):
            if not path.is_file():
                raise compilation_error(f"Import file '{ref}' was not found on its stage.", 2003, "02000")
        return paths

    def alter(self, statement: Statement, tree: nodes.AlterRoutine) -> Result:
        """Run ALTER FUNCTION or ALTER PROCEDURE.

        Args:
            statement: Execution of it.
            tree: Statement.

        Returns:
            Its status.

        Raises:
            SnowflakeError: There is none of this name and these types, or the new name is taken.
        """
        found = self._search(tree.this, statement.session)
        if found is None:
            if tree.args["exists"]:
                return status_result(_DONE)
            raise unknown(*self._named(tree.this, statement.session))
        before = found.definition
        changed = _changed(before, tree, statement.session)
        self._registry.change(found, changed)
        if changed.name != before.name and found.owner is None:
            statement.session.engine.account.grants.renamed((securable(before), securable(changed)))
        return status_result(_DONE)

    def drop(self, statement: Statement, tree: nodes.DropRoutine) -> Result:
        """Run DROP FUNCTION or DROP PROCEDURE.

        Args:
            statement: Execution of it.
            tree: Statement.

        Returns:
            Its status.

        Raises:
            SnowflakeError: There is none of this name and these types.
        """
        found = self._search(tree.this, statement.session)
        kind, name = self._named(tree.this, statement.session)
        if found is None:
            if tree.args["exists"]:
                return status_result("Drop statement executed successfully (already dropped).")
            raise unknown(kind, name)
        self._registry.drop(found)
        self._functions.forget(found)
        if found.owner is None:
            statement.session.engine.account.grants.dropped(securable(found.definition))
        return status_result(f"{display(name[-1])} successfully dropped.")

    def show(self, statement: Statement, tree: nodes.ShowRoutines) -> Result:
        """Run SHOW FUNCTIONS or SHOW PROCEDURES.

        Args:
            statement: Execution of it.
            tree: Statement.

        Returns:
            A row for each.
        """
        session, kind = statement.session, tree.args["kind"]
        items = self._registry.visible(kind, session)
        if tree.args["like"] is not None:
            pattern = like(nodes.text_of(tree.args["like"]))
            items = [item for item in items if pattern.fullmatch(item.definition.name[-1])]
        if tree.args.get("scope") is not None:
            items = _inside(items, tree, session)
        elif session.database is not None:
            items = [
                item
                for item in items
                if item.definition.name[0] == session.database and session.schema in (None, item.definition.name[1])
            ]
        return listing.show(items, kind)

    def describe(self, statement: Statement, tree: nodes.DescribeRoutine) -> Result:
        """Run DESCRIBE FUNCTION or DESCRIBE PROCEDURE.

        Args:
            statement: Execution of it.
            tree: Statement.

        Returns:
            Rows of property and value.

        Raises:
            SnowflakeError: There is none of this name and these types.
        """
        item = self._find(tree.this, statement.session)
        installed = [
            f"'{package}=={version}'"
            for package, version, _, runtime in self._packages.rows()
            if runtime == item.definition.runtime
        ]
        return listing.describe(item, f"[{','.join(installed)}]")

    def ddl(self, kind: str, text: str, session: Session) -> str:
        """Answer GET_DDL('FUNCTION', 'name(types)').

        Args:
            kind: "FUNCTION" or "PROCEDURE".
            text: Name and argument types.
            session: Session whose database and schema names leave out.

        Returns:
            The CREATE statement.

        Raises:
            SnowflakeError: There is none of this name and these types.
        """
        name = dialect.parse_routine_name(text)
        name.set("kind", kind)
        return listing.ddl(self._find(name, session))

    def comment(self, statement: Statement, tree: nodes.CommentOnRoutine) -> Result:
        """Run COMMENT ON FUNCTION or COMMENT ON PROCEDURE.

        Args:
            statement: Execution of it.
            tree: Statement.

        Returns:
            Its status.

        Raises:
            SnowflakeError: There is none of this name and these types.
        """
        item = self._find(tree.this, statement.session)
        self._registry.change(item, replace(item.definition, comment=nodes.text_of(tree.expression)))
        return status_result(_DONE)

    def _find(self, routine: nodes.RoutineName, session: Session) -> Registered:
        found = self._search(routine, session)
        if found is None:
            raise unknown(*self._named(routine, session))
        return found

    def _search(self, routine: nodes.RoutineName, session: Session) -> Registered | None:
        kind, name = self._named(routine, session)
        types = signature(routine.expressions)
        overloads = self._registry.overloads(kind, name, session)
        return next((item for item in overloads if item.definition.signature == types), None)

    def _named(self, routine: nodes.RoutineName, session: Session) -> tuple[str, tuple[str, ...]]:
        """Give the kind and the full name of a function or procedure that a statement names."""
        name = qualify(identifiers.parts(routine.this), session.database, session.schema)
        return routine.args["kind"], name


def _inside(items: list[Registered], tree: nodes.ShowRoutines, session: Session) -> list[Registered]:
    """Keep what lies in the database or schema that a SHOW … IN names."""
    scope, named = tree.args["scope"], tree.args.get("this")
    if scope == "ACCOUNT":
        return items
    if scope == "DATABASE":
        database = session.database if named is None else identifiers.parts(named)[-1]
        return [item for item in items if item.definition.name[0] == database]
    name = (session.schema or "PUBLIC",) if named is None else identifiers.parts(named)
    database, schema, _ = qualify((*name, ""), session.database, session.schema)
    return [item for item in items if item.definition.name[:2] == (database, schema)]


def _changed(definition: Definition, tree: nodes.AlterRoutine, session: Session) -> Definition:
    change = tree.args
    if change.get("new_name") is not None:
        return replace(
            definition, name=qualify(identifiers.parts(change["new_name"]), session.database, session.schema)
        )
    if change.get("execute_as") is not None:
        return replace(definition, execute_as=change["execute_as"])
    if change.get("secure") is not None:
        return replace(definition, secure=change["secure"])
    return replace(definition, comment=nodes.text_of(change["comment"]))
