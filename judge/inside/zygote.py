"""The zygote: imports JAX once, then forks one child for each job.

It never runs submission code, so a submission can't crash it.

    judge ──control socket──> zygote ──fork──> child: layers, then the submission
              │                  │
              │  Setup           │   Fork + 4 descriptors  ->  Forked + pidfd, or ForkRefused
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
from dataclasses import replace

from . import child, jax_setup, messages, namespaces, prefault, protocol, syscalls, warmup
from .patches import compile_cache
from .protocol import MAX_PACKET_BYTES

MAX_DESCRIPTORS = 4
NOBODY = -1  # owner of a child whose slot is gone
_ORDERS: tuple[type[messages.Message], ...] = (messages.Fork, messages.Signal, messages.Connect, messages.AddPrograms)


def main(descriptor: int) -> None:
    """Serve until the judge closes its end. `descriptor` is the control socket."""
    control = socket.socket(fileno=descriptor)
    packet, descriptors, _, _ = socket.recv_fds(control, MAX_PACKET_BYTES, MAX_DESCRIPTORS)
    setup = protocol.decode_packet(packet, messages.Setup)
    files = dict(zip(setup.files, descriptors, strict=True))
    sys.path += [path for path in setup.path if path not in sys.path]
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the judge's to handle
    entered, why = namespaces.enter(setup.roots) if setup.namespaces else (False, "not asked for")
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    started = time.perf_counter()
    if setup.imports:
        jax_setup.load()
    warm_up, trial = warmup.run(files)
    info = messages.ZygoteInfo(
        namespaces=entered,
        namespaces_refused=why,
        load_ms=(time.perf_counter() - started) * 1e3,
        threads=len(os.listdir("/proc/self/task")),
        landlock_abi=syscalls.landlock_abi(),
        versions=jax_setup.versions(),
        warm_up=warm_up,
    )
    Zygote(control, setup, entered, hot=warm_up is not None).serve(info, trial)


class Zygote:
    """The loop between connections and children."""

    def __init__(self, control: socket.socket, setup: messages.Setup, in_namespaces: bool, hot: bool) -> None:
        self._control = control
        self._connections = {control.fileno(): control}
        self._children: dict[int, tuple[int, int, int]] = {}  # pidfd -> (pid, job, connection's descriptor)
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._to_load = False  # programs that came after the start, while nothing else is to do
        self._settings = child.ChildSettings.prepare(setup, in_namespaces, hot)

    def serve(self, info: messages.ZygoteInfo, trial: warmup.Trial | None = None) -> None:
        """Serve until the judge closes the control socket. `trial` does what every job will, once, in a fork."""
        gc.collect()
        gc.freeze()  # collections in a child would copy every page that they mark
        if trial is not None and info.warm_up is not None:
            learnt = prefault.learn(trial)
            self._settings = replace(self._settings, learnt=learnt)
            memory = replace(info.warm_up, fork_pss_mib=learnt.pss_mib, fork_unique_mib=learnt.unique_mib)
            info = replace(info, warm_up=memory)
        self._control.send(protocol.encode_packet(info))
        while True:
            for descriptor, _ in self._poll.poll(0 if self._to_load else None):
                if descriptor in self._children:
                    self._reap(descriptor)
                elif not self._receive(self._connections[descriptor]):
                    if descriptor == self._control.fileno():
                        os._exit(0)
                    self._forget(descriptor)
                break  # look again: children are forked before the next program is loaded
            else:
                self._to_load = self._settings.hot and compile_cache.load_one()
                gc.freeze()

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
            case messages.Connect():
                fresh = socket.socket(fileno=descriptors[0])
                self._connections[fresh.fileno()] = fresh
                self._poll.register(fresh, select.POLLIN)
            case messages.AddPrograms():
                warmup.take_pack(descriptors[0])
                self._to_load = True
            case messages.Fork():
                self._fork(connection, order, descriptors)
            case messages.Signal():
                for pidfd, (_, job, owner) in self._children.items():
                    if (job, owner) == (order.id, connection.fileno()):
                        signal.pidfd_send_signal(pidfd, order.number)
        return True

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
