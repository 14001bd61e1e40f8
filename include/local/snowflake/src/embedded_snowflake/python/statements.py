"""CREATE, DROP, SHOW, DESCRIBE and COMMENT ON of Python functions and procedures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from embedded_snowflake.errors import compilation_error
from embedded_snowflake.names import display, like
from embedded_snowflake.python import listing
from embedded_snowflake.python.definitions import Creation, Definition
from embedded_snowflake.python.functions import DuckFunctions
from embedded_snowflake.python.grants import record_creation, securable
from embedded_snowflake.python.packages import Packages
from embedded_snowflake.python.registry import Registered, Registry, qualify, unknown
from embedded_snowflake.python.tokens import Tokens
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.state.session import Session


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

    def create(self, creation: Creation, session: Session) -> Result:
        """Run CREATE.

        Args:
            creation: The statement.
            session: Whose it is.

        Returns:
            Its status.

        Raises:
            SnowflakeError: It exists, a package or runtime is not available, or a staged file is missing.
        """
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
            session: Whose statement it is.

        Returns:
            Local paths of the staged files.

        Raises:
            SnowflakeError: Something is not there.
        """
        self._packages.check(definition.runtime, definition.packages)
        paths = tuple(session.stage_path(ref) for ref in definition.imports)
        for ref, path in zip(definition.imports, paths, strict=True):
            if not path.is_file():
                raise compilation_error(f"Import file '{ref}' was not found on its stage.", 2003, "02000")
        return paths

    def drop(self, tokens: Tokens, session: Session) -> Result | None:
        """Run DROP FUNCTION | PROCEDURE [IF EXISTS] name(types).

        Args:
            tokens: The statement, at its start.
            session: Whose it is.

        Returns:
            Its status; None when it drops something else.

        Raises:
            SnowflakeError: There is none of this name and these types.
        """
        tokens.expect("DROP")
        kind = tokens.take("FUNCTION", "PROCEDURE")
        if kind is None:
            return None
        if_exists = tokens.take_all("IF", "EXISTS")
        if session.describe_only:
            return status_result("")
        name = qualify(tokens.name(), session.database, session.schema)
        signature = tokens.signature()
        tokens.expect_end()
        found = [
            item for item in self._registry.overloads(kind, name, session) if item.definition.signature == signature
        ]
        if not found:
            if if_exists:
                return status_result("Drop statement executed successfully (already dropped).")
            raise unknown(kind, name)
        self._registry.drop(found[0])
        self._functions.forget(found[0])
        if found[0].owner is None:
            session.engine.account.grants.dropped(securable(found[0].definition))
        return status_result(f"{display(name[-1])} successfully dropped.")

    def show(self, tokens: Tokens, session: Session) -> Result | None:
        """Run SHOW [USER] FUNCTIONS | PROCEDURES [LIKE …] [IN …].

        Args:
            tokens: The statement, at its start.
            session: Whose it is.

        Returns:
            What there is; None for another SHOW.
        """
        tokens.expect("SHOW")
        tokens.take("TERSE")
        tokens.take("USER")
        kind = {"FUNCTIONS": "FUNCTION", "PROCEDURES": "PROCEDURE"}.get(tokens.take("FUNCTIONS", "PROCEDURES") or "")
        if kind is None:
            return None
        items = self._registry.visible(kind, session)
        if tokens.take("LIKE"):
            pattern = like(tokens.string())
            items = [item for item in items if pattern.fullmatch(item.definition.name[-1])]
        if tokens.take("IN"):
            items = _inside(items, tokens, session)
        elif session.database is not None:
            items = [
                item
                for item in items
                if item.definition.name[0] == session.database and session.schema in (None, item.definition.name[1])
            ]
        return listing.show(items, kind)

    def describe(self, tokens: Tokens, session: Session) -> Result | None:
        """Run DESCRIBE FUNCTION | PROCEDURE name(types).

        Args:
            tokens: The statement, at its start.
            session: Whose it is.

        Returns:
            Its properties; None for another DESCRIBE.

        Raises:
            SnowflakeError: There is none of this name and these types.
        """
        tokens.take("DESC", "DESCRIBE")
        kind = tokens.take("FUNCTION", "PROCEDURE")
        if kind is None:
            return None
        item = self._registry.find(
            kind, qualify(tokens.name(), session.database, session.schema), tokens.signature(), session
        )
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
            session: Whose statement it is.

        Returns:
            The CREATE statement.

        Raises:
            SnowflakeError: There is none of this name and these types.
        """
        tokens = Tokens(text)
        name = qualify(tokens.name(), session.database, session.schema)
        return listing.ddl(self._registry.find(kind, name, tokens.signature(), session))

    def comment(self, tokens: Tokens, session: Session) -> Result | None:
        """Run COMMENT [IF EXISTS] ON FUNCTION | PROCEDURE name(types) IS 'text'.

        Args:
            tokens: The statement, at its start.
            session: Whose it is.

        Returns:
            Its status; None for a comment on something else.

        Raises:
            SnowflakeError: There is none of this name and these types.
        """
        tokens.expect("COMMENT")
        tokens.take_all("IF", "EXISTS")
        tokens.expect("ON")
        kind = tokens.take("FUNCTION", "PROCEDURE")
        if kind is None:
            return None
        item = self._registry.find(
            kind, qualify(tokens.name(), session.database, session.schema), tokens.signature(), session
        )
        tokens.expect("IS")
        self._registry.change(item, replace(item.definition, comment=tokens.string()))
        return status_result("Statement executed successfully.")


def _inside(items: list[Registered], tokens: Tokens, session: Session) -> list[Registered]:
    if tokens.take("ACCOUNT"):
        return items
    if tokens.take("DATABASE"):
        database = session.database if tokens.at_end() else tokens.name()[-1]
        return [item for item in items if item.definition.name[0] == database]
    tokens.take("SCHEMA")
    name = tokens.try_name() or ((session.schema or "PUBLIC"),)
    database, schema, _ = qualify((*name, ""), session.database, session.schema)
    return [item for item in items if item.definition.name[:2] == (database, schema)]
