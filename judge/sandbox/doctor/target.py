"""Set up everything of a judge that an attack could be after, and watch it.

<temporary>/                    0755
├── reference.py                0644: what everybody may read and no box should
├── private/                    0700
│   └── key                     0600
└── open/                       0777: what everybody may write to and no box should
    ├── victim
    └── socket
"""

import os
import resource
import secrets
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from judge.errors import SandboxFault
from judge.evidence import Evidence
from judge.inside import budget
from judge.limits import Limits
from judge.sandbox import parse_replies
from judge.sandbox.box import Box, Job, Reply

VARIABLE = "JUDGE_DOCTOR_SECRET"
SIGNAL = signal.SIGURG  # whose default is to be ignored: an attack that gets through does no harm
SHARED_PLACES = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))  # noqa: S108  (watched, never written to)
SIBLING_SECONDS = 3600.0
SIBLING_NAP_SECONDS = 0.2  # after which it asks whether it is still needed
START_SECONDS = 60.0
_SIBLING = """
import ctypes, os, time
secret = ctypes.create_string_buffer({secret!r}.encode())
def sit(seconds):
    time.sleep(seconds)
    return [os.getpid(), ctypes.addressof(secret)]
"""


class _Meeting:
    """Reads each reply of the judge's own sibling as it comes; see judge.sandbox.box.ReplyReader."""

    def __init__(self, meet: Callable[[Evidence], None]) -> None:
        self._meet = meet

    def take(self, index: int, reply: Reply) -> None:
        """Read it now: the sibling is a program of the judge's."""
        self._meet(parse_replies.read(reply, budget.of_judge()))

    def enough(self) -> bool:
        """Return False: it wants every reply."""
        return False

    def has_room(self) -> bool:
        """Return True: it takes every reply."""
        return True


class _Dismissed(Exception):
    """The sibling is no longer needed."""


class Target:
    """The target: files, sockets, this process, and another submission that runs in `sibling_box` meanwhile."""

    def __init__(self, sibling_box: Box | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="judge-target-"))
        self._mark = f"judge-attack-{secrets.token_hex(6)}"
        self._secret = "password-" + secrets.token_hex(16)
        self._signals = 0
        self._sibling_box = sibling_box
        self._sibling: tuple[int, int] = (0, 0)
        self._sitting: threading.Thread | None = None
        self._done = threading.Event()
        self._make_files()
        self._sockets = self._listen()
        self._handler: Any = None
        os.environ[VARIABLE] = self._secret

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._handler = signal.signal(SIGNAL, self._count_signal)
        if self._sibling_box is not None:
            self._start_sibling(self._sibling_box)
        self._standing = _standing()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._done.set()
        if self._sitting is not None:
            self._sitting.join()
        if self._handler is not None:
            signal.signal(SIGNAL, self._handler)
        for listener in self._sockets:
            listener.close()
        os.environ.pop(VARIABLE, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def secret(self) -> str:
        """Return the text that no box may get hold of."""
        return self._secret

    def as_input(self) -> dict[str, Any]:
        """Return what an attack may know of its target: where everything is, and no secret."""
        tcp, udp, _, abstract = self._sockets
        return {
            "pid": os.getpid(),
            "sibling": self._sibling[0],
            "address": self._sibling[1],
            "folder": str(self.folder),
            "reference": str(self.folder / "reference.py"),
            "key": str(self.folder / "private" / "key"),
            "open_folder": str(self.folder / "open"),
            "victim": str(self.folder / "open" / "victim"),
            "unix_socket": str(self.folder / "open" / "socket"),
            "abstract_socket": abstract.getsockname()[1:].decode(),
            "tcp_port": tcp.getsockname()[1],
            "udp_port": udp.getsockname()[1],
            "mark": self._mark,
            "variable": VARIABLE,
            "secret_head": self._secret[:9],
        }

    def noticed(self) -> list[str]:
        """Return what happened to the target since the last look, in words, and clear the traces."""
        return [*self._noticed_signals(), *self._noticed_visitors(), *self._noticed_files(), *self._noticed_standing()]

    def _make_files(self) -> None:
        self.folder.chmod(0o755)
        for name, mode in (("private", 0o700), ("open", 0o777)):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(mode)
        for name, mode in (("reference.py", 0o644), ("private/key", 0o600)):
            (self.folder / name).write_text(self._secret)
            (self.folder / name).chmod(mode)
        self._make_victim()

    def _make_victim(self) -> None:
        victim = self.folder / "open" / "victim"
        victim.write_text("unharmed")
        victim.chmod(0o666)
        self._victim = _state(victim)

    def _listen(self) -> tuple[socket.socket, socket.socket, socket.socket, socket.socket]:
        tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
        unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        path = self.folder / "open" / "socket"
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        unix.bind(str(path))
        path.chmod(0o777)
        abstract.bind("\0" + self._mark)
        for listener in (tcp, unix, abstract):
            listener.listen()
        for each in (tcp, udp, unix, abstract):
            each.setblocking(False)
        return tcp, udp, unix, abstract

    def _start_sibling(self, box: Box) -> None:
        ready = threading.Event()
        naps = int(SIBLING_SECONDS / SIBLING_NAP_SECONDS)
        job = Job(
            source=_SIBLING.format(secret="sibling-" + secrets.token_hex(16)),
            entry="sit",
            parameters=("seconds",),
            calls=((0.0,), *((SIBLING_NAP_SECONDS,),) * naps),
            limits=Limits(cpu_seconds=SIBLING_SECONDS, wall_seconds=SIBLING_SECONDS),
        )

        def meet(evidence: Evidence) -> None:
            assert isinstance(evidence.value, list)
            self._sibling = (evidence.value[0], evidence.value[1])
            ready.set()
            if self._done.is_set():
                raise _Dismissed

        def sit() -> None:
            try:
                box.run(job, _Meeting(meet))
            except (_Dismissed, SandboxFault):
                ready.set()  # no longer needed, or its box broke: the attack on it shows that

        self._sitting = threading.Thread(target=sit, name="sibling", daemon=True)
        self._sitting.start()
        if not ready.wait(START_SECONDS) or self._sibling == (0, 0):
            raise SandboxFault("the second box, which is to be attacked, did not start")

    def _count_signal(self, _: int, __: FrameType | None) -> None:
        self._signals += 1

    def _noticed_signals(self) -> Iterator[str]:
        if self._signals:
            yield "the judge was signalled"
        self._signals = 0

    def _noticed_visitors(self) -> Iterator[str]:
        tcp, udp, unix, abstract = self._sockets
        for name, listener in (("TCP", tcp), ("unix", unix), ("abstract", abstract)):
            try:
                visitor, _ = listener.accept()
            except BlockingIOError:
                continue
            visitor.close()
            yield f"there was a connection to the {name} socket"
        try:
            udp.recv(1 << 16)
        except BlockingIOError:
            return
        yield "a datagram came"

    def _noticed_files(self) -> Iterator[str]:
        for place in (self.folder, self.folder / "open", *SHARED_PLACES):
            for path in place.glob(f"{self._mark}*"):
                yield f"there is {path}"
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if _state(self.folder / "open" / "victim") != self._victim:
            yield "a file was changed"
            self._make_victim()

    def _noticed_standing(self) -> Iterator[str]:
        if _standing() != self._standing:
            yield "the judge's priority, processors or limits were changed"
            self._standing = _standing()


def _state(path: Path) -> tuple[Any, ...]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_mode, found.st_mtime_ns, found.st_nlink, path.read_bytes()


def _standing() -> tuple[Any, ...]:
    return (
        os.getpriority(os.PRIO_PROCESS, 0),
        sorted(os.sched_getaffinity(0)),
        resource.getrlimit(resource.RLIMIT_CORE),
    )
