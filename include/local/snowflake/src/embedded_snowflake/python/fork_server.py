"""The process of one interpreter that forks workers: started when first asked, and again when it has died."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path
from threading import Lock

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.python.interpreter.protocol import Channel, ClosedError

_PACKAGE = Path(__file__).resolve().parent
# The package's folder is on the path only while it is imported: a handler must not find the project's modules.
_START = (
    f"import sys; sys.path.insert(0, {str(_PACKAGE)!r}); from interpreter.main import main; del sys.path[0]; main()"
)
# What a handler may see of the server's environment: nothing that could hold a secret.
_ENVIRONMENT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
)
_DEFAULTS = {
    # Threads of OpenMP that spin while they wait make training twenty times slower where cores are shared.
    "OMP_WAIT_POLICY": "PASSIVE",
    # A procedure's connection would ask every cloud's metadata service first, which takes longer than all the rest of
    # the call.
    "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
}
_READY_SECONDS = 120.0


class ForkServer:
    """A process that forks workers.

    Args:
        interpreter: Path of its Python.
    """

    def __init__(self, interpreter: Path) -> None:
        self._interpreter = interpreter
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def fork(self, folder: Path, memory: int) -> tuple[int, socket.socket]:
        """Fork a worker.

        Args:
            folder: Its own folder, which exists.
            memory: Most bytes of private memory, 0 for no limit.

        Returns:
            Its process id and the socket to talk to it.

        Raises:
            SnowflakeError: The interpreter cannot be started.
        """
        with self._lock:
            for last in (False, True):
                ours, theirs = socket.socketpair()
                try:
                    control = self._running()
                    channel = Channel(control)
                    channel.send({"op": "fork", "folder": str(folder), "memory": memory})
                    socket.send_fds(control, [b"\0"], [theirs.fileno()])
                    return int(channel.receive()[0]["pid"]), ours
                except (ClosedError, OSError) as error:
                    ours.close()
                    self._end()
                    if last:
                        text = (
                            f"The Python interpreter {self._interpreter} cannot be started (it needs pyarrow); the"
                            " server's log says why."
                        )
                        raise SnowflakeError(text, 100_357, "P0000") from error
                finally:
                    theirs.close()
        raise AssertionError("unreachable")

    def ending(self, pid: int) -> str:
        """Say how a worker ended whose socket is closed.

        Args:
            pid: Its process id.

        Returns:
            For example "killed by SIGKILL" or "exit code 3".
        """
        with self._lock:
            if self._control is None:
                return "its interpreter ended"
            try:
                channel = Channel(self._control)
                channel.send({"op": "ending", "pid": pid})
                status = channel.receive()[0]["status"]
            except (ClosedError, OSError):
                return "its interpreter ended"
        if status is None:
            return "unknown cause"
        code = os.waitstatus_to_exitcode(status)
        return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"

    def warm(self) -> None:
        """Start the process, so that the first fork need not wait for it."""
        with self._lock:
            try:
                self._running()
            except (ClosedError, OSError):
                self._end()

    def close(self) -> None:
        """End the process and with it its workers."""
        with self._lock:
            self._end()

    def _running(self) -> socket.socket:
        if self._control is not None:
            return self._control
        ours, theirs = socket.socketpair()
        try:
            self._process = subprocess.Popen(
                [str(self._interpreter), "-I", "-c", _START, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=_DEFAULTS | {name: os.environ[name] for name in (*_ENVIRONMENT, *_DEFAULTS) if name in os.environ},
            )
        finally:
            theirs.close()
        self._control = ours
        ours.settimeout(_READY_SECONDS)
        Channel(ours).receive()
        return ours

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            # A closed socket is its sign to end its workers and itself.
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
