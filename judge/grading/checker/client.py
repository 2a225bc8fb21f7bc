"""The judge's end of a checker process: starts it, gives it replies, ends it when it takes too long.

Checker (one a slot)            a process and a thread that talks to it
└── CheckerJob (one a job)      takes replies while the box runs, has their results afterwards
"""

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeAlias

import judge
from judge.case import Case
from judge.errors import JudgeError, PackageFault, SandboxFault, fault_of
from judge.evidence import Evidence
from judge.grading.checker.messages import (
    MAX_ANSWER_BYTES,
    Answer,
    Begin,
    Checked,
    Faulty,
    Load,
    Take,
    Verify,
    decode_answer,
)
from judge.grading.checker.process import KEPT
from judge.problems.problem import Problem
from judge.problems.snapshot import Snapshots
from judge.sandbox.box import Ending, Reply

CPU_SECONDS = 5.0  # of the checker, for all replies of one job; twelve usual ones take some milliseconds
START_SECONDS = 60.0  # wall clock, on a loaded machine with cold disks
ANSWER_SECONDS = 120.0  # wall clock: then the host is too slow, and nobody's submission is to blame
LOOK_SECONDS = 0.05  # how often the checker's CPU clock is read while an answer is awaited
BACKLOG = 2  # replies of a job that wait; the box waits with its next call until one is checked
TOO_SLOW = f"the result takes more than {CPU_SECONDS:g} s of CPU time to compare"
BROKE = "the result could not be compared: it broke the program that compares"

OnChecked: TypeAlias = Callable[[int, Checked], None]
_CRASHES = {-each for each in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)}
_Message: TypeAlias = Load | Begin | Take | Verify


class Checker:
    """One slot's checker process. Its jobs come one after another."""

    def __init__(self, snapshots: Snapshots) -> None:
        """Start the process in the background, and return at once; it loads packages from `snapshots`."""
        self._snapshots = snapshots
        self._keys = itertools.count(1)
        # As the process keeps them: a key, and the evidence, so that no other gets the same identity meanwhile.
        self._given: OrderedDict[tuple[Any, ...], tuple[str, Sequence[Evidence]]] = OrderedDict()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="checker")
        self._thread.submit(self._warm_up)

    def job(
        self,
        problem: Problem,
        cases: Sequence[Case],
        expected: Sequence[Evidence],
        source: str,
        on_checked: OnChecked | None = None,
    ) -> "CheckerJob":
        """Return the reader of one job's replies to `cases`, whose reference gave `expected`.

        `on_checked` is called on the checker's thread, with the index of a case and what became of it.
        """
        return CheckerJob(self, self._thread, problem, cases, expected, source, on_checked)

    def begin(self, problem: Problem, cases: Sequence[Case], expected: Sequence[Evidence], lines: int) -> None:
        """Have the process ready for the replies of one job. Raises PackageFault, SandboxFault."""
        identity = (problem.digest, *map(id, expected))
        for retry in (True, False):
            try:
                self._ready()
                if identity not in self._given:
                    self._load(identity, problem, cases, expected)
                self._given.move_to_end(identity)
                self._exchange(Begin(key=self._given[identity][0], lines=lines))
            except _Ended as ended:
                if not retry:
                    raise SandboxFault(f"the checker ended: {ended}") from ended
            else:
                return

    def check(self, message: Take | Verify, until: float) -> Checked:
        """Return what became of a reply. `until` is what the process's CPU clock may show, in seconds.

        Raises PackageFault, SandboxFault, JudgeError for an error of the checker's own, TimeoutError where the clock is
        past that, and `_Ended`.
        """
        answer = self._exchange(message, until)
        assert isinstance(answer, Checked)
        return answer

    def cpu_seconds(self) -> float:
        """Return what the process's CPU clock shows."""
        assert self._process is not None
        try:
            return time.clock_gettime((~self._process.pid << 3) | 2)  # CLOCKFD of the kernel
        except OSError as error:
            raise _Ended("it is gone") from error

    def restart(self) -> None:
        """End the process; the next job starts another."""
        self._end()
        self._given.clear()

    def close(self) -> None:
        """End the process and its thread. Safe to call twice."""
        with self._lock:
            self._closed = True
        self._end()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _warm_up(self) -> None:
        with suppress(_Ended, SandboxFault):  # the first job starts it then, and says what is wrong
            self._ready()

    def _load(
        self, identity: tuple[Any, ...], problem: Problem, cases: Sequence[Case], expected: Sequence[Evidence]
    ) -> None:
        key = str(next(self._keys))
        folder = self._snapshots.keep(problem)
        self._exchange(Load(key=key, folder=folder, digest=problem.digest, cases=cases, expected=expected))
        self._given[identity] = key, expected
        while len(self._given) > KEPT:
            self._given.popitem(last=False)

    def _ready(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.restart()
        try:
            ours, theirs = socket.socketpair()
            with theirs, self._lock:
                self._connection = Connection(ours.detach())
                if self._closed:
                    raise SandboxFault("the judge is shutting down")
                self._process = _start(theirs.fileno())
        except OSError as error:
            raise fault_of(error, f"the checker did not start: {error}") from error
        self._answer(time.monotonic() + START_SECONDS)

    def _exchange(self, message: _Message, until: float | None = None) -> Answer:
        """Send one message and return its answer. Raises as `check` does."""
        assert self._connection is not None
        try:
            self._connection.send_bytes(message.encode())
        except OSError as error:
            raise _Ended(str(error), self._wait()) from error
        answer = self._answer(time.monotonic() + ANSWER_SECONDS, until)
        if isinstance(answer, Faulty):
            raise PackageFault(answer.message, answer.faults) if answer.faults else JudgeError(answer.message)
        return answer

    def _answer(self, deadline: float, until: float | None = None) -> Answer:
        assert self._connection is not None
        try:
            while not self._connection.poll(LOOK_SECONDS):
                if until is not None and self.cpu_seconds() > until:
                    raise TimeoutError
                if time.monotonic() > deadline:
                    self._end()
                    raise SandboxFault("the checker did not answer in time: the host is too slow")
            return decode_answer(self._connection.recv_bytes(MAX_ANSWER_BYTES))
        except TimeoutError:
            raise
        except (EOFError, OSError) as error:
            raise _Ended(str(error), self._wait()) from error

    def _wait(self) -> int:
        if self._process is None:  # closed meanwhile
            raise SandboxFault("the judge is shutting down")
        try:
            return self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return 0

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
            connection, self._connection = self._connection, None
        if process is not None:
            process.kill()
            process.wait()
        if connection is not None:
            connection.close()


class CheckerJob:
    """The replies of one job: a `judge.sandbox.box.ReplyReader`, and what became of each."""

    def __init__(
        self,
        checker: Checker,
        thread: ThreadPoolExecutor,
        problem: Problem,
        cases: Sequence[Case],
        expected: Sequence[Evidence],
        source: str,
        on_checked: OnChecked | None,
    ) -> None:
        self._checker, self._thread = checker, thread
        self._problem, self._cases, self._expected = problem, cases, expected
        self._lines = source.count("\n") + 1
        self._on_checked = on_checked
        self._begun: Future[None] = Future()
        self._until = 0.0
        self._refused = False
        self._results: list[Future[Checked | None]] = []

    def take(self, index: int, reply: Reply) -> None:
        """Have a reply checked; see `ReplyReader`."""
        if index == 0:
            for stale in self._results:
                stale.cancel()
            self._results = []
            self._begun = self._thread.submit(self._begin)
        self._results.append(self._thread.submit(self._check, index, reply, self._begun))

    def has_room(self) -> bool:
        """Return whether fewer than BACKLOG replies wait; see `ReplyReader`."""
        return sum(not result.done() for result in self._results) < BACKLOG

    def results(self) -> list[Checked]:
        """Return what became of each reply, in order, up to the first that was refused.

        Raises PackageFault where the checks are wrong, SandboxFault where the checker failed.
        """
        found = [result.result() for result in self._results]
        return [checked for checked in found if checked is not None]

    def _begin(self) -> None:
        self._refused = False
        self._checker.begin(self._problem, self._cases, self._expected, self._lines)
        self._until = self._checker.cpu_seconds() + CPU_SECONDS

    def _check(self, index: int, reply: Reply, begun: Future[None]) -> Checked | None:
        begun.result()
        if self._refused:
            return None  # the job has ended with an earlier reply
        checked = self._checked(index, reply)
        self._refused = checked.rejected is not None
        if self._on_checked is not None:
            self._on_checked(index, checked)
        return checked

    def _checked(self, index: int, reply: Reply) -> Checked:
        try:
            return self._checker.check(Take(index=index, reply=reply), self._until)
        except TimeoutError:
            trouble = TOO_SLOW
        except _Ended as ended:
            if ended.status not in _CRASHES:  # nothing that it reads ends it in another way
                raise SandboxFault("the checker was killed from outside") from ended
            trouble = BROKE
        # It is the submission's if the checks can cope with the reference's own evidence.
        self._checker.restart()
        self._begin()
        try:
            self._checker.check(Verify(index=index), self._until)
        except (TimeoutError, _Ended) as error:
            self._checker.restart()
            fault = f"check.py: {self._cases[index].name}: takes more than {CPU_SECONDS:g} s, or breaks the checker"
            raise PackageFault(faults=(fault,), package=self._problem.slug) from error
        return Checked(rejected=(Ending.OUTPUT_LIMIT, trouble))


class _Ended(SandboxFault):
    """The checker process ended; `status` is its exit code, or minus the signal."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message or f"status {status}")
        self.status = status


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
