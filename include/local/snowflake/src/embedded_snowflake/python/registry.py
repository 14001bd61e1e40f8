"""Which Python functions and procedures there are.

One small file each, so that a killed server finds all of them again.
"""

from __future__ import annotations

import datetime
import json
import os
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any

from embedded_snowflake.errors import SnowflakeError, already_exists, compilation_error
from embedded_snowflake.python.definitions import Argument, Creation, Definition
from embedded_snowflake.python.sqltypes import SqlType
from embedded_snowflake.state.session import Session


@dataclass(frozen=True)
class Registered:
    """A definition that exists.

    Attributes:
        id: Unique, made anew by each CREATE.
        definition: What was defined, its name qualified.
        imports: Local paths of its staged files.
        created: When, in UTC.
        owner: The session that a temporary one belongs to; None for a permanent one.
    """

    id: str
    definition: Definition
    imports: tuple[Path, ...]
    created: datetime.datetime
    owner: object = None


class Registry:
    """All definitions of a server.

    Args:
        folder: Where permanent ones are kept; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = RLock()
        self._items: dict[tuple[str, tuple[str, ...]], list[Registered]] = {}
        for path in sorted(folder.glob("*.json")):
            item = _decode(json.loads(path.read_text()), folder)
            self._items.setdefault(_key(item.definition), []).append(item)

    def add(self, creation: Creation, imports: tuple[Path, ...], owner: object) -> Registered | None:
        """Add what a CREATE statement defines.

        Args:
            creation: The statement, the definition's name qualified.
            imports: Local paths of its staged files.
            owner: The session, kept for a temporary one.

        Returns:
            What is there now instead of what was; None when IF NOT EXISTS found it there.

        Raises:
            SnowflakeError: It exists (002002).
        """
        definition = creation.definition
        owner = _root(owner) if definition.temporary else None
        created = datetime.datetime.now(datetime.UTC)
        item = Registered(uuid.uuid4().hex, definition, imports, created, owner)
        with self._lock:
            overloads = self._items.setdefault(_key(definition), [])
            same = [old for old in overloads if old.owner is owner and old.definition.signature == definition.signature]
            if same and creation.if_not_exists:
                return None
            if same and not creation.replace:
                raise already_exists(definition.name[-1])
            if owner is None:
                self._write(item)
            overloads.append(item)
            for old in same:
                self._remove(old)
        return item

    def overloads(self, kind: str, name: tuple[str, ...], owner: object) -> list[Registered]:
        """Find all of one name.

        Args:
            kind: "FUNCTION" or "PROCEDURE".
            name: Database, schema, name.
            owner: Session that asks: it sees its own temporary ones, which hide permanent ones of the same
                arguments.

        Returns:
            The overloads; none if there is none.
        """
        with self._lock:
            items = self._items.get((kind, name), [])
            own = [item for item in items if item.owner is not None and item.owner is _root(owner)]
            hidden = {item.definition.signature for item in own}
            return own + [item for item in items if item.owner is None and item.definition.signature not in hidden]

    def visible(self, kind: str, owner: object) -> list[Registered]:
        """List all of a kind.

        Args:
            kind: "FUNCTION" or "PROCEDURE".
            owner: Session that asks: it sees its own temporary ones.

        Returns:
            Definitions, by name.
        """
        with self._lock:
            keys = sorted(key for key in self._items if key[0] == kind)
            return [item for key in keys for item in self.overloads(kind, key[1], owner)]

    def has_name(self, kind: str, last: str) -> bool:
        """Tell quickly whether anything of this last name part exists, in whatever schema.

        Args:
            kind: "FUNCTION" or "PROCEDURE".
            last: The name's last part, as stored.

        Returns:
            True when it may exist.
        """
        with self._lock:
            return any(key[0] == kind and key[1][-1] == last and items for key, items in self._items.items())

    def find(self, kind: str, name: tuple[str, ...], signature: str, owner: object) -> Registered:
        """Find one by name and argument types.

        Args:
            kind: "FUNCTION" or "PROCEDURE".
            name: Database, schema, name.
            signature: Types as `Definition.signature` gives them.
            owner: Session that asks: it sees its own temporary ones.

        Returns:
            The definition.

        Raises:
            SnowflakeError: There is none (002003).
        """
        for item in self.overloads(kind, name, owner):
            if item.definition.signature == signature:
                return item
        raise unknown(kind, name)

    def drop(self, item: Registered) -> None:
        """Remove a definition.

        Args:
            item: Definition to remove.
        """
        with self._lock:
            self._remove(item)

    def change(self, item: Registered, definition: Definition) -> None:
        """Change what is kept of a definition without making it anew: its comment, its name.

        Args:
            item: What is there.
            definition: What it becomes; of the same arguments.

        Raises:
            SnowflakeError: Its new name is taken (002002).
        """
        changed = replace(item, definition=definition)
        with self._lock:
            old, new = _key(item.definition), _key(definition)
            taken = [other for other in self._items.get(new, []) if other.owner is item.owner]
            if new != old and any(other.definition.signature == definition.signature for other in taken):
                raise already_exists(definition.name[-1])
            if item.owner is None:
                self._write(changed)
            self._items[old].remove(item)
            self._items.setdefault(new, []).append(changed)

    def end_owner(self, owner: object) -> list[Registered]:
        """Remove a session's temporary definitions.

        Args:
            owner: Session that has ended.

        Returns:
            What was removed.
        """
        with self._lock:
            ended = [
                item
                for items in self._items.values()
                for item in items
                if item.owner is not None and item.owner is _root(owner)
            ]
            for item in ended:
                self._remove(item)
        return ended

    def drop_container(self, database: str, schema: str | None) -> list[Registered]:
        """Remove all of a dropped database or schema.

        Args:
            database: Its database.
            schema: The schema, or None for the whole database.

        Returns:
            What was removed.
        """
        with self._lock:
            inside = [
                item
                for (_, name), items in self._items.items()
                for item in items
                if name[0] == database and (schema is None or name[1] == schema)
            ]
            for item in inside:
                self._remove(item)
        return inside

    def _remove(self, item: Registered) -> None:
        items = self._items.get(_key(item.definition), [])
        if item in items:
            items.remove(item)
        if not items:
            self._items.pop(_key(item.definition), None)
        if item.owner is None:
            (self._folder / f"{item.id}.json").unlink(missing_ok=True)

    def _write(self, item: Registered) -> None:
        """Write a definition's file, whole or not at all, and to the disk before it counts."""
        path = self._folder / f"{item.id}.json"
        draft = path.with_suffix(".new")
        with draft.open("w") as file:
            json.dump(_encode(item, self._folder), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def qualify(name: tuple[str, ...], database: str | None, schema: str | None) -> tuple[str, ...]:
    """Complete a name by the session's database and schema.

    Args:
        name: One to three parts; an empty one means the default.
        database: Current database.
        schema: Current schema.

    Returns:
        Database, schema, name.

    Raises:
        SnowflakeError: The session has no current database or schema, and the name needs one.
    """
    if len(name) > 3:
        raise compilation_error(f"syntax error: '{'.'.join(name)}' is not a name.", 1003, "42000")
    parts: list[str | None] = [database, schema][: 3 - len(name)]
    full = [*parts, *name]
    if full[1] == "":
        full[1] = "PUBLIC"
    for part, what, code in ((full[0], "database", 90_105), (full[1], "schema", 90_106)):
        if part is None:
            raise SnowflakeError(
                f"This session does not have a current {what}. Call 'USE {what.upper()}', or use a qualified name.",
                code,
                "22000",
            )
    return tuple(str(part) for part in full)


def unknown(kind: str, name: tuple[str, ...]) -> SnowflakeError:
    """Make the error of a missing function or procedure.

    Args:
        kind: "FUNCTION" or "PROCEDURE".
        name: Its name.

    Returns:
        Error 002003 (02000).
    """
    shown = "User-defined function" if kind == "FUNCTION" else "Procedure"
    return compilation_error(f"{shown} '{'.'.join(name)}' does not exist or not authorized.", 2003, "02000")


def _key(definition: Definition) -> tuple[str, tuple[str, ...]]:
    return definition.kind, definition.name


def _encode(item: Registered, folder: Path) -> dict[str, Any]:
    # Relative, so that the state folder can be moved.
    imports = [os.path.relpath(path, folder) for path in item.imports]
    return {
        "id": item.id,
        "definition": asdict(item.definition),
        "imports": imports,
        "created": item.created.isoformat(),
    }


def _decode(data: dict[str, Any], folder: Path) -> Registered:
    kept = data["definition"]
    definition = Definition(
        **{
            **kept,
            "name": tuple(kept["name"]),
            "arguments": tuple(
                Argument(one["name"], SqlType(**one["type"]), one["default"]) for one in kept["arguments"]
            ),
            "returns": SqlType(**kept["returns"]) if kept["returns"] else None,
            "columns": None
            if kept["columns"] is None
            else tuple((name, SqlType(**declared)) for name, declared in kept["columns"]),
            "imports": tuple(kept["imports"]),
            "packages": tuple(kept["packages"]),
        }
    )
    imports = tuple(Path(os.path.normpath(folder / path)) for path in data["imports"])
    return Registered(data["id"], definition, imports, datetime.datetime.fromisoformat(data["created"]))


def _root(asker: object) -> object:
    """Give the session that keeps what one of its parts defines."""
    return asker.root if isinstance(asker, Session) else asker
