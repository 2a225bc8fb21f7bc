"""The zygote: imports JAX once, then forks one child for each job. It never runs a submission and never ends by one.

    judge ──control socket──> zygote ──fork──> child: layers, then the submission
              │                  │
              │  config          │   "fork" + 4 descriptors  ->  pid + pidfd
              │  "connect" + fd  │   "signal"                ->
              │  "programs" + fd │
              └──────────────────┘   (child ended)           ->  status, CPU, peak memory

Messages are JSON, one to a packet. Each slot of the judge has a connection of its own.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import replace
from typing import Any

from . import child, jax_setup, namespaces, prefault, syscalls, warmup

MAX_MESSAGE = 128 * 1024
MAX_DESCRIPTORS = 4
NOBODY = -1  # owner of a child whose slot is gone


def main(descriptor: int) -> None:
    """Serve until the judge closes its end. `descriptor` is the control socket."""
    control = socket.socket(fileno=descriptor)
    message, descriptors, _, _ = socket.recv_fds(control, MAX_MESSAGE, MAX_DESCRIPTORS)
    config = json.loads(message)
    files = dict(zip(config["files"], descriptors, strict=True))
    sys.path += [path for path in config["path"] if path not in sys.path]
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the judge's to handle
    entered, why = namespaces.enter(config["roots"]) if config["namespaces"] else (False, "not asked for")
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    started = time.perf_counter()
    if config["imports"]:
        jax_setup.load()
    told, trial = warmup.run(files)
    greeting = {
        "namespaces": entered,
        "namespaces_refused": why,
        "load_ms": (time.perf_counter() - started) * 1e3,
        "threads": len(os.listdir("/proc/self/task")),
        "landlock_abi": syscalls.landlock_abi(),
        "versions": jax_setup.versions(),
        **told,
    }
    Zygote(control, config, entered, hot="warmup" in files).serve(greeting, trial)


class Zygote:
    """The loop between connections and children."""

    def __init__(self, control: socket.socket, config: dict[str, Any], in_namespaces: bool, hot: bool) -> None:
        self._connections = {control.fileno(): control}
        self._children: dict[int, tuple[int, int, int]] = {}  # pidfd -> (pid, job, connection's descriptor)
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._template = child.ChildSettings.prepare(config, in_namespaces, hot)

    def serve(self, greeting: dict[str, Any], trial: warmup.Trial | None = None) -> None:
        """Answer until the judge closes the control socket. `trial` does what every job will, once, in a fork."""
        control = next(iter(self._connections.values()))
        gc.collect()
        gc.freeze()  # collections in a child would copy every page that they mark
        if trial is not None:
            learnt = prefault.learn(trial)
            self._template = replace(self._template, learnt=learnt)
            greeting |= {"slot_pss_mib": learnt.pss_mib, "slot_own_mib": learnt.own_mib}
        control.send(json.dumps(greeting).encode())
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._children:
                    self._reap(descriptor)
                elif not self._hear(self._connections[descriptor]):
                    if descriptor == control.fileno():
                        os._exit(0)
                    self._forget(descriptor)

    def _hear(self, connection: socket.socket) -> bool:
        try:
            message, descriptors, _, _ = socket.recv_fds(connection, MAX_MESSAGE, MAX_DESCRIPTORS)
        except ConnectionResetError:  # a slot that hung up before it had read everything
            return False
        if not message:
            return False
        order = json.loads(message)
        match order["op"]:
            case "connect":
                fresh = socket.socket(fileno=descriptors[0])
                self._connections[fresh.fileno()] = fresh
                self._poll.register(fresh, select.POLLIN)
            case "programs":
                warmup.take_pack(descriptors[0])
                gc.freeze()
            case "fork":
                self._fork(connection, order, descriptors)
            case "signal":
                for pidfd, (_, job, owner) in self._children.items():
                    if (job, owner) == (order["id"], connection.fileno()):
                        signal.pidfd_send_signal(pidfd, order["signal"])
        return True

    def _fork(self, connection: socket.socket, order: dict[str, Any], descriptors: list[int]) -> None:
        parent, refused = os.getpid(), ""
        try:
            pid = os.fork()
        except OSError as error:  # no more processes to be had: this job's trouble, and no reason to end the others
            pid, refused = -1, str(error)
        if pid == 0:
            child.run(self._template, order, descriptors, parent)
        for descriptor in descriptors:
            os.close(descriptor)
        if refused:
            self._send(connection, {"id": order["id"], "refused": refused}, [])
            return
        pidfd = os.pidfd_open(pid)
        self._children[pidfd] = (pid, order["id"], connection.fileno())
        self._poll.register(pidfd, select.POLLIN)
        self._send(connection, {"id": order["id"], "pid": pid}, [pidfd])

    def _reap(self, pidfd: int) -> None:
        pid, job, owner = self._children.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        _, status, usage = os.wait4(pid, 0)
        if owner in self._connections:
            self._send(
                self._connections[owner],
                {
                    "id": job,
                    "status": os.waitstatus_to_exitcode(status),
                    "cpu_ms": (usage.ru_utime + usage.ru_stime) * 1e3,
                },
                [],
            )

    def _send(self, connection: socket.socket, message: dict[str, Any], descriptors: list[int]) -> None:
        try:
            socket.send_fds(connection, [json.dumps(message).encode()], descriptors)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the slot is gone; its end of the connection is heard next

    def _forget(self, descriptor: int) -> None:
        for pidfd, (pid, job, owner) in self._children.items():
            if owner == descriptor:
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)  # a job dies with the slot that asked for it
                self._children[pidfd] = (pid, job, NOBODY)  # the descriptor's number may soon be another slot's
        self._poll.unregister(descriptor)
        self._connections.pop(descriptor).close()
