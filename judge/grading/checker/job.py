"""The replies of one job, checked in a checker process while the box still runs; decides whose fault a failure is."""

import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeAlias

from judge.case import Case
from judge.errors import HostShortage, PackageFault, SandboxFault
from judge.evidence import Evidence
from judge.grading.checker.connection import CheckerEnded
from judge.grading.checker.messages import EXIT_SHORTAGE, Checked, Take, Verify
from judge.problems.problem import Problem
from judge.sandbox.box import Ending, Reply
from judge.submission import lines_of

CPU_SECONDS = 5.0  # of the checker, for all replies of one job; twelve usual ones take some milliseconds
BACKLOG = 2  # replies of a job that wait; the box waits with its next call until one is checked
TOO_SLOW = f"the result takes more than {CPU_SECONDS:g} s of CPU time to compare"
BROKE = "the result could not be compared: it broke the program that compares"

OnChecked: TypeAlias = Callable[[int, Checked], None]
Enough: TypeAlias = Callable[[Checked], bool]  # whether no case after this one is wanted
_CRASHES = {-each for each in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)}


class ReplyChecker(Protocol):
    """The process that checks replies, as a job sees it; see `judge.grading.checker.client.Checker`."""

    def begin(self, problem: Problem, cases: Sequence[Case], expected: Sequence[Evidence], lines: int) -> None:
        """Prepare the process for the replies of one job. Raises PackageFault, SandboxFault."""
        ...

    def check(self, message: Take | Verify, cpu_until: float) -> Checked:
        """Return the result of one reply. Raises PackageFault, JudgeError, SandboxFault, TimeoutError, CheckerEnded."""
        ...

    def cpu_seconds(self) -> float:
        """Return the reading of the process's CPU clock. Raises CheckerEnded."""
        ...

    def restart(self) -> None:
        """End the process; the next job starts another."""
        ...


class CheckerJob:
    """The replies of one job, as a `judge.sandbox.box.ReplyReader`, and the result of each."""

    def __init__(
        self,
        checker: ReplyChecker,
        thread: ThreadPoolExecutor,
        problem: Problem,
        cases: Sequence[Case],
        expected: Sequence[Evidence],
        source: str,
        on_checked: OnChecked | None,
        enough: Enough | None = None,
    ) -> None:
        self._checker, self._thread = checker, thread
        self._problem, self._cases, self._expected = problem, cases, expected
        self._lines = len(lines_of(source))
        self._on_checked = on_checked
        self._wants_no_more, self._enough = enough, False
        self._begun: Future[None] = Future()
        self._cpu_until = 0.0  # reading of the checker's CPU clock, in seconds
        self._rejected = False
        self._results: list[Future[Checked | None]] = []

    def take(self, index: int, reply: Reply) -> None:
        """Check a reply in the background; see `ReplyReader`."""
        if index == 0:
            for stale in self._results:
                stale.cancel()
            self._results = []
            self._begun = self._thread.submit(self._begin)
        self._results.append(self._thread.submit(self._check, index, reply, self._begun))

    def has_room(self) -> bool:
        """Return True if fewer than BACKLOG replies wait; see `ReplyReader`."""
        return sum(not result.done() for result in self._results) < BACKLOG

    def enough(self) -> bool:
        """Return True where a case was all that is wanted; see `ReplyReader`."""
        return self._enough

    def results(self) -> list[Checked]:
        """Return the result of each reply, in order, up to the first that was rejected, or that is enough. Blocks.

        Raises PackageFault where the checks are wrong, SandboxFault where the checker failed.
        """
        found = [result.result() for result in self._results]
        return [checked for checked in found if checked is not None]

    def _begin(self) -> None:
        self._rejected = self._enough = False
        self._checker.begin(self._problem, self._cases, self._expected, self._lines)
        self._cpu_until = self._checker.cpu_seconds() + CPU_SECONDS

    def _check(self, index: int, reply: Reply, begun: Future[None]) -> Checked | None:
        begun.result()
        if self._rejected or self.enough():
            return None  # the job has ended with an earlier reply
        checked = self._checked(index, reply)
        self._rejected = checked.rejected is not None
        self._enough |= self._wants_no_more is not None and self._wants_no_more(checked)
        if self._on_checked is not None:
            self._on_checked(index, checked)
        return checked

    def _checked(self, index: int, reply: Reply) -> Checked:
        try:
            return self._checker.check(Take(index=index, reply=reply), self._cpu_until)
        except TimeoutError:
            pass
        except CheckerEnded as ended:
            return self._taken_again(index, reply, ended)
        self._verify(index)
        return Checked(rejected=(Ending.OUTPUT_LIMIT, TOO_SLOW))

    def _taken_again(self, index: int, reply: Reply, ended: CheckerEnded) -> Checked:
        """Return the result of a reply at which the process ended, by another process: a host can break one too."""
        _raise_outside(ended)
        self._verify(index)
        try:
            return self._checker.check(Take(index=index, reply=reply), self._cpu_until)
        except TimeoutError:
            detail = TOO_SLOW
        except CheckerEnded as again:
            _raise_outside(again)
            detail = BROKE
        self._checker.restart()
        self._begin()
        return Checked(rejected=(Ending.OUTPUT_LIMIT, detail))

    def _verify(self, index: int) -> None:
        """Raise PackageFault unless the checks can cope with the reference's own evidence, in another process."""
        self._checker.restart()
        self._begin()
        try:
            self._checker.check(Verify(index=index), self._cpu_until)
        except (TimeoutError, CheckerEnded) as error:
            self._checker.restart()
            fault = f"check.py: {self._cases[index].name}: takes more than {CPU_SECONDS:g} s, or breaks the checker"
            raise PackageFault(faults=(fault,), package=self._problem.slug) from error


def _raise_outside(ended: CheckerEnded) -> None:
    """Raise SandboxFault for a process that no reply can have ended."""
    if ended.status == EXIT_SHORTAGE:
        raise HostShortage("the host had no memory for the checker") from ended
    if ended.status not in _CRASHES:
        raise SandboxFault("the checker was killed from outside") from ended
