"""One slot's conversation with a zygote: ask for children, learn how they ended, signal them."""

import os
import select
import signal
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from judge.errors import HostShortage, SandboxFault, fault_of
from judge.inside import messages, protocol

REAP_SECONDS = 20.0  # between a child's being killed and its end
ANSWER_SECONDS = 60.0  # between an order and its answer; a zygote that takes longer is stopped, or the host is too slow
MAX_PACKET_BYTES = 64 * 1024
ZYGOTE_GONE = "the zygote exited"
_UNREADABLE = (ValueError, KeyError, TypeError)  # of a packet; BadFrame is a ValueError
_ANSWERS: tuple[type[messages.Message], ...] = (messages.Forked, messages.ForkRefused, messages.Exited)


class NoAnswer(SandboxFault):
    """The zygote did not answer in time: it was stopped, or the host is too slow."""


@dataclass(frozen=True, kw_only=True)
class ChildProcess:
    """A child of the zygote: `pid` as this process sees it, and a descriptor that means it even after it ended."""

    id: int
    pid: int
    pidfd: int


class ZygoteConnection:
    """One slot's conversation with a zygote; used by one thread."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._next = 0
        self._exited: dict[int, messages.Exited] = {}
        self._to_reap: list[ChildProcess] = []
        self._forks: list[tuple[messages.Message, list[int]]] = []  # answers to `ask`, each with a descriptor

    def ask(self, order: messages.Fork, descriptors: Sequence[int]) -> None:
        """Ask for a child; `descriptors` are its five pipes' ends. Raises SandboxFault.

        The child's id is the connection's own count, whatever `order` says.
        """
        self._next += 1
        packet = protocol.encode_packet(replace(order, id=self._next))
        try:
            socket.send_fds(self._connection, [packet], descriptors)
        except OSError as error:
            raise fault_of(error, ZYGOTE_GONE) from error

    def next_child(self) -> ChildProcess:
        """Return the child that was asked for next, once those to reap are gone.

        Raises SandboxFault, HostShortage, NoAnswer.
        """
        while self._to_reap:
            if self.exited(self._to_reap.pop(), REAP_SECONDS) is None:
                raise NoAnswer("a killed box did not end")
        while not self._forks:
            if not self._receive(ANSWER_SECONDS):
                raise NoAnswer
        answer, received = self._forks.pop(0)
        if isinstance(answer, messages.ForkRefused):  # a fork fails only for want of processes or memory
            raise HostShortage(f"the zygote could not fork: {answer.reason}")
        if not received:  # the kernel drops a descriptor that finds no free number here; the child ends with its pipes
            raise HostShortage("the host lacks a resource now: no descriptor was free for a box")
        assert isinstance(answer, messages.Forked)
        try:
            return ChildProcess(id=answer.id, pid=pid_of(received[0]), pidfd=received[0])
        except OSError as error:
            os.close(received[0])
            raise fault_of(error, f"a box could not be looked up: {error}") from error

    def reap_later(self, child: ChildProcess) -> None:
        """Let a child end, killed or without work, before the next one: freeing its memory takes some milliseconds."""
        self._to_reap.append(child)

    def kill(self, child: ChildProcess) -> None:
        """Send SIGKILL to a child."""
        self.signal(child, signal.SIGKILL)

    def signal(self, child: ChildProcess, number: signal.Signals) -> None:
        """Send a signal to a child, by the zygote where it runs as a user that we may not signal. From any thread."""
        try:
            signal.pidfd_send_signal(child.pidfd, number)
        except ProcessLookupError:
            return
        except PermissionError:
            self._connection.send(protocol.encode_packet(messages.Signal(id=child.id, number=int(number))))

    def exited(self, child: ChildProcess, seconds: float) -> messages.Exited | None:
        """Return how `child` ended, or None if it is still there after `seconds`. Raises SandboxFault."""
        while child.id not in self._exited:
            if not self._receive(seconds):
                return None
        return self._exited.pop(child.id)

    def fileno(self) -> int:
        """Return the descriptor to poll: readable when a child ended."""
        return self._connection.fileno()

    def close(self) -> None:
        """Close the connection; the zygote kills what still runs for this slot."""
        self._connection.close()

    def _receive(self, seconds: float) -> bool:
        """Receive one message: how a child ended, or what became of a fork; return False if none comes in time.

        Raises SandboxFault: after that the connection is of no use, since an answer may be missing.
        """
        poll = select.poll()  # not select(), which takes no descriptor above 1,023
        poll.register(self._connection, select.POLLIN)
        try:
            if not poll.poll(seconds * 1e3):
                return False
            packet, received, _, _ = socket.recv_fds(self._connection, MAX_PACKET_BYTES, 1)
            if not packet:
                raise ConnectionError("closed")
            answer = protocol.decode_packet(packet, *_ANSWERS)
        except OSError as error:
            raise fault_of(error, ZYGOTE_GONE) from error
        except _UNREADABLE as error:
            raise SandboxFault(f"the zygote sent what can't be read: {error}") from error
        if isinstance(answer, messages.Exited):
            self._exited[answer.id] = answer
        else:
            self._forks.append((answer, received))
        return True


class ForkedProcess:
    """A process that another one started and reaps, known by a pidfd: as much of subprocess.Popen as a zygote needs."""

    def __init__(self, pidfd: int) -> None:
        """Take over the descriptor. Raises SandboxFault if the process is gone already."""
        self._pidfd = pidfd
        self._lock = threading.Lock()
        self._ended = False
        try:
            self.pid = pid_of(pidfd)
        except OSError as error:
            raise SandboxFault(ZYGOTE_GONE) from error

    def poll(self) -> int | None:
        """Return None while it runs, else 0."""
        return 0 if self._look(0) else None

    def kill(self) -> None:
        """Send SIGKILL."""
        with self._lock, suppress(ProcessLookupError):
            if not self._ended:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for its end."""
        self._look(None)
        return 0

    def _look(self, milliseconds: int | None) -> bool:
        with self._lock:
            if not self._ended:
                poll = select.poll()
                poll.register(self._pidfd, select.POLLIN)
                if poll.poll(milliseconds):
                    self._ended = True
                    os.close(self._pidfd)
            return self._ended


def pid_of(pidfd: int) -> int:
    """Return the id, as this process sees it, of the process that a descriptor means. Raises OSError."""
    with open(f"/proc/self/fdinfo/{pidfd}") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pid:"))
