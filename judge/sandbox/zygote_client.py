"""The judge's end of a zygote: starts it by exec with a clean environment, asks it for children, hears how they end.

Zygote ──> python -s -P -B judge/inside <fd>     environment: these variables and no secret
   │            (see judge/inside/zygote.py)
   └── Line, one a slot: ask(), forked() -> Forked(pid, pidfd), ended() -> Ended
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judge import inside
from judge.errors import HostShortage, SandboxFault, fault_of
from judge.sandbox import policy

START_SECONDS = 120.0  # importing JAX on a loaded machine with cold disks
REAP_SECONDS = 20.0  # between a child's being killed and its end
MAX_MESSAGE = 64 * 1024
_FOLDER = Path(inside.__file__).resolve().parent
_PACKAGE = _FOLDER.parent


@dataclass(frozen=True, kw_only=True)
class Forked:
    """A child of the zygote: `pid` as this process sees it, and a descriptor that stands for it for ever."""

    id: int
    pid: int
    pidfd: int


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a child ended: exit code or minus the signal; CPU milliseconds."""

    status: int
    cpu_ms: float


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

    def message(self, files: Sequence[str]) -> bytes:
        """The first packet that the zygote hears."""
        program, numbers = policy.seccomp_filter()
        rules = policy.readable_paths([_PACKAGE, *self.hidden], self.readable)
        roots = {path for path, _ in rules if not path.startswith(("/proc", "/dev"))}
        return json.dumps(
            {
                "filter": program.hex(),
                "kill_numbers": numbers,
                "readable": rules,
                "roots": sorted(roots | {str(_FOLDER)}),
                "namespaces": self.namespaces,
                "imports": self.imports,
                "path": [path for path in sys.path if path.endswith("-packages")],
                "files": list(files),
            }
        ).encode()


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
            socket.send_fds(self._control, [config.message(tuple(files))], list(files.values()))
        except OSError as error:
            self.close()
            raise fault_of(error, "the zygote died") from error
        self.zygote_info: dict[str, Any] = {}

    def wait(self) -> dict[str, Any]:
        """Its greeting (layers it can have, versions, load time), once it is ready. Raises SandboxFault."""
        with self._lock:
            if not self.zygote_info:
                try:
                    self._control.settimeout(START_SECONDS)
                    message = self._control.recv(MAX_MESSAGE)
                except OSError:  # no answer in time, it died, or it was closed meanwhile
                    message = b""
                if not message:
                    raise SandboxFault("the zygote did not start: `judge doctor` tells what is missing")
                self.zygote_info = json.loads(message)
        return self.zygote_info

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self._process.pid

    def line(self) -> "ZygoteConnection":
        """A connection of a slot's own. Raises SandboxFault."""
        self.wait()
        ours, theirs = _pair()
        with theirs, self._lock:
            try:
                socket.send_fds(self._control, [b'{"op": "connect"}'], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise fault_of(error, "the zygote died") from error
        return ZygoteConnection(ours)

    def add_programs(self, pack: int) -> None:
        """Give it the programs of a pack, an open file. Raises SandboxFault."""
        with self._lock:
            try:
                socket.send_fds(self._control, [b'{"op": "programs"}'], [pack])
            except OSError as error:
                raise fault_of(error, "the zygote died") from error

    def close(self) -> None:
        """End the process and all of its children; who waits for its greeting hears that it did not start."""
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
        self._ended: dict[int, Ended] = {}
        self._leaving: list[Forked] = []
        self._forks: list[tuple[dict[str, Any], list[int]]] = []  # answers to `ask`, each with a descriptor

    def ask(self, order: dict[str, Any], descriptors: Sequence[int]) -> None:
        """Ask for a child; `descriptors` are its requests, replies, stdout and stderr. Raises SandboxFault."""
        self._next += 1
        message = json.dumps({"op": "fork", "id": self._next, **order}).encode()
        try:
            socket.send_fds(self._connection, [message], descriptors)
        except OSError as error:
            raise fault_of(error, "the zygote died") from error

    def forked(self) -> Forked:
        """The child that was asked for last, once those before it are gone. Raises SandboxFault."""
        while self._leaving:
            if self.ended(self._leaving.pop(), REAP_SECONDS) is None:
                raise SandboxFault("a killed box did not end")
        try:
            while not self._forks:
                self._receive()
        except OSError as error:
            raise fault_of(error, "the zygote died") from error
        reply, received = self._forks.pop(0)
        if "refused" in reply:  # only the host's want of processes or memory makes a fork fail
            raise HostShortage(f"the zygote could not fork: {reply['refused']}")
        if not received:  # the kernel drops a descriptor that finds no free number here; the child ends with its pipes
            raise HostShortage("the host lacks a resource now: no descriptor was free for a box")
        try:
            return Forked(id=reply["id"], pid=_pid_of(received[0]), pidfd=received[0])
        except OSError as error:
            os.close(received[0])
            raise fault_of(error, f"a box could not be looked up: {error}") from error

    def leave(self, child: Forked) -> None:
        """Let a child end by itself, killed or without work: its memory takes the kernel some milliseconds."""
        self._leaving.append(child)

    def kill(self, child: Forked) -> None:
        """SIGKILL to a child."""
        self.signal(child, signal.SIGKILL)

    def signal(self, child: Forked, number: signal.Signals) -> None:
        """Send a signal to a child, by the zygote where it runs as a user that we may not signal. From any thread."""
        try:
            signal.pidfd_send_signal(child.pidfd, number)
        except ProcessLookupError:
            return
        except PermissionError:
            self._connection.send(json.dumps({"op": "signal", "id": child.id, "signal": number}).encode())

    def ended(self, child: Forked, seconds: float) -> Ended | None:
        """How `child` ended, or None if it is still there after `seconds`. Raises SandboxFault."""
        poll = select.poll()  # not select(), which takes no descriptor above 1,023
        poll.register(self._connection, select.POLLIN)
        while child.id not in self._ended:
            if not poll.poll(seconds * 1e3):
                return None
            try:
                self._receive()
            except OSError as error:
                raise fault_of(error, "the zygote died") from error
        return self._ended.pop(child.id)

    def fileno(self) -> int:
        """For poll: readable when a child ended."""
        return self._connection.fileno()

    def close(self) -> None:
        """Hang up; the zygote kills what still runs for this slot."""
        self._connection.close()

    def _receive(self) -> None:
        """Hear one message: how a child ended, or what became of a fork. Raises OSError."""
        message, received, _, _ = socket.recv_fds(self._connection, MAX_MESSAGE, 1)
        if not message:
            raise ConnectionError("closed")
        reply = json.loads(message)
        if "status" in reply:
            job = reply.pop("id")
            self._ended[job] = Ended(**reply)
        else:
            self._forks.append((reply, received))


def _pair() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a new connection. Raises SandboxFault, HostShortage."""
    try:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    except OSError as error:
        raise fault_of(error, f"no connection to the zygote could be made: {error}") from error


def _pid_of(pidfd: int) -> int:
    with open(f"/proc/self/fdinfo/{pidfd}") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pid:"))
