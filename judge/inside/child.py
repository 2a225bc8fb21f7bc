"""One job in one forked process: layers first, then the submission, then a call and a reply for each case.

descriptor 0  /dev/null        3  replies, to the judge
           1  stdout           4  requests, from the judge
           2  stderr           5  its stack at a time limit; nothing else is open
"""

import faulthandler
import fcntl
import os
import random
import signal
import sys
from dataclasses import dataclass, field
from io import TextIOWrapper
from types import ModuleType
from typing import NoReturn

import numpy as np

from . import (
    argument_filter,
    call,
    compile_service,
    environment_variables,
    fallback,
    fallback_guard,
    jax_setup,
    layers,
    load,
    messages,
    prefault,
    program_client,
    protocol,
    syscalls,
    wire,
)
from .patches import compile_cache, remote_programs
from .protocol import M

REPLIES, REQUESTS, STACK = 3, 4, 5
FIRST_FREE = 6
MAX_REQUEST_BYTES = 256 * 1024 * 1024  # the judge's own frames; inputs are the author's
EXIT_DONE = 0
EXIT_LAYER_FAULT = 97
EXIT_HANDED_OVER = 98


@dataclass(frozen=True, kw_only=True)
class ChildSettings:
    """The settings that all jobs of one zygote share; the Landlock ruleset is built once and inherited."""

    ruleset: int | None
    filter: bytes
    kill_numbers: tuple[int, int]
    in_namespaces: bool
    hot: bool
    learnt: prefault.Learnt = field(default_factory=prefault.Learnt)

    @classmethod
    def prepare(cls, setup: messages.Setup, in_namespaces: bool, hot: bool) -> "ChildSettings":
        """Return what the judge's `setup` asks for, with what this kernel has."""
        ruleset = syscalls.landlock_ruleset(setup.readable) if syscalls.landlock_abi() > 0 else None
        argument_filter.stack_floor()  # read once, for all forks
        return cls(
            ruleset=ruleset,
            filter=bytes.fromhex(setup.seccomp_filter),
            kill_numbers=setup.kill_numbers,
            in_namespaces=in_namespaces,
            hot=hot,
        )


def run(settings: ChildSettings, order: messages.Fork, descriptors: list[int], parent: int) -> NoReturn:
    """Be the child. Never returns, and never lets an exception out into the zygote's loop."""
    try:
        _arrange(descriptors, settings)
        if settings.hot:
            prefault.copy(settings.learnt)  # before it has to share its slot's processors with the job that runs there
        try:
            on = layers.enable(_setting(settings, order, parent))
        except layers.LayerFault as fault:
            _send(messages.LayerRefused(layer=fault.args[0], reason=fault.args[1]))
            os._exit(EXIT_LAYER_FAULT)
        _send(messages.Sealed(layers=tuple(on)))
        requests = _Requests()
        if not settings.hot:
            _show_stack_at_time_limit()
            jax_setup.start(order.light)
        if order.compiles:
            compile_service.serve(requests, _send)
        if settings.hot:
            compile_cache.trap(_leave_for)
            remote_programs.use(program_client.ProgramClient(requests, _send, _leave_for), _leave_for)
            fallback_guard.arm(_hand_over)
        _serve(requests)
    except BaseException as error:  # the zygote must never see it
        _report_broken(error)
    os._exit(1)


def _arrange(descriptors: list[int], settings: ChildSettings) -> None:
    requests, replies, stdout, stderr, stack = (fcntl.fcntl(fd, fcntl.F_DUPFD, 40) for fd in descriptors)
    ruleset = settings.ruleset
    if ruleset is not None:
        high = fcntl.fcntl(ruleset, fcntl.F_DUPFD, 40)
    null = os.open("/dev/null", os.O_RDWR)  # what a submission opens to write to it is a duplicate: device_files.py
    ours = (null, 0), (stdout, 1), (stderr, 2), (replies, REPLIES), (requests, REQUESTS), (stack, STACK)
    for source, target in ours:
        os.dup2(source, target, inheritable=False)
    if ruleset is not None:
        os.dup2(high, FIRST_FREE)
    syscalls.close_from(FIRST_FREE + (ruleset is not None))
    # Made anew: the zygote's own were opened on a file that can seek, and a pipe can't.
    sys.stdout = sys.__stdout__ = _text(1)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(2)  # type: ignore[misc]


def _show_stack_at_time_limit() -> None:
    """Have the signal that the judge sends when the time is up write the main thread's stack, then end the process.

    Written by C code in the thread's signal handler, so it needs no interpreter: XLA may be computing. The signal's
    default action follows, as without this, and closes the pipe. Not in the fast lane, whose limits decide nothing.
    """
    faulthandler.register(signal.SIGXCPU, file=STACK, all_threads=False, chain=True)


def _text(descriptor: int) -> TextIOWrapper:
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _setting(settings: ChildSettings, order: messages.Fork, parent: int) -> layers.Setting:
    return layers.Setting(
        cpu_seconds=order.cpu_seconds,
        data_bytes=_data_in_use() + order.memory_bytes,
        uid=order.uid,
        ruleset=None if settings.ruleset is None else FIRST_FREE,
        filter=settings.filter,
        kill_numbers=settings.kill_numbers,
        cores=order.cores,
        parent=parent,
        hidden_by_mounts=settings.in_namespaces,
        skip=frozenset(order.skip),
    )


def _data_in_use() -> int:
    """Return the bytes that a resource limit counts now: what came from the zygote, which takes in packs as it goes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _serve(requests: "_Requests") -> None:
    _begin_alike()
    job = requests.next(messages.Job)
    loaded = load.load(job.source.decode(), job.entry, len(job.parameters))
    fallback_guard.check()
    if isinstance(loaded, messages.LoadFailure):
        _send(messages.Loaded(failure=loaded))
        os._exit(EXIT_DONE)
    _send(messages.Loaded(failure=None))
    while True:
        _send(_reply_to(loaded, job, requests.next(messages.Call)))


def _reply_to(module: ModuleType, job: messages.Job, request: messages.Call) -> messages.Reply:
    reply = call.call(module, job, request)
    fallback_guard.check()
    for stream in (sys.__stdout__, sys.stdout, sys.__stderr__, sys.stderr):
        try:
            stream.flush()  # type: ignore[union-attr]
        except BaseException:
            continue  # a stream that the submission closed or replaced
    return reply


def _begin_alike() -> None:
    """Start every submission from the same state: JAX not imported yet, random numbers from the same seed."""
    random.seed(0)
    np.random.seed(0)
    environment_variables.hide()


class _Requests:
    """The judge's frames, waited for one at a time. The channel's end is the process's end."""

    def __init__(self) -> None:
        self._reader = wire.FrameReader(MAX_REQUEST_BYTES)
        self._waiting: list[tuple[bytes, bytes]] = []

    def next(self, *choices: type[M]) -> M:
        """Return the next message, one of `choices`. Raises BadFrame for another one."""
        return protocol.decode(*self._next(), None, *choices)

    def _next(self) -> tuple[bytes, bytes]:
        while not self._waiting:
            data = os.read(REQUESTS, 1 << 16)
            if not data:
                os._exit(EXIT_DONE)  # the judge has all that it wants
            self._waiting += self._reader.frames(data)
        return self._waiting.pop(0)


def _send(message: messages.Message) -> None:
    _write(protocol.encode(message))


def _write(data: bytes) -> None:
    frame = memoryview(data)
    while frame:
        frame = frame[os.write(REPLIES, frame) :]


def _leave_for(program: str) -> NoReturn:
    _hand_over(messages.FallbackReason.PROGRAM, program)


def _hand_over(reason: messages.FallbackReason, program: str = "") -> NoReturn:
    _send(fallback.handover(reason, program))
    os._exit(EXIT_HANDED_OVER)


def _report_broken(error: BaseException) -> None:
    try:
        _send(messages.Broken(reason=f"{type(error).__name__}: {error}"[:500]))
    except BaseException:
        os._exit(1)
