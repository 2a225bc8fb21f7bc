"""One job in one forked process: layers first, then the submission, then a call and a reply for each case.

descriptor 0  /dev/null        3  replies, to the judge
           1  stdout           4  requests, from the judge
           2  stderr           nothing else is open
"""

import fcntl
import os
import random
import sys
from dataclasses import dataclass, field
from io import TextIOWrapper
from types import ModuleType
from typing import NoReturn, TypeVar

import numpy as np

from . import (
    argument_filter,
    call,
    environment_variables,
    fallback,
    fallback_guard,
    jax_setup,
    layers,
    load,
    prefault,
    syscalls,
    wire,
)
from .messages import (
    Broken,
    CallMessage,
    ForkOrder,
    JobMessage,
    LayerFailed,
    Loaded,
    LoadFailure,
    ReplyMessage,
    Sealed,
    ZygoteSetup,
)
from .patches import compile_cache
from .trees import Message, from_tree, to_frame

REPLIES, REQUESTS = 3, 4
FIRST_FREE = 5
MAX_REQUEST_BYTES = 256 * 1024 * 1024  # the judge's own frames; inputs are the author's
EXIT_DONE = 0
EXIT_LAYER_FAULT = 97
EXIT_HANDED_OVER = 98
Request = TypeVar("Request", JobMessage, CallMessage)


@dataclass(frozen=True, kw_only=True)
class ChildSettings:
    """What all jobs of one zygote have in common; the Landlock ruleset is built once and inherited."""

    ruleset: int | None
    filter: bytes
    kill_numbers: tuple[int, int]
    data_in_use: int
    in_namespaces: bool
    hot: bool
    learnt: prefault.Learnt = field(default_factory=prefault.Learnt)

    @classmethod
    def prepare(cls, setup: ZygoteSetup, in_namespaces: bool, hot: bool) -> "ChildSettings":
        """Return the settings that the judge asks for, with what this kernel has."""
        ruleset = syscalls.landlock_ruleset(list(setup.readable)) if syscalls.landlock_abi() > 0 else None
        argument_filter.stack_floor()  # read once, for all forks
        with open("/proc/self/statm") as file:
            data_pages = int(file.read().split()[5])
        return cls(
            ruleset=ruleset,
            filter=bytes.fromhex(setup.filter),
            kill_numbers=setup.kill_numbers,
            data_in_use=data_pages * os.sysconf("SC_PAGE_SIZE"),
            in_namespaces=in_namespaces,
            hot=hot,
        )


def run(template: ChildSettings, order: ForkOrder, descriptors: list[int], parent: int) -> NoReturn:
    """Be the child: never returns, and never lets an exception out into the zygote's loop."""
    try:
        _arrange(descriptors, template)
        if template.hot:
            prefault.copy(template.learnt)  # before it has to share its slot's processors with the job that runs there
        try:
            on = layers.put_on(_setting(template, order, parent))
        except layers.LayerFault as fault:
            _send(LayerFailed(layer=fault.args[0], reason=fault.args[1]))
            os._exit(EXIT_LAYER_FAULT)
        _send(Sealed(layers=tuple(on)))
        if template.hot:
            compile_cache.trap(lambda name: _hand_over(fallback.Reason.PROGRAM, name))
            fallback_guard.arm(_hand_over)
        else:
            jax_setup.start(order.light)
        _serve()
    except BaseException as error:  # the zygote must never see it
        _last_words(error)
    os._exit(1)


def _arrange(descriptors: list[int], template: ChildSettings) -> None:
    requests, replies, stdout, stderr = (fcntl.fcntl(fd, fcntl.F_DUPFD, 40) for fd in descriptors)
    ruleset = template.ruleset
    if ruleset is not None:
        high = fcntl.fcntl(ruleset, fcntl.F_DUPFD, 40)
    null = os.open("/dev/null", os.O_RDWR)  # what a submission opens to write to it is a duplicate: device_files.py
    for source, target in ((null, 0), (stdout, 1), (stderr, 2), (replies, REPLIES), (requests, REQUESTS)):
        os.dup2(source, target, inheritable=False)
    if ruleset is not None:
        os.dup2(high, FIRST_FREE)
    syscalls.close_from(FIRST_FREE + (ruleset is not None))
    # Made anew: the zygote's own were opened on a file that can seek, and a pipe can't.
    sys.stdout = sys.__stdout__ = _text(1)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(2)  # type: ignore[misc]


def _text(descriptor: int) -> TextIOWrapper:
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _setting(template: ChildSettings, order: ForkOrder, parent: int) -> layers.Setting:
    return layers.Setting(
        cpu_seconds=order.cpu_seconds,
        data_bytes=template.data_in_use + order.memory_bytes,
        uid=order.uid,
        ruleset=None if template.ruleset is None else FIRST_FREE,
        filter=template.filter,
        kill_numbers=template.kill_numbers,
        cores=order.cores,
        parent=parent,
        hidden_by_mounts=template.in_namespaces,
        skip=frozenset(order.skip),
    )


def _serve() -> None:
    requests = _Requests()
    _begin_alike()
    job = requests.next(JobMessage)
    loaded = load.load(job.source.tobytes().decode(), job.entry, len(job.parameters))
    fallback_guard.check()
    if isinstance(loaded, LoadFailure):
        _send(Loaded(failure=loaded))
        os._exit(EXIT_DONE)
    _send(Loaded(failure=None))
    while True:
        _send(_answer(loaded, job, requests.next(CallMessage)))


def _answer(module: ModuleType, job: JobMessage, request: CallMessage) -> ReplyMessage:
    reply = call.call(module, job, request)
    fallback_guard.check()
    for stream in (sys.__stdout__, sys.stdout, sys.__stderr__, sys.stderr):
        try:
            stream.flush()  # type: ignore[union-attr]
        except BaseException:
            continue  # a stream that the submission closed or replaced is its own affair
    return reply


def _begin_alike() -> None:
    """Start every submission from the same state: JAX not imported yet, random numbers from the same seed."""
    random.seed(0)
    np.random.seed(0)
    environment_variables.hide()


class _Requests:
    def __init__(self) -> None:
        self._reader = wire.FrameReader(MAX_REQUEST_BYTES)
        self._waiting: list[object] = []

    def next(self, cls: type[Request]) -> Request:
        """Wait for the next request, of class `cls`. Ends the process at the channel's end."""
        while not self._waiting:
            data = os.read(REQUESTS, 1 << 16)
            if not data:
                os._exit(EXIT_DONE)  # the judge has all that it wants
            self._waiting += [tree for _, tree in self._reader.feed(data)]
        return from_tree(cls, self._waiting.pop(0))


def _send(message: Message) -> None:
    frame = memoryview(to_frame(message))
    while frame:
        frame = frame[os.write(REPLIES, frame) :]


def _hand_over(reason: fallback.Reason, program: str = "") -> NoReturn:
    _send(fallback.message(reason, program))
    os._exit(EXIT_HANDED_OVER)


def _last_words(error: BaseException) -> None:
    try:
        _send(Broken(reason=f"{type(error).__name__}: {error}"[:500]))
    except BaseException:
        os._exit(1)
