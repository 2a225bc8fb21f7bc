"""A grader that obeys comments in the source instead of running it: for tests of everything around grading.

# verdict: wrong_answer      the verdict (accepted unless said)
# seconds: 0.5               how long it takes
# cases: 4                   how many cases it reports, evenly over its time
# cause: not-scaled         the mistake that it names
# judge-errors: 2            how many attempts end in a judge error first
# raises: 1                  how many attempts raise first
# kills-worker: 3            how many attempts kill the whole process first
# box-faults: 2              how many attempts the box fails first; host-faults, box-kills: the host, somebody outside
# reference-pending: 1.5     its reference is missing at the first attempt, for so many seconds
# log: /path                 a line is added for each attempt: pid, source's first line
"""

import os
import re
import signal
import time
from pathlib import Path

from judge.errors import BoxKilled, HostShortage, JobStopped, SandboxFault
from judge.grading.reference_queue import ReferencePending
from judge.provenance import Provenance
from judge.report import Report
from judge.verdict import CaseResult, Cause, CauseKind, Verdict

FAULTS = {"box-faults": SandboxFault, "host-faults": HostShortage, "box-kills": BoxKilled}
SICK = "canary-is-sick"  # while this file lies in the cache directory, everything ends in a judge error


class ObedientGrader:
    def __init__(self, catalog, cache_dir: Path, slots: int) -> None:
        self._catalog = catalog
        self._cache_dir = cache_dir
        cache_dir.mkdir(parents=True, exist_ok=True)

    def grade(
        self, submission, *, slot=0, seed=0, samples_only=False, own_input=None, on_case=None, halt=None
    ) -> Report:
        source = submission.source
        if (self._cache_dir / SICK).exists() and "box-faults" not in source:
            return Report(problem=submission.problem, verdict=Verdict.JUDGE_ERROR, message="sick")
        attempt = self._note(source)
        if attempt <= int(order(source, "kills-worker", "0")):
            os.kill(os.getpid(), signal.SIGKILL)
        for name, fault in FAULTS.items():
            if attempt <= int(order(source, name, "0")):
                raise fault(f"{name} in attempt {attempt}")
        if attempt <= int(order(source, "raises", "0")):
            raise RuntimeError("the grader itself fails")
        if attempt == 1 and (seconds := float(order(source, "reference-pending", "0"))):
            raise ReferencePending(seconds)
        if attempt <= int(order(source, "judge-errors", "0")):
            return Report(problem=submission.problem, verdict=Verdict.JUDGE_ERROR, message="the box broke")
        verdict = Verdict(order(source, "verdict", "wrong_answer" if "..." in source else "accepted"))
        count, seconds = int(order(source, "cases", "2")), float(order(source, "seconds", "0"))
        cases = []
        for number in range(1, count + 1):
            if halt.wait(seconds / count) if halt else time.sleep(seconds / count):
                raise JobStopped
            cases.append(CaseResult(name=f"hidden-{number}", group="hidden", verdict=verdict, time_ms=1.5))
            if on_case:
                on_case(cases[-1])
        made = Provenance(package=self._catalog.get(submission.problem).digest, seed=seed, sandbox=("none",))
        return Report(
            problem=submission.problem,
            verdict=verdict,
            score=None if verdict is Verdict.JUDGE_ERROR else float(verdict is Verdict.ACCEPTED),
            message=f"pid {os.getpid()}" if own_input is None else own_input.to_text(),
            cause=cause_in(source),
            cases=tuple(cases),
            cases_total=count,
            time_ms=seconds * 1000,
            lane="fast",
            provenance=made,
        )

    def first(self) -> str | None:
        return next((problem.slug for problem in self._catalog.problems()), None)

    def _note(self, source: str) -> int:
        log = order(source, "log", "")
        if not log:
            return 1
        line = f"{os.getpid()} {source.splitlines()[0]}\n"
        with open(log, "a") as file:
            file.write(line)
        return sum(each.split(" ", 1)[1] == line.split(" ", 1)[1] for each in Path(log).read_text().splitlines(True))

    def sample_answers(self, slug, *, slot=0) -> dict:
        cases = [case for case in self._catalog.get(slug).cases() if case.group == "sample"]
        return {case.name: 2.5 for case in cases}

    def close(self) -> None:
        pass


def cause_in(source: str) -> Cause | None:
    name = order(source, "cause", "")
    return Cause(id=name, kind=CauseKind.MISTAKE, message=f"the mistake `{name}` was made") if name else None


def order(source: str, name: str, otherwise: str) -> str:
    found = re.search(rf"^# {name}: (.*)$", source, re.MULTILINE)
    return found[1].strip() if found else otherwise
