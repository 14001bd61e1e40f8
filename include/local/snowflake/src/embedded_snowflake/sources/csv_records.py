"""Records of CSV files, field by field, as Snowflake reads them, and where each begins.

Options: https://docs.snowflake.com/en/sql-reference/sql/create-file-format#type-csv
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embedded_snowflake.errors import not_supported
from embedded_snowflake.sources import compression
from embedded_snowflake.sources.file_formats import NO_DELIMITER, FileFormat

_MARK = "\ufeff"
_LINE = re.compile(r"\r\n|\n|\r")
_BLANKS = re.compile(r"[ \t]*")


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
class Flaw:
    """What is wrong with a record's structure.

    Snowflake's message, error number, and the place in the record's text.
    """

    message: str
    code: int
    place: int


@dataclass(frozen=True)
class Record:
    """A record of a CSV file.

    Attributes:
        text: As it is in the file, without the end of its line.
        start: Where it begins.
        end: Where the next one begins.
        fields: Where in `text` each field begins, in characters from 0.
        values: What the fields hold, None for NULL.
        flaw: What is wrong with it, or None.
    """

    text: str
    start: Position
    end: Position
    fields: tuple[int, ...]
    values: tuple[str | None, ...]
    flaw: Flaw | None = None

    def field(self, number: int) -> Position:
        """Find a field.

        Args:
            number: Its number, from 1.

        Returns:
            Where it begins.
        """
        return _after(self.start, self.text[: self.fields[number - 1]])


def records(path: Path, form: FileFormat) -> Iterator[Record]:
    """Read a file's records.

    Yields:
        The records behind the lines of SKIP_HEADER; a header that PARSE_HEADER reads is one of them.

    Raises:
        SnowflakeError: An escape has no documented meaning.
    """
    handling = "replace" if form.replace_invalid else "surrogateescape"
    text = compression.read(path, form.compression).decode(form.encoding, handling)
    if form.skip_mark:
        text = text.removeprefix(_MARK)
    place, position = 0, Position(1, 1, len(_MARK.encode()) if text.startswith(_MARK) and not form.skip_mark else 0)
    for _ in range(form.skip_header):
        match = _LINE.search(text, place)
        end = match.end() if match is not None else len(text)
        position, place = _after(position, text[place:end]), end
    reader = _Reader(text, form, path.name)
    while place < len(text):
        record, following = reader.record(place, position)
        if record.text or not form.skip_blank_lines:
            yield record
        place, position = following, record.end


class _Reader:
    """Reads the records of one text."""

    def __init__(self, text: str, form: FileFormat, file: str) -> None:
        self.text, self.form, self.file = text, form, file
        self.record_end = re.compile(
            r"\r\n|\n|\r" if form.record_delimiter == "\n" else re.escape(form.record_delimiter) or r"(?!)"
        )
        self.delimiter = form.delimiter if form.delimiter != NO_DELIMITER else ""
        stops = [f"(?:{self.record_end.pattern})", *([re.escape(self.delimiter)] if self.delimiter else [])]
        escapes = sorted({form.escape_unenclosed, form.escape} - {""})
        self.escapes = frozenset(escapes)
        escaped = "".join(re.escape(one) for one in escapes)
        other = rf"(?!{'|'.join(stops)})" + (f"[^{escaped}]" if escaped else ".")
        plain = rf"(?:[{escaped}](?:\r\n|.)|{other})*+" if escaped else f"(?:{other})*+"
        self.plain = re.compile(plain, re.S)
        quote, escape = re.escape(form.quote), re.escape(form.escape)
        inner = rf"[^{quote}{escape}]|{quote}{quote}" + (rf"|{escape}." if escape and escape != quote else "")
        self.enclosed = re.compile(rf"{quote}((?:{inner})*+){quote}", re.S) if form.quote else None

    def record(self, start: int, position: Position) -> tuple[Record, int]:
        """Read the record that begins at a place; gives the place of the next one, too."""
        places: list[int] = []
        values: list[str | None] = []
        flaw, place = None, start
        while True:
            places.append(place - start)
            value, place, flaw = self._field(place, start)
            values.append(value)
            if flaw is None and self.delimiter and self.text.startswith(self.delimiter, place):
                place += len(self.delimiter)
                continue
            break
        match = self.record_end.search(self.text, place)
        end = match.start() if match is not None else len(self.text)
        if flaw is None and end > place:
            found, wanted = self.text[place], self.delimiter or "end of record"
            flaw = Flaw(f"Found character '{found}' instead of field delimiter '{wanted}'", 100016, place - start)
        following = match.end() if match is not None else len(self.text)
        text = self.text[start:end]
        if flaw is None and not self.form.multi_line and self.record_end.search(text):
            flaw = Flaw("A record delimiter within a field, where MULTI_LINE is FALSE", 100016, 0)
        return Record(
            text, position, _after(position, self.text[start:following]), tuple(places), tuple(values), flaw
        ), following

    def _field(self, place: int, start: int) -> tuple[str | None, int, Flaw | None]:
        """Read the field at a place: its value, the place behind it, and what is wrong."""
        opening = _end(_BLANKS, self.text, place) if self.form.trim else place
        if self.enclosed is not None and self.text.startswith(self.form.quote, opening):
            match = self.enclosed.match(self.text, opening)
            if match is None:
                return None, opening + 1, Flaw("A quote that begins a field is not closed", 100065, opening - start)
            value = match.group(1).replace(self.form.quote * 2, self.form.quote)
            value = self._unescaped(value, frozenset({self.form.escape} - {"", self.form.quote}), start)
            behind = _end(_BLANKS, self.text, match.end()) if self.form.trim else match.end()
            return self._or_null(value, value, enclosed=True), behind, _invalid(value, opening - start)
        end = _end(self.plain, self.text, place)
        raw = self.text[place:end]
        if self.form.trim:
            raw = raw.strip(" \t")
        if raw in self.form.null_if:
            return None, end, None
        value = self._unescaped(raw, self.escapes, start)
        return self._or_null(raw, value, enclosed=False), end, _invalid(value, place - start)

    def _or_null(self, raw: str, value: str, *, enclosed: bool) -> str | None:
        empty = not raw and not enclosed and self.form.empty_as_null
        return None if empty or value in self.form.null_if else value

    def _unescaped(self, value: str, escapes: frozenset[str], start: int) -> str:
        if not escapes or not any(one in value for one in escapes):
            return value
        characters, place = [], 0
        while place < len(value):
            if value[place] in escapes and place + 1 < len(value):
                place += 1
                if value[place].isalnum():
                    line = self.text.count("\n", 0, start) + 1
                    what = (
                        f"file '{self.file}', line {line}: the escape {value[place - 1 : place + 1]} in {value[:80]!r}"
                    )
                    raise not_supported(
                        f"{what}. Where backslashes mean themselves, say ESCAPE_UNENCLOSED_FIELD = NONE"
                    )
            characters.append(value[place])
            place += 1
        return "".join(characters)


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match is not None else place


def _invalid(value: str, place: int) -> Flaw | None:
    """Tell whether a text has a byte that is none: it was read as a lone surrogate."""
    if value.isascii() or not any("\udc80" <= character <= "\udcff" for character in value):
        return None
    shown = value.encode("utf-8", "surrogateescape").hex().upper()
    return Flaw(f"Invalid UTF8 detected in string '0x{shown}'", 100144, place)


def _after(start: Position, text: str) -> Position:
    broken = text.rfind("\n") + 1
    character = len(text) - broken + (1 if broken else start.character)
    return Position(
        start.line + text.count("\n"), character, start.offset + len(text.encode("utf-8", "surrogateescape"))
    )
