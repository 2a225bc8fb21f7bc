"""The zygote: imports JAX once, then forks one child for each job. It never runs submission code, so none can crash it.

    judge ──control socket──> zygote ──fork──> child: layers, then the submission
              │                  │
              │  ZygoteSetup     │   ForkOrder + 4 descriptors  ->  Forked + pidfd
              │  Connect + fd    │   SignalOrder                ->
              │  AddPrograms + fd│   (child ended)              ->  ChildEnded
              └──────────────────┘

Messages are packets: see messages.py. Each slot of the judge has a connection of its own.
"""

import gc
import os
import select
import signal
import socket
import sys
import time
from dataclasses import replace

from . import child, jax_setup, namespaces, prefault, syscalls, warmup
from .messages import (
    AddPrograms,
    ChildEnded,
    Connect,
    Forked,
    ForkOrder,
    ForkRefused,
    SignalOrder,
    ZygoteInfo,
    ZygoteSetup,
)
from .trees import Message, from_packet, to_packet

MAX_MESSAGE = 128 * 1024
MAX_DESCRIPTORS = 4
NOBODY = -1  # owner of a child whose slot is gone


def main(descriptor: int) -> None:
    """Serve until the judge closes its end. `descriptor` is the control socket."""
    control = socket.socket(fileno=descriptor)
    message, descriptors, _, _ = socket.recv_fds(control, MAX_MESSAGE, MAX_DESCRIPTORS)
    setup = from_packet(message, ZygoteSetup)
    assert isinstance(setup, ZygoteSetup)
    files = dict(zip(setup.files, descriptors, strict=True))
    sys.path += [path for path in setup.path if path not in sys.path]
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the judge's to handle
    entered, why = namespaces.enter(setup.roots) if setup.namespaces else (False, "not asked for")
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    started = time.perf_counter()
    if setup.imports:
        jax_setup.load()
    warm = warmup.run(files)
    info = ZygoteInfo(
        namespaces=entered,
        namespaces_refused=why,
        load_ms=(time.perf_counter() - started) * 1e3,
        threads=len(os.listdir("/proc/self/task")),
        landlock_abi=syscalls.landlock_abi(),
        versions=jax_setup.versions(),
        programs=warm.programs,
        compiled=warm.compiled,
        failure=warm.failure,
    )
    Zygote(control, setup, entered, hot="warmup" in files).serve(info, warm.trial)


class Zygote:
    """The loop between connections and children."""

    def __init__(self, control: socket.socket, setup: ZygoteSetup, in_namespaces: bool, hot: bool) -> None:
        self._connections = {control.fileno(): control}
        self._children: dict[int, tuple[int, int, int]] = {}  # pidfd -> (pid, job, connection's descriptor)
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._settings = child.ChildSettings.prepare(setup, in_namespaces, hot)

    def serve(self, info: ZygoteInfo, trial: warmup.Trial | None = None) -> None:
        """Send `info`, then answer until the judge closes the control socket.

        `trial` does what every job will do; it runs once, in a fork.
        """
        control = next(iter(self._connections.values()))
        gc.collect()
        gc.freeze()  # collections in a child would copy every page that they mark
        if trial is not None:
            learnt = prefault.learn(trial)
            self._settings = replace(self._settings, learnt=learnt)
            info = replace(info, slot_pss_mib=learnt.pss_mib, slot_own_mib=learnt.own_mib)
        control.send(to_packet(info))
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._children:
                    self._reap(descriptor)
                elif not self._receive(self._connections[descriptor]):
                    if descriptor == control.fileno():
                        os._exit(0)
                    self._forget(descriptor)

    def _receive(self, connection: socket.socket) -> bool:
        try:
            message, descriptors, _, _ = socket.recv_fds(connection, MAX_MESSAGE, MAX_DESCRIPTORS)
        except ConnectionResetError:  # a slot that hung up before it had read everything
            return False
        if not message:
            return False
        match from_packet(message, ForkOrder, SignalOrder, Connect, AddPrograms):
            case Connect():
                fresh = socket.socket(fileno=descriptors[0])
                self._connections[fresh.fileno()] = fresh
                self._poll.register(fresh, select.POLLIN)
            case AddPrograms():
                warmup.take_pack(descriptors[0])
                gc.freeze()
            case ForkOrder() as order:
                self._fork(connection, order, descriptors)
            case SignalOrder() as order:
                for pidfd, (_, job, owner) in self._children.items():
                    if (job, owner) == (order.id, connection.fileno()):
                        signal.pidfd_send_signal(pidfd, order.signal)
        return True

    def _fork(self, connection: socket.socket, order: ForkOrder, descriptors: list[int]) -> None:
        parent, refused = os.getpid(), ""
        try:
            pid = os.fork()
        except OSError as error:  # the host has no process left: this job's trouble, and no reason to end the others
            pid, refused = -1, str(error)
        if pid == 0:
            child.run(self._settings, order, descriptors, parent)
        for descriptor in descriptors:
            os.close(descriptor)
        if refused:
            self._send(connection, ForkRefused(id=order.id, reason=refused), [])
            return
        pidfd = os.pidfd_open(pid)
        self._children[pidfd] = (pid, order.id, connection.fileno())
        self._poll.register(pidfd, select.POLLIN)
        self._send(connection, Forked(id=order.id, pid=pid), [pidfd])

    def _reap(self, pidfd: int) -> None:
        pid, job, owner = self._children.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        _, status, usage = os.wait4(pid, 0)
        if owner in self._connections:
            self._send(
                self._connections[owner],
                ChildEnded(
                    id=job,
                    status=os.waitstatus_to_exitcode(status),
                    cpu_ms=(usage.ru_utime + usage.ru_stime) * 1e3,
                ),
                [],
            )

    def _send(self, connection: socket.socket, message: Message, descriptors: list[int]) -> None:
        try:
            socket.send_fds(connection, [to_packet(message)], descriptors)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the slot is gone; the end of its connection comes next

    def _forget(self, descriptor: int) -> None:
        for pidfd, (pid, job, owner) in self._children.items():
            if owner == descriptor:
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)  # a job dies with the slot that asked for it
                self._children[pidfd] = (pid, job, NOBODY)  # the descriptor's number may soon be another slot's
        self._poll.unregister(descriptor)
        self._connections.pop(descriptor).close()
