"""The warm-up of a hot zygote: runs a problem's public program, so that what solutions need lies compiled in memory."""

import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

from . import call, complaint, programs, runtime, wire

MAX_FRAME_BYTES = 256 * 1024 * 1024  # the judge's own: a source, and arrays of the cases' shapes


Trial = Callable[[], object]


def run(files: dict[str, int]) -> tuple[dict[str, Any], Trial | None]:
    """Do what the descriptors ask for; what to tell the judge of it, and the warm-up's first call once more.

    `pack`: programs compiled before. `warmup`: a frame with source, entry, calls and light; run here, now.
    `fresh`: where to write a new pack, if something had to be compiled.
    """
    if "pack" in files:
        take_pack(files["pack"])
    if "warmup" not in files:
        return {}, None
    failure, trial = _warm_up(_frame(files["warmup"]))
    compiled = len(set(programs.loaded) - set(programs.stored))
    if "fresh" in files and compiled and failure is None:
        with os.fdopen(files["fresh"], "wb") as file:
            file.write(programs.pack())
    return {"programs": len(programs.loaded), "compiled": compiled, "failure": failure}, trial


def take_pack(descriptor: int) -> None:
    """Keep the programs of a pack in memory, and close it."""
    with os.fdopen(descriptor, "rb") as file:
        programs.unpack(file.read())


def _frame(descriptor: int) -> dict[str, Any]:
    with os.fdopen(descriptor, "rb") as file:
        ((_, tree),) = wire.FrameReader(MAX_FRAME_BYTES).feed(file.read())
    return dict(tree)


def _warm_up(order: dict[str, Any]) -> tuple[dict[str, Any] | None, Trial | None]:
    runtime.start(order["light"])
    module = ModuleType("warmup")
    job = {
        "entry": order["entry"],
        "facts": order["facts"],
        "parameters": order["parameters"],
        "also": [],
        "result_bytes": order["result_bytes"],
    }

    def answer(arguments: tuple[Any, ...]) -> dict[str, Any]:
        reply = call.call(module, job, arguments)
        wire.encode("reply", reply)  # its first run is slow too
        return reply

    try:
        exec(compile(order["source"].tobytes().decode(), "warmup.py", "exec"), module.__dict__)  # noqa: S102  (the author's)
        for arguments in order["calls"]:
            if raised := answer(arguments)["raised"]:
                return dict(raised), None
    except BaseException as error:
        return complaint.of(error), None
    return None, (lambda: answer(order["calls"][0])) if order["calls"] else None
