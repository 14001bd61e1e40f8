"""Ships this project's own code into Snowflake, for procedures and UDFs."""

from __future__ import annotations

import functools
import hashlib
import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from include.constants import ROOT

if TYPE_CHECKING:
    from snowflake.snowpark import Session

STAGE = "SNOWPOD_CODE"
ARCHIVE = "include.zip"


def ship_code(session: Session) -> str:
    """Put `include.tasks` and `include.runtime` on a temporary stage of the session, as one zip archive.

    Args:
        session: the session that will create the procedure or the UDF; the stage goes with it.

    Returns:
        The archive's stage path, for IMPORTS.
    """
    session.sql(f"CREATE TEMPORARY STAGE IF NOT EXISTS {STAGE}").collect()
    session.file.put_stream(io.BytesIO(_archive()), f"@{STAGE}/{ARCHIVE}", auto_compress=False, overwrite=True)
    return f"@{STAGE}/{ARCHIVE}"


def python_clauses(packages: list[str], imports: list[str], handler: str) -> str:
    """Return the clauses of CREATE FUNCTION and CREATE PROCEDURE that say how Python runs it.

    Args:
        packages: as Snowflake's PACKAGES takes them, such as `scikit-learn` or `pandas==2.3.3`.
        imports: stage paths.
        handler: the function's name in the inline code that follows.

    Returns:
        SQL text: LANGUAGE, RUNTIME_VERSION (this interpreter's minor version), PACKAGES, IMPORTS, HANDLER.
    """
    return (
        f"LANGUAGE PYTHON RUNTIME_VERSION = '{sys.version_info.major}.{sys.version_info.minor}'\n"
        f"PACKAGES = ({', '.join(map(literal, packages))})\n"
        f"IMPORTS = ({', '.join(map(literal, imports))})\n"
        f"HANDLER = {literal(handler)}"
    )


def with_package(packages: list[str], needed: str) -> list[str]:
    """Return packages with one that the code around a function needs.

    Args:
        packages: as the user named them.
        needed: the package's name.

    Returns:
        The same, the needed one before them unless they name it.
    """
    named = any(package.split("=")[0].strip() == needed for package in packages)
    return packages if named else [needed, *packages]


def literal(text: str) -> str:
    """Return a string as a Snowflake literal.

    Args:
        text: any text.

    Returns:
        The text in single quotes, quotes and backslashes escaped (Snowflake, "String & binary data types").
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


@functools.cache
def version() -> str:
    """Return a digest of the code that is shipped: the same here, in an image of this code, and inside Snowflake.

    Returns:
        The first 12 hexadecimal digits of the SHA-256 of the files and their names.
    """
    digest = hashlib.sha256()
    for path in _files():
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files():
            archive.writestr(zipfile.ZipInfo(str(path.relative_to(ROOT))), path.read_bytes())
        archive.writestr(zipfile.ZipInfo("include/__init__.py"), b"")
    return content.getvalue()


def _files() -> Iterator[Path]:
    for pattern in ("constants.py", "runtime/**/*.py", "tasks/**/*.py"):
        yield from sorted((ROOT / "include").glob(pattern))
