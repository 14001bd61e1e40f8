"""The files of the cache: in a folder that is ours alone, each written as a whole or not at all.

A name is never followed out of the folder, and nothing is read that anybody else could have written.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import stat
import time
import weakref
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

MAX_BYTES = 16_000_000
"""More than the largest file of a pipeline compiles to."""
_OTHERS = 0o077
"""What a file or folder allows its group and all others."""
_FULL = {errno.EDQUOT, errno.EFBIG, errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM}
"""Errors after which the next file would not be written either."""
_ENTRY = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = re.compile(r"\.[0-9a-f]{64}\.\d+")
_FORGOTTEN = 3600.0
"""Seconds after which whoever was writing a file has ended."""
_PROJECT = re.compile(r"[0-9a-f]{16}")
_UNUSED = 86400.0
"""Seconds without a new entry after which what is kept of another project goes."""


class Folder:
    """One folder."""

    def __init__(self, descriptor: int) -> None:
        """Take an open folder; `open_folder` opens one."""
        self._descriptor = descriptor
        self._writable = True
        weakref.finalize(self, os.close, descriptor)

    def is_ours_alone(self) -> bool:
        """Whether it is this user's, and others have no way in."""
        return _is_ours_alone(os.fstat(self._descriptor))

    def read(self, name: str) -> bytes | None:
        """Read a file.

        Args:
            name: Its name.

        Returns:
            What is in it; None if there is none, or none that is ours alone.
        """
        try:
            # A link is not followed, and a pipe not waited for.
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._descriptor)
        except OSError:
            return None
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or not _is_ours_alone(found) or found.st_size > MAX_BYTES:
                log.debug("The entry %s is not believed: it is no file of this user alone.", name)
                return None
            content = os.read(descriptor, found.st_size)
            return content if len(content) == found.st_size else None
        except OSError:
            return None
        finally:
            os.close(descriptor)

    def write(self, name: str, content: bytes) -> None:
        """Write a file, if that is possible: another process may read it, or write it too, meanwhile."""
        if not self._writable:
            return
        unfinished = f".{name}.{os.getpid()}"
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with suppress(FileNotFoundError):  # of a process that had this number before
                os.unlink(unfinished, dir_fd=self._descriptor)
            with open(os.open(unfinished, flags, 0o600, dir_fd=self._descriptor), "wb") as file:
                file.write(content)
            os.rename(unfinished, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        except OSError as problem:
            log.debug("The entry %s is not written: %s.", name, problem)
            self._writable = problem.errno not in _FULL
            with suppress(OSError):
                os.unlink(unfinished, dir_fd=self._descriptor)

    def keep_only(self, names: Collection[str]) -> None:
        """Remove all other entries, and what was never finished."""
        with suppress(OSError):
            for name in os.listdir(self._descriptor):
                gone = _ENTRY.fullmatch(name) and name not in names
                if gone or (_UNFINISHED.fullmatch(name) and self._age(name) > _FORGOTTEN):
                    with suppress(OSError):
                        os.unlink(name, dir_fd=self._descriptor)

    def _age(self, name: str) -> float:
        try:
            return time.time() - os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_mtime
        except OSError:
            return 0.0


def open_folder(path: Path) -> Folder | None:
    """Open a folder, and make it if need be.

    Args:
        path: The folder.

    Returns:
        The folder; None if it cannot be made, or is not this user's alone.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
            _forget_unused(path.parent)  # as one comes: with each commit, where each has a path of its own
        folder = Folder(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW))
    except (OSError, ValueError) as problem:
        log.debug("Checked pipelines are not kept: %s.", problem)
        return None
    if not folder.is_ours_alone():
        log.warning("Checked pipelines are not kept: %s must be a folder of this user, of mode 0700.", path)
        return None
    return folder


def _forget_unused(place: Path) -> None:
    """Remove what is kept of projects of which nothing was written for long: most of them are gone."""
    with suppress(OSError), os.scandir(place) as found:
        for one in found:
            if _PROJECT.fullmatch(one.name) and time.time() - one.stat(follow_symlinks=False).st_mtime > _UNUSED:
                with suppress(OSError):
                    folder = Folder(os.open(one.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW))
                    if folder.is_ours_alone():
                        folder.keep_only(())
                        os.rmdir(one.path)


def _is_ours_alone(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS
