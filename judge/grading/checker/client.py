"""The judge's end of a checker process.

Checker (one a slot)            what the process has loaded, and the thread that talks to it
├── CheckerConnection           the process and its socket: connection.py
└── CheckerJob (one a job)      takes replies while the box runs, has their results afterwards: job.py
"""

import itertools
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeAlias

from judge.case import Case
from judge.errors import SandboxFault
from judge.evidence import Evidence
from judge.grading.checker.connection import CheckerConnection, CheckerEnded
from judge.grading.checker.job import CheckerJob, Enough, OnChecked
from judge.grading.checker.messages import Begin, Checked, Load, Take, Verify
from judge.grading.checker.process import KEPT
from judge.problems.problem import Problem
from judge.problems.snapshot import Snapshots

_Identity: TypeAlias = tuple[str, tuple[int, ...]]  # a package's digest, and the ids of its cases' evidence


class Checker:
    """One slot's checker process. Its jobs come one after another."""

    def __init__(self, snapshots: Snapshots) -> None:
        """Start the process in the background, and return at once; it loads packages from `snapshots`."""
        self._snapshots = snapshots
        self._keys = itertools.count(1)
        # As the process keeps them: a key, and the evidence, so that no other gets the same identity meanwhile.
        self._loaded: OrderedDict[_Identity, tuple[str, Sequence[Evidence]]] = OrderedDict()
        self._connection = CheckerConnection()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="checker")
        self._thread.submit(self._warm_up)

    @property
    def pid(self) -> int | None:
        """The process's id, or None while there is no process."""
        return self._connection.pid

    def job(
        self,
        problem: Problem,
        cases: Sequence[Case],
        expected: Sequence[Evidence],
        source: str,
        on_checked: OnChecked | None = None,
        enough: Enough | None = None,
    ) -> CheckerJob:
        """Return the reader of one job's replies to `cases`, whose reference gave `expected`.

        `on_checked` is called on the checker's thread, with the index of a case and its result. The first result for
        which `enough` returns True ends the job.
        """
        return CheckerJob(self, self._thread, problem, cases, expected, source, on_checked, enough)

    def begin(self, problem: Problem, cases: Sequence[Case], expected: Sequence[Evidence], lines: int) -> None:
        """Prepare the process for the replies of one job. Raises PackageFault, SandboxFault."""
        identity = (problem.digest, tuple(map(id, expected)))
        for retry in (True, False):
            try:
                self._ensure_started()
                if identity not in self._loaded:
                    self._load(identity, problem, cases, expected)
                self._loaded.move_to_end(identity)
                self._connection.exchange(Begin(key=self._loaded[identity][0], lines=lines))
            except CheckerEnded as ended:
                if not retry:
                    raise SandboxFault(f"the checker ended: {ended}") from ended
            else:
                return

    def check(self, message: Take | Verify, cpu_until: float) -> Checked:
        """Return the result of one reply; see `CheckerConnection.exchange` for `cpu_until` and what is raised."""
        answer = self._connection.exchange(message, cpu_until)
        assert isinstance(answer, Checked)
        return answer

    def cpu_seconds(self) -> float:
        """Return the reading of the process's CPU clock. Raises CheckerEnded."""
        return self._connection.cpu_seconds()

    def restart(self) -> None:
        """End the process; the next job starts another."""
        self._connection.end()
        self._loaded.clear()

    def close(self) -> None:
        """End the process and its thread. Safe to call twice."""
        self._connection.close()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _warm_up(self) -> None:
        with suppress(SandboxFault):  # the first job starts it then, and reports what is wrong
            self._ensure_started()

    def _ensure_started(self) -> None:
        if not self._connection.is_alive():
            self._loaded.clear()
            self._connection.start()

    def _load(self, identity: _Identity, problem: Problem, cases: Sequence[Case], expected: Sequence[Evidence]) -> None:
        key = str(next(self._keys))
        folder = self._snapshots.keep(problem)
        self._connection.exchange(Load(key=key, folder=folder, digest=problem.digest, cases=cases, expected=expected))
        self._loaded[identity] = key, expected
        while len(self._loaded) > KEPT:
            self._loaded.popitem(last=False)
