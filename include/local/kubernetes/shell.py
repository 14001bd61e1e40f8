"""Running other programs, and telling the user what happens."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class Problem(Exception):  # noqa: N818 - not always an error: CLUSTER=none ends in one too
    """Something the user can do something about; the message says what is wrong and what to do next.

    Args:
        message: shown as it is, without a traceback.
        exit_code: of the command; 3 means that there is no cluster to be had or that none is wanted.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def say(line: str) -> None:
    """Print a line of progress.

    Args:
        line: without the leading "cluster: ".
    """
    print(f"cluster: {line}", flush=True)


def there(program: str) -> bool:
    """Whether a program is on the PATH, with the folders of the administrator's programs added."""
    return shutil.which(program, path=search_path()) is not None


def search_path() -> str:
    """PATH with /usr/sbin and /sbin, which some users' lack and where runc and ip live."""
    return ":".join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    seconds: float | None = None,
) -> None:
    """Run a program whose output the user should see.

    Args:
        command: the program and its arguments.
        env: variables to add to the environment.
        cwd: folder to run it in.
        seconds: time limit; none by default.

    Raises:
        Problem: it is not there, failed, or took too long.
    """
    _finish(command, env, cwd, seconds, capture=False)


def output(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    seconds: float | None = None,
) -> str:
    """Run a program and return what it prints. Arguments and exceptions as for `run`.

    Returns:
        Its standard output.
    """
    return _finish(command, env, cwd, seconds, capture=True)


def succeeds(command: Sequence[str | Path], *, seconds: float = 15) -> bool:
    """Whether a program is there and ends well in time; says nothing."""
    try:
        output(command, seconds=seconds)
    except Problem:
        return False
    return True


def _finish(
    command: Sequence[str | Path],
    env: Mapping[str, str] | None,
    cwd: Path | None,
    seconds: float | None,
    *,
    capture: bool,
) -> str:
    words = [str(word) for word in command]
    short = " ".join(words[:4]) + (" …" if len(words) > 4 else "")
    environment = {**os.environ, "PATH": search_path(), **(env or {})}
    try:
        done = subprocess.run(
            words, env=environment, cwd=cwd, timeout=seconds, capture_output=capture, text=True, check=False
        )
    except FileNotFoundError:
        raise Problem(f"{words[0]}: no such program; install it and try again") from None
    except subprocess.TimeoutExpired:
        raise Problem(f"`{short}` did not end within {seconds:.0f} s") from None
    if done.returncode != 0:
        said = (
            f":\n{done.stderr.strip()}"
            if capture and done.stderr.strip()
            else "; its own message is above"
            if not capture
            else ""
        )
        raise Problem(f"`{short}` failed with exit code {done.returncode}{said}")
    return done.stdout or ""
