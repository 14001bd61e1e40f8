"""What is wrong with files of the project that a pipeline names."""

from __future__ import annotations

from collections.abc import Collection

from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name


def missing_file(name: str, path: KeyPath, near: Collection[str]) -> Diagnostic:
    """Return what to say of a file that is not there.

    Args:
        name: How it is named.
        path: Where.
        near: The files that could have been meant.

    Returns:
        The mistake.
    """
    message = f"There is no file `{name}`; paths count from the project root."
    return Diagnostic(path, message, hint_by_name(name, near, "files"), "missing-file")


def unreadable_file(name: str, path: KeyPath, problem: OSError | UnicodeDecodeError) -> Diagnostic:
    """Return what to say of a file that is there and cannot be read; arguments and result as above."""
    return Diagnostic(path, f"The file `{name}` cannot be read: {problem}.", "Save it as UTF-8.", "unreadable")
