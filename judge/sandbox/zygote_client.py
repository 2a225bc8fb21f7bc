"""The judge's end of a zygote: starts it by exec with a clean environment, asks it for boxes, and learns how they end.

Zygote ──> python -s -P -B judge/inside <fd>     environment: these variables and no secret
   │            (see judge/inside/zygote.py)
   └── ZygoteConnection, one a slot: ask(), forked() -> BoxProcess(pid, pidfd), ended() -> ChildEnded
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
from judge.inside.budget import BadFrame
from judge.inside.messages import (
    AddPrograms,
    ChildEnded,
    Connect,
    Forked,
    ForkOrder,
    ForkRefused,
    SignalOrder,
    ZygoteInfo,
    ZygoteSetup,
)
from judge.inside.trees import from_packet, to_packet
from judge.sandbox import policy

START_SECONDS = 120.0  # importing JAX on a loaded machine with cold disks
REAP_SECONDS = 20.0  # between a child's being killed and its end
MAX_MESSAGE = 64 * 1024
_FOLDER = Path(inside.__file__).resolve().parent
_PACKAGE = _FOLDER.parent


@dataclass(frozen=True, kw_only=True)
class BoxProcess:
    """A child of the zygote: `pid` as this process sees it, and a descriptor that stands for it for ever."""

    id: int
    pid: int
    pidfd: int


@dataclass(kw_only=True)
class ZygoteConfig:
    """What a zygote is to be. `hidden` are files no box may read, beside the judge's own package; `readable` adds some.

    `namespaces` asks for a root of its own where the host allows it. Without `imports` it is there at once and has no
    JAX: enough to see whether its boxes close.
    """

    hidden: Sequence[Path] = ()
    readable: Sequence[Path] = ()
    namespaces: bool = True
    imports: bool = True

    def setup(self, files: Sequence[str]) -> ZygoteSetup:
        """Return the zygote's first message; `files` are the names of the descriptors that go with it."""
        program, numbers = policy.seccomp_filter()
        rules = policy.readable_paths([_PACKAGE, *self.hidden], self.readable)
        roots = {path for path, _ in rules if not path.startswith(("/proc", "/dev"))}
        return ZygoteSetup(
            filter=program.hex(),
            kill_numbers=(numbers[0], numbers[1]),
            readable=tuple(rules),
            roots=tuple(sorted(roots | {str(_FOLDER)})),
            namespaces=self.namespaces,
            imports=self.imports,
            path=tuple(path for path in sys.path if path.endswith("-packages")),
            files=tuple(files),
        )


def clean_environment() -> dict[str, str]:
    """The whole environment of a zygote: nothing of ours but what Python needs to find its own library."""
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
    """One zygote process. Start it from a thread that lives as long as it: its death signal hangs on that thread."""

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
            socket.send_fds(self._control, [to_packet(config.setup(tuple(files)))], list(files.values()))
        except OSError as error:
            self.close()
            raise fault_of(error, "the zygote ended") from error
        self._info: ZygoteInfo | None = None

    def wait(self) -> ZygoteInfo:
        """Wait until it is ready: return the layers it can have, versions and load time. Raises SandboxFault."""
        with self._lock:
            if self._info is None:
                try:
                    self._control.settimeout(START_SECONDS)
                    info = from_packet(self._control.recv(MAX_MESSAGE), ZygoteInfo)
                except (OSError, BadFrame) as error:  # no answer in time, it ended, or it was closed meanwhile
                    raise SandboxFault("the zygote did not start: `judge doctor` shows what is missing") from error
                assert isinstance(info, ZygoteInfo)
                self._info = info
        return self._info

    def alive(self) -> bool:
        """Return True while the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Return the id of the process that was started."""
        return self._process.pid

    def line(self) -> "ZygoteConnection":
        """A connection of a slot's own. Raises SandboxFault."""
        self.wait()
        ours, theirs = _pair()
        with theirs, self._lock:
            try:
                socket.send_fds(self._control, [to_packet(Connect())], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise fault_of(error, "the zygote ended") from error
        return ZygoteConnection(ours)

    def add_programs(self, pack: int) -> None:
        """Give it the programs of a pack, an open file. Raises SandboxFault."""
        with self._lock:
            try:
                socket.send_fds(self._control, [to_packet(AddPrograms())], [pack])
            except OSError as error:
                raise fault_of(error, "the zygote ended") from error

    def close(self) -> None:
        """End the process and all of its children; whoever waits for it gets a SandboxFault."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._process.kill()
        self._process.wait()
        with self._lock:  # nobody receives from a number that is somebody else's file by now
            self._control.close()


class ZygoteConnection:
    """One slot's conversation with a zygote; used by one thread."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._next = 0
        self._ended: dict[int, ChildEnded] = {}
        self._leaving: list[BoxProcess] = []
        self._forks: list[tuple[Forked | ForkRefused, list[int]]] = []  # answers to `ask`, each with a descriptor

    def ask(self, order: ForkOrder, descriptors: Sequence[int]) -> None:
        """Ask for a child; `descriptors` are its requests, replies, stdout and stderr. Raises SandboxFault."""
        self._next += 1
        try:
            socket.send_fds(self._connection, [to_packet(replace(order, id=self._next))], descriptors)
        except OSError as error:
            raise fault_of(error, "the zygote ended") from error

    def forked(self) -> BoxProcess:
        """Return the child that was asked for last, once those before it are gone. Raises SandboxFault."""
        while self._leaving:
            if self.ended(self._leaving.pop(), REAP_SECONDS) is None:
                raise SandboxFault("a killed box did not end")
        try:
            while not self._forks:
                self._receive()
        except OSError as error:
            raise fault_of(error, "the zygote ended") from error
        reply, received = self._forks.pop(0)
        if isinstance(reply, ForkRefused):  # only the host's want of processes or memory makes a fork fail
            raise HostShortage(f"the zygote could not fork: {reply.reason}")
        if not received:  # the kernel drops a descriptor that finds no free number here; the child ends with its pipes
            raise HostShortage("the host lacks a resource now: no descriptor was free for a box")
        try:
            return BoxProcess(id=reply.id, pid=_pid_of(received[0]), pidfd=received[0])
        except OSError as error:
            os.close(received[0])
            raise fault_of(error, f"a box could not be looked up: {error}") from error

    def leave(self, child: BoxProcess) -> None:
        """Do not wait for the end of a child that is killed or has no work: freeing its memory takes milliseconds."""
        self._leaving.append(child)

    def kill(self, child: BoxProcess) -> None:
        """Send SIGKILL to a child."""
        self.signal(child, signal.SIGKILL)

    def signal(self, child: BoxProcess, number: signal.Signals) -> None:
        """Send a signal to a child, by the zygote where it runs as a user that we may not signal. From any thread."""
        try:
            signal.pidfd_send_signal(child.pidfd, number)
        except ProcessLookupError:
            return
        except PermissionError:
            self._connection.send(to_packet(SignalOrder(id=child.id, signal=int(number))))

    def ended(self, child: BoxProcess, seconds: float) -> ChildEnded | None:
        """Return how `child` ended, or None if it still runs after `seconds`. Raises SandboxFault."""
        poll = select.poll()  # not select(), which takes no descriptor above 1,023
        poll.register(self._connection, select.POLLIN)
        while child.id not in self._ended:
            if not poll.poll(seconds * 1e3):
                return None
            try:
                self._receive()
            except OSError as error:
                raise fault_of(error, "the zygote ended") from error
        return self._ended.pop(child.id)

    def fileno(self) -> int:
        """Return the descriptor to poll: readable when a child ended."""
        return self._connection.fileno()

    def close(self) -> None:
        """Hang up; the zygote kills what still runs for this slot."""
        self._connection.close()

    def _receive(self) -> None:
        """Take one message: how a child ended, or what became of a fork. Raises OSError."""
        packet, received, _, _ = socket.recv_fds(self._connection, MAX_MESSAGE, 1)
        if not packet:
            raise ConnectionError("closed")
        match from_packet(packet, ChildEnded, Forked, ForkRefused):
            case ChildEnded() as ended:
                self._ended[ended.id] = ended
            case (Forked() | ForkRefused()) as answer:
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
