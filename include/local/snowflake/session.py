"""One logged-in client session: its names, its DuckDB connection, its transaction and its temporary objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from include.local.snowflake.results import Result


class Session:
    """State of one logged-in client.

    Attributes:
        user: Name of the user who logged in.
        duck: The session's own DuckDB connection; temporary tables and the transaction live in it.
    """

    user: str
    duck: duckdb.DuckDBPyConnection

    @property
    def database(self) -> str | None:
        """Current database, or None."""
        raise NotImplementedError

    @property
    def schema(self) -> str | None:
        """Current schema, or None."""
        raise NotImplementedError

    def stage_path(self, ref: str) -> Path:
        """Find the local path behind a stage reference.

        Args:
            ref: "@stage/dir/file", "@~/file", '@"Db"."S"."St"/file' or the same in single quotes, with or without the "@".

        Returns:
            Local path of the file or folder; it need not exist.

        Raises:
            SnowflakeError: The stage does not exist, or the path leaves it.
        """
        raise NotImplementedError

    def execute(self, sql: str, params: Any = None) -> Result:
        """Run one Snowflake statement through the whole pipeline.

        Args:
            sql: Statement, in Snowflake's SQL.
            params: Values of its ? placeholders.

        Returns:
            Its result.

        Raises:
            SnowflakeError: Snowflake would refuse the statement, or the embedded server does not support it.
        """
        raise NotImplementedError

    def connect_back(self) -> dict[str, Any]:
        """Make connector parameters for a worker process that works for this session.

        Returns:
            Parameters of `snowflake.connector.connect`: same user, database and schema, over loopback, with a
            short-lived secret of the server's own in place of the password. The certificate authority is in
            REQUESTS_CA_BUNDLE of the server's environment, which its children inherit.
        """
        raise NotImplementedError
