"""The warm-up of a hot zygote: runs a problem's public program, so that what solutions need lies compiled in memory."""

import os
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any

import numpy as np

from . import call, exceptions, jax_setup, wire
from .patches import compile_cache

MAX_FRAME_BYTES = 256 * 1024 * 1024  # the judge's own: a source, and arrays of the cases' shapes
Trial = Callable[[], object]


def run(files: dict[str, int]) -> tuple[dict[str, Any], Trial | None]:
    """Do what the descriptors ask for; what to tell the judge of it, and what every job will do.

    `pack`: programs compiled before. `warmup`: a frame with source, entry, calls and light; run here, now.
    `fresh`: where to write a new pack, if something had to be compiled.
    """
    if "pack" in files:
        take_pack(files["pack"])
    if "warmup" not in files:
        return {}, None
    failure, trial = _warm_up(_frame(files["warmup"]))
    compiled = len(set(compile_cache.loaded) - set(compile_cache.stored))
    if "fresh" in files and compiled and failure is None:
        with os.fdopen(files["fresh"], "wb") as file:
            file.write(compile_cache.pack())
    return {"programs": len(compile_cache.loaded), "compiled": compiled, "failure": failure}, trial


def take_pack(descriptor: int) -> None:
    """Keep the programs of a pack in memory, and close it; a pack that is torn is none."""
    with os.fdopen(descriptor, "rb") as file, suppress(zipfile.BadZipFile, zlib.error):
        compile_cache.unpack(file.read())


def _frame(descriptor: int) -> dict[str, Any]:
    with os.fdopen(descriptor, "rb") as file:
        ((_, tree),) = wire.FrameReader(MAX_FRAME_BYTES).feed(file.read())
    return dict(tree)


def _warm_up(order: dict[str, Any]) -> tuple[dict[str, Any] | None, Trial | None]:
    """What it raised, if it did; and its usual calls once more, one for each kind of case.

    With the programs of a pack all is compiled: then its jitted function has nothing to add, and of calls with arrays
    of the same shapes one is enough to have their operations traced.
    """
    jax_setup.start(order["light"])
    module = ModuleType("warmup")

    def answer(entry: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
        job = {name: order[name] for name in ("facts", "parameters", "result_bytes")} | {"entry": entry, "also": []}
        reply = call.call(module, job, arguments)
        wire.encode("reply", reply)  # its first run is slow too
        return reply

    calls, different = order["calls"], _of_new_shapes(order["calls"])
    try:
        exec(compile(order["source"].tobytes().decode(), "warmup.py", "exec"), module.__dict__)  # noqa: S102  (the author's)
        usual, jitted = ([name] if hasattr(module, name) else [] for name in (order["usual"], order["jitted"]))
        entries = [*usual, order["entry"]]
        if compile_cache.stored:
            compile_cache.load_stored()
            calls, jitted = different, []
        for arguments in calls:
            for entry in (*entries, *jitted):
                if raised := answer(entry, arguments)["raised"]:
                    return dict(raised), None
    except BaseException as error:
        return exceptions.of(error), None
    return None, lambda: [answer(entries[0], arguments) for arguments in different]


def _of_new_shapes(calls: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The calls whose arrays have other shapes or dtypes than those of all calls before, and those without arrays."""
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
