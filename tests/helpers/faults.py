"""Plants one fault in one part of a grader, at one step of one grading.

before      Grader.grade was not called yet
start       the box has its layers on, and was sent no job
reply       the second case has replied
end         every case has replied, and the box is to be ended
"""

import contextlib
import errno
import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from judge.grading.grader import Grader
from judge.sandbox.driver import Driver
from tests.helpers.process_tree import process_line

STEPS = ("before", "start", "reply", "end")
GARBAGE = b"\x00\xff{garbage"
# The calls by which the judge's own process reaches its kernel while it grades: owner and name.
CALLS = {
    "pipe": (os, "pipe"),
    "read": (os, "read"),
    "write": (os, "write"),
    "socketpair": (socket, "socketpair"),
    "send_fds": (socket, "send_fds"),
    "recv_fds": (socket, "recv_fds"),
    "popen": (subprocess, "Popen"),
    "signal": (signal, "pidfd_send_signal"),
    "checker-send": (Connection, "send_bytes"),
    "checker-receive": (Connection, "recv_bytes"),
    "read-file": (Path, "read_bytes"),
    "list-folder": (Path, "is_dir"),
}


class Fault:
    """A function that is called once, at its step; `planted` says whether it was, `met` whether anything met it."""

    def __init__(self, do: Callable[[Driver | None], None]) -> None:
        self._do, self._lock = do, threading.Lock()
        self.planted, self.met = False, True

    def __call__(self, driver: Driver | None = None) -> None:
        with self._lock:
            if self.planted:
                return
            self.planted = True
        self._do(driver)


@contextlib.contextmanager
def planted(fault: Fault, step: str) -> Iterator[None]:
    """Let the fault happen at that step of whatever box runs meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        if step == "before":
            fault()
        method = {"start": "_on_sealed", "reply": "_on_reply", "end": "_stop_child"}.get(step)
        if method is not None:
            original = getattr(Driver, method)

            def hooked(driver: Driver, *arguments: object) -> object:
                if step != "reply" or driver._replies == 1:
                    fault(driver)
                return original(driver, *arguments)

            patch.setattr(Driver, method, hooked)
        yield


def processes(grader: Grader, component: str, package: str) -> list[int]:
    """Return the processes of a part of the grader that is not the box itself."""
    outer = grader.pool.zygote()
    full = children(outer.pid) if outer.wait().namespaces else [outer.pid]  # the first process of the namespace
    hot = grader.pool.hot(package) if package else None
    zygote = hot.ready() if hot is not None else None
    warm = [zygote.pid] if zygote is not None else []
    match component:
        case "zygote":
            return full
        case "hot-zygote":
            return warm
        case "service":
            return [child for each in full for child in children(each) if child not in warm]
        case "checker":
            pid = grader._checkers[0].pid
            return [] if pid is None else [pid]
    raise AssertionError(component)


def children(pid: int) -> list[int]:
    """Return the processes that `pid` started and that have not ended."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent, *_ = process_line(int(entry.name))
            found += [int(entry.name)] if parent == pid else []
    return found


def send_signal(grader: Grader, component: str, number: signal.Signals, package: str) -> Fault:
    """Return the fault that somebody sends this signal to a part of the grader."""

    def do(driver: Driver | None) -> None:
        if component == "box":
            assert driver is not None
            found = [driver._child.pid]
        else:
            found = processes(grader, component, package)
        assert found, f"no {component} is there"
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    return Fault(do)


def close_socket(grader: Grader, component: str, package: str) -> Fault:
    """Return the fault that the connection to a part of the grader is cut."""

    def do(_driver: Driver | None) -> None:
        box = grader.pool.box(0)
        if component == "checker":
            connection = grader._checkers[0]._connection._connection
        elif component == "service":
            connection = box._service._connection if box._service else None
        else:
            connection = box._fast.get(package) if component == "hot-zygote" else box._full
            connection = connection._connection if connection else None
        if connection is not None:
            with socket.socket(fileno=os.dup(connection.fileno())) as copy:
                copy.shutdown(socket.SHUT_RDWR)

    return Fault(do)


def fail_call(
    patch: pytest.MonkeyPatch, call: str, effect: str | Callable[..., Any], skip: int = 0, times: int = 1
) -> Fault:
    """Return the fault that the judge's next calls of a function but `skip` fail: by an error, or as `effect` does."""
    owner, name = CALLS[call]

    def do(_driver: Driver | None) -> None:
        original, count = getattr(owner, name), itertools.count()

        def failing(*arguments: Any, **more: Any) -> Any:
            ours = sys._getframe(1).f_globals["__name__"].startswith("judge.")
            if not ours or not skip <= next(count) < skip + times:
                return original(*arguments, **more)
            fault.met = True
            if callable(effect):
                return effect(original, *arguments, **more)
            raise OSError(getattr(errno, effect), os.strerror(getattr(errno, effect)))

        patch.setattr(owner, name, failing)

    fault = Fault(do)
    fault.met = False
    return fault


def garbage(original: Callable, *arguments, **more):
    """Return other bytes than those that came."""
    return _changed(original(*arguments, **more), lambda _: GARBAGE)


def half(original: Callable, *arguments, **more):
    """Return the first half of the bytes that came."""
    return _changed(original(*arguments, **more), lambda data: data[: len(data) // 2])


def _changed(result, change):
    if isinstance(result, bytes):
        return change(result)
    packet, descriptors, *rest = result  # of recv_fds
    for each in descriptors:
        os.close(each)
    return change(packet), [], *rest


def short_write(original: Callable, descriptor: int, data: bytes) -> int:
    """Write half of the bytes, as a pipe that is nearly full does."""
    return original(descriptor, data[: max(1, len(data) // 2)])


def damage(file: Path, kind: str) -> None:
    """Damage a file in one of the ways of DAMAGES."""
    data = file.read_bytes()
    match kind:
        case "empty":
            _write(file, b"")
        case "truncated":
            _write(file, data[: len(data) // 2])
        case "garbage":
            _write(file, os.urandom(len(data)))
        case "flipped":
            _write(file, _flipped(data))
        case "unreadable":
            os.chown(file, 65000, 65000)
            file.chmod(0)
        case _:
            file.unlink()
    if kind == "folder":
        file.mkdir()
    elif kind == "dangling":
        file.symlink_to("/nonexistent/file")


DAMAGES = ("flipped", "empty", "truncated", "garbage", "unreadable", "missing", "folder", "dangling")


def _write(file: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as fresh:
        fresh.write(data)
    Path(fresh.name).replace(file)


def _flipped(data: bytes) -> bytes:
    """Return the bytes with one bit changed near the end, where the numbers are."""
    place = len(data) - 1 - min(2, len(data) - 1)
    return data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :]
