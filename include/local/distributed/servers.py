"""PostgreSQL and Redis of a distributed Airflow, from the machine's packages, with data of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from include.local.distributed.settings import Secrets, write_private
from include.local.kubernetes.debian.packages import install

_DEBIANS = Path("/usr/lib/postgresql")
_READ_ANYTHING = ("--inh-caps", "+dac_override", "--ambient-caps", "+dac_override")


def provide() -> None:
    """Install what is missing, on Debian as root.

    Raises:
        include.local.kubernetes.shell.Problem: it is missing and cannot be installed here.
    """
    install({"redis-server": "redis-server", **({} if _program("postgres") else {"postgres": "postgresql-15"})})


def postgres_command(data: Path, port: int) -> list[str]:
    """Return the command of the database's server.

    Args:
        data: its data folder.
        port: its port of loopback.
    """
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "128MB",
    }
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    return [*_as_postgres(), _required("postgres"), "-D", str(data), "-p", str(port), *words]


def redis_command(folder: Path, port: int, secrets: Secrets) -> list[str]:
    """Return the command of the broker's server; its password is in its configuration file, not in the command.

    Args:
        folder: its data folder; made when missing.
        port: its port of loopback.
        secrets: holds the password.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # its log on disk, which it lets others read, holds the tokens of tasks that wait
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f'dir "{folder}"',
        f"requirepass {secrets.redis}",
        # A message that a worker was promised must outlive a restart.
        "appendonly yes",
    ]
    write_private(folder / "redis.conf", "\n".join(lines) + "\n")
    return [_required("redis-server"), str(folder / "redis.conf")]


def make_database(data: Path, secrets: Secrets) -> None:
    """Make the database's data folder, unless it is there.

    Args:
        data: the folder.
        secrets: holds the password of its user `airflow`.
    """
    if (data / "PG_VERSION").exists():
        return
    made = data.with_suffix(".new")  # what is interrupted in the middle is begun anew
    for folder in (made, data):
        shutil.rmtree(folder, ignore_errors=True)
    made.mkdir(parents=True, mode=0o700)
    password = data.with_suffix(".password")
    write_private(password, secrets.postgres)
    owner = _owner()
    if owner:
        shutil.chown(made, *owner)
        shutil.chown(password, *owner)
    words = ["--username=airflow", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale"]
    _run([_required("initdb"), "--pgdata", str(made), *words])
    password.unlink()
    _run([_required("postgres"), "--single", "-D", str(made), "postgres"], "create database airflow\n")
    made.rename(data)


def _run(command: list[str], given: str = "") -> None:
    done = subprocess.run([*_as_postgres(), *command], input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command[0], done.stdout, done.stderr)


def _as_postgres() -> list[str]:
    """PostgreSQL does not run as root; its own user may not look into every folder, such as root's home."""
    owner = _owner()
    return ["setpriv", f"--reuid={owner[0]}", f"--regid={owner[1]}", "--clear-groups", *_READ_ANYTHING] if owner else []


def _owner() -> tuple[str, str] | None:
    return ("postgres", "postgres") if os.geteuid() == 0 else None


def _required(program: str) -> str:
    found = _program(program)
    if found is None:
        raise FileNotFoundError(f"{program} is not on this machine")
    return found


def _program(name: str) -> str | None:
    """Return a program's path: Debian keeps those of PostgreSQL apart from PATH, a folder for each release."""
    newest = max(_DEBIANS.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]), default=None)
    return str(newest) if newest else shutil.which(name)
