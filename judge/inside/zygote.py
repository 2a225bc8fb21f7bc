"""The zygote: imports JAX once, then forks one child for each job.

It never runs submission code, so a submission can't crash it.

    judge ──control socket──> zygote ──fork──> child: layers, then the submission
              │                  │
              │  Setup           │   Fork + 5 descriptors  ->  Forked + pidfd, or ForkRefused
              │  Connect + fd    │   Signal                ->
              │  AddPrograms + fd│
              └──────────────────┘   (child ended)         ->  Exited

The messages are those of judge.inside.messages, one to a packet. Each slot of the judge has a connection of its own.
"""

import gc
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NoReturn

from . import child, jax_setup, messages, namespaces, prefault, protocol, syscalls, warmup
from .idle_work import IdleWork
from .patches import compile_cache
from .protocol import MAX_PACKET_BYTES

MAX_DESCRIPTORS = 5
CONTROL = 3  # the descriptor of a zygote that was forked off by another
NOBODY = -1  # owner of a child whose slot is gone
_ORDERS: tuple[type[messages.Message], ...] = (messages.Fork, messages.Signal, messages.Connect, messages.AddPrograms)


def main(descriptor: int, imports_from: Sequence[str] = ()) -> None:
    """Serve until the judge closes its end. `descriptor` is the control socket.

    With folders that packages are in, `imports_from`, JAX is imported at once, and the setup read afterwards.
    """
    _end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the judge's to handle
    load_ms = _load_from(imports_from) if imports_from else None
    control, setup, files = _receive_setup(descriptor)
    sys.path += [path for path in setup.path if path not in sys.path]
    entered, why = namespaces.enter(setup.roots) if setup.namespaces else (False, "not asked for")
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    if load_ms is None and setup.imports:
        load_ms = _load_from(())
    _serve(control, setup, files, entered, why, load_ms)


def _load_from(folders: Sequence[str]) -> float:
    """Import JAX, also from `folders`, and return the milliseconds that it took."""
    started = time.perf_counter()
    sys.path += [path for path in folders if path not in sys.path]
    gc.disable()  # until `_keep`: imports make no garbage
    jax_setup.load()
    return (time.perf_counter() - started) * 1e3


def _receive_setup(descriptor: int) -> tuple[socket.socket, messages.Setup, dict[str, int]]:
    control = socket.socket(fileno=descriptor)
    packet, descriptors, _, _ = socket.recv_fds(control, MAX_PACKET_BYTES, MAX_DESCRIPTORS)
    if not packet:
        os._exit(0)  # the judge has changed its mind
    setup = protocol.decode_packet(packet, messages.Setup)
    return control, setup, dict(zip(setup.files, descriptors, strict=True))


def _end_with_parent() -> None:
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)


def _serve(
    control: socket.socket,
    setup: messages.Setup,
    files: dict[str, int],
    in_namespaces: bool,
    why_not: str,
    load_ms: float | None,
) -> None:
    prepared = warmup.run(files)
    info = messages.ZygoteInfo(
        namespaces=in_namespaces,
        namespaces_refused=why_not,
        load_ms=load_ms or 0.0,
        threads=len(os.listdir("/proc/self/task")),
        landlock_abi=syscalls.landlock_abi(),
        versions=jax_setup.versions(),
        warm_up=prepared.warmed_up if prepared else None,
    )
    Zygote(control, setup, in_namespaces, hot=prepared is not None).serve(info, prepared)


def _serve_apart(descriptor: int, parent: int, in_namespaces: bool, why_not: str) -> NoReturn:
    """Be another zygote from here on, with its own connection and the imports of the one that forked it."""
    try:
        os.dup2(descriptor, CONTROL)
        syscalls.close_from(CONTROL + 1)
        _end_with_parent()
        if os.getppid() != parent:
            os._exit(0)
        compile_cache.forget()
        control, setup, files = _receive_setup(CONTROL)
        _serve(control, setup, files, in_namespaces, why_not, None)
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def _keep() -> None:
    """Have no collection in a child look at what is there now: it would copy every page that it marks."""
    gc.collect()
    gc.freeze()
    gc.enable()


class Zygote:
    """The loop between connections and children."""

    def __init__(self, control: socket.socket, setup: messages.Setup, in_namespaces: bool, hot: bool) -> None:
        self._control = control
        self._connections = {control.fileno(): control}
        self._children: dict[int, tuple[int, int, int]] = {}  # pidfd -> (pid, job, connection's descriptor)
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._idle = IdleWork()
        self._settings = child.ChildSettings.prepare(setup, in_namespaces, hot)
        self._why_plain = ""

    def serve(self, info: messages.ZygoteInfo, prepared: warmup.Prepared | None) -> None:
        """Serve until the judge closes the control socket."""
        self._why_plain = info.namespaces_refused
        _keep()
        if prepared is not None and prepared.rest:
            self._idle.add(self._finish(prepared))
        elif prepared is not None and prepared.trial is not None and info.warm_up is not None:
            learnt = self._learn(prepared.trial)
            memory = replace(info.warm_up, fork_pss_mib=learnt.pss_mib, fork_unique_mib=learnt.unique_mib)
            info = replace(info, warm_up=memory)
        self._control.send(protocol.encode_packet(info))
        while True:
            for descriptor, _ in self._poll.poll(self._idle.milliseconds()):
                if descriptor in self._children:
                    self._reap(descriptor)
                elif not self._receive(self._connections[descriptor]):
                    if descriptor == self._control.fileno():
                        os._exit(0)
                    self._forget(descriptor)
                self._idle.put_off()
                break  # look again: children are forked before the next piece of work
            else:
                self._idle.go_on()

    def _finish(self, prepared: warmup.Prepared) -> Iterator[bool]:
        """Do what is left of a warm-up, in pieces, with a True after each."""
        yield from self._load()
        for task in prepared.rest:
            task()
            yield True
        _keep()
        if prepared.trial is not None:
            self._learn(prepared.trial)

    def _load(self) -> Iterator[bool]:
        yield from compile_cache.load_stored()
        _keep()

    def _learn(self, trial: warmup.Task) -> prefault.Learnt:
        """Run `trial`, which does what every job will, in a fork, and have forks copy from now on what it writes to."""
        learnt = prefault.learn(trial)
        self._settings = replace(self._settings, learnt=learnt)
        return learnt

    def _receive(self, connection: socket.socket) -> bool:
        """Do what one packet asks for; return False at the connection's end."""
        try:
            packet, descriptors, _, _ = socket.recv_fds(connection, MAX_PACKET_BYTES, MAX_DESCRIPTORS)
        except ConnectionResetError:  # a slot that hung up before it had read everything
            return False
        if not packet:
            return False
        order = protocol.decode_packet(packet, *_ORDERS)
        match order:
            case messages.Connect(apart=True):
                self._fork_zygote(connection, descriptors[0])
            case messages.Connect():
                fresh = socket.socket(fileno=descriptors[0])
                self._connections[fresh.fileno()] = fresh
                self._poll.register(fresh, select.POLLIN)
            case messages.AddPrograms():
                warmup.take_pack(descriptors[0])
                if self._settings.hot:
                    self._idle.add(self._load())
            case messages.Fork():
                self._fork(connection, order, descriptors)
            case messages.Signal():
                for pidfd, (_, job, owner) in self._children.items():
                    if (job, owner) == (order.id, connection.fileno()):
                        signal.pidfd_send_signal(pidfd, order.number)
        return True

    def _fork_zygote(self, connection: socket.socket, descriptor: int) -> None:
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(descriptor)
            self._send(connection, messages.ForkRefused(id=NOBODY, reason=str(error)))
            return
        if pid == 0:
            _serve_apart(descriptor, parent, self._settings.in_namespaces, self._why_plain)
        os.close(descriptor)
        pidfd = os.pidfd_open(pid)
        self._children[pidfd] = (pid, NOBODY, NOBODY)
        self._poll.register(pidfd, select.POLLIN)
        self._send(connection, messages.Forked(id=NOBODY, pid=pid), pidfd)

    def _fork(self, connection: socket.socket, order: messages.Fork, descriptors: list[int]) -> None:
        parent, refused = os.getpid(), ""
        try:
            pid = os.fork()
        except OSError as error:  # the host lacks processes or memory: this job fails, the others go on
            pid, refused = -1, str(error)
        if pid == 0:
            child.run(self._settings, order, descriptors, parent)
        for descriptor in descriptors:
            os.close(descriptor)
        if refused:
            self._send(connection, messages.ForkRefused(id=order.id, reason=refused))
            return
        pidfd = os.pidfd_open(pid)
        self._children[pidfd] = (pid, order.id, connection.fileno())
        self._poll.register(pidfd, select.POLLIN)
        self._send(connection, messages.Forked(id=order.id, pid=pid), pidfd)

    def _reap(self, pidfd: int) -> None:
        pid, job, owner = self._children.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        _, status, usage = os.wait4(pid, 0)
        if owner in self._connections:
            cpu_ms = (usage.ru_utime + usage.ru_stime) * 1e3
            exited = messages.Exited(id=job, status=os.waitstatus_to_exitcode(status), cpu_ms=cpu_ms)
            self._send(self._connections[owner], exited)

    def _send(self, connection: socket.socket, message: messages.Message, *descriptors: int) -> None:
        try:
            socket.send_fds(connection, [protocol.encode_packet(message)], descriptors)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the slot is gone; the end of its connection is read next

    def _forget(self, descriptor: int) -> None:
        for pidfd, (pid, job, owner) in self._children.items():
            if owner == descriptor:
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)  # a job ends with the slot that asked for it
                self._children[pidfd] = (pid, job, NOBODY)  # the descriptor's number may soon be another slot's
        self._poll.unregister(descriptor)
        self._connections.pop(descriptor).close()
