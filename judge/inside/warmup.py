"""The warm-up of a hot zygote: runs a problem's public program, so that what solutions need lies compiled in memory."""

import os
import struct
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from . import call, exceptions, jax_setup, protocol, vocabulary, wire
from .messages import Call, Job, Raised, WarmedUp, WarmUp
from .patches import compile_cache

MAX_FRAME_BYTES = 256 * 1024 * 1024  # the judge's own: a source, and arrays of the cases' shapes
MAX_OPERATIONS = 1_100  # of the vocabulary: 90 KiB each in a hot zygote, which may take half as much memory again
IDLE = 19  # niceness
Task: TypeAlias = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The result of a warm-up: its figures for the judge, and what a zygote does next.

    `rest` are short tasks for when nothing else is to do; `trial`, None where the warm-up failed, does what every job
    will.
    """

    warmed_up: WarmedUp
    rest: Sequence[Task] = ()
    trial: Task | None = None


def run(files: Mapping[str, int]) -> Prepared | None:
    """Warm this zygote up as the descriptors `files` ask for.

    `pack`: programs compiled before. `warmup`: a `WarmUp`; run here, now. `fresh`: the file to write a new pack to, if
    something had to be compiled. `progress`: where to write how far it is (see `Steps`). `operations`: the file to
    write a pack of usual operations to, which takes half a minute of a processor that nobody else wants.

    Returns None without a warm-up.
    """
    if "pack" in files:
        take_pack(files["pack"])
    if "warmup" not in files:
        return None
    if "operations" in files:
        _give_way()
        compile_cache.shapes = {}
    steps = Steps(files["progress"]) if "progress" in files else None
    failure, rest, trial = _warm_up(_read(files["warmup"]), steps)
    if steps is not None:
        steps.close()
    if "operations" in files and failure is None:
        for task in rest:
            task()
        _write_operations(files["operations"])
    compiled = len(set(compile_cache.loaded) - set(compile_cache.stored))
    if "fresh" in files and compiled and failure is None:
        with os.fdopen(files["fresh"], "wb") as file:
            file.write(compile_cache.pack())
    programs = len(compile_cache.loaded.keys() | compile_cache.stored.keys())
    return Prepared(warmed_up=WarmedUp(programs=programs, compiled=compiled, failure=failure), rest=rest, trial=trial)


class Steps:
    """The calls of a warm-up that are done, and all of them: two numbers at the start of a file in memory."""

    FORMAT = struct.Struct("<qq")

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, done: int, total: int) -> None:
        """Write both down, for whoever waits."""
        os.pwrite(self._descriptor, self.FORMAT.pack(done, total), 0)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def _give_way() -> None:
    """Let every other process go first: within a session, and among sessions where the kernel groups by them."""
    os.nice(IDLE)
    with suppress(OSError):
        os.setsid()
        with open("/proc/self/autogroup", "w") as file:
            file.write(str(IDLE))


def _write_operations(descriptor: int) -> None:
    before = set(compile_cache.loaded)
    shapes = vocabulary.usable(compile_cache.shapes or ())
    vocabulary.speak(shapes, lambda: len(compile_cache.loaded) - len(before) >= MAX_OPERATIONS)
    with os.fdopen(descriptor, "wb") as file:
        file.write(compile_cache.pack(without=before))


def take_pack(descriptor: int) -> None:
    """Keep the programs of a pack in memory, and close it. A damaged pack is ignored, whatever zipfile makes of it."""
    with os.fdopen(descriptor, "rb") as file, suppress(Exception):
        compile_cache.unpack(file.read())


def _read(descriptor: int) -> WarmUp:
    with os.fdopen(descriptor, "rb") as file:
        ((header, body),) = wire.FrameReader(MAX_FRAME_BYTES).frames(file.read())
    return protocol.decode(header, body, None, WarmUp)


def _warm_up(order: WarmUp, steps: "Steps | None") -> tuple[Raised | None, list[Task], Task | None]:
    """Run the program's functions; return what they raised, what is left to do, and a trial.

    With the programs of a pack all is compiled: then its first function, once for each kind of case, is enough to
    begin with, and its jitted one has nothing to add.
    """
    jax_setup.start(order.light)
    different = _of_new_shapes(order.calls)
    rest: list[Task] = []
    try:
        program = _Program.load(order)
        first = [(program.entries[0], arguments) for arguments in different]  # a pack holds their programs first
        if compile_cache.stored:
            rest = [partial(program.call, entry, each) for entry in program.entries[1:] for each in different]
            with compile_cache.loading_ahead():
                raised = program.call_all(first, steps)
        else:
            every = [(entry, each) for each in order.calls for entry in (*program.entries, *program.jitted)]
            raised = program.call_all([*first, *every], steps)
        if raised is not None:
            return raised, [], None
    except BaseException as error:
        return exceptions.describe(error), [], None
    return None, rest, lambda: [program.call(program.entries[0], arguments) for arguments in different]


@dataclass(frozen=True, kw_only=True)
class _Program:
    """A problem's public program: `entries` are called in every warm-up, `jitted` where nothing is compiled yet."""

    module: ModuleType
    order: WarmUp
    entries: list[str]
    jitted: list[str]

    @classmethod
    def load(cls, order: WarmUp) -> "_Program":
        """Run the program's module, and return it with the names of its functions. Raises whatever it raises."""
        module = ModuleType("warmup")
        exec(compile(order.source.decode(), "warmup.py", "exec"), module.__dict__)  # noqa: S102  (the author's)
        usual, jitted = ([name] if hasattr(module, name) else [] for name in (order.usual, order.jitted))
        return cls(module=module, order=order, entries=[*usual, order.entry], jitted=jitted)

    def call_all(self, calls: Sequence[tuple[str, Any]], steps: "Steps | None") -> Raised | None:
        """Make these calls (function's name, arguments); return what the first one raised that did."""
        for number, (entry, arguments) in enumerate(calls):
            if steps is not None:
                steps.write(number, len(calls))
            if raised := self.call(entry, arguments):
                return raised
        return None

    def call(self, entry: str, arguments: Any) -> Raised | None:
        """Call one of its functions as a submission's is called; return what it raised."""
        order = self.order
        job = Job(
            source=b"",
            entry=entry,
            parameters=order.parameters,
            extra_functions=(),
            facts=order.facts,
            result_bytes=order.result_bytes,
        )
        reply = call.call(self.module, job, Call(nonce="", arguments=arguments))
        protocol.encode(reply)  # its first run is slow too
        return reply.raised


def _of_new_shapes(calls: Sequence[Any]) -> list[Any]:
    """Return the calls with arrays of other shapes or dtypes than in all calls before, and those without arrays."""
    seen: set[tuple[Any, ...]] = set()
    found = []
    for arguments in calls:
        shapes = tuple(
            (at, each.shape, each.dtype) for at, each in enumerate(arguments) if isinstance(each, np.ndarray)
        )
        if not shapes or shapes not in seen:
            found.append(arguments)
        seen.add(shapes)
    return found
