"""Give a whole zygote namespaces and a root of its own, once, where the host allows it. Costs its jobs nothing.

    before                      after, in the zygote and all of its children
    /  (the host's)             /  an empty tmpfs, read-only
                                ├── usr/lib, lib, lib64, the Python prefixes, site-packages: bound read-only
                                ├── dev/null, dev/urandom
                                └── proc: only this zygote and its children

Docker's default profile refuses all of it; there the plain layers carry everything.
"""

import errno
import os
import signal
from collections.abc import Sequence

from . import syscalls

_READ_ONLY = syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV
_DEVICES = ("/dev/null", "/dev/urandom")
_MACHINE_WIDE = ("/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus")  # of /proc: no namespace holds these
_MOUNT_POINTS = ("/mnt", "/media", "/srv", "/opt", "/boot", "/home")
_FRESH = (
    syscalls.CLONE_NEWNS
    | syscalls.CLONE_NEWPID
    | syscalls.CLONE_NEWNET
    | syscalls.CLONE_NEWIPC
    | syscalls.CLONE_NEWUTS
    | syscalls.CLONE_NEWCGROUP
)


def enter(roots: Sequence[str]) -> tuple[bool, str]:
    """Enter namespaces of our own, whose files are `roots` only; return (True, "") or (False, why not).

    A rehearsal in a forked process comes first: what fails half-way can't be undone.
    """
    why = _rehearse(roots)
    if why:
        return False, why
    _enter(roots)
    return True, ""


def _rehearse(roots: Sequence[str]) -> str:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            _enter(roots)
        except OSError as error:
            os.write(writer, str(error).encode()[:500])
        else:
            os.write(writer, b"entered")
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        said = file.read().decode()
    os.waitpid(pid, 0)
    return "" if said == "entered" else said or "the rehearsal ended early"


def _enter(roots: Sequence[str]) -> None:
    uid, gid = os.getuid(), os.getgid()
    root = _mount_point(roots)
    if uid != 0:
        syscalls.unshare(syscalls.CLONE_NEWUSER)
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    syscalls.unshare(_FRESH)
    _become_first()
    _build(root, roots)
    _pivot(root)


def _mount_point(roots: Sequence[str]) -> str:
    """Return a folder of the host to mount the new root on: nobody outside of the namespace sees it."""
    for path in _MOUNT_POINTS:
        if os.path.isdir(path) and not any((root + "/").startswith(path + "/") for root in roots):
            return path
    raise OSError(errno.ENOENT, f"none of {', '.join(_MOUNT_POINTS)} is free to mount on")


def _become_first() -> None:
    """Fork into the new pid namespace; the outer process only waits, and ends as the inner one does."""
    pid = os.fork()
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if pid == 0:
        return
    syscalls.close_from(3)  # only the inner process may hold the control socket: its closing reports the end
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def _build(root: str, roots: Sequence[str]) -> None:
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.mount("none", root, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "size=1m,nr_inodes=4k,mode=755")
    for path in sorted(set(roots)):
        if any(path != other and path.startswith(other.rstrip("/") + "/") for other in roots):
            continue
        _bind(root, path)
    for device in _DEVICES:
        _touch(root + device)
        syscalls.mount(device, root + device, None, syscalls.MS_BIND)
    os.makedirs(root + "/proc", exist_ok=True)
    os.makedirs(root + "/old", exist_ok=True)


def _bind(root: str, path: str) -> None:
    if os.path.islink(path):
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        os.symlink(os.readlink(path), root + path)
        return
    if os.path.isdir(path):
        os.makedirs(root + path, exist_ok=True)
    elif os.path.exists(path):
        _touch(root + path)
    else:
        return
    syscalls.mount(path, root + path, None, syscalls.MS_BIND | syscalls.MS_REC)
    syscalls.mount(None, root + path, None, syscalls.MS_REMOUNT | syscalls.MS_BIND | _READ_ONLY)


def _touch(path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w"):
        pass


def _pivot(root: str) -> None:
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    syscalls.mount("proc", root + "/proc", "proc", flags, "hidepid=2")
    os.chdir(root)
    syscalls.pivot_root(".", "old")
    os.chdir("/")
    syscalls.unmount("/old")
    os.rmdir("/old")
    for path in filter(os.path.exists, _MACHINE_WIDE):
        syscalls.mount(path, path, None, syscalls.MS_BIND)
        syscalls.mount(None, path, None, syscalls.MS_REMOUNT | syscalls.MS_BIND | _READ_ONLY)
    syscalls.mount(None, "/", None, syscalls.MS_REMOUNT | _READ_ONLY)
