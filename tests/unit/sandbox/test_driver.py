"""The driver, with a child that is played by the test: what it meets when several pipes have something at once."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from judge.inside import layers, messages, protocol
from judge.limits import Limits
from judge.sandbox.box import Ending, Job, Reply
from judge.sandbox.driver import Driver
from judge.sandbox.pipes import Pipes
from judge.sandbox.zygote_connection import ChildProcess

JOB = Job(
    source="",
    entry="answer",
    parameters=("x",),
    calls=((1,), (2,)),
    visible_calls=1,
    limits=Limits(cpu_seconds=10, wall_seconds=10, memory_mib=512),
)
ANSWER = messages.Reply(nonce="", value=1, type="int", raised=None, observed=(), extra_values={}, facts={})


class Connection:
    """A zygote's connection that knows one child, which ended before it was asked for."""

    def __init__(self, child: ChildProcess) -> None:
        self._child = child
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def fileno(self) -> int:
        return self._ours.fileno()

    def kill(self, child: ChildProcess) -> None:
        assert child is self._child

    def exited(self, child: ChildProcess, seconds: float) -> messages.Exited:
        return messages.Exited(id=child.id, status=0, cpu_ms=1.0)

    def close(self) -> None:
        self._ours.close()
        self._theirs.close()


class Reader:
    def take(self, index: int, reply: Reply) -> None:
        pass

    def enough(self) -> bool:
        return False

    def has_room(self) -> bool:
        return True


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as made:
        yield made
        made.kill()


@pytest.fixture(params=range(8))
def pipes(request) -> Iterator[tuple[Pipes, tuple[int, int, int, int, int]]]:
    """Pipes at any place among the descriptors: which of them is looked at first hangs on their numbers."""
    others = [os.open("/dev/null", os.O_RDONLY) for _ in range(request.param)]
    made, theirs = Pipes.make()
    yield made, theirs
    made.close()
    for descriptor in others:
        os.close(descriptor)


def test_a_child_that_replies_and_closes_everything_at_once_is_the_submission_s_own_end(process, pipes) -> None:
    ours, (requests, replies, stdout, stderr, stack) = pipes
    sealed = messages.Sealed(layers=tuple(layers.MINIMUM))
    for message in (sealed, messages.Loaded(failure=None), ANSWER):
        os.write(replies, protocol.encode(message))
    os.write(stdout, b"printed")
    for descriptor in (replies, stdout, stderr, stack):
        os.close(descriptor)
    child = ChildProcess(id=1, pid=process.pid, pidfd=-1)
    connection = Connection(child)
    try:
        outcome = Driver(connection, child, ours, JOB, Reader()).run()  # type: ignore[arg-type]
    finally:
        os.close(requests)
        connection.close()
    assert outcome.ending is Ending.EXITED
    assert outcome.stdout == "printed"
