"""What a load took: runs a minute, seconds in the queue, memory."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Thread

import psutil

from include.local.distributed.__main__ import processes
from include.local.load.runs import Try

SAMPLE_SECONDS = 5
_MEGABYTE = 1024 * 1024


class Memory:
    """Looks at the memory of each part of Airflow, the processes below it included, while it is open."""

    def __init__(self) -> None:
        self.most: dict[str, int] = {}
        """Megabytes at most, by part; pages that processes share are counted once for each."""
        self._ended = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            for name, told in processes().items():
                with suppress(psutil.Error):
                    process = psutil.Process(told["pid"])
                    below = [process, *process.children(recursive=True)]
                    used = sum(_resident(one) for one in below) // _MEGABYTE
                    self.most[name] = max(used, self.most.get(name, 0))


def summary(runs: int, seconds: float, tries: Sequence[Try], memory: dict[str, int]) -> str:
    """Return the last line of a load.

    Args:
        runs: how many ended.
        seconds: from the first trigger to the last end.
        tries: of all tasks.
        memory: megabytes at most, by part.
    """
    queued = [(one.started - one.queued).total_seconds() for one in tries if one.queued and one.started]
    half, most = (statistics.median(queued), max(queued)) if queued else (0.0, 0.0)
    often = statistics.quantiles(queued, n=20)[-1] if len(queued) > 1 else most
    again = sum(one.number > 1 for one in tries)
    used = ", ".join(f"{name} {megabytes}" for name, megabytes in sorted(memory.items()))
    return (
        f"load: {runs} runs in {seconds:.0f} s, {60 * runs / seconds:.1f} a minute; {len(tries)} tries of tasks,"
        f" {again} of them a second or later; in the queue {half:.1f} s (median), {often:.1f} s (95 %), {most:.1f} s"
        f" (most); memory in MB at most: {used}"
    )


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
