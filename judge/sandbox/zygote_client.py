"""The judge's end of a zygote: starts it by exec with a clean environment, asks it for children, reaps them.

Zygote ──> python -s -P -B judge/inside <fd>     environment: these variables and no secret
   │            (see judge/inside/zygote.py)
   └── ZygoteConnection, one a slot: ask(), next_child() -> ChildProcess, exited() -> Exited
"""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from judge import inside
from judge.errors import HostShortage, SandboxFault, fault_of
from judge.inside import messages, protocol
from judge.sandbox import policy

START_SECONDS = 120.0  # importing JAX on a loaded machine with cold disks
REAP_SECONDS = 20.0  # between a child's being killed and its end
MAX_PACKET_BYTES = 64 * 1024
ZYGOTE_GONE = "the zygote exited"
_ANSWERS: tuple[type[messages.Message], ...] = (messages.Forked, messages.ForkRefused, messages.Exited)
_FOLDER = Path(inside.__file__).resolve().parent
_PACKAGE = _FOLDER.parent


@dataclass(frozen=True, kw_only=True)
class ChildProcess:
    """A child of the zygote: `pid` as this process sees it, and a descriptor that means it even after it ended."""

    id: int
    pid: int
    pidfd: int


@dataclass(kw_only=True)
class ZygoteConfig:
    """The settings of one zygote.

    `hidden` are files that no box may read, beside the judge's own package; `readable` adds some. `namespaces` asks for
    a root of its own where the host allows it. Without `imports` it is ready at once and has no JAX: enough to see
    whether its boxes can be sealed.
    """

    hidden: Sequence[Path] = ()
    readable: Sequence[Path] = ()
    namespaces: bool = True
    imports: bool = True

    def setup(self, files: Sequence[str]) -> messages.Setup:
        """Return the first message to the zygote. Raises SandboxFault."""
        program, numbers = policy.seccomp_filter()
        rules = policy.readable_paths([_PACKAGE, *self.hidden], self.readable)
        roots = {path for path, _ in rules if not path.startswith(("/proc", "/dev"))}
        return messages.Setup(
            seccomp_filter=program.hex(),
            kill_numbers=numbers,
            readable=tuple(rules),
            roots=tuple(sorted(roots | {str(_FOLDER)})),
            namespaces=self.namespaces,
            imports=self.imports,
            path=tuple(path for path in sys.path if path.endswith("-packages")),
            files=tuple(files),
        )


def clean_environment() -> dict[str, str]:
    """Return the whole environment of a zygote: nothing of ours but what Python needs to find its own library."""
    keep = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return keep | {
        "HOME": "/nonexistent",
        "PYTHONHASHSEED": "0",  # sets in the same order in each lane
        "LANG": "C.UTF-8",
        "USER": "nobody",
        "JAX_PLATFORMS": "cpu",  # else the backend's start scans the PCI bus
        "OPENBLAS_NUM_THREADS": "1",  # one thread until the fork
        "OMP_NUM_THREADS": "1",
        "NPROC": "1",  # XLA's own: the same partitions, so the same last bits, on every machine
        "PJRT_NPROC": "1",
        "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",  # else the cache's keys hold its path
    }


class Zygote:
    """One zygote process. Start it from a thread that runs as long: the zygote is killed when that thread ends."""

    def __init__(self, config: ZygoteConfig, files: Mapping[str, int] | None = None) -> None:
        """Start the process; `wait` until it has imported JAX, and run its warm-up if it has one.

        `files` are descriptors that it is given: `pack`, `warmup`, `fresh` (see judge.inside.warmup). They stay open
        here. Raises SandboxFault, HostShortage.
        """
        files = files or {}
        ours, theirs = _pair()
        self._control = ours
        self._lock = threading.Lock()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-s", "-P", "-B", str(_FOLDER), str(theirs.fileno())],
                    env=clean_environment(),
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                    cwd="/",
                )
            except OSError as error:
                ours.close()
                raise fault_of(error, f"the zygote did not start: {error}") from error
        try:
            setup = protocol.encode_packet(config.setup(tuple(files)))
            socket.send_fds(self._control, [setup], list(files.values()))
        except OSError as error:
            self.close()
            raise fault_of(error, ZYGOTE_GONE) from error
        self._info: messages.ZygoteInfo | None = None

    def wait(self, seconds: float = START_SECONDS) -> messages.ZygoteInfo:
        """Return what it has and what the kernel refused it, once it is ready. Raises SandboxFault after `seconds`."""
        with self._lock:
            if self._info is None:
                try:
                    self._control.settimeout(seconds)
                    packet = self._control.recv(MAX_PACKET_BYTES)
                except OSError:  # no answer in time, it exited, or it was closed meanwhile
                    packet = b""
                if not packet:
                    raise SandboxFault("the zygote did not start: `judge doctor` shows what is missing")
                self._info = protocol.decode_packet(packet, messages.ZygoteInfo)
            return self._info

    def alive(self) -> bool:
        """Return True while the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Return the id of the process that was started."""
        return self._process.pid

    def connect(self) -> "ZygoteConnection":
        """Return a connection for one slot. Raises SandboxFault."""
        self.wait()
        ours, theirs = _pair()
        with theirs, self._lock:
            try:
                socket.send_fds(self._control, [protocol.encode_packet(messages.Connect())], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise fault_of(error, ZYGOTE_GONE) from error
        return ZygoteConnection(ours)

    def add_programs(self, pack: int) -> None:
        """Give it the programs of a pack, an open file. Raises SandboxFault."""
        with self._lock:
            try:
                socket.send_fds(self._control, [protocol.encode_packet(messages.AddPrograms())], [pack])
            except OSError as error:
                raise fault_of(error, ZYGOTE_GONE) from error

    def close(self) -> None:
        """End the process and all of its children; a pending `wait` raises."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._process.kill()
        self._process.wait()
        with self._lock:  # so that no thread receives from a number that is another file by now
            self._control.close()


class ZygoteConnection:
    """One slot's conversation with a zygote; used by one thread."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._next = 0
        self._exited: dict[int, messages.Exited] = {}
        self._to_reap: list[ChildProcess] = []
        self._forks: list[tuple[messages.Message, list[int]]] = []  # answers to `ask`, each with a descriptor

    def ask(self, order: messages.Fork, descriptors: Sequence[int]) -> None:
        """Ask for a child; `descriptors` are its requests, replies, stdout and stderr. Raises SandboxFault.

        The child's id is the connection's own count, whatever `order` says.
        """
        self._next += 1
        packet = protocol.encode_packet(replace(order, id=self._next))
        try:
            socket.send_fds(self._connection, [packet], descriptors)
        except OSError as error:
            raise fault_of(error, ZYGOTE_GONE) from error

    def next_child(self) -> ChildProcess:
        """Return the child that was asked for next, once those to reap are gone. Raises SandboxFault, HostShortage."""
        while self._to_reap:
            if self.exited(self._to_reap.pop(), REAP_SECONDS) is None:
                raise SandboxFault("a killed box did not end")
        try:
            while not self._forks:
                self._receive()
        except OSError as error:
            raise fault_of(error, ZYGOTE_GONE) from error
        answer, received = self._forks.pop(0)
        if isinstance(answer, messages.ForkRefused):  # a fork fails only for want of processes or memory
            raise HostShortage(f"the zygote could not fork: {answer.reason}")
        if not received:  # the kernel drops a descriptor that finds no free number here; the child ends with its pipes
            raise HostShortage("the host lacks a resource now: no descriptor was free for a box")
        assert isinstance(answer, messages.Forked)
        try:
            return ChildProcess(id=answer.id, pid=_pid_of(received[0]), pidfd=received[0])
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
        poll = select.poll()  # not select(), which takes no descriptor above 1,023
        poll.register(self._connection, select.POLLIN)
        while child.id not in self._exited:
            if not poll.poll(seconds * 1e3):
                return None
            try:
                self._receive()
            except OSError as error:
                raise fault_of(error, ZYGOTE_GONE) from error
        return self._exited.pop(child.id)

    def fileno(self) -> int:
        """Return the descriptor to poll: readable when a child ended."""
        return self._connection.fileno()

    def close(self) -> None:
        """Close the connection; the zygote kills what still runs for this slot."""
        self._connection.close()

    def _receive(self) -> None:
        """Receive one message: how a child ended, or what became of a fork. Raises OSError."""
        packet, received, _, _ = socket.recv_fds(self._connection, MAX_PACKET_BYTES, 1)
        if not packet:
            raise ConnectionError("closed")
        answer = protocol.decode_packet(packet, *_ANSWERS)
        if isinstance(answer, messages.Exited):
            self._exited[answer.id] = answer
        else:
            self._forks.append((answer, received))


def _pair() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a new connection. Raises SandboxFault, HostShortage."""
    try:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    except OSError as error:
        raise fault_of(error, f"no connection to the zygote could be made: {error}") from error


def _pid_of(pidfd: int) -> int:
    with open(f"/proc/self/fdinfo/{pidfd}") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pid:"))
