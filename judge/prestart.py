"""Start the process that imports JAX first of all, beside everything that the judge itself has to import.

    judge serve ──> python -s -P -B judge/inside <fd> <path>...     imports JAX at once
        │                                                           │
        imports, settings, problems                                 │
        Pool ─────────── take() ── Setup ──────────────────────────>│ namespaces, then it serves

A command that never takes it ends it with `discard`, or with its own end. Imports next to nothing.
"""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

INSIDE = Path(__file__).resolve().parent / "inside"
COMMANDS = frozenset({"serve", "grade", "worker"})  # that judge as soon as they can
_lock = threading.Lock()
_started: "list[Prestarted]" = []


@dataclass(frozen=True, kw_only=True)
class Prestarted:
    """A process that imports JAX, or has, and waits for its setup at the other end of `control`."""

    process: "subprocess.Popen[bytes]"
    control: socket.socket


def prestart(arguments: Sequence[str]) -> None:
    """Start the process if a command line is one that judges. Call it from the main thread: it ends with that."""
    if arguments[:1] and arguments[0] in COMMANDS and "--help" not in arguments:
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                process = spawn(theirs, [path for path in sys.path if path.endswith("-packages")])
            except OSError:  # the judge starts it once more when it needs it, and says why that fails
                control.close()
                return
        _started.append(Prestarted(process=process, control=control))


def take() -> Prestarted | None:
    """Return the process that was started, once; None where there is none, or where it has ended."""
    with _lock:
        if not _started:
            return None
        prestarted = _started.pop()
    if prestarted.process.poll() is None:
        return prestarted
    prestarted.control.close()
    return None


def discard() -> None:
    """End the process: this command runs no submission."""
    if (prestarted := take()) is not None:
        prestarted.control.close()
        prestarted.process.kill()
        prestarted.process.wait()


def spawn(control: socket.socket, imports_from: Sequence[str] = ()) -> "subprocess.Popen[bytes]":
    """Start a process that serves `control`; given folders, it imports JAX before it reads its setup. Raises OSError.

    It is killed when the thread that started it ends.
    """
    return subprocess.Popen(
        [sys.executable, "-s", "-P", "-B", str(INSIDE), str(control.fileno()), *imports_from],
        env=clean_environment(),
        pass_fds=[control.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
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
