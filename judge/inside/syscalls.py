"""System calls that Python lacks, by ctypes: prctl, Landlock, seccomp, namespaces."""

import ctypes
import errno
import os
import struct
from collections.abc import Sequence

_LIBC = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2
MADV_POPULATE_WRITE = 23  # Linux 5.14

# The three system calls of Landlock have the same numbers on every architecture.
SYS_LANDLOCK_CREATE_RULESET = 444
SYS_LANDLOCK_ADD_RULE = 445
SYS_LANDLOCK_RESTRICT_SELF = 446
LANDLOCK_CREATE_RULESET_VERSION = 1
LANDLOCK_RULE_PATH_BENEATH = 1
LANDLOCK_READ_FILE = 1 << 2
LANDLOCK_READ_DIR = 1 << 3

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, argument: int = 0) -> None:
    """Call prctl(2) with one argument. Raises OSError."""
    _check(_LIBC.prctl(option, ctypes.c_ulong(argument), 0, 0, 0), f"prctl({option})")


def populate(address: int, size: int) -> bool:
    """Give this process its own pages at `address` before they are written to; return True if the kernel did."""
    return bool(_LIBC.madvise(ctypes.c_void_p(address), ctypes.c_size_t(size), MADV_POPULATE_WRITE) == 0)


def landlock_abi() -> int:
    """Return Landlock's ABI version; 0 where the kernel lacks or refuses it."""
    return max(0, int(_LIBC.syscall(SYS_LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_CREATE_RULESET_VERSION)))


def landlock_ruleset(rules: Sequence[tuple[str, int]]) -> int:
    """Return the descriptor of a ruleset that denies every file access but `rules`: (path, accesses below it).

    Denies TCP too from ABI 4, and signals and abstract sockets to outside from ABI 6. Raises OSError.
    """
    abi = landlock_abi()
    if abi < 1:
        raise OSError(errno.ENOSYS, "this kernel lacks Landlock, or refuses it")
    files = (1 << 13) - 1  # ABI 1: execute, write, read, list, remove, make ...
    files |= (1 << 13) * (abi >= 2) | (1 << 14) * (abi >= 3) | (1 << 15) * (abi >= 5)  # refer, truncate, ioctl
    network = 3 if abi >= 4 else 0
    scoped = 3 if abi >= 6 else 0
    attributes = struct.pack("QQQ", files, network, scoped)[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    ruleset = _check(_LIBC.syscall(SYS_LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0), "landlock ruleset")
    for path, access in rules:
        try:
            parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue  # what isn't there needs no rule
        rule = struct.pack("=Qi", access, parent)
        _check(_LIBC.syscall(SYS_LANDLOCK_ADD_RULE, ruleset, LANDLOCK_RULE_PATH_BENEATH, rule, 0), f"landlock {path}")
        os.close(parent)
    return ruleset


def landlock_restrict(ruleset: int) -> None:
    """Put the calling process under `ruleset` for good. Needs no_new_privs. Raises OSError."""
    _check(_LIBC.syscall(SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0), "landlock restrict")


def seccomp(program: bytes) -> None:
    """Load a filter of 8-byte BPF instructions for good. Needs no_new_privs. Raises OSError."""
    loaded = _Program(len(program) // 8, program)
    _check(_LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(loaded), 0, 0), "seccomp")


def close_from(first: int) -> None:
    """Close every descriptor from `first` on."""
    os.closerange(first, 1 << 20)  # one close_range(2); no process here has more


def drop_capabilities() -> None:
    """Give up every capability, also for what might be executed later. Raises OSError."""
    with open("/proc/sys/kernel/cap_last_cap") as file:
        last = int(file.read())
    for capability in range(last + 1):
        _LIBC.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0)
    header = _CapabilityHeader(0x20080522, 0)
    _check(_LIBC.capset(ctypes.byref(header), (ctypes.c_uint32 * 6)()), "capset")


def unshare(flags: int) -> None:
    """Call unshare(2). Raises OSError."""
    _check(_LIBC.unshare(flags), f"unshare({flags:#x})")


def mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    """Call mount(2). Raises OSError."""
    words = [word.encode() if word is not None else None for word in (source, target, kind, data)]
    _check(_LIBC.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]), f"mount({target})")


def pivot_root(new: str, old: str) -> None:
    """Call pivot_root(2): the old root is out of sight then. Raises OSError."""
    number = _PIVOT_ROOT[os.uname().machine]
    _check(_LIBC.syscall(number, new.encode(), old.encode()), "pivot_root")


def unmount(target: str) -> None:
    """Detach a mount. Raises OSError."""
    _check(_LIBC.umount2(target.encode(), MNT_DETACH), f"umount({target})")
