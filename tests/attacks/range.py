"""Where attacks are let loose: three small problems, and a grader of which they know nothing.

escape              attack(judge)   told where everything of a judge lies; finding nothing is wrong too
cheat               answer(x)       the right answer, 3 * x + 1, stands in the reference only
exhaust, -slowly    exhaust(x)      one second of CPU time, and ten for what needs time to fill memory
"""

import time
from dataclasses import dataclass
from pathlib import Path

from judge.grading.grader import Grader
from judge.problems.catalog import Catalog
from judge.report import Report
from judge.sandbox.doctor.attacks import CHEAT, ENTRIES, ESCAPE, EXHAUST, Attack
from judge.sandbox.doctor.target import Target
from judge.sandbox.zygote_client import Zygote
from judge.submission import Submission

SLOWLY = "exhaust-slowly"
WARM_SECONDS = 120.0
MANIFEST = """\
format = 1
title = "{slug}"
entry = "{entry}"
parameters = ["{parameter}"]
seed = 11

[cases]
samples = {samples}
hidden = {hidden}

[limits]
cpu_seconds = {cpu_seconds}
memory_mib = 512
"""
ARRAYS = """\
import numpy as np


def cases(rng):
    for _ in range({count}):
        yield {{"x": rng.normal(size=(2, 3)).astype(np.float32)}}
"""
TARGETS = """\
def cases(rng):
    while True:
        yield {{"judge": {target!r}}}
"""
CLOSE = """\
from judge.checking import close


def check(case, expected, actual):
    yield close("value", actual.value, expected.value, rtol=1e-6)
"""
UNTOUCHED = """\
from judge.jsonable import to_json
from judge.verdict import Check


def check(case, expected, actual):
    found = to_json(actual.value)
    yield Check(id="untouched", passed=actual.value == "nothing", expected="nothing", actual=found)
"""
RIGHT = {
    ESCAPE: "def attack(judge):\n    return 'nothing'\n",
    CHEAT: "def answer(x):\n    return 3 * x + 1\n",
    EXHAUST: "def exhaust(x):\n    return 3 * x + 1\n",
}
WRONG = {
    ESCAPE: "def attack(judge):\n    return None\n",
    CHEAT: "def answer(x):\n    return x\n",
    EXHAUST: "def exhaust(x):\n    return x\n",
}


def write_problems(folder: Path, target: Target, canary: str) -> Path:
    """The folder of the problems; `canary` stands in every reference, and nowhere else."""
    for slug, family, samples, hidden, cpu_seconds in (
        ("escape", ESCAPE, 1, 1, 5),
        ("cheat", CHEAT, 2, 4, 2),
        ("exhaust", EXHAUST, 1, 1, 1),
        (SLOWLY, EXHAUST, 1, 1, 10),
    ):
        entry, parameter = ENTRIES[family]
        cases = TARGETS.format(target=target.as_input()) if family == ESCAPE else ARRAYS.format(count=samples + hidden)
        manifest = MANIFEST.format(
            slug=slug, entry=entry, parameter=parameter, samples=samples, hidden=hidden, cpu_seconds=cpu_seconds
        )
        files = {
            "problem.toml": manifest,
            "statement.md": f"# {slug}\n\nWrite `{entry}({parameter})`.\n",
            "starter.py": f"def {entry}({parameter}):\n    ...\n",
            "reference.py": f'CANARY = "{canary}"\n\n\n{RIGHT[family]}',
            "cases.py": cases,
            "check.py": UNTOUCHED if family == ESCAPE else CLOSE,
            "warmup.py": f"def warmup({parameter}):\n    return {'None' if family == ESCAPE else '2 * x + 5'}\n",
        }
        (folder / slug).mkdir(parents=True)
        for name, text in files.items():
            (folder / slug / name).write_text(text)
    return folder


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of one attack: its report, and everything by which it got through."""

    report: Report
    effects: tuple[str, ...]


class Range:
    """One grader and its target; `lane` is the lane that judges."""

    def __init__(self, problems: Path, cache: Path, target: Target, canary: str, lane: str) -> None:
        self._grader = Grader(Catalog([problems]), cache, slots=2, fast=lane == "fast")
        self._target, self._canary, self.lane = target, canary, lane
        if lane == "fast":
            self._warm()

    def close(self) -> None:
        """End its boxes."""
        self._grader.close()

    def attack(self, attack: Attack) -> Tried:
        """Have an attack judged, and see what happened meanwhile."""
        slug = SLOWLY if "slowly" in attack.head else attack.family
        report = self.judge(slug, attack.source)
        return Tried(report=report, effects=(*self._gained(attack, report), *self._target.noticed()))

    def judge(self, slug: str, source: str) -> Report:
        """The report on a program for one of the problems."""
        return self._grader.grade(Submission(problem=slug, source=source))

    def grade(self, submission: Submission, slot: int) -> Report:
        """The report on any program, judged in one of the two slots."""
        return self._grader.grade(submission, slot=slot)

    def zygote(self) -> Zygote:
        """The full lane's zygote."""
        return self._grader.pool.zygote()

    def inputs_of_hidden_cases(self) -> list[str]:
        """The numbers that the hidden cases of the cheats' problem hold, as a cheat would print them."""
        cases = self._grader.catalog.get(CHEAT).cases()
        return [f"{value:.6f}" for case in cases if case.group == "hidden" for value in abs(case.inputs["x"]).ravel()]

    def _gained(self, attack: Attack, report: Report) -> list[str]:
        found = [check.actual for case in report.cases for check in case.checks if attack.family == ESCAPE]
        gained = [str(value) for value in found if value is not None]
        if report.verdict == "accepted":
            gained.append("accepted")
        if self._canary in str(report.to_json()):
            gained.append("read the reference")
        return gained

    def _warm(self) -> None:
        for slug in (CHEAT, ESCAPE):
            hot = self._grader.warm(slug)
            assert hot is not None
            assert hot.ready(WARM_SECONDS) is not None, hot.failure
        deadline = time.monotonic() + WARM_SECONDS
        while self.judge(CHEAT, RIGHT[CHEAT]).lane != "fast":
            assert time.monotonic() < deadline, "the fast lane never took over"
