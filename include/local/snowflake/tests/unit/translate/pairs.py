"""What DuckDB is given for a statement in Snowflake's SQL: pairs in files, and the way from one to the other.

A file `<topic>.sql` holds paragraphs: a statement in Snowflake's SQL, and the statements that DuckDB runs for it, each
ended by a semicolon at a line's end. Comments and blank lines stay where they are. `tables.sql` makes what they name.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded_snowflake.names import decoded
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import dispatch
from tests.unit.embedded import open_engine, open_session

FOLDER = Path(__file__).parent
TABLES = FOLDER / "tables.sql"


@dataclass(frozen=True)
class Pair:
    """One statement, and what becomes of it.

    Attributes:
        comment: Lines that stand before it.
        snowflake: The statement.
        duckdb: What DuckDB runs for it.
    """

    comment: str
    snowflake: str
    duckdb: tuple[str, ...]


def files() -> list[Path]:
    """Find the files of pairs."""
    return sorted(set(FOLDER.glob("*.sql")) - {TABLES})


def read(text: str) -> list[Pair]:
    """Read pairs.

    Args:
        text: A file's content.

    Returns:
        The pairs, in their order.
    """
    pairs = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = paragraph.splitlines()
        comment = [line for line in lines if line.startswith("--")]
        statements = re.findall(r".+?(?=;$)", "\n".join(lines[len(comment) :]), re.MULTILINE | re.DOTALL)
        snowflake, *duckdb = (statement.removeprefix(";").strip() for statement in statements)
        pairs.append(Pair("\n".join(comment), snowflake, tuple(duckdb)))
    return pairs


def written(pairs: list[Pair]) -> str:
    """Write pairs as a file holds them."""
    paragraphs = []
    for pair in pairs:
        statements = [f"{statement};" for statement in (pair.snowflake, *pair.duckdb)]
        paragraphs.append("\n".join([pair.comment, *statements] if pair.comment else statements))
    return "\n\n".join(paragraphs) + "\n"


class Recorder:
    """A session's DuckDB connection that keeps what it is given to run."""

    def __init__(self, duck: Any) -> None:
        self._duck = duck
        self.statements: list[str] = []

    def execute(self, sql: str, *values: Any) -> Any:
        self.statements.append(sql)
        return self._duck.execute(sql, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._duck, name)


class Translator:
    """Runs statements in a session, and tells what DuckDB was given."""

    def __init__(self, session: Session) -> None:
        for statement in read(TABLES.read_text()):
            dispatch.run(session, statement.snowflake)
        self._session = session
        self._recorder = Recorder(session.duck)
        session.duck = self._recorder  # type: ignore[assignment]

    def translate(self, sql: str) -> tuple[str, ...]:
        """Run a statement in Snowflake's SQL.

        Args:
            sql: The statement.

        Returns:
            What DuckDB ran for it, but for questions about types and what the server keeps in tables of its own.
            A letter of lower case in a name is written with a backslash: DuckDB is given another in its stead.
        """
        dispatch.run(self._session, "begin")  # rows that one statement writes are not there for the next
        self._recorder.statements.clear()
        try:
            dispatch.run(self._session, sql)
        finally:
            dispatch.run(self._session, "rollback")
        return tuple(_shown(one) for one in self._recorder.statements if not _ASIDE.search(one))


_ASIDE = re.compile(r"^describe |_fs_information_schema\.|from duckdb_\w+\(\)|^drop table if exists temp\.main")
_STAND_IN = re.compile(r"[\U000f0000-\U0010ffff]")
_RANDOM = re.compile(r"[0-9A-F]{32}|(?<=_)[0-9A-F]{8}(?=\")")


def _shown(sql: str) -> str:
    """Write what DuckDB is given so that it can be read, and is the same every time."""
    return _RANDOM.sub("…", _STAND_IN.sub(lambda letter: f"\\{decoded(letter[0])}", sql))


@contextlib.contextmanager
def translator() -> Iterator[Translator]:
    """Open a translator on a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, open_engine(Path(folder)) as engine:
        yield Translator(open_session(engine))
