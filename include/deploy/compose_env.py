"""Write the secrets of the Compose file: `python3 -m include.deploy.compose_env`."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).with_name("compose")


def filled(example: str) -> Iterator[str]:
    """Fill in what an example leaves empty.

    Args:
        example: lines `NAME=value`, and comments.

    Yields:
        The lines, each empty value a random one of 256 bits; of FERNET_KEY as Fernet has its keys (32 bytes, URL-safe
            base64: https://github.com/fernet/spec).
    """
    for line in example.splitlines():
        if line.startswith("#") or not line.endswith("="):
            yield line
        elif line == "FERNET_KEY=":
            yield line + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        else:
            yield line + secrets.token_urlsafe(32)


def write(folder: Path) -> Path:
    """Write .env of a folder's .env.example, for its owner's eyes only.

    Args:
        folder: where both are.

    Returns:
        The file.

    Raises:
        FileExistsError: there is one; its secrets are in use.
    """
    lines = filled((folder / ".env.example").read_text(encoding="utf-8"))
    path = folder / ".env"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path


def main() -> int:
    """Write it; 1 if it is there."""
    try:
        print(f"{write(FOLDER)}: written. Name your images in it.")
    except FileExistsError:
        print(
            f"{FOLDER / '.env'} is there, and what runs needs its secrets.\nWhat to do: nothing; to begin anew, with an"
            " empty database, remove it and the volumes (`docker compose down --volumes`).",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
