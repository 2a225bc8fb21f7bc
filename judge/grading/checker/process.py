"""The checker process: reads replies of boxes and runs the authors' checks on them, one message after another.

It holds expected values and reads untrusted bytes. So no other process may read its memory, and that memory has a
limit: a reply that needs more is rejected, as the submission's fault. It never runs code of a submission.
"""

import gc
import mmap
import os
import resource
import signal
import warnings
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from judge.case import SAMPLE, Case
from judge.errors import PackageFault
from judge.evidence import Evidence
from judge.grading.checker.allowance import Allowance, allowance
from judge.grading.checker.messages import EXIT_SHORTAGE, MAX_ANSWER_BYTES, Answer, Checked, Faulty, Take, encode_answer
from judge.grading.disclosure import case_time
from judge.grading.report import case_result
from judge.inside import budget, syscalls, wire
from judge.problems.load import load_problem
from judge.problems.problem import Problem
from judge.reproduction.calls import actual_call, expected_call
from judge.reproduction.compare import differences
from judge.sandbox import parse_replies
from judge.sandbox.box import Ending
from judge.verdict import CaseResult, Verdict

KEPT = 16  # problems with their cases and evidence; the client counts along
SPARE_BYTES = 64 * 1024 * 1024  # that any process on a sound host can have
MEMORY_BYTES = 512 * 1024 * 1024  # beyond what the process has when it starts
UNCOMPARABLE = "the result can't be compared with the expected one"
TOO_LARGE = "the result is too large to be compared"


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A problem with its cases, and the evidence that replies are compared with."""

    problem: Problem
    cases: tuple[Case, ...]
    expected: tuple[Evidence, ...]
    allowance: Allowance


def main(descriptor: int) -> None:
    """Serve until the judge closes its end. `descriptor` is a connected socket."""
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the judge's to handle
    warnings.simplefilter("ignore")  # of NumPy, about odd values
    np.seterr(all="ignore")
    in_use = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (in_use + MEMORY_BYTES, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()
    Service(Connection(descriptor)).serve()


class Service:
    """One process's conversation with the judge."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: OrderedDict[str, Loaded] = OrderedDict()
        self._problems: dict[str, Problem] = {}  # by digest
        self._job: Loaded | None = None
        self._lines = 0
        self._left = budget.Budget()

    def serve(self) -> None:
        """Answer until the judge closes its end."""
        self._connection.send_bytes(encode_answer(Checked()))
        while True:
            try:
                data = self._connection.recv_bytes()
            except EOFError:
                return
            answer = self._answer(data)
            del data
            self._connection.send_bytes(_encoded(answer))

    def _answer(self, data: bytes) -> Answer:
        try:
            ((kind, tree),) = wire.FrameReader(len(data)).feed(data)
            match kind:
                case "load":
                    return self._load(tree)
                case "begin":
                    self._job, self._lines = self._known[tree["key"]], tree["lines"]
                    self._known.move_to_end(tree["key"])
                    self._left = self._job.allowance.budget()
                    return Checked()
                case "take":
                    return self._take(Take.decode(tree))
                case "verify":
                    return self._verify(tree["index"]) or Checked()
        except MemoryError:
            _end_in_shortage()
            return Faulty(message="the package needs more memory than a checker has")
        except PackageFault as fault:
            return Faulty(message=str(fault), faults=fault.faults)
        except Exception as error:  # ours; the judge logs it
            return Faulty(message=f"the checker failed: {type(error).__name__}: {error}"[:500])
        return Faulty(message=f"the checker does not know the message {kind}")

    def _load(self, tree: Mapping[str, Any]) -> Answer:
        problem = self._problems.get(tree["digest"]) or load_problem(Path(tree["folder"]))
        if problem.digest != tree["digest"]:
            return Faulty(message="the copy of the package is damaged: delete the cache's folder `packages`")
        expected = tuple(map(Evidence.from_tree, tree["expected"]))
        kept = [problem, *(each.problem for each in self._known.values())]
        self._problems = {each.digest: each for each in kept}
        self._known[tree["key"]] = Loaded(
            problem=problem,
            cases=tuple(Case(**case) for case in tree["cases"]),
            expected=expected,
            allowance=allowance(expected),
        )
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return Checked()

    def _take(self, take: Take) -> Answer:
        assert self._job is not None
        case, expected = self._job.cases[take.index], self._job.expected[take.index]
        try:
            actual = parse_replies.read(take.reply, self._left)
        except wire.BadFrame as error:
            return Checked(rejected=parse_replies.rejection(error))
        except MemoryError:
            _end_in_shortage()
            return Checked(rejected=(Ending.OUTPUT_LIMIT, TOO_LARGE))
        raised = actual.raised
        if raised and raised.line > self._lines:
            raised = replace(raised, line=0)  # beyond the source: a number that the submission chose
            actual = replace(actual, raised=raised)
        try:
            result = case_result(self._job.problem, case, expected, actual)
            return Checked(result=result, raised=raised, differs=_differs(result, expected, actual))
        except Exception as error:
            if isinstance(error, PackageFault) and not _is_foreign(error.__cause__):
                raise  # raised on purpose, about the package
            cause = error.__cause__ or error
        # The check met a value that its author did not expect. If it can judge the reference, the value is at fault.
        if faulty := self._verify(take.index):
            return faulty
        if isinstance(cause, MemoryError):
            _end_in_shortage()
            return Checked(rejected=(Ending.OUTPUT_LIMIT, TOO_LARGE))
        wrong = CaseResult(name=case.name, group=case.group, verdict=Verdict.WRONG_ANSWER, message=UNCOMPARABLE)
        return Checked(result=replace(wrong, time_ms=case_time(case, actual.time_ms)))

    def _verify(self, index: int) -> Faulty | None:
        assert self._job is not None
        case, expected = self._job.cases[index], self._job.expected[index]
        try:
            case_result(self._job.problem, case, expected, expected)
        except Exception as error:
            faults = error.faults if isinstance(error, PackageFault) else ()
            return Faulty(message=str(error) or type(error).__name__, faults=faults)
        return None


def _encoded(answer: Answer) -> bytes:
    """Return an answer of at most MAX_ANSWER_BYTES, without the values of its checks and without leaves if need be."""
    data = encode_answer(answer)
    if len(data) > MAX_ANSWER_BYTES and isinstance(answer, Checked) and answer.result is not None:
        checks = tuple(replace(check, actual=None, expected=None) for check in answer.result.checks)
        small = replace(answer.result, checks=checks, leaves=(), returned=None, expected=None)
        data = encode_answer(replace(answer, result=small))
    if len(data) > MAX_ANSWER_BYTES:
        data = encode_answer(Checked(rejected=(Ending.OUTPUT_LIMIT, TOO_LARGE)))
    return data


def _differs(result: CaseResult, expected: Evidence, actual: Evidence) -> tuple[str, ...]:
    """Return the aspects in which a failed case that is shown differs."""
    if result.group != SAMPLE or result.verdict is not Verdict.WRONG_ANSWER:
        return ()
    try:
        return tuple(differences(actual_call(actual), expected_call(expected)))
    except Exception:  # a value that no comparison was made for: the verdict is made, and needs none of this
        return ()


def _end_in_shortage() -> None:
    """End this process if it can't have the memory that its own limit leaves: then no reply was too large."""
    try:
        mmap.mmap(-1, SPARE_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError:
        os._exit(EXIT_SHORTAGE)


def _is_foreign(cause: BaseException | None) -> bool:
    return cause is not None and not isinstance(cause, PackageFault)
