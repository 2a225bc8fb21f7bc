"""What each layer is there for: attacks that get through without it, and don't with it.

The real path, but for the layers that `skip` leaves out: a zygote, a fork, a job. Nothing installed can ask for that.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from judge.errors import SandboxFault
from judge.inside.layers import LAYERS
from judge.limits import Limits
from judge.sandbox import Job
from judge.sandbox.doctor.attacks import CHEAT, ESCAPE, Attack, attempt, load_attacks
from judge.sandbox.doctor.target import VARIABLE, Target
from judge.sandbox.full_lane import FullBox, Slot
from judge.sandbox.zygote_client import Zygote, ZygoteConfig

ALL = frozenset(LAYERS)
NOBODY_ELSE = 64999  # a user that no process of this machine has
ESCAPES = {attack.name: attack for attack in load_attacks(families=[ESCAPE])}
NEEDED_WITH = {"landlock": {"no_new_privs"}, "seccomp": {"no_new_privs"}}


class Range:
    """Boxes of one zygote with any layers left out; a new zygote where an attack killed the last one."""

    def __init__(self, namespaces: bool) -> None:
        self._namespaces = namespaces
        self._zygote: Zygote | None = None

    def zygote(self) -> Zygote:
        if self._zygote is None or not self._zygote.alive():
            self._zygote = Zygote(ZygoteConfig(namespaces=self._namespaces))
            if self._zygote.wait().namespaces is not self._namespaces:
                pytest.skip(f"this host allows no namespaces: {self._zygote.wait().namespaces_refused}")
        return self._zygote

    def box(self, skip: frozenset[str], uid: int | None = None) -> FullBox:
        return FullBox(self.zygote(), Slot(uid=uid, skip=skip))

    def through(self, attacks: list[Attack], on: frozenset[str], uid: int | None = None) -> dict[str, bool]:
        """Which of `attacks` get through where only the layers `on` are on."""
        found = {}
        with Target(self.box(ALL - on, uid)) as target:
            for attack in attacks:
                found[attack.name] = bool(attempt(attack, self.box(ALL - on, uid), target).effects)
        return found

    def close(self) -> None:
        if self._zygote is not None:
            self._zygote.close()


@pytest.fixture(scope="module")
def plain() -> Iterator[Range]:
    made = Range(namespaces=False)
    yield made
    made.close()


@pytest.fixture(scope="module")
def namespaced() -> Iterator[Range]:
    made = Range(namespaces=True)
    yield made
    made.close()


def test_every_attack_gets_through_where_nothing_guards(plain: Range) -> None:
    sure = [attack for attack in ESCAPES.values() if attack.surely_succeeds_unguarded]

    found = plain.through(sure, on=frozenset())

    assert len(sure) > 50
    assert [name for name, through in found.items() if not through] == []


@pytest.mark.parametrize("layer", ["landlock", "seccomp", "rlimits", "session", "capabilities"])
def test_a_layer_alone_stops_what_it_is_there_for(plain: Range, layer: str) -> None:
    if layer == "capabilities" and os.getuid() != 0:
        pytest.skip("an ordinary user has no capabilities to lose")
    stopped = [attack for attack in ESCAPES.values() if layer in attack.stopped_by]

    found = plain.through(stopped, on=frozenset({layer} | NEEDED_WITH.get(layer, set())))

    assert stopped
    assert [name for name, through in found.items() if through] == []


def test_namespaces_alone_stop_what_they_are_there_for(namespaced: Range) -> None:
    stopped = [attack for attack in ESCAPES.values() if "namespaces" in attack.stopped_by]

    found = namespaced.through(stopped, on=frozenset())

    assert stopped
    assert [name for name, through in found.items() if through] == []


def test_another_user_alone_stops_what_it_is_there_for(plain: Range) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    if not all(place.stat().st_mode & 0o001 for place in Path(sys.base_prefix).resolve().parents):
        pytest.skip("another user can't read this interpreter; tests/attacks/test_other_hosts.py runs this with one")
    stopped = [attack for attack in ESCAPES.values() if "uid" in attack.stopped_by]

    found = plain.through(stopped, on=frozenset({"uid"}), uid=NOBODY_ELSE)

    assert stopped
    assert [name for name, through in found.items() if through] == []


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One layer's turn to be off; `attack` is what it is there for, `also_off` are others that would stop it too."""

    layer: str
    attack: str
    also_off: frozenset[str] = frozenset()
    needs_root: bool = False


TURNS = (
    Turn(layer="seccomp", attack="forks"),
    Turn(layer="landlock", attack="reads-etc-passwd"),
    Turn(layer="rlimits", attack="makes-a-file-of-memory", also_off=frozenset({"seccomp"})),
    Turn(layer="session", attack="signals-its-process-group", also_off=frozenset({"seccomp"})),
    Turn(
        layer="dumpable", attack="reads-memory-of-its-sibling", also_off=frozenset({"seccomp", "landlock"})
    ),  # `oom` makes it dumpable for a moment, and `dumpable` ends that
    Turn(layer="capabilities", attack="changes-its-root", also_off=frozenset({"seccomp", "landlock"}), needs_root=True),
)


@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: turn.layer)
def test_each_layer_off_in_turn_lets_an_attack_through(plain: Range, turn: Turn) -> None:
    if turn.needs_root and os.getuid() != 0:
        pytest.skip("an ordinary user has no capabilities to lose")
    attack, rest = ESCAPES[turn.attack], ALL - turn.also_off - {turn.layer}

    without = plain.through([attack], on=rest)
    beside = plain.through([attack], on=rest | {turn.layer})

    assert without == {turn.attack: True}
    assert beside == {turn.attack: False}


def test_without_another_user_the_zygote_can_be_signalled(namespaced: Range) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    attack, rest = ESCAPES["signals-its-parent"], ALL - {"seccomp", "landlock"}

    assert namespaced.through([attack], on=rest) == {"signals-its-parent": True}
    assert namespaced.through([attack], on=rest, uid=NOBODY_ELSE) == {"signals-its-parent": False}


def test_without_namespaces_the_machine_s_files_are_there(plain: Range, namespaced: Range) -> None:
    attack, rest = ESCAPES["reads-etc-passwd"], ALL - {"landlock"}

    assert plain.through([attack], on=rest) == {"reads-etc-passwd": True}
    assert namespaced.through([attack], on=rest) == {"reads-etc-passwd": False}


def test_without_no_new_privs_nothing_runs(plain: Range) -> None:
    job = Job(source="def f(x):\n    return x\n", entry="f", parameters=("x",), calls=((1,),), limits=Limits())

    with pytest.raises(SandboxFault, match="could not enable sandbox layer seccomp"):
        plain.box(frozenset({"no_new_privs"})).run(job)


def test_without_a_clean_zygote_secrets_lie_in_its_children() -> None:
    """In the judge's own process, and so in any fork of it, each of these finds what no box holds."""
    with Target() as target:
        known = target.as_input()
        for name in ("finds-secrets-in-its-environment", "finds-secrets-in-the-heap", "finds-inherited-descriptors"):
            assert run_here(ESCAPES[name])(known), name
        program = ESCAPES["finds-secrets-in-its-environment-block"].source + f"\nprint(attack({known!r}))\n"
        environment = os.environ | {VARIABLE: target.secret}
        said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        assert said.stdout == b"found it\n"


def test_a_reference_in_the_zygote_is_found_by_the_search_for_it() -> None:
    """The search that finds nothing in a box does find a canary that the zygote was told."""
    (search,) = [attack for attack in load_attacks(families=[CHEAT]) if "searches-its-memory" in attack.name]
    canary = "canary-" + 4 * "5ea7c0de"
    zygote = Zygote(ZygoteConfig(readable=[Path("/usr/lib", canary)]))
    job = Job(
        source=search.source,
        entry="answer",
        parameters=("x",),
        calls=((np.ones(3, np.float32),),),
        limits=Limits(),
        visible_calls=1,
    )
    try:
        outcome = FullBox(zygote, Slot()).run(job)
    finally:
        zygote.close()

    assert canary in outcome.stdout


def run_here(attack: Attack) -> Callable[[dict[str, object]], object]:
    scope: dict[str, object] = {"__name__": __name__}
    exec(attack.source, scope)
    run = scope["attack"]
    assert callable(run)
    return run
