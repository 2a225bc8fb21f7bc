"""One checker process and the socket to it: starts it, exchanges messages within time limits, ends it."""

import os
import socket
import struct
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

import judge
from judge.errors import JudgeError, PackageFault, SandboxFault, fault_of
from judge.grading.checker.messages import (
    MAX_ANSWER_BYTES,
    Answer,
    Begin,
    Faulty,
    Load,
    Take,
    Verify,
    decode_answer,
)

START_SECONDS = 60.0  # wall clock, on a loaded machine with cold disks
ANSWER_SECONDS = 120.0  # wall clock: then the host is too slow, and no submission is to blame
POLL_SECONDS = 0.05  # how often the process's CPU clock is read while an answer is awaited
UNREADABLE = "the checker's answer can't be read"
EXIT_SECONDS = 1.0  # wall clock, from the end of the connection to the end of the process
SHUTTING_DOWN = "the judge is shutting down"

Message: TypeAlias = Load | Begin | Take | Verify


class CheckerEnded(SandboxFault):
    """The checker process ended; `status` is its exit code, or minus the signal."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message or f"status {status}")
        self.status = status


class CheckerConnection:
    """A checker process that is started when it is needed; `close` may be called from any thread."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._closed = False
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The process's id, or None while there is no process."""
        process = self._process
        return process.pid if process is not None else None

    def is_alive(self) -> bool:
        """Return True if the process has started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start a process, and wait until it answers. Raises SandboxFault."""
        self.end()
        try:
            ours, theirs = socket.socketpair()
            with theirs, self._lock:
                # A process that is stopped takes nothing: the write fails then.
                ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(ANSWER_SECONDS), 0))
                self._connection = Connection(ours.detach())
                if self._closed:
                    raise SandboxFault(SHUTTING_DOWN)
                self._process = _start(theirs.fileno())
        except OSError as error:
            raise fault_of(error, f"the checker did not start: {error}") from error
        self._answer(time.monotonic() + START_SECONDS)

    def exchange(self, message: Message, cpu_until: float | None = None) -> Answer:
        """Send one message and return its answer.

        Args:
            message: the request.
            cpu_until: seconds that the process's CPU clock may show; None for no limit.

        Raises:
            PackageFault: the package's checks are wrong.
            JudgeError: the checker itself failed.
            SandboxFault: no answer came in time.
            TimeoutError: the CPU clock passed `cpu_until`.
            CheckerEnded: the process ended, or was ended because the connection failed.
        """
        assert self._connection is not None
        try:
            self._connection.send_bytes(message.encode())
        except OSError as error:
            raise self._ended(error) from error
        answer = self._answer(time.monotonic() + ANSWER_SECONDS, cpu_until)
        if isinstance(answer, Faulty):
            raise PackageFault(answer.message, answer.faults) if answer.faults else JudgeError(answer.message)
        return answer

    def cpu_seconds(self) -> float:
        """Return the reading of the process's CPU clock. Raises CheckerEnded."""
        assert self._process is not None
        try:
            return time.clock_gettime((~self._process.pid << 3) | 2)  # CLOCKFD of the kernel
        except OSError as error:
            raise CheckerEnded("the process is gone") from error

    def end(self) -> None:
        """Kill the process, if there is one."""
        with self._lock:
            process, self._process = self._process, None
            connection, self._connection = self._connection, None
        if process is not None:
            process.kill()
            process.wait()
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Kill the process, and start no other. Safe to call twice."""
        with self._lock:
            self._closed = True
        self.end()

    def _answer(self, deadline: float, cpu_until: float | None = None) -> Answer:
        assert self._connection is not None
        try:
            while not self._connection.poll(POLL_SECONDS):
                if cpu_until is not None and self.cpu_seconds() > cpu_until:
                    raise TimeoutError
                if time.monotonic() > deadline:
                    self.end()
                    raise SandboxFault("the checker did not answer in time: the host is too slow")
            return decode_answer(self._connection.recv_bytes(MAX_ANSWER_BYTES))
        except TimeoutError:
            raise
        except (EOFError, OSError) as error:
            raise self._ended(error) from error
        except (ValueError, KeyError, TypeError) as error:
            self.end()
            raise SandboxFault(UNREADABLE) from error

    def _ended(self, error: Exception) -> CheckerEnded:
        """Return the end of the process; it is ended here if need be, or its next answer would be another message's."""
        status = self._exit_status()
        self.end()
        return CheckerEnded(str(error), status)

    def _exit_status(self) -> int:
        if self._process is None:  # closed meanwhile
            raise SandboxFault(SHUTTING_DOWN)
        try:
            return self._process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            return 0


def _start(descriptor: int) -> "subprocess.Popen[bytes]":
    environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "judge.grading.checker", str(descriptor)],
        env=environment
        | {
            "HOME": "/nonexistent",
            "LANG": "C.UTF-8",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(Path(judge.__file__).parents[1]),
        },
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
