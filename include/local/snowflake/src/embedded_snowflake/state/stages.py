"""Stages: names, folders on disk, and the files in them.

A stage is a folder `<state>/stages/<database>/<schema>/<stage>/`; names are percent-encoded so that any quoted name is
one safe folder name. `@~` is `<state>/stages/~/<user>/`, a table's own stage `@%t` the folder `%25T` beside the named
ones. Which named stages exist is in fakesnow's stage table, so that SHOW STAGES and CREATE STAGE agree.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote as percent_encode

from embedded_snowflake.errors import SnowflakeError, syntax_error
from embedded_snowflake.names import split_name


@dataclass(frozen=True)
class StageReference:
    """A place in a stage, as a statement names it.

    Attributes:
        database: Database; "" for a user's stage.
        schema: Schema; "" for a user's stage.
        name: Stage name; "~" for the user's own, "%T" for table T's.
        path: What follows the stage name, without a leading slash: a file, a folder or the beginning of names.
    """

    database: str
    schema: str
    name: str
    path: str

    @property
    def is_named(self) -> bool:
        """Whether CREATE STAGE made it: neither a user's nor a table's own stage."""
        return not self.name.startswith(("~", "%"))

    @property
    def prefix(self) -> str:
        """What LIST writes before a file's path: the stage's name in lower case for a named stage."""
        return f"{self.name.lower()}/" if self.is_named else ""


@dataclass(frozen=True)
class StageFile:
    """A file in a stage.

    Attributes:
        relative: Path within the stage.
        path: Path on disk.
    """

    relative: str
    path: Path

    def md5(self) -> str:
        """MD5 of the content, as LIST shows it."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "md5").hexdigest()

    def size(self) -> int:
        """Size in bytes."""
        return self.path.stat().st_size

    def modified(self) -> str:
        """Time of the last change, as LIST shows it."""
        return formatdate(self.path.stat().st_mtime, usegmt=True)


def parse_reference(text: str, database: str | None, schema: str | None) -> StageReference:
    """Read a stage reference.

    Args:
        text: "@stage/path", "@db.schema.stage", '@"Db"."S"."St"/path', "@~/path", "@%table", in single quotes or not,
            with or without the "@", also "snow://stage/…" never.
        database: Current database, for a name without one.
        schema: Current schema, for a name without one.

    Returns:
        The reference; whether the stage exists is not looked up.

    Raises:
        SnowflakeError: It is not a stage reference, or no current database or schema completes it.
    """
    body = text.strip()
    if len(body) > 1 and body.startswith("'") and body.endswith("'"):
        body = body[1:-1].replace("''", "'").replace("\\'", "'")
    body = body.removeprefix("@")
    name, path = _split_path(body)
    if name == "~":
        return StageReference("", "", "~", path)
    # A table's stage may be quoted as a whole ("%T") or have its mark before a quoted name (%"t").
    *qualifiers, last = _split_marked(name)
    if not last.strip("%") or len(qualifiers) > 2:
        raise syntax_error(f"syntax error: '{text}' is not a stage.")
    current = [database, schema][: 2 - len(qualifiers)]
    if any(part is None for part in current):
        raise SnowflakeError(
            "Cannot perform operation. This session does not have a current database. Call 'USE DATABASE', or use a"
            " qualified name.",
            90105,
            "22000",
        )
    catalog, namespace = [*(part or "" for part in current), *qualifiers]
    return StageReference(catalog, namespace, last, path)


class StageFolders:
    """The files of all stages.

    Args:
        root: Folder that holds them.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def folder(self, reference: StageReference, user: str) -> Path:
        """Find a stage's folder.

        Args:
            reference: The stage.
            user: User whose "~" is meant.

        Returns:
            The folder; it exists once a file was put there.
        """
        if reference.name == "~":
            return self.root / "~" / _encode(user)
        return self.root / _encode(reference.database) / _encode(reference.schema) / _encode(reference.name)

    def path(self, reference: StageReference, user: str) -> Path:
        """Find the place on disk that a reference names.

        Args:
            reference: Stage and path.
            user: User whose "~" is meant.

        Returns:
            Path of a file or folder; it need not exist.

        Raises:
            SnowflakeError: The path leaves the stage.
        """
        folder = self.folder(reference, user)
        target = folder.joinpath(*(part for part in reference.path.split("/") if part not in ("", ".")))
        if not target.resolve().is_relative_to(folder.resolve()):
            raise SnowflakeError(f"Path '{reference.path}' leaves the stage.", 1011, "42601")
        return target

    def files(self, reference: StageReference, user: str) -> list[StageFile]:
        """List the files whose path begins with the reference's, as Snowflake matches them.

        Args:
            reference: Stage and beginning of the path.
            user: User whose "~" is meant.

        Returns:
            Files, by path.
        """
        folder = self.folder(reference, user)
        self.path(reference, user)  # refuses a path outside the stage
        found = [StageFile(path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()]
        wanted = [
            file
            for file in found
            if file.relative.startswith(reference.path) and not file.path.name.startswith(".upload-")
        ]
        return sorted(wanted, key=lambda file: file.relative)

    def drop(self, reference: StageReference, user: str) -> None:
        """Remove a stage's files.

        Args:
            reference: The stage.
            user: User whose "~" is meant.
        """
        shutil.rmtree(self.folder(reference, user), ignore_errors=True)

    def drop_schema(self, database: str, schema: str | None = None) -> None:
        """Remove all stages of a schema or database.

        Args:
            database: Database.
            schema: Schema; None for all.
        """
        folder = self.root / _encode(database)
        shutil.rmtree(folder / _encode(schema) if schema is not None else folder, ignore_errors=True)


def _encode(name: str) -> str:
    # A name of dots only would be a place of its own for the file system.
    encoded = percent_encode(name, safe="")
    return encoded if encoded.strip(".") else encoded.replace(".", "%2E")


def _split_path(body: str) -> tuple[str, str]:
    """Split at the first slash outside double quotes."""
    quoted = False
    for position, character in enumerate(body):
        if character == '"':
            quoted = not quoted
        elif character == "/" and not quoted:
            return body[:position], body[position + 1 :]
    return body, ""


def _split_marked(name: str) -> list[str]:
    head, mark, tail = name.rpartition("%")
    if mark and not head.endswith('"') and '"' not in head.rpartition(".")[2]:
        qualifiers = split_name(head.rstrip(".")) if head else []
        return [*qualifiers, "%" + split_name(tail)[-1]] if tail else [*qualifiers, "%"]
    return split_name(name)
