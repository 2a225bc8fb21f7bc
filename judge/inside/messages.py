"""Every message between the judge, a zygote and its children. Both sides import this file.

    judge ──packets of JSON──> zygote    Setup, then Connect, AddPrograms, Fork, Signal
          <──────────────────            ZygoteInfo, then Forked, ForkRefused, Exited
    judge ──one frame, a file─> zygote   WarmUp
    judge ──frames──> child              Job, Call
          <─────────                     Sealed or LayerFault, Loaded, Reply ..., Handover, Broken: claims, all of them

protocol.py turns them into frames and packets, trees.py their fields into trees; wire.py describes a frame.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar

import numpy as np

from .trees import AtMost
from .wire import Tree

MAX_OBSERVED = 16  # models of one call; more are not looked at


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message that is sent as a whole; `kind` names it on the pipe, in at most 16 small letters."""

    kind: ClassVar[str]


# Judge to zygote


@dataclass(frozen=True, kw_only=True)
class Setup(Message):
    """The first packet: the settings of the zygote.

    `seccomp_filter` is BPF in hexadecimal, `kill_numbers` the calls kill and tgkill, `readable` Landlock's rules (path,
    accesses), `roots` what a root of its own holds, `path` what is added to sys.path. `files` name the descriptors that
    come with the packet, see judge.inside.warmup.
    """

    kind = "setup"
    seccomp_filter: str
    kill_numbers: tuple[int, int]
    readable: tuple[tuple[str, int], ...]
    roots: tuple[str, ...]
    namespaces: bool
    imports: bool
    path: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Connect(Message):
    """Serve one more connection, the descriptor beside it: this zygote, or `apart` another one, forked off now."""

    kind = "connect"
    apart: bool


@dataclass(frozen=True, kw_only=True)
class AddPrograms(Message):
    """Take the compiled programs of a pack: the descriptor beside it."""

    kind = "programs"


@dataclass(frozen=True, kw_only=True)
class Fork(Message):
    """Fork a child; the descriptors beside it are its requests, replies, stdout, stderr and stack.

    `uid` is the user to become, None to stay; `cores` are processors, none for all; `skip` leaves layers out (tests).
    With `compiles` it is a compile service, see judge.inside.compile_service.
    """

    kind = "fork"
    id: int
    cpu_seconds: float
    memory_bytes: int
    uid: int | None
    cores: tuple[int, ...]
    skip: tuple[str, ...]
    light: bool
    compiles: bool


@dataclass(frozen=True, kw_only=True)
class Signal(Message):
    """Send a signal to a child of this connection."""

    kind = "signal"
    id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class WarmUp(Message):
    """The program that a hot zygote runs before any submission; see judge.sandbox.box.WarmUp."""

    kind = "warmup"
    source: bytes
    entry: str
    usual: str
    jitted: str
    calls: tuple[Tree, ...]
    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    result_bytes: int
    light: bool


# Zygote to judge


@dataclass(frozen=True, kw_only=True)
class Raised:
    """An exception that left a program's code; see judge.evidence.Raised."""

    type: str
    message: str
    traceback: str
    line: int


@dataclass(frozen=True, kw_only=True)
class WarmedUp:
    """The result of a warm-up: programs in memory, those of them that it compiled, what it raised, a fork's memory."""

    programs: int
    compiled: int
    failure: Raised | None
    fork_pss_mib: float = 0.0  # of a fork that waits: its share of all
    fork_unique_mib: float = 0.0  # and what is its alone


@dataclass(frozen=True, kw_only=True)
class ZygoteInfo(Message):
    """The zygote is ready: what it has, what this kernel refused it, and how long its imports took."""

    kind = "zygote"
    namespaces: bool
    namespaces_refused: str
    load_ms: float
    threads: int
    landlock_abi: int
    versions: dict[str, str]
    warm_up: WarmedUp | None


@dataclass(frozen=True, kw_only=True)
class Forked(Message):
    """The child of a `Fork`; the descriptor beside it is its pidfd."""

    kind = "forked"
    id: int
    pid: int


@dataclass(frozen=True, kw_only=True)
class ForkRefused(Message):
    """The kernel made no child for a `Fork`."""

    kind = "refused"
    id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Exited(Message):
    """A child ended. `status` is its exit code, or minus the signal; `cpu_ms` its CPU time in milliseconds."""

    kind = "exited"
    id: int
    status: int
    cpu_ms: float


# Judge to child


@dataclass(frozen=True, kw_only=True)
class Job(Message):
    """The submission, as UTF-8, and what is the same for all of its calls; see judge.sandbox.box.Job."""

    kind = "job"
    source: bytes
    entry: str
    parameters: tuple[str, ...]
    extra_functions: tuple[str, ...]
    facts: tuple[str, ...]
    result_bytes: int


@dataclass(frozen=True, kw_only=True)
class Call(Message):
    """Call the entry point; the reply repeats `nonce`."""

    kind = "call"
    nonce: str
    arguments: Tree  # a tuple


# Child to judge: claims


@dataclass(frozen=True, kw_only=True)
class Sealed(Message):
    """The layers that are on; sent before any foreign code is read."""

    kind = "sealed"
    layers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LayerRefused(Message):
    """A layer of the minimum could not be put on: the child ends."""

    kind = "layerfault"
    layer: str
    reason: str


class LoadStage(StrEnum):
    """The stage at which loading a submission failed."""

    NOT_LOADED = "not_loaded"  # syntax error, failed import, entry point missing or with other parameters
    RAISED = "raised"  # the module's own code raised


@dataclass(frozen=True, kw_only=True)
class LoadFailure:
    """The reason why a submission could not be loaded."""

    stage: LoadStage
    raised: Raised


@dataclass(frozen=True, kw_only=True)
class Loaded(Message):
    """The submission's module has run; `failure` says why it can't be called, None if it can."""

    kind = "loaded"
    failure: LoadFailure | None


@dataclass(frozen=True, kw_only=True)
class Observed:
    """An optimizer that was built during a call, with its model; see judge.evidence.Observed."""

    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]
    aside: tuple[str, ...]
    state_before: dict[str, np.ndarray]
    state_after: dict[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Reply(Message):
    """The result of one call; see judge.evidence.Evidence."""

    kind = "reply"
    nonce: str
    value: Tree
    type: str
    raised: Raised | None
    observed: Annotated[tuple[Observed, ...], AtMost(MAX_OBSERVED)]
    extra_values: dict[str, Tree]
    facts: dict[str, Tree]


class FallbackReason(StrEnum):
    """A reason why a fork of a hot zygote leaves its job to the full lane; judge.inside.fallback has sentences."""

    PROGRAM = "program"  # it needs a program that was not compiled ahead
    ENVIRONMENT = "environment"  # it wrote an environment variable
    CONFIGURATION = "configuration"  # it changed an option of JAX or Flax
    WARNINGS = "warnings"  # it changed what happens to warnings
    LOGGING = "logging"  # it changed what JAX logs
    SIGNALS = "signals"  # it set a signal handler or a timer
    TRACING = "tracing"  # it watches how Python or JAX work: traces, audits, compilations
    CACHES = "caches"  # it reads or clears what JAX holds in memory: warm programs, arrays
    EXCEPTION = "exception"  # an exception that the fork itself may have caused


@dataclass(frozen=True, kw_only=True)
class Handover(Message):
    """The fast lane can't go on with this job. `program` names the program that is missing, for Reason.PROGRAM."""

    kind = "handover"
    reason: FallbackReason
    program: str


@dataclass(frozen=True, kw_only=True)
class Broken(Message):
    """The child's own code failed, not the submission's."""

    kind = "broken"
    reason: str
