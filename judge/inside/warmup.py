"""The warm-up of a hot zygote: runs a problem's public program, so that what solutions need lies compiled in memory."""

import os
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from . import call, exceptions, jax_setup, wire
from .messages import CallMessage, JobMessage, RaisedMessage, ReplyMessage, WarmUpRequest
from .patches import compile_cache
from .trees import from_tree, to_frame

MAX_FRAME_BYTES = 256 * 1024 * 1024  # the judge's own: a source, and arrays of the cases' shapes
Trial = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class WarmUpResult:
    """The outcome of a warm-up: programs in memory, how many of them were compiled now, and what it raised.

    `trial` runs the usual calls once more; None without a warm-up, or after a failure.
    """

    programs: int = 0
    compiled: int = 0
    failure: RaisedMessage | None = None
    trial: Trial | None = None


def run(files: dict[str, int]) -> WarmUpResult:
    """Do what the descriptors in `files` ask for.

    `pack`: programs compiled before. `warmup`: a frame with a WarmUpRequest, which runs here, now. `fresh`: where to
    write a new pack, if something had to be compiled.
    """
    if "pack" in files:
        take_pack(files["pack"])
    if "warmup" not in files:
        return WarmUpResult()
    request = _request(files["warmup"])
    jax_setup.start(request.light)
    failure, trial = _run_program(request)
    compiled = len(set(compile_cache.loaded) - set(compile_cache.stored))
    if "fresh" in files and compiled and failure is None:
        with os.fdopen(files["fresh"], "wb") as file:
            file.write(compile_cache.pack())
    return WarmUpResult(programs=len(compile_cache.loaded), compiled=compiled, failure=failure, trial=trial)


def take_pack(descriptor: int) -> None:
    """Keep the programs of a pack in memory, and close it. A truncated pack is ignored."""
    with os.fdopen(descriptor, "rb") as file, suppress(zipfile.BadZipFile, zlib.error):
        compile_cache.unpack(file.read())


def _request(descriptor: int) -> WarmUpRequest:
    with os.fdopen(descriptor, "rb") as file:
        ((_, tree),) = wire.FrameReader(MAX_FRAME_BYTES).feed(file.read())
    return from_tree(WarmUpRequest, tree)


def _run_program(request: WarmUpRequest) -> tuple[RaisedMessage | None, Trial | None]:
    """Run the program: return what it raised, if it did, and its usual calls, one for each kind of case.

    With the programs of a pack all is compiled. Then its jitted function has nothing to add, and of calls with arrays
    of the same shapes one is enough to have their operations traced.
    """
    module = ModuleType("warmup")
    calls, different = request.calls, _of_new_shapes(request.calls)
    try:
        program = compile(request.source.tobytes().decode(), "warmup.py", "exec")
        exec(program, module.__dict__)  # noqa: S102  (the author's)
        usual, jitted = ([name] if hasattr(module, name) else [] for name in (request.usual, request.jitted))
        entries = [*usual, request.entry]
        if compile_cache.stored:
            compile_cache.load_stored()
            calls, jitted = tuple(different), []
        for arguments in calls:
            for entry in (*entries, *jitted):
                if raised := _answer(module, request, entry, arguments).raised:
                    return raised, None
    except BaseException as error:
        return exceptions.describe(error), None
    return None, lambda: [_answer(module, request, entries[0], arguments) for arguments in different]


def _answer(module: ModuleType, request: WarmUpRequest, entry: str, arguments: tuple[Any, ...]) -> ReplyMessage:
    """Call `entry` as a box calls an entry point, and encode the reply: the first run of that is slow too."""
    job = JobMessage(
        source=request.source,
        entry=entry,
        parameters=request.parameters,
        extra_functions=(),
        facts=request.facts,
        result_bytes=request.result_bytes,
    )
    reply = call.call(module, job, CallMessage(nonce="", arguments=arguments))
    to_frame(reply)
    return reply


def _of_new_shapes(calls: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the calls whose arrays have other shapes or dtypes than in all calls before, and those without arrays."""
    known: set[tuple[Any, ...]] = set()
    found = []
    for arguments in calls:
        shapes = tuple(
            (at, each.shape, each.dtype) for at, each in enumerate(arguments) if isinstance(each, np.ndarray)
        )
        if not shapes or shapes not in known:
            found.append(arguments)
        known.add(shapes)
    return found
