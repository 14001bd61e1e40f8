"""Tasks that look around in their pod, and tasks that go wrong there."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    from snowflake.snowpark import Session


def look(session: Session) -> dict[str, Any]:
    """What a task sees of its pod; nothing secret is in it."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        "ids": [os.getuid(), os.getgid()],
        "capabilities": int(status["CapEff"], 16) | int(status["CapPrm"], 16) | int(status["CapBnd"], 16),
        "no_new_privileges": status["NoNewPrivs"].strip(),
        "seccomp": status["Seccomp"].strip(),
        "writable": [folder for folder in ("/", "/opt/snowpod", "/tmp") if os.access(folder, os.W_OK)],
        "token": Path("/var/run/secrets/kubernetes.io").exists(),
        "colour": os.environ.get("COLOUR"),
        "greeting": Path("/greeting/text").read_text(),
        "secret_length": len(os.environ.get("HUSH", "")),
    }


def eat_memory(session: Session) -> None:
    eaten = []
    while True:
        eaten.append(b"x" * 2**24)


def fail(session: Session) -> None:
    raise ValueError("the probe's own mistake")


def answer(session: Session, question: Any = None) -> dict[str, Any]:
    return {"answer": 42, "question": question, "user": session.get_current_user().strip('"')}


def make_table(session: Session, table: str, rows: int) -> dict[str, Any]:
    session.create_dataframe([[number] for number in range(rows)], schema=["N"]).write.mode("overwrite").save_as_table(
        table
    )
    return {"table": table}


def count(session: Session, table: str) -> int:
    return session.table(table).count()


def sleep(session: Session, seconds: float) -> str:
    print("asleep", flush=True)
    time.sleep(seconds)
    return "awake"


def half(batch: pandas.DataFrame) -> Any:
    return batch["N"] / 2
