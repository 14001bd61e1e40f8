"""SQL in configurations: text, or the path of a `.sql` file."""

from __future__ import annotations

from pathlib import Path

from include.factory.looks import read_text


def is_file(text: str) -> bool:
    """Whether a `sql:` value is the path of a file."""
    return text.strip().endswith(".sql")


def sql_text(text: str, root: Path) -> str:
    """Return the SQL that a `sql:` value stands for: itself, or what its file says.

    Args:
        text: SQL, or the path of a `.sql` file relative to the root.
        root: The project root.

    Returns:
        The SQL; a file that cannot be read counts as empty (the checks report it).
    """
    if not is_file(text):
        return text
    try:
        return read_text(root / text.strip(), "utf-8-sig")
    except (OSError, ValueError):  # ValueError: no UTF-8, or a NUL in the name
        return ""
