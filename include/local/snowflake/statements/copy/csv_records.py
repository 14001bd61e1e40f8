"""Where the records of a CSV file and their fields begin: what an error report says beside the error."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from include.local.snowflake.sources.file_formats import FileFormat

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Position:
    """A place in a file.

    Attributes:
        line: From 1.
        character: In its line, from 1.
        offset: Bytes before it in the uncompressed file.
    """

    line: int
    character: int
    offset: int


@dataclass(frozen=True)
class Record:
    """A record of a CSV file.

    Attributes:
        text: As it is in the file, without the end of its line.
        start: Where it begins.
        end: Where the next one begins.
        fields: Where in `text` each field begins, in characters from 0.
    """

    text: str
    start: Position
    end: Position
    fields: tuple[int, ...]

    def field(self, number: int) -> Position:
        """Find a field.

        Args:
            number: Its number, from 1.

        Returns:
            Where it begins.
        """
        return _after(self.start, self.text[: self.fields[number - 1]])


def records(path: Path, form: FileFormat) -> Iterator[Record]:
    """Read a file's records; empty lines are none where a record has several fields.

    Args:
        path: The file, as it is or compressed with gzip.
        form: Its format.

    Yields:
        Its records behind the header. A quote that is not closed ends the last one.
    """
    with path.open("rb") as file:
        packed = file.read(len(_GZIP)) == _GZIP
    with gzip.open(path, "rt", encoding="utf-8", newline="") if packed else path.open(encoding="utf-8", newline="") as lines:
        position, text = Position(1, 1, 0), ""
        for number, line in enumerate(lines):
            text += line
            bare = text.rstrip("\r\n")
            fields = _fields(bare, form)
            if number >= form.skip_header and fields is None:
                continue
            end = _after(position, text)
            if number >= form.skip_header and bare:
                yield Record(bare, position, end, tuple(fields or ()))
            position, text = end, ""


def _after(start: Position, text: str) -> Position:
    broken = text.rfind("\n") + 1
    character = len(text) - broken + (1 if broken else start.character)
    return Position(start.line + text.count("\n"), character, start.offset + len(text.encode()))


def _fields(text: str, form: FileFormat) -> list[int] | None:
    """Where fields begin; None where a quote is open in the end."""
    starts, place, quoted = [0], 0, False
    while place < len(text):
        rest = text[place : place + 2]
        if quoted and (rest == form.quote * 2 or (form.escape and rest[0] == form.escape)):
            place += 2
        elif quoted:
            quoted = rest[0] != form.quote
            place += 1
        elif form.quote and place == starts[-1] and rest[0] == form.quote:
            quoted, place = True, place + 1
        elif text.startswith(form.delimiter, place):
            place += len(form.delimiter)
            starts.append(place)
        else:
            place += 1
    return None if quoted else starts
