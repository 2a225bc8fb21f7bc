"""The layers that a fork enables before it reads a submission, in the only order that works.

Each layer is a function of the setting; `enable` runs them and returns which are on. A layer of the minimum that can't
be enabled raises LayerFault: the submission is not read, let alone run.
"""

import math
import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass

from . import argument_filter, syscalls

MAX_OPEN_FILES = 64
MAX_THREADS = 128 + (os.cpu_count() or 1)  # XLA starts 13 on one processor, and one more for each further one
NICENESS = 10  # the judge's own threads come first: those that serve requests, and those that watch boxes
USER_SLACK = 8  # slots of different containers that may have one user without harm
CPU_SLACK = 2  # times the limit: the judge's own clock decides; the kernel's, which runs ahead, is for its absence
MINIMUM = ("session", "rlimits", "capabilities", "parent_death", "dumpable", "no_new_privs", "seccomp")


class LayerFault(Exception):
    """A layer of the minimum could not be enabled: `args` are its name and why."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The setting of one job's layers.

    `cpu_seconds` and `data_bytes` become resource limits; `uid` is the user to become, None to stay; `ruleset` is a
    Landlock descriptor, None where there is none; `filter` the seccomp program; `kill_numbers` the numbers of kill and
    tgkill; `cores` the processors to stay on, empty for all; `parent` the pid whose end ends this process;
    `skip` leaves layers out, for tests that show what a layer is there for.
    """

    cpu_seconds: float
    data_bytes: int
    uid: int | None
    ruleset: int | None
    filter: bytes
    kill_numbers: tuple[int, int]
    cores: tuple[int, ...]
    parent: int
    hidden_by_mounts: bool
    skip: frozenset[str] = frozenset()


def enable(setting: Setting) -> list[str]:
    """Enable every layer for the calling process; return the names of those that are on. Raises LayerFault."""
    on = []
    for name, layer in _LAYERS:
        if name in setting.skip:
            continue
        try:
            if layer(setting):
                on.append(name)
        except OSError as error:
            if name in MINIMUM:
                raise LayerFault(name, str(error)) from error
    if "landlock" not in on and not setting.hidden_by_mounts and "landlock" not in setting.skip:
        # A separate user is not enough: references are world-readable.
        raise LayerFault("landlock", "nothing hides the judge's files: neither Landlock nor namespaces")
    if setting.hidden_by_mounts:
        on.append("namespaces")
    return on


def _session(_: Setting) -> bool:
    os.setsid()  # no controlling terminal, no group to signal
    os.nice(NICENESS)
    return True


def _affinity(setting: Setting) -> bool:
    if setting.cores:
        os.sched_setaffinity(0, setting.cores)
    return bool(setting.cores)


def _oom(_: Setting) -> bool:
    # While still dumpable: of a process that is not, the file belongs to root.
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # where a container runs out of memory, the submission goes first
    return True


def _rlimits(setting: Setting) -> bool:
    cpu, stack = math.ceil(setting.cpu_seconds * CPU_SLACK), argument_filter.STACK_BYTES
    for name, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, cpu, cpu + 1),  # the soft limit's signal can be ignored, the hard one's can't
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES, MAX_OPEN_FILES),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_DATA, setting.data_bytes, setting.data_bytes),
        (resource.RLIMIT_STACK, stack, stack),  # memory that RLIMIT_DATA leaves out
    ):
        resource.setrlimit(name, (soft, hard))
    if setting.uid is not None:
        # Against a flood between two looks of the judge, which ends a box at MAX_THREADS. It counts the user's threads
        # on the whole machine, and a judge in another container may have the same user: so there is room for several.
        most = MAX_THREADS * USER_SLACK
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
    return True


def _uid(setting: Setting) -> bool:
    if setting.uid is None:
        return False
    os.setgroups([])
    os.setresgid(setting.uid, setting.uid, setting.uid)
    os.setresuid(setting.uid, setting.uid, setting.uid)
    return True


def _capabilities(_: Setting) -> bool:
    syscalls.drop_capabilities()  # uid 0 of a user namespace holds them all
    return True


def _parent_death(setting: Setting) -> bool:
    # After the change of user, which clears it.
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != setting.parent:
        os._exit(0)  # the parent ended before the signal was asked for
    return True


def _dumpable(_: Setting) -> bool:
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)  # no ptrace, no /proc/PID/mem, not even by the same user
    return True


def _no_new_privs(_: Setting) -> bool:
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    return True


def _landlock(setting: Setting) -> bool:
    if setting.ruleset is None:
        return False
    syscalls.landlock_restrict(setting.ruleset)
    os.close(setting.ruleset)
    return True


def _seccomp(setting: Setting) -> bool:
    syscalls.seccomp(argument_filter.build(os.getpid(), setting.kill_numbers, argument_filter.stack_floor()))
    syscalls.seccomp(setting.filter)
    return True


_LAYERS: tuple[tuple[str, Callable[[Setting], bool]], ...] = (
    ("session", _session),
    ("affinity", _affinity),
    ("oom", _oom),
    ("rlimits", _rlimits),
    ("uid", _uid),
    ("capabilities", _capabilities),
    ("parent_death", _parent_death),
    ("dumpable", _dumpable),
    ("no_new_privs", _no_new_privs),
    ("landlock", _landlock),
    ("seccomp", _seccomp),
)

LAYERS = tuple(name for name, _ in _LAYERS)  # in this order; `namespaces` is the zygote's, for all of its children
