"""Lets a loader give up a DAG only when another has taken it.

Airflow 3.3.2 marks a DAG stale when the file that it was last found in is parsed without it
(`airflow.dag_processing.manager.deactivate_stale_dags`), and notices a new file after `refresh_interval`, five minutes.
So where the number of loaders changes, the loader that had a DAG goes on to build it, and says that it is the new
loader's: from then on Airflow asks that file alone whether the DAG is still there. The old one stops when the new one
has been parsed.

What each loader did at its latest whole parse is in a small file in Airflow's home. Where that cannot be written, or is
new, nothing is handed over.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from airflow.configuration import AIRFLOW_HOME
from airflow.sdk import DAG

from include.factory.loaders import loader_of

_FOLDER = "snowpod-loaders"
"""The folder of the marks, in Airflow's home."""
_SETTLED = 60.0
"""Seconds between the first parse that hands DAGs over and the new loader's that ends it.

Airflow writes a parse down before it starts the file's next one.
"""
_SPLITS = 8
"""How many splits before the present one a loader keeps in mind."""

Split = tuple[int, ...]
"""The loaders between which the pipelines are split."""


@dataclass(frozen=True)
class _Mark:
    """What a loader did at its latest whole parse.

    Attributes:
        split: The split.
        before: Earlier splits, of which it may still have DAGs that are not handed over.
        since: When its first parse with this split ended, in seconds since 1970.
        latest: When the latest did.
    """

    split: Split
    before: tuple[Split, ...]
    since: float
    latest: float


class Handover:
    """What one loader still builds of other loaders' parts."""

    def __init__(self, folder: Path, number: int, split: Split) -> None:
        """Read what the loaders did.

        Args:
            folder: The folder of the loaders.
            number: This one.
            split: The loaders that share the pipelines now.
        """
        # By the path that Airflow knows: git-sync links it to another folder at each commit, and a commit it is that
        # changes the number.
        self._marks = Path(AIRFLOW_HOME, _FOLDER, sha256(os.fsencode(os.path.abspath(folder))).hexdigest()[:8])
        self._number, self._split = number, split
        now = time.time()
        own = self._read(number) or _Mark(split, (), now, now)
        # A clock that was ahead is set right: else nobody would seem to parse after that for as long.
        self._since = own.since if own.split == split and own.since <= now else now
        others = {other: self._read(other) for other in split if other != number}
        self._taken = {
            other
            for other, mark in others.items()
            if mark is not None and mark.split == split and mark.latest >= self._since + _SETTLED
        }
        before = dict.fromkeys(one for one in (*own.before, own.split) if one != split)
        self._before = tuple(before)[-_SPLITS:] if self._taken != others.keys() else ()

    @property
    def ended(self) -> bool:
        """Whether nothing is left to hand over."""
        return not self._before

    def builds(self, name: str, owner: int) -> bool:
        """Whether this loader still builds what is another's.

        Args:
            name: The pipeline's file, as for `loader_of`.
            owner: The loader whose it is.
        """
        return owner not in self._taken and any(loader_of(name, split) == self._number for split in self._before)

    def parsed(self) -> None:
        """Write down that this parse is whole."""
        mark = _Mark(self._split, self._before, self._since, time.time())
        path = self._path(self._number)
        written = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(json.dumps(asdict(mark)), encoding="utf-8")
            written.replace(path)
        except OSError:  # a home that cannot be written: the next change of the number hands nothing over
            pass

    def _path(self, number: int) -> Path:
        return self._marks / f"{number}.json"

    def _read(self, number: int) -> _Mark | None:
        try:
            mark = json.loads(self._path(number).read_bytes())
            return _Mark(
                _split(mark["split"]),
                tuple(map(_split, mark["before"])),
                float(mark["since"]),
                float(mark["latest"]),
            )
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None


def hand_over(dag: DAG, file: str) -> None:
    """Let Airflow take a DAG for one of another loader.

    Args:
        dag: The DAG, not yet seen by Airflow's importer.
        file: The name of the other loader's file, beside this one's.
    """
    handed: Any = dag
    handed.__dict__["next_loader"] = file
    handed.__class__ = type("HandedOver", (_OfAnother, type(dag)), {})


class _OfAnother:
    """What makes a DAG another loader's: where Airflow says that it was found, it says the other's file."""

    next_loader: str

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "relative_fileloc" and value is not None:
            value = str(PurePath(value).with_name(self.next_loader))
        super().__setattr__(name, value)


def _split(value: Any) -> Split:
    split = tuple(value)
    if not split or 1 not in split or not all(type(number) is int and 0 < number < 1000 for number in split):
        raise ValueError("no split")
    return split
