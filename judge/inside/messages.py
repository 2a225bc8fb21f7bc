"""Every message between the judge, a zygote and a box: one frozen class each, imported by both sides.

    judge  ── ZygoteSetup, Connect, AddPrograms, ForkOrder, SignalOrder ──>  zygote      packets: JSON, one each
           <── ZygoteInfo, Forked, ForkRefused, ChildEnded ──────────────────
    judge  ── WarmUpRequest (a file in memory) ─────────────────────────────>  zygote
    judge  ── JobMessage, CallMessage ──────────────────────────────────────>  box        frames: see wire.py
           <── Sealed, LayerFailed, Loaded, ReplyMessage, HandedOver, Broken ─

What a box sends is a claim: trees.py takes a message only with exactly its fields, each of its declared type.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from .trees import Message

MAX_OBSERVED = 16  # optimizers whose models one reply holds

Leaves = dict[str, np.ndarray]  # dotted path -> array
Value = object  # None, bool, int, float, complex, text, array, or a list, tuple or dict of them; or wire.Missing


# --- judge -> zygote


@dataclass(frozen=True, kw_only=True)
class ZygoteSetup(Message):
    """The first packet to a zygote. `files` names the descriptors that come with it: pack, warmup, fresh."""

    kind: ClassVar[str] = "config"
    filter: str = field(metadata={"most": 1 << 20})  # seccomp program, in hexadecimal digits
    kill_numbers: tuple[int, int]  # system calls that send signals
    readable: tuple[tuple[str, int], ...]  # Landlock: path, access rights
    roots: tuple[str, ...]  # what a root of its own shows
    namespaces: bool
    imports: bool  # import JAX before the first fork
    path: tuple[str, ...]  # added to sys.path
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Connect(Message):
    """A descriptor comes with it: the connection of one slot."""

    kind: ClassVar[str] = "connect"


@dataclass(frozen=True, kw_only=True)
class AddPrograms(Message):
    """A descriptor comes with it: a pack of compiled programs."""

    kind: ClassVar[str] = "programs"


@dataclass(frozen=True, kw_only=True)
class ForkOrder(Message):
    """Fork a box. Its requests, replies, stdout and stderr come with it as descriptors."""

    kind: ClassVar[str] = "fork"
    id: int
    cpu_seconds: float
    memory_bytes: int
    uid: int | None  # None: it stays the user that it is
    cores: tuple[int, ...]
    skip: tuple[str, ...]  # layers left out, for tests that show what each is for
    light: bool  # XLA's cheap compilation


@dataclass(frozen=True, kw_only=True)
class SignalOrder(Message):
    """Send a signal to a box."""

    kind: ClassVar[str] = "signal"
    id: int
    signal: int


@dataclass(frozen=True, kw_only=True)
class WarmUpRequest(Message):
    """The warm-up of a hot zygote: a problem's public program and the calls to run it on."""

    kind: ClassVar[str] = "warmup"
    source: np.ndarray  # uint8: UTF-8
    entry: str
    usual: str
    jitted: str
    calls: tuple[tuple[Any, ...], ...]
    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    result_bytes: int
    light: bool


# --- zygote -> judge


@dataclass(frozen=True, kw_only=True)
class RaisedMessage(Message):
    """An exception; `line` is the last line of the submission in its traceback, 0 if none."""

    kind: ClassVar[str] = "raised"
    type_name: str
    message: str
    traceback: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class ZygoteInfo(Message):
    """A zygote is ready. The fields from `programs` on are those of a hot one."""

    kind: ClassVar[str] = "info"
    namespaces: bool
    namespaces_refused: str
    load_ms: float
    threads: int
    landlock_abi: int
    versions: dict[str, str]
    programs: int = 0  # loaded
    compiled: int = 0  # of them compiled now, not taken from a pack
    failure: RaisedMessage | None = None  # of the warm-up
    slot_pss_mib: float = 0.0  # of a fork that waits for its job: its share of all memory
    slot_own_mib: float = 0.0  # memory that is its alone


@dataclass(frozen=True, kw_only=True)
class Forked(Message):
    """A box was forked; a descriptor that stands for it comes along. `pid` is as the zygote sees it."""

    kind: ClassVar[str] = "forked"
    id: int
    pid: int


@dataclass(frozen=True, kw_only=True)
class ForkRefused(Message):
    """The host had no process or no memory for a box."""

    kind: ClassVar[str] = "refused"
    id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChildEnded(Message):
    """A box ended: exit code, or minus the signal; CPU milliseconds, user and system."""

    kind: ClassVar[str] = "ended"
    id: int
    status: int
    cpu_ms: float


# --- judge -> box


@dataclass(frozen=True, kw_only=True)
class JobMessage(Message):
    """The submission, and how each call is made."""

    kind: ClassVar[str] = "job"
    source: np.ndarray  # uint8: UTF-8
    entry: str
    parameters: tuple[str, ...]
    extra_functions: tuple[str, ...]  # called with each case's arguments, too
    facts: tuple[str, ...]  # measurements that the problem's checks ask for
    result_bytes: int  # of one result


@dataclass(frozen=True, kw_only=True)
class CallMessage(Message):
    """The arguments of one case; the reply must hold the nonce."""

    kind: ClassVar[str] = "call"
    nonce: str
    arguments: tuple[Any, ...]


# --- box -> judge


@dataclass(frozen=True, kw_only=True)
class Sealed(Message):
    """The box is closed: the layers that are on. Sent before the box has seen the submission."""

    kind: ClassVar[str] = "sealed"
    layers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LayerFailed(Message):
    """A layer could not be put on; the submission was not read."""

    kind: ClassVar[str] = "fault"
    layer: str
    reason: str


class LoadStage(StrEnum):
    """The stage at which a submission failed to load."""

    NOT_LOADED = "not_loaded"  # syntax, an import, or no such function
    RAISED = "raised"  # its own code raised


@dataclass(frozen=True, kw_only=True)
class LoadFailure(Message):
    """A submission that could not be loaded."""

    kind: ClassVar[str] = "load_failure"
    stage: LoadStage
    raised: RaisedMessage


@dataclass(frozen=True, kw_only=True)
class Loaded(Message):
    """The submission was loaded, or was not."""

    kind: ClassVar[str] = "loaded"
    failure: LoadFailure | None


@dataclass(frozen=True, kw_only=True)
class ObservedMessage(Message):
    """One optimizer and its model, before and after the call: see judge.evidence.Observed."""

    kind: ClassVar[str] = "observed"
    before: Leaves
    after: Leaves
    aside: tuple[str, ...] = field(metadata={"most": 1 << 16})
    state_before: Leaves
    state_after: Leaves


@dataclass(frozen=True, kw_only=True)
class ReplyMessage(Message):
    """The reply to one call: see judge.evidence.Evidence."""

    kind: ClassVar[str] = "reply"
    nonce: str
    value: Value = None
    type_name: str = "NoneType"
    raised: RaisedMessage | None = None
    observed: tuple[ObservedMessage, ...] = field(default=(), metadata={"most": MAX_OBSERVED})
    also: dict[str, Value] = field(default_factory=dict)
    facts: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class HandedOver(Message):
    """The fast lane leaves the job to the full lane: a code of `fallback.Reason`, and a program's name or ""."""

    kind: ClassVar[str] = "handover"
    reason: str
    program: str


@dataclass(frozen=True, kw_only=True)
class Broken(Message):
    """The box's own code failed."""

    kind: ClassVar[str] = "broken"
    reason: str
