"""The memory of a compile service that waits: what one more slot takes beside its fork."""

import os
import select
import time
from contextlib import ExitStack
from dataclasses import replace

from judge.inside import messages, wire
from judge.inside.program_messages import ServiceReady
from judge.sandbox.compile_service import CompileService
from judge.sandbox.pipes import Pipes
from judge.sandbox.zygote_client import Zygote

SECONDS = 30.0  # until it is ready, on a busy machine


def memory_of_one(zygote: Zygote, order: messages.Fork) -> tuple[float, float]:
    """Return (share of all, alone) in MiB of a service that waits; zeros where the kernel does not show them.

    Raises SandboxFault.
    """
    service = CompileService(zygote, replace(order, compiles=True))
    try:
        with ExitStack() as stack:
            child, pipes = service.take(stack)
            return _memory(child.pid) if _is_ready(pipes) else (0.0, 0.0)
    finally:
        service.close()


def _is_ready(pipes: Pipes) -> bool:
    reader, deadline = wire.FrameReader(1 << 20), time.monotonic() + SECONDS
    while time.monotonic() < deadline and select.select([pipes.replies], [], [], 1.0)[0] is not None:
        try:
            data = os.read(pipes.replies, 1 << 16)
        except BlockingIOError:
            continue
        if not data:
            return False
        if any(wire.kind_of(header) == ServiceReady.kind for header, _ in reader.frames(data)):
            return True
    return False


def _memory(pid: int) -> tuple[float, float]:
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            rows = {line.split()[0]: int(line.split()[1]) for line in file if line.endswith("kB\n")}
    except (OSError, ValueError):
        return 0.0, 0.0
    return rows["Pss:"] / 1024, (rows["Private_Dirty:"] + rows["Private_Clean:"]) / 1024
