"""One worker: loads a handler, then answers the server's requests with it."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import traceback
from typing import Any

from .handlers import Handler, load
from .protocol import Channel, ClosedError

_HERE = os.path.dirname(os.path.abspath(__file__))


def serve(channel: Channel, folder: str, memory: int) -> None:
    """Answer requests until the server closes the socket.

    Args:
        channel: Frames from and to the server.
        folder: The worker's own folder, for imported files and as current directory; the server removes it.
        memory: Most bytes of private memory, 0 for no limit.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    os.chdir(folder)
    _reseed()
    handler: Handler | None = None
    with contextlib.suppress(ClosedError):
        while True:
            request, payload = channel.receive()
            try:
                if request["op"] == "load":
                    handler = load(request, folder)
                    answer: dict[str, Any] = {}
                    body: Any = b""
                else:
                    assert handler is not None
                    answer, body = handler.run(request, payload)
            except MemoryError:
                handler = None
                answer, body = {"error": "memory"}, b""
            except BaseException as error:
                # Whatever the handler raises, SystemExit and KeyboardInterrupt too, is the statement's error.
                answer, body = {"error": "raised", "traceback": _describe(error)}, b""
            channel.send(answer, body)


def _reseed() -> None:
    """Give this worker random numbers of its own: NumPy's state is copied by the fork, `random` looks after itself."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _describe(error: BaseException) -> str:
    """Write the traceback from the handler's first line on, without the frames of this package."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(_HERE):
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames))
