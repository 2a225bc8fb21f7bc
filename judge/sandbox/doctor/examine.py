"""The examination: a probe with each layer alone, a smoke job with all of them, and the attacks if asked."""

import os
import platform
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from judge.errors import SandboxFault
from judge.evidence import Value
from judge.inside import layers
from judge.limits import Limits
from judge.sandbox.box import Box, Ending, Job, Outcome, WarmUp
from judge.sandbox.doctor.attacks import FAMILIES, Attempt, attempt, load_attacks
from judge.sandbox.doctor.probes import NAMESPACES, PROBES, SMOKE, USER, Probe
from judge.sandbox.doctor.target import Target
from judge.sandbox.doctor.waiting_service import memory_of_one
from judge.sandbox.fast_lane import frame_of
from judge.sandbox.full_lane import FullBox, Slot, fork_order
from judge.sandbox.slot_users import SlotUsers, can_change
from judge.sandbox.zygote_client import Zygote, ZygoteConfig

LIMITS = Limits(cpu_seconds=20, wall_seconds=60, memory_mib=512)
TOO_MUCH_BYTES = 2 * LIMITS.memory_mib << 20
HIDE_FILES = ("landlock", "namespaces")  # one of these must be on, whatever else is
CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
WARM_UP = "import jax.numpy as jnp\n\n\ndef probe(judge):\n    return jnp.ones(3).sum()\n"
AT_ONCE = ZygoteConfig(imports=False)
OnAttempt = Callable[[Attempt], None]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One layer: `on` or off, and what it was seen to deny or why it is off.

    `missing` says what the judge loses without it; `required` whether nothing is judged without it.
    """

    layer: str
    on: bool
    detail: str
    missing: str
    required: bool


@dataclass(frozen=True, kw_only=True)
class Examination:
    """The findings. `fault` says why nothing can be judged here, None if it can; `smoke` what a JAX job said.

    `slot_mib` is the memory of a slot's fork that waits for its job, `service_mib` that of its compile service: its
    share of all, and what is its alone.
    """

    host: str
    findings: tuple[Finding, ...] = ()
    smoke: str = ""
    fault: str | None = None
    attempts: tuple[Attempt, ...] = ()
    slot_mib: tuple[float, float] = (0.0, 0.0)
    service_mib: tuple[float, float] = (0.0, 0.0)

    @property
    def through(self) -> tuple[Attempt, ...]:
        """Return the attacks that got through."""
        return tuple(attempt for attempt in self.attempts if attempt.effects)

    @property
    def sound(self) -> bool:
        """Return True if submissions may be judged here."""
        return self.fault is None and not self.through


def minimum_fault(config: ZygoteConfig = AT_ONCE) -> str | None:
    """Return why not even an empty box can be sealed here, None if it can. Takes a fraction of a second."""
    with ExitStack() as stack:
        try:
            zygote = Zygote(config)
            stack.callback(zygote.close)
            outcome = _box(stack, zygote, 0).run(replace(_job("def probe(judge):\n    return 0\n", None), calls=()))
        except SandboxFault as fault:
            return str(fault)
    return None if outcome.ending is Ending.FINISHED else f"an empty box could not be sealed: {_said(outcome)}"


def refuse_unfit_host() -> None:
    """Raise SandboxFault where nothing can be judged."""
    fault = minimum_fault()
    if fault is not None:
        raise SandboxFault(f"nothing can be judged here: {fault}; see `judge doctor`")


def examine(
    *,
    full: bool = False,
    namespaces: bool = True,
    families: Sequence[str] = FAMILIES,
    on_attempt: OnAttempt | None = None,
) -> Examination:
    """Examine this machine. Without `namespaces` as if it allowed none; `full` lets the attacks of `families` loose."""
    host = f"Linux {platform.release()} {platform.machine()}, user {os.getuid()}{_container()}"
    with ExitStack() as stack:
        try:
            plain, spaced = (_start(stack, wanted) for wanted in (False, namespaces))
            plain.wait()
            target = stack.enter_context(Target())
            findings = tuple(_alone(probe, plain, target) for probe in PROBES)
            findings += (_alone(USER, spaced, target), _spaces(spaced, target))
            boxes = [_box(stack, spaced, index) for index in range(2)]
            smoke = _said(boxes[0].run(_job(SMOKE, None)))
            fault = _fault(findings) or (None if smoke.startswith("jax") else f"the smoke job failed: {smoke}")
            attempts = _attack(boxes, families, on_attempt) if full and fault is None else ()
            slot_mib = _slot_mib(stack, namespaces)
            service_mib = memory_of_one(spaced, fork_order(_job(SMOKE, None), Slot()))
        except SandboxFault as broken:
            return Examination(host=host, fault=str(broken))
    return Examination(
        host=host,
        findings=findings,
        smoke=smoke,
        fault=fault,
        attempts=attempts,
        slot_mib=slot_mib,
        service_mib=service_mib,
    )


def _start(stack: ExitStack, namespaces: bool) -> Zygote:
    zygote = Zygote(ZygoteConfig(namespaces=namespaces))
    stack.callback(zygote.close)
    return zygote


def _slot_mib(stack: ExitStack, namespaces: bool) -> tuple[float, float]:
    warm_up = WarmUp(
        package="none",
        source=WARM_UP,
        entry="probe",
        parameters=("judge",),
        calls=((None,),),
        result_bytes=LIMITS.result_bytes,
    )
    with frame_of(warm_up) as frame:
        zygote = Zygote(ZygoteConfig(namespaces=namespaces), {"warmup": frame.fileno()})
        stack.callback(zygote.close)
        memory = zygote.wait().warm_up
    return (memory.fork_pss_mib, memory.fork_unique_mib) if memory else (0.0, 0.0)


def _box(stack: ExitStack, zygote: Zygote, index: int, skip: frozenset[str] = frozenset()) -> FullBox:
    users = SlotUsers()
    stack.callback(users.close)
    uid = users.of(index) if can_change(zygote.wait()) else None
    box = FullBox(zygote, Slot(uid=uid, skip=skip))
    stack.callback(box.close)
    return box


def _alone(probe: Probe, zygote: Zygote, target: Target) -> Finding:
    """Return the finding about one layer, from its probe in a box that has this layer only."""
    skip = frozenset(layers.LAYERS) - {probe.layer} - probe.needs
    return _finding(probe, zygote, skip, target, required=probe.layer in layers.MINIMUM)


def _spaces(zygote: Zygote, target: Target) -> Finding:
    """Return the finding about namespaces, from a box whose zygote has them and which has no layer of its own."""
    info = zygote.wait()
    if info.namespaces:
        return _finding(NAMESPACES, zygote, frozenset(layers.LAYERS), target, required=False)
    why = info.namespaces_refused
    return Finding(layer="namespaces", on=False, detail=why, missing=NAMESPACES.missing, required=False)


def _finding(probe: Probe, zygote: Zygote, skip: frozenset[str], target: Target, *, required: bool) -> Finding:
    with ExitStack() as stack:
        place = {**target.as_input(), "too_much": TOO_MUCH_BYTES}
        try:
            outcome = _box(stack, zygote, 0, skip).run(_job(probe.source, place))
        except SandboxFault as fault:
            on, detail = False, str(fault)
        else:
            came_on = probe.layer in outcome.layers
            on = came_on and _holds(outcome)
            detail = _said(outcome) if came_on else _why_not(probe.layer, zygote)
    return Finding(layer=probe.layer, on=on, detail=detail, missing=probe.missing, required=required)


def _why_not(layer: str, zygote: Zygote) -> str:
    if layer != "uid":
        return "the kernel refused it"
    if os.getuid() != 0:
        return "the judge is not root, and can't give its jobs another user"
    if not can_change(zygote.wait()):
        return "other users can't read this Python: it lies in a folder of root's own"
    return "the judge is root without the right to change users"


def _fault(findings: Sequence[Finding]) -> str | None:
    for finding in findings:
        if finding.required and not finding.on:
            return f"{finding.layer} does not hold: {finding.detail}"
    if not any(finding.on for finding in findings if finding.layer in HIDE_FILES):
        return f"nothing hides the judge's files: neither {' nor '.join(HIDE_FILES)} is on"
    return None


def _attack(boxes: Sequence[Box], families: Sequence[str], on_attempt: OnAttempt | None) -> tuple[Attempt, ...]:
    attempts = []
    with Target(sibling_box=boxes[1]) as target:
        for attack in load_attacks(families):
            attempts.append(attempt(attack, boxes[0], target))
            if on_attempt is not None:
                on_attempt(attempts[-1])
    if not attempts:
        raise SandboxFault("the attacks are missing from this installation")
    return tuple(attempts)


def _job(source: str, place: Value) -> Job:
    return Job(source=source, entry="probe", parameters=("judge",), calls=((place,),), limits=LIMITS)


def _holds(outcome: Outcome) -> bool:
    return outcome.ending is Ending.FINISHED and outcome.evidence[0].raised is None


def _said(outcome: Outcome) -> str:
    if _holds(outcome):
        return str(outcome.evidence[0].value)
    raised = outcome.raised or (outcome.evidence[0].raised if outcome.evidence else None)
    return f"{raised.type_name}: {raised.message}" if raised else f"{outcome.ending.value}: {outcome.detail}"


def _container() -> str:
    return ", in a container" if any(Path(mark).exists() for mark in CONTAINER_MARKS) else ""
