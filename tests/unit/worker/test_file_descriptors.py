"""The limit of open files: raised at the start, shared between judging and clients, and what happens beyond it."""

import errno
import os
import resource
import socket
import subprocess
import sys

import pytest

from judge.errors import SHORTAGES, HostShortage, SandboxFault, fault_of
from judge.inside import messages, protocol
from judge.sandbox.pipes import Pipes
from judge.sandbox.zygote_connection import ChildProcess, ZygoteConnection
from judge.worker.file_descriptors import FEWEST_CONNECTIONS, RESERVED, RESERVED_PER_SLOT, connections_within

RAISED = """
import resource
from judge.worker.file_descriptors import raise_limit
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
assert raise_limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, 65_536), hard
assert raise_limit() == min(hard, 65_536)
"""


def test_the_limit_is_raised_to_what_the_host_allows() -> None:
    subprocess.run([sys.executable, "-c", RAISED], check=True, timeout=60)


@pytest.mark.parametrize(
    ("limit", "slots", "connections"),
    [
        (1_024, 2, 1_024 - RESERVED - 2 * RESERVED_PER_SLOT),
        (65_536, 0, 65_536 - RESERVED),
        (256, 4, FEWEST_CONNECTIONS),
    ],
)
def test_connections_leave_room_for_judging(limit: int, slots: int, connections: int) -> None:
    assert connections_within(limit, slots) == connections


@pytest.mark.parametrize("number", sorted(SHORTAGES))
def test_what_the_host_lacks_is_a_shortage(number: int) -> None:
    assert isinstance(fault_of(OSError(number, os.strerror(number)), "the zygote died"), HostShortage)


@pytest.mark.parametrize(
    "error", [ConnectionResetError(errno.ECONNRESET, "reset"), TimeoutError(), OSError("no number")]
)
def test_any_other_error_is_a_fault_of_the_sandbox(error: OSError) -> None:
    fault = fault_of(error, "the zygote died")
    assert (type(fault), str(fault)) == (SandboxFault, "the zygote died")


@pytest.fixture
def few_descriptors():
    """few_descriptors(n) leaves n free ones."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held: list[int] = []

    def leave(free: int) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))) + 20, hard))
        try:
            while True:
                held.append(os.dup(0))
        except OSError:
            pass
        for _ in range(free):
            os.close(held.pop())

    yield leave
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    for descriptor in held:
        os.close(descriptor)


def free_descriptors() -> int:
    found: list[int] = []
    try:
        while True:
            found.append(os.dup(0))
    except OSError:
        for descriptor in found:
            os.close(descriptor)
    return len(found)


@pytest.mark.parametrize("free", [0, 1, 5, 7])
def test_pipes_that_can_not_all_be_made_leave_none_open(few_descriptors, free: int) -> None:
    few_descriptors(free)
    with pytest.raises(OSError, match="Too many open files"):
        Pipes.make()
    assert free_descriptors() == free


def test_a_box_whose_descriptor_finds_no_room_is_a_shortage(few_descriptors) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        socket.send_fds(theirs, [protocol.encode_packet(messages.Forked(id=1, pid=7))], [0])
        few_descriptors(0)
        with pytest.raises(HostShortage, match="no descriptor was free"):
            ZygoteConnection(ours).next_child()


def test_a_fork_that_the_host_refuses_is_a_shortage() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        refused = messages.ForkRefused(id=1, reason="Resource temporarily unavailable")
        theirs.send(protocol.encode_packet(refused))
        with pytest.raises(HostShortage, match="could not fork"):
            ZygoteConnection(ours).next_child()


def test_a_line_with_a_high_descriptor_hears_how_its_child_ended() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 1_200:
        pytest.skip(f"this host allows {hard} open files, too few to show it")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1_200), hard))
    held = [os.dup(0) for _ in range(1_100)]
    try:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            assert ours.fileno() > 1_023
            theirs.send(protocol.encode_packet(messages.Exited(id=3, status=0, cpu_ms=1.0)))

            exited = ZygoteConnection(ours).exited(ChildProcess(id=3, pid=1, pidfd=0), 1.0)
            assert exited is not None
            assert exited.status == 0
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
