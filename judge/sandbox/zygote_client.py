"""The judge's end of a zygote: starts it by exec with a clean environment, or has another zygote fork it off.

Zygote ──> python -s -P -B judge/inside <fd>     environment: these variables and no secret
   ├── fork() -> Zygote                          without another import of JAX
   └── connect() -> ZygoteConnection             one a slot
"""

import select
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from judge import inside
from judge.errors import HostShortage, SandboxFault, fault_of
from judge.inside import messages, protocol
from judge.prestart import spawn, take
from judge.sandbox import policy
from judge.sandbox.zygote_connection import (
    ANSWER_SECONDS,
    MAX_PACKET_BYTES,
    ZYGOTE_GONE,
    ForkedProcess,
    NoAnswer,
    ZygoteConnection,
)

START_SECONDS = 120.0  # importing JAX on a loaded machine with cold disks
_FOLDER = Path(inside.__file__).resolve().parent
_PACKAGE = _FOLDER.parent


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


class Zygote:
    """One zygote process. Start it from a thread that runs as long: the zygote is killed when that thread ends."""

    def __init__(
        self, config: ZygoteConfig, files: Mapping[str, int] | None = None, parent: "Zygote | None" = None
    ) -> None:
        """Start the process; `wait` until it has imported JAX, and run its warm-up if it has one.

        `files` are descriptors that it is given: `pack`, `warmup`, `fresh` (see judge.inside.warmup). They stay open
        here. With a `parent`, that one forks it off, with its imports; it ends with it. Raises SandboxFault,
        HostShortage.
        """
        files = files or {}
        self._config = config
        self._lock = threading.Lock()
        self._info: messages.ZygoteInfo | None = None
        prestarted = take() if parent is None and config.imports else None
        self._process: subprocess.Popen[bytes] | ForkedProcess
        if prestarted is not None:
            self._control, self._process = prestarted.control, prestarted.process
        else:
            self._control, self._process = _connect(parent)
        try:
            setup = protocol.encode_packet(config.setup(tuple(files)))
            socket.send_fds(self._control, [setup], list(files.values()))
        except OSError as error:
            self.close()
            raise fault_of(error, ZYGOTE_GONE) from error

    def fork(self, files: Mapping[str, int]) -> "Zygote":
        """Return another zygote, with these `files`, that has the imports of this one, and ends with it.

        Raises SandboxFault, HostShortage.
        """
        return Zygote(self._config, files, self)

    def _fork(self, control: socket.socket) -> ForkedProcess:
        """Have this zygote fork off another one that serves `control`. Raises SandboxFault, HostShortage."""
        self.wait()
        packet = protocol.encode_packet(messages.Connect(apart=True))
        with self._lock:
            try:
                socket.send_fds(self._control, [packet], [control.fileno()])
                poll = select.poll()
                poll.register(self._control, select.POLLIN)
                if not poll.poll(ANSWER_SECONDS * 1e3):
                    raise NoAnswer
                answer, received, _, _ = socket.recv_fds(self._control, MAX_PACKET_BYTES, 1)
            except OSError as error:
                raise fault_of(error, ZYGOTE_GONE) from error
        if not received:
            raise HostShortage("no zygote could be forked off") if answer else SandboxFault(ZYGOTE_GONE)
        return ForkedProcess(received[0])

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
                try:
                    self._info = protocol.decode_packet(packet, messages.ZygoteInfo)
                except (ValueError, KeyError, TypeError) as error:
                    raise SandboxFault(f"the zygote did not start: its first message is unreadable: {error}") from error
            return self._info

    @property
    def ready(self) -> bool:
        """Return True once its first message has come."""
        return self._info is not None

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
                socket.send_fds(
                    self._control, [protocol.encode_packet(messages.Connect(apart=False))], [theirs.fileno()]
                )
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


def _connect(parent: Zygote | None) -> "tuple[socket.socket, subprocess.Popen[bytes] | ForkedProcess]":
    """Return the judge's end of a new zygote, and the process. Raises SandboxFault, HostShortage."""
    control, theirs = _pair()
    with theirs:
        try:
            return control, _start(theirs) if parent is None else parent._fork(theirs)
        except BaseException:
            control.close()
            raise


def _start(control: socket.socket) -> "subprocess.Popen[bytes] | ForkedProcess":
    """Start a process that serves `control`. Raises SandboxFault, HostShortage."""
    try:
        return spawn(control)
    except OSError as error:
        raise fault_of(error, f"the zygote did not start: {error}") from error


def _pair() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a new connection. Raises SandboxFault, HostShortage."""
    try:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    except OSError as error:
        raise fault_of(error, f"no connection to the zygote could be made: {error}") from error
