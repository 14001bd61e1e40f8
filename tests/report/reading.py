"""Reads a page back as a person does: its tables by their captions, and its text in order."""

from __future__ import annotations

from html.parser import HTMLParser

Table = list[list[str]]


class Page(HTMLParser):
    """A page that was read.

    Attributes:
        tables: by caption, rows of cells, that of the heads first.
        text: what people see, a line an element.
        elements: the names of all elements.
        attributes: every attribute of every element.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, Table] = {}
        self.text: list[str] = []
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.data: dict[str, str] = {}
        self._inside: list[str] = []
        self._table: Table = []
        self._caption = ""
        self._script = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "table":
            self._table, self._caption = [], ""
        if tag == "tr":
            self._table.append([])
        if tag in ("th", "td"):
            self._table[-1].append("")
        if tag == "script":
            self._script = dict(attrs).get("id") or "?"
        if tag not in ("meta", "br", "use", "path", "link"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            assert self._caption
            assert self._caption not in self.tables
            self.tables[self._caption] = self._table
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "script" in self._inside:
            self.data[self._script] = self.data.get(self._script, "") + data
        elif "style" not in self._inside and "head" not in self._inside and data.strip():
            self.text.append(data.strip())
            if "caption" in self._inside:
                self._caption += data.strip()
            elif {"th", "td"} & set(self._inside):
                self._table[-1][-1] += data.strip()

    def rows(self, caption: str) -> list[dict[str, str]]:
        """The rows of a table as mappings, by the caption's beginning."""
        (heads, *rows) = next(table for name, table in self.tables.items() if name.startswith(caption))
        return [dict(zip(heads, row, strict=True)) for row in rows]
