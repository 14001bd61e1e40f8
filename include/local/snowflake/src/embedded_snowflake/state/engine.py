"""The engine under all sessions: DuckDB with one file per Snowflake database, and fakesnow's catalog over it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent_encode
from urllib.parse import unquote

import duckdb
from fakesnow import info_schema
from fakesnow import macros as fakesnow_macros
from fakesnow.transforms import show

from embedded_snowflake.errors import already_exists, does_not_exist
from embedded_snowflake.library import macros, native
from embedded_snowflake.names import decoded, encoded, literal, quote
from embedded_snowflake.private_tables import (
    DIRECTORY_FILES,
    FILE_FORMATS,
    GLOBAL_DATABASE,
    SCHEMA,
    STAGE_FORMATS,
    STAGES,
)
from embedded_snowflake.state import earlier_names
from embedded_snowflake.state.account import Account
from embedded_snowflake.state.auth import Authenticator
from embedded_snowflake.state.duck_catalog import with_stored_names
from embedded_snowflake.state.history import History
from embedded_snowflake.state.load_flaws import LoadFlaws
from embedded_snowflake.state.locks import TableLocks
from embedded_snowflake.state.result_cache import ResultCache
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.stages import StageFolders, StageReference

INTERNAL_DATABASES = frozenset({GLOBAL_DATABASE, "memory", "system", "temp"})
INTERNAL_SCHEMAS = frozenset({"main", SCHEMA, "information_schema", "pg_catalog"})

# What DuckDB's catalog does not hold: see declarations.py and statements/copy/loaded_files.py.
_FACTS = """
create table if not exists {place}.table_facts
    (schema_name varchar, table_name varchar, kind varchar, created timestamptz);
create table if not exists {place}.column_facts
    (schema_name varchar, table_name varchar, column_name varchar, kind varchar, length integer);
create table if not exists {place}.key_facts
    (schema_name varchar, table_name varchar, constraint_name varchar, kind varchar, column_name varchar,
    position integer);
create table if not exists {place}.cluster_facts
    (schema_name varchar, table_name varchar, written varchar, shown varchar);
create table if not exists {place}.loaded_files (schema_name varchar, table_name varchar, file varchar, md5 varchar);
create table if not exists {place}.copied_files
    (schema_name varchar, table_name varchar, file_name varchar, stage_location varchar,
    last_load_time timestamptz, row_count bigint, row_parsed bigint, file_size bigint, first_error_message varchar,
    first_error_line_number bigint, first_error_character_pos bigint, first_error_column_name varchar,
    error_count bigint,
    error_limit bigint, status varchar)
"""
_STAGE_FORMATS = f"""create table if not exists {STAGE_FORMATS}
    (database_name varchar, schema_name varchar, name varchar, options varchar);
    create table if not exists {DIRECTORY_FILES}
    (database_name varchar, schema_name varchar, name varchar, relative_path varchar, size bigint,
    last_modified timestamptz, md5 varchar)"""


class Engine:
    """All that outlives a session.

    Args:
        state: State folder.
        authenticator: Checks logins, and issues secrets to workers.
        port: Port that workers connect back to.

    Attributes:
        root: The DuckDB connection that every session's own is a cursor of.
        stages: Files of the stages.
        history: Query history.
        account: Roles, users, warehouses, and grants.
        load_flaws: What was wrong with rows that COPY INTO did not load.
        python: Python functions and procedures, or None before they are loaded.
        calls: The session's part in which a procedure runs, by the secret with which it logs in.
        cancel: Ends a statement by its id, or those of a session by its number; tells how many ran.
    """

    def __init__(self, state: Path, authenticator: Authenticator, port: int) -> None:
        self.state = state
        self.authenticator = authenticator
        self.port = port
        self.stages = StageFolders(state / "stages")
        self.history = History(state / "history.sqlite")
        self.account = Account(state / "account.sqlite", authenticator.user)
        self.python: Any = None
        self.calls: dict[str, Any] = {}
        self.cancel: Callable[[str, Any], int] = lambda _name, _asker: 0
        self.results = ResultCache()
        self.load_flaws = LoadFlaws()
        self.locks = TableLocks()
        self._files = state / "databases"
        self._files.mkdir(exist_ok=True)
        self._lock = threading.RLock()
        # fakesnow's macros use the arrow syntax of lambdas; a table's name must never find a variable of this program.
        settings: dict[str, str | bool | int | float | list[str]] = {
            "lambda_syntax": "ENABLE_SINGLE_ARROW",
            "python_enable_replacements": "false",
        }
        self.root = duckdb.connect(":memory:", config=settings)
        self.root.execute("set global TimeZone = 'UTC'")
        native.register(self.root)
        self._confine()
        self.root.execute(f"attach {literal(str(state / 'catalog.duckdb'))} as {GLOBAL_DATABASE}")
        self.root.execute(with_stored_names(info_schema.fs_global_creation_sql()))
        self.root.execute(with_stored_names(show.fs_global_creation_sql()))
        self.root.execute(_STAGE_FORMATS)
        self.root.execute(f"delete from {STAGES} where type like '%TEMPORARY'")
        for path in sorted(self._files.glob("*.duckdb")):
            self._attach(unquote(path.name.removesuffix(".duckdb")), path)
        earlier_names.convert(self.root, state, self.databases())

    def databases(self) -> list[str]:
        """Names of the databases."""
        rows = self.root.cursor().execute("select database_name from duckdb_databases() where not internal").fetchall()
        return sorted(decoded(name) for (name,) in rows if name not in INTERNAL_DATABASES)

    def has_schema(self, database: str, schema: str) -> bool:
        """Tell whether a schema exists.

        Args:
            database: Its database.
            schema: Its name.

        Returns:
            True when it does; INFORMATION_SCHEMA always does.
        """
        if schema == "INFORMATION_SCHEMA":
            return database in self.databases()
        sql = "select 1 from duckdb_schemas() where database_name = ? and schema_name = ?"
        return self.root.cursor().execute(sql, [encoded(database), encoded(schema)]).fetchone() is not None

    def create_database(self, name: str, *, replace: bool = False, exists: bool = False) -> bool:
        """Create a database with its PUBLIC schema.

        Args:
            name: Name as stored.
            replace: Drop one of that name first.
            exists: Leave one of that name as it is.

        Returns:
            True when it was created.

        Raises:
            SnowflakeError: It exists.
        """
        with self._lock:
            if name in self.databases():
                if exists:
                    return False
                if not replace:
                    raise already_exists(name)
                self.drop_database(name)
            self._attach(name, self._file(name))
            self.root.execute(f"create schema if not exists {quote(name)}.{quote('PUBLIC')}")
            return True

    def drop_database(self, name: str) -> None:
        """Drop a database with all that is in it.

        Args:
            name: Name as stored.

        Raises:
            SnowflakeError: It does not exist.
        """
        with self._lock:
            if name not in self.databases():
                raise does_not_exist("Database", name)
            cursor = self.root.cursor()
            # Another session's search path may hold it; DuckDB refuses only the caller's own.
            cursor.execute(f"detach {quote(name)}")
            for suffix in ("", ".wal"):
                self._file(name).with_name(self._file(name).name + suffix).unlink(missing_ok=True)
            self.forget_contents(name)

    def forget_contents(self, database: str, schema: str | None = None) -> None:
        """Drop what DuckDB does not drop with a database or schema.

        Its stages, file formats, Python functions and procedures, and grants.

        Args:
            database: Database.
            schema: Schema; None for all of the database.
        """
        where, values = "database_name = ?", [database]
        if schema is not None:
            where, values = where + " and schema_name = ?", [*values, schema]
        for table in (STAGES, FILE_FORMATS, DIRECTORY_FILES):
            self.root.cursor().execute(f"delete from {table} where {where}", values)
        self.stages.drop_schema(database, schema)
        if self.python is not None:
            self.python.drop_container(database, schema)
        self.account.grants.dropped(Securable("DATABASE" if schema is None else "SCHEMA", database, schema or ""))

    def drop_stage(self, reference: StageReference, user: str) -> None:
        """Remove a stage and its files.

        Args:
            reference: The stage.
            user: User whose "~" is meant.
        """
        for table in (STAGES, DIRECTORY_FILES):
            sql = f"delete from {table} where database_name=? and schema_name=? and name=?"
            self.root.cursor().execute(sql, [reference.database, reference.schema, reference.name])
        self.stages.drop(reference, user)
        self.account.grants.dropped(Securable("STAGE", reference.database, reference.schema, reference.name))

    def close(self) -> None:
        """Write everything out and close the files."""
        if self.python is not None:
            self.python.close()
        self.root.close()
        self.history.close()
        self.account.close()

    def _confine(self) -> None:
        """Let SQL read and write no files but databases and stages."""
        folders = ", ".join(literal(f"{folder}/") for folder in (self._files, self.stages.root))
        # With the logs that DuckDB keeps beside it, two of them only while it writes the long one into the file.
        files = ", ".join(
            literal(f"{self.state / 'catalog.duckdb'}{suffix}")
            for suffix in ("", ".wal", ".wal.checkpoint", ".wal.recovery")
        )
        self.root.execute(f"set allowed_directories = [{folders}]")
        self.root.execute(f"set allowed_paths = [{files}]")
        self.root.execute("set enable_external_access = false")

    def _file(self, name: str) -> Path:
        return self._files / f"{percent_encode(name, safe='')}.duckdb"

    def _attach(self, name: str, path: Path) -> None:
        self.root.execute(f"attach {literal(str(path))} as {quote(name)}")
        views = info_schema.per_db_creation_sql(quote(name)).replace(f"'{quote(name)}'", literal(name))
        self.root.execute(with_stored_names(views))
        self.root.execute(fakesnow_macros.creation_sql(quote(name)))
        facts = f"{quote(name)}.{SCHEMA}"
        self.root.execute(_FACTS.format(place=facts))
        self.root.execute(macros.creation_sql(name))
