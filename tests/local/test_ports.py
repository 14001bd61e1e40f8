"""Two servers that start at the same moment get two ports."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from include.local import ports


def test_a_port_that_another_has_taken_and_does_not_listen_on_yet_is_not_given_again() -> None:
    first = ports.take(0)
    second = ports.take(first.number)
    try:
        assert second.number != first.number
    finally:
        os.close(second.lock)
        os.close(first.lock)


def test_it_is_taken_as_long_as_the_server_that_inherited_it_runs() -> None:
    taken = ports.take(0)
    server = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[taken.lock])
    os.close(taken.lock)
    while_it_runs = ports.take(taken.number)
    server.communicate(b"\n")
    afterwards = ports.take(taken.number)
    for one in (while_it_runs, afterwards):
        os.close(one.lock)

    assert while_it_runs.number != taken.number
    assert afterwards.number == taken.number


def test_a_port_on_which_anybody_listens_is_not_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        taken = ports.take(number)
        os.close(taken.lock)

    assert taken.number != number
