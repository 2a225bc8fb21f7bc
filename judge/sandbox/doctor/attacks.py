"""The attacks that ship with the judge, and one attempt of each at a box.

tests/attacks/<family>/<trick>.py           in a checkout
<prefix>/share/judge/attacks/<family>/...   in an installation

Each is a submission with a head that says what it tries:

    \"\"\"Reads a file of the judge that only its own user may read.\"\"\"
    # stopped by: namespaces, landlock, uid    the layers each of which alone stops it
    # verdict: runtime_error                   the verdicts that it may be given
    # needs: root                              tried where the judge is root only, `machine:` on which processors
    # unguarded: may fail                      with every layer off it need not get through on every machine
"""

import ast
import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from judge import inside
from judge.errors import SandboxFault
from judge.evidence import Value
from judge.limits import Limits
from judge.sandbox.box import Box, Ending, Job, Outcome
from judge.sandbox.doctor.target import Target

FAMILIES = ESCAPE, CHEAT, EXHAUST = "escape", "cheat", "exhaust"
ENTRIES = {ESCAPE: ("attack", "judge"), CHEAT: ("answer", "x"), EXHAUST: ("exhaust", "x")}
LIMITS = {
    ESCAPE: Limits(cpu_seconds=5, wall_seconds=15, memory_mib=512),
    CHEAT: Limits(cpu_seconds=2, wall_seconds=6, memory_mib=512),
    EXHAUST: Limits(cpu_seconds=1, wall_seconds=2, memory_mib=512),
}
CHEAT_CALLS = 3
OVERSHOOT = 1.5  # of the memory limit: from there on it was not held
_HEAD = re.compile(r"^# ([a-z ]+): (.*)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One hostile program. `family` says what it is after: out of the box, a wrong verdict, or all of the machine."""

    name: str
    family: str
    source: str
    trick: str
    head: Mapping[str, str]

    @property
    def stopped_by(self) -> tuple[str, ...]:
        """Return the layers each of which alone stops it."""
        return _words(self.head.get("stopped by", ""))

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Return the verdicts that it may be given."""
        return _words(self.head.get("verdict", "runtime_error"))

    @property
    def surely_succeeds_unguarded(self) -> bool:
        """Return True if it gets through on every machine when all layers are off."""
        exception = self.head.get("unguarded", "")
        root_only = exception.startswith("may fail for an ordinary user")
        return not exception or (root_only and os.getuid() == 0)

    @property
    def applies(self) -> bool:
        """Return True if it makes sense for this user on this processor."""
        machine = self.head.get("machine", platform.machine())
        return machine == platform.machine() and (self.head.get("needs") != "root" or os.getuid() == 0)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attack and its outcome: `effects` lists, in words, everything by which it got through."""

    attack: Attack
    effects: tuple[str, ...]
    outcome: Outcome | None


def default_attack_dir() -> Path:
    """Return the folder of the attacks: in the checkout that this code lies in, else in the installation's share."""
    checkout = Path(inside.__file__).parents[2] / "tests" / "attacks"
    return checkout if checkout.is_dir() else Path(sys.prefix) / "share" / "judge" / "attacks"


def load_attacks(families: Sequence[str] = FAMILIES) -> list[Attack]:
    """Return all attacks of `families` that apply here, by name."""
    folder = default_attack_dir()
    files = [file for family in families for file in sorted((folder / family).glob("*.py"))]
    return [attack for attack in map(_read, files) if attack.applies]


def attempt(attack: Attack, box: Box, target: Target) -> Attempt:
    """Run `attack` in `box` against `target`. Raises nothing: a box that breaks is an effect."""
    calls = _calls(attack, target)
    entry, parameter = ENTRIES[attack.family]
    job = Job(
        source=attack.source,
        entry=entry,
        parameters=(parameter,),
        calls=calls,
        limits=LIMITS[attack.family],
        visible_calls=1,
    )
    try:
        outcome = box.run(job)
    except SandboxFault as fault:
        return Attempt(attack=attack, effects=(f"broke the box: {fault}", *target.noticed()), outcome=None)
    return Attempt(attack=attack, effects=(*effects_of(attack, calls, outcome), *target.noticed()), outcome=outcome)


def effects_of(attack: Attack, calls: Sequence[tuple[Value, ...]], outcome: Outcome) -> list[str]:
    """Return the ways in which `attack` got through, as far as its outcome shows."""
    values = [entry.value for entry in outcome.evidence if entry.raised is None]
    if attack.family == ESCAPE:
        return [str(value) for value in values if value is not None]
    if attack.family == CHEAT:
        right = [right_answer(np.asarray(call[0])) for call in calls]
        fooled = outcome.ending is Ending.FINISHED and len(values) == len(right) and all(map(_same, values, right))
        return ["gave the right answers without computing them"] if fooled else []
    limits = LIMITS[EXHAUST]
    return [
        *(["used more memory than its limit"] * (outcome.memory_mb > OVERSHOOT * limits.memory_mib)),
        *(["used more CPU time than its limit"] * (outcome.cpu_ms > (limits.cpu_seconds + 2) * 1e3)),
    ]


def right_answer(x: np.ndarray) -> np.ndarray:
    """Return what `answer(x)` of a cheat should return, float32 of x's shape; no cheat computes it."""
    return (3 * x + 1).astype(np.float32)


def _same(value: Value, right: np.ndarray) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == right.dtype and bool(np.array_equal(value, right))


def _calls(attack: Attack, target: Target) -> tuple[tuple[Value, ...], ...]:
    if attack.family == ESCAPE:
        return ((target.as_input(),),)
    draws = np.random.default_rng()
    return tuple((draws.normal(size=(2, 3)).astype(np.float32),) for _ in range(CHEAT_CALLS))


def _read(file: Path) -> Attack:
    source = file.read_text(encoding="utf-8")
    trick = ast.get_docstring(ast.parse(source)) or file.stem
    return Attack(name=file.stem, family=file.parent.name, source=source, trick=trick, head=dict(_HEAD.findall(source)))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
