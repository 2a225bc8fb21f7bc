"""The box as the rest of the judge sees it: a job goes in, an outcome comes out.

Whose fault is what: everything that a submission can do to itself is an `Ending` of its `Outcome`; a fault of the box
itself is the exception `SandboxFault`, and the submission is not judged then.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event
from typing import NamedTuple, Protocol

from judge.evidence import Evidence, Raised, Value
from judge.limits import Limits
from judge.reasons import Handover


class Ending(StrEnum):
    """The way a job ended; the verdict follows from it."""

    FINISHED = "finished"  # a reply came for every call (replies may hold exceptions)
    NOT_LOADED = "not_loaded"  # syntax error, failed import, entry point missing or with other parameters
    RAISED_AT_LOAD = "raised_at_load"  # the module's own code raised before anything could be called
    EXITED = "exited"  # sys.exit, os._exit, or closed descriptors
    KILLED = "killed"  # a signal: crash, abort
    FORBIDDEN = "forbidden"  # a system call that no solution needs: SIGSYS
    CPU_LIMIT = "cpu_limit"
    WALL_LIMIT = "wall_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    HANDED_OVER = "handed_over"  # the fast lane left it to the full lane; never leaves the pool
    BAD_REPLY = "bad_reply"  # something other than a reply came through the result pipe


TIME_LIMITS = frozenset({Ending.CPU_LIMIT, Ending.WALL_LIMIT})


class StopReason(NamedTuple):
    """The reason why a job ended, and a sentence about it, empty where the ending says all."""

    ending: Ending
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One submission to run: its source, and the calls to make, one after another.

    `visible_calls` is the number of leading calls during which output is kept (samples). `extra_functions` names
    further functions of the module that are called with each case's arguments (a reference's lookalikes). `problem` and
    `package` choose the hot zygote of the fast lane, where there is one. `light` asks for XLA's cheap compilation, for
    every lane alike.
    `facts` names the measurements that the problem's checks need (see judge.inside.patches.measurements).
    Once `halt` is set, the job is ended with JobStopped.
    """

    source: str
    entry: str
    parameters: tuple[str, ...]
    calls: tuple[tuple[Value, ...], ...]
    limits: Limits
    visible_calls: int = 0
    extra_functions: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    problem: str = ""
    package: str = ""
    light: bool = True
    halt: Event | None = field(default=None, compare=False, repr=False)

    @property
    def halted(self) -> bool:
        """Return whether the job is to be ended now."""
        return self.halt is not None and self.halt.is_set()


@dataclass(frozen=True, kw_only=True)
class WarmUp:
    """A problem's public program, and calls of the cases' shapes, that a hot zygote runs before any submission.

    `package` is the digest of the problem's package; `calls` hold nothing of the cases but shapes, dtypes and scalars.
    The program's functions: `entry`, and where it has them `usual`, which is called first and shows what every fork
    writes to, and `jitted`, called only where nothing is compiled yet.
    """

    package: str
    source: str
    entry: str
    calls: tuple[tuple[Value, ...], ...]
    usual: str = ""
    jitted: str = ""
    parameters: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    result_bytes: int = 0
    light: bool = True


class Frame(NamedTuple):
    """One call on a program's stack: a line of its source that exists, and the name of a function there."""

    line: int
    function: str


@dataclass(frozen=True, kw_only=True)
class LastStack:
    """The place of a program when its time was up: the calls in its own file, the innermost last, at least one.

    The program may have claimed any lines of its source. `waiting` is the judge's own measurement: it used no CPU time.
    """

    frames: tuple[Frame, ...]
    waiting: bool = False


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of one job.

    Times are milliseconds by the parent's clocks; memory is MiB above an empty box, or in the fast lane what the job
    touched first or got a copy of.

    `evidence` holds one entry a reply, in the order of the calls; it is shorter than the calls where the job ended
    early, and empty where the replies went to a `ReplyReader`. `replies` counts all that came. `printed` is `stdout` in
    parts: what came while loading, then during each visible call. `signal` is the one that
    ended it, if one did; `threads` is the most that were seen at once. `raised` is set for NOT_LOADED and
    RAISED_AT_LOAD; `detail` says in words how an unfinished job ended, `last_stack` where it was if it was ended for
    time and its stack could be read. `fallback_reason` says why the fast lane left it to the full lane, where it did;
    `compiled` is the number of programs that the fast lane's compile service made.
    """

    ending: Ending
    evidence: tuple[Evidence, ...] = ()
    raised: Raised | None = None
    detail: str = ""
    last_stack: LastStack | None = None
    stdout: str = ""
    printed: tuple[str, ...] = ()
    stderr: str = ""
    wall_ms: float = 0.0
    cpu_ms: float = 0.0
    memory_mb: float = 0.0
    threads: int = 0
    signal: int = 0
    layers: tuple[str, ...] = ()
    replies: int = 0
    lane: str = "full"
    fallback_reason: Handover | None = None
    compiled: int = 0


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One call's reply as a box sent it, unread: nothing of it is known but its length.

    `nonce` is what a reply to this call has to repeat; `time_ms` is the parent's clock, from the call sent to the reply
    received. `judge.sandbox.parse_replies.read` turns it into evidence.
    """

    header: bytes
    body: bytes
    nonce: str
    time_ms: float


class ReplyReader(Protocol):
    """Takes a job's replies while its box runs, on the thread that watches the box: so its methods return at once."""

    def take(self, index: int, reply: Reply) -> None:
        """Take the reply to call `index`; index 0 again means that another lane begins anew."""
        ...

    def has_room(self) -> bool:
        """Return whether another reply may come: where not, the box waits before its next call."""
        ...

    def enough(self) -> bool:
        """Return whether no further reply is wanted: then the job is finished, whatever calls are left."""
        ...


class Box(Protocol):
    """Runs jobs, one at a time; every implementation passes tests/integration/test_box_conformance.py."""

    def run(self, job: Job, reader: ReplyReader | None = None) -> Outcome:
        """Run one job to its end, and hand each reply to `reader` as it arrives.

        Without a reader, as for the judge's own programs, the replies are read when the box has ended, and make
        `Outcome.evidence`.

        Raises SandboxFault when the box itself failed: a layer of the minimum is not on, or its zygote exited;
        BoxKilled when another process killed it, HostShortage when the host lacks threads, processes or memory. Raises
        PackageFault where an argument of a call can't be sent, JobStopped where the job's `halt` was set.
        """
        ...

    def close(self) -> None:
        """End the box's processes. Safe to call twice."""
        ...
